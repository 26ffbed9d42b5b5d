"""The stacks: how each server is started, where its media socket is, what its process has used."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from benchmarks.machine import stolen

HERE = Path(__file__).parent / "stacks"

STARTED_WITHIN = 60.0
"Seconds. The slowest imports a machine-learning stack."

STOPPED_WITHIN = 10.0

OURS = {"OPENAI_API_KEY": "none", "TWILIOBRIDGE_CALLS_AT_ONCE": "10000", "TWILIOBRIDGE_GRACE": "1"}


@dataclass(frozen=True)
class Stack:
    name: str
    label: str
    path: str
    "Of its media WebSocket."
    command: Callable[[int, str], list[str]]
    "From its port and the model's URL."
    environment: Mapping[str, str] = field(default_factory=dict)
    transcoded: bool = False
    "It does not pass bytes through: mu-law becomes PCM at 24 kHz, and back."


def ours(*flags: str) -> Callable[[int, str], list[str]]:
    agent = str(HERE / "agent.toml")
    begin = [sys.executable, "-m", "twiliobridge", "serve", "--agent", agent]
    return lambda port, model: [*begin, "--port", str(port), "--model-url", model, *flags]


def script(python: str, name: str) -> Callable[[int, str], list[str]]:
    return lambda port, model: [python, str(HERE / name), str(port), model]


def has_lanes() -> bool:
    command = [sys.executable, "-m", "twiliobridge", "serve", "--help"]
    described = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    return "--media-lane" in described.stdout


def stacks(peers: str, pipecat: str) -> dict[str, Stack]:
    """Every stack that can be run, by name. `peers` and `pipecat` are interpreters, empty for none."""
    found = []
    if has_lanes():
        lane = ours("--media-lane", "auto")
        found.append(Stack("lane", "twiliobridge, media lane", "/twilio-agent", lane, OURS))
        found.append(
            Stack("quart", "twiliobridge, Quart route", "/twilio-agent", ours("--media-lane", "quart"), OURS)
        )
    else:
        found.append(Stack("quart", "twiliobridge, Quart route", "/twilio-agent", ours(), OURS))
    if peers:
        sample, limit = script(peers, "sample.py"), script(peers, "limit.py")
        found.append(Stack("sample", "FastAPI, uvicorn, websockets", "/media-stream", sample))
        found.append(Stack("markless", "the same without marks", "/media-stream", sample, {"MARKS": "0"}))
        found.append(Stack("limit", "picows on uvloop (the limit)", "/", limit))
    if pipecat:
        bot = script(pipecat, "pipecat_bot.py")
        found.append(Stack("pipecat", "Pipecat, FastAPI transport", "/ws", bot, transcoded=True))
    return {stack.name: stack for stack in found}


class Server:
    """A stack's running process."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", url: str, log: IO[bytes], core: int | None
    ) -> None:
        self._process, self.url, self._log, self._core = process, url, log, core

    def used(self) -> tuple[float, float]:
        """Seconds of CPU, user and system, of all threads; seconds that the first waited for a core, or that
        its own core was stolen.
        """
        # clock_getcpuclockid(3) of another process, as glibc makes it.
        cpu = time.clock_gettime((~self._process.pid << 3) | 2)
        waited = Path(f"/proc/{self._process.pid}/schedstat").read_text("ascii").split()[1]
        return cpu, int(waited) / 1e9 + (0.0 if self._core is None else stolen(self._core))

    def memory(self) -> int:
        """Bytes that are this process's alone (USS); pages shared with others are left out."""
        rollup = Path(f"/proc/{self._process.pid}/smaps_rollup").read_text("ascii")
        fields = dict(line.split(":", 1) for line in rollup.splitlines()[1:])
        return 1024 * sum(int(fields[name].split()[0]) for name in ("Private_Clean", "Private_Dirty"))

    def last_words(self) -> str:
        self._log.seek(0)
        return self._log.read()[-1500:].decode(errors="replace")


@asynccontextmanager
async def running(stack: Stack, model_url: str, core: int | None) -> AsyncIterator[Server]:
    """Starts the stack's server on that core, or on any, and ends it. Raises RuntimeError: its last words."""
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("TWILIO", "OPENAI"))}
    with TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: ASYNC220, S603 -- it returns at once, and the command is ours
            stack.command(port, model_url),
            env=environ | dict(stack.environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        os.sched_setaffinity(process.pid, range(os.cpu_count() or 1) if core is None else {core})
        server = Server(process, f"ws://127.0.0.1:{port}{stack.path}", log, core)
        try:
            await listening(process, port, server)
            yield server
        finally:
            process.terminate()
            try:
                await asyncio.to_thread(process.wait, STOPPED_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


async def listening(process: "subprocess.Popen[bytes]", port: int, server: Server) -> None:
    deadline = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        await asyncio.sleep(0.1)
    raise RuntimeError(f"the server did not listen: {server.last_words()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
