"""A program: on each processor it sleeps 5 ms at a time, and tells by how many ms it overslept, when that was
more than 10. It ends when its standard input does.
"""

import os
import sys
from threading import Event, Thread
from time import monotonic

STEP = 0.005
LIMIT = 0.01
"A microphone that hands over every 20 ms and jitters has no more to spare: at 21 ms, frames were missing."


def watch(processor, ended):
    os.sched_setaffinity(0, {processor})  # of this thread alone
    while not ended.is_set():
        began = monotonic()
        ended.wait(STEP)
        overslept = monotonic() - began - STEP
        if overslept > LIMIT:
            sys.stdout.write(f"{overslept * 1000:.0f}\n")


def main():
    ended = Event()
    for processor in os.sched_getaffinity(0):
        Thread(target=watch, args=(processor, ended)).start()
    sys.stdin.read()
    ended.set()


if __name__ == "__main__":
    main()
