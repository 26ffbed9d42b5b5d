"""Many sessions of the offline model at once, then none: what they wait, and what they leave behind.

    python -m benchmarks.sessions --sessions 200 --rounds 3

The server is a process of its own, with this machine's engines. Each session says one line of a caller, as
fast as the socket takes it, and hears the answer to its end. The first round warms the server up; what it
holds after that is compared with what it holds after each further round.
"""

import argparse
import base64
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trio

from twiliobridge.audio import AudioFormat, read_wav, to_int16
from twiliobridge.wires.websocket import open_websocket_wire

LINE = Path(__file__).parents[1] / "audio_samples" / "banking" / "what_is_my_balance.wav"
SETTLED = 3.0
"Seconds after the last session before anything is counted: Hypercorn holds a connection for two."
PATIENCE = 1800.0
"Seconds for a round."
SESSION = {
    "type": "realtime",
    "audio": {
        "input": {"format": {"type": "audio/pcmu"}, "turn_detection": {"type": "server_vad"}},
        "output": {"format": {"type": "audio/pcmu"}},
    },
}


@dataclass(frozen=True)
class Held:
    """By the server's process."""

    memory: int
    "Bytes, resident."
    threads: int
    descriptors: int

    @classmethod
    def by(cls, process: int) -> "Held":
        there = Path(f"/proc/{process}")
        status = (there / "status").read_text("ascii", "replace")
        memory = int(status.partition("VmRSS:")[2].split()[0]) * 1024
        threads = int(status.partition("Threads:")[2].split()[0])
        return cls(memory, threads, sum(1 for _ in (there / "fd").iterdir()))

    def __str__(self) -> str:
        return f"{self.memory / 2**20:.1f} MiB, {self.threads} threads, {self.descriptors} descriptors"


@dataclass
class Round:
    waits: list[float]
    "Seconds from a session's last word to the first sound of the answer, one for each session."
    most: Held | None = None
    "While all were open."

    def __str__(self) -> str:
        ordered = sorted(self.waits)
        return (
            f"{len(ordered)} answered; first sound after {statistics.median(ordered):.1f} s (median), "
            f"{ordered[int(len(ordered) * 0.95)]:.1f} s (95 %), {ordered[-1]:.1f} s (last)"
        )


@contextmanager
def serving(sessions: int) -> Iterator[tuple[int, str]]:
    """The server's process id and URL."""
    program = (
        "import functools, trio;"
        "from twiliobridge.offline import Door, load_offline_model, serve_offline;"
        "from twiliobridge.wires.hypercorn import base_url\n"
        "async def main():\n"
        "    model = await load_offline_model()\n"
        "    async with trio.open_nursery() as nursery:\n"
        f"        door = Door(most_sessions={sessions})\n"
        "        serve = functools.partial(serve_offline, model, port=0, door=door)\n"
        "        print(base_url((await nursery.start(serve))[0]), flush=True)\n"
        "trio.run(main)"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 -- ours
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if found := re.match("http(://.*)", line):
                    yield process.pid, f"ws{found[1].strip()}/v1/realtime?model=gpt-realtime"
                    break
        finally:
            process.kill()


class Start:
    """Waits until all sessions are open."""

    def __init__(self, sessions: int) -> None:
        self._missing = sessions
        self.given = trio.Event()

    async def wait(self) -> None:
        self._missing -= 1
        if not self._missing:
            self.given.set()
        await self.given.wait()


async def talk(url: str, audio: list[str], waits: list[float], start: Start) -> None:
    """One session: a turn, and its answer to the end."""
    async with open_websocket_wire(url, backlog=1 << 24, max_message_size=1 << 24) as wire:
        wire.send(json.dumps({"type": "session.update", "session": SESSION}))
        while json.loads(await wire.receive())["type"] != "session.updated":
            pass
        await start.wait()
        for piece in audio:
            wire.send(piece)
            await trio.lowlevel.checkpoint()
        said, waited = time.monotonic(), None
        while (kind := json.loads(await wire.receive())["type"]) != "response.done":
            if kind == "response.output_audio.delta" and waited is None:
                waited = time.monotonic() - said
        if waited is not None:
            waits.append(waited)


async def round_of(sessions: int, process: int, url: str, audio: list[str]) -> Round:
    """All are open before the first one speaks, and none is closed before it was answered."""
    done = Round([])
    with trio.fail_after(PATIENCE):
        async with trio.open_nursery() as nursery:
            start = Start(sessions)
            for _ in range(sessions):
                nursery.start_soon(talk, url, audio, done.waits, start)
            await start.given.wait()
            done.most = Held.by(process)
    await trio.sleep(SETTLED)
    return done


def turn() -> list[str]:
    """The messages of one caller's turn: a line, and the silence that ends it."""
    sound = to_int16(read_wav(LINE.read_bytes()).samples())
    mu_law = AudioFormat.PCMU.encode(sound) + AudioFormat.PCMU.silence(1000)
    pieces = (mu_law[start : start + 1600] for start in range(0, len(mu_law), 1600))
    return [
        json.dumps({"type": "input_audio_buffer.append", "audio": base64.b64encode(piece).decode()})
        for piece in pieces
    ]


async def measure(sessions: int, rounds: int) -> None:
    audio = turn()
    with serving(sessions) as (process, url):
        print(f"idle: {Held.by(process)}", flush=True)
        for number in range(rounds + 1):
            done = await round_of(sessions, process, url, audio)
            name = f"round {number}" if number else "warm-up"
            print(f"{name}: {done}; at once: {done.most}; afterwards: {Held.by(process)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    trio.run(measure, options.sessions, options.rounds)


if __name__ == "__main__":
    main()
