"""A sound server without a sound card: PulseAudio with two null sinks. What is played to the sink `caller` is
what the microphone `mic` hears; what is played to `speaker` can be recorded from its monitor.
"""

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from twiliobridge.sound import SoundError, list_devices
from twiliobridge.sound.portaudio import sounddevice

RATE = 8000
PROGRAMS = ("pulseaudio", "pactl", "paplay", "parec")
MODULES = (
    # norewinds: without it a monitor delivers nothing for the first second of an idle sink.
    "module-null-sink sink_name=caller rate=48000 channels=1 norewinds=1",
    "module-null-sink sink_name=speaker rate=48000 channels=1 norewinds=1",
    "module-remap-source source_name=mic master=caller.monitor",
)
ENOUGH = 10.0
"Seconds for the server to start; it takes half of one."


TRIES = 5
"For a test that fails while the machine stands still. `nox -s sound` runs as many."


class StoodStillError(Exception):
    """What a test in real time shows meanwhile is nothing of ours."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """A failure while the machine stood still is told as that, and at the last try skips the test.

    Every other is one at once.
    """
    if item.get_closest_marker("sound_server") is None:
        return (yield)
    with watched_machine() as longest_stall:
        try:
            return (yield)
        except Exception as error:
            if not (stall := longest_stall()):
                raise
            verdict = f"the machine stood still for {stall} ms"
            if getattr(item, "execution_count", 1) >= TRIES:
                pytest.skip(f"{verdict}, at the last of {TRIES} tries")
            raise StoodStillError(verdict) from error


@contextmanager
def watched_machine():
    """Yields a function that ends the watch and returns the ms for which a processor stood still, or 0."""
    command = [sys.executable, "-I", "-S", str(Path(__file__).with_name("oversleeping.py"))]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as program:  # noqa: S603 -- our own

        def longest_stall():
            program.stdin.close()
            return max(map(int, program.stdout.read().split()), default=0)

        try:
            yield longest_stall
        finally:
            program.stdin.close()


class SoundServer:
    """Started and stopped by the fixture; its clients find it by `environ`."""

    def __init__(self, folder):
        socket = folder / "run" / "pulse" / "native"
        (folder / "home").mkdir()
        socket.parent.mkdir(parents=True, mode=0o700)
        socket.parent.parent.chmod(0o700)
        self.environ = {
            "HOME": str(folder / "home"),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "PULSE_RUNTIME_PATH": str(socket.parent),
            "PULSE_SERVER": f"unix:{socket}",
        }
        self._players = []
        self._folder = folder
        native = f"module-native-protocol-unix auth-anonymous=1 socket={socket}"
        loads = [part for module in (native, *MODULES) for part in ("-L", module)]
        log = f"--log-target=file:{folder}/pulseaudio.log"
        self.process = self.start("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", log, *loads)

    def start(self, *command, **options):
        return subprocess.Popen(command, env=os.environ | self.environ, **options)  # noqa: S603 -- PROGRAMS

    def wait_ready(self):
        """Whether it answers."""
        end = time.monotonic() + ENOUGH
        while time.monotonic() < end and self.process.poll() is None:
            if self._pactl("set-default-sink", "speaker") and self._pactl("set-default-source", "mic"):
                return True
            time.sleep(0.05)
        return False

    def say(self, path):
        """Play a WAV file into the microphone; returns the player."""
        self._players.append(self.start("paplay", "--device=caller", "--latency-msec=20", str(path)))
        return self._players[-1]

    def wait_silent(self):
        """Returns when every player has ended."""
        while self._players:
            self._players.pop().wait(ENOUGH)

    @contextmanager
    def recorded(self):
        """Yields a function: all that the speaker has given so far, 8 kHz, int16."""
        form = (f"--rate={RATE}", "--channels=1", "--format=s16le", "--latency-msec=20")
        with (self._folder / "speaker.raw").open("w+b") as file:  # a pipe would fill up while nobody reads
            recorder = self.start("parec", "-d", "speaker.monitor", *form, stdout=file)

            def so_far():
                data = Path(file.name).read_bytes()
                return np.frombuffer(data[: len(data) // 2 * 2], "<i2")

            try:
                end = time.monotonic() + ENOUGH
                while not len(so_far()) and time.monotonic() < end:
                    time.sleep(0.02)
                yield so_far
            finally:
                recorder.terminate()
                recorder.wait()

    def stop(self):
        self.wait_silent()
        self.process.terminate()
        self.process.wait(ENOUGH)

    def _pactl(self, *command):
        return self.start("pactl", *command, stderr=subprocess.DEVNULL).wait(ENOUGH) == 0


@pytest.fixture(scope="session")
def sound_server(tmp_path_factory):
    """The server, also for PortAudio in this process; skips where there can be none."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        pytest.skip(f"no {', '.join(missing)}: apt install pulseaudio pulseaudio-utils libasound2-plugins")
    # Not `tmp_path`: the path of a socket has at most 107 characters.
    server = SoundServer(tmp_path_factory.mktemp("pulse"))
    try:
        if not server.wait_ready():
            pytest.skip("PulseAudio does not start here")
        yield server
    finally:
        server.stop()


@pytest.fixture
def portaudio(sound_server, monkeypatch):
    """PortAudio in this process, started anew, because it looks for devices when it starts."""
    for name, value in sound_server.environ.items():
        monkeypatch.setenv(name, value)
    try:
        library = sounddevice()
    except SoundError as error:
        pytest.skip(str(error))
    library._terminate()
    library._initialize()
    if not list_devices():
        pytest.skip("PortAudio has no way to PulseAudio: apt install libasound2-plugins")
    yield sound_server
    sound_server.wait_silent()
    library._terminate()
    monkeypatch.undo()
    library._initialize()
