"""A bridge that runs, with the suite beside it."""

import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, STDOUT

import msgspec
import trio

from matrix.bridge import PROGRAMS, REROUTE
from matrix.home import Home
from twiliobridge.validate.report.document import ReportDocument

START_S = 60
"That a bridge may take until it listens: the slowest imports for 15 s on an idle machine."
END_S = 3
"That it may take to leave. One that waits for a socket that it has itself left open is killed."
SUITE_S = 900
TOKEN = "12345"  # noqa: S105 - Twilio's own example


class JudgingError(Exception):
    """One line that says what did not start or did not end."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@dataclass(frozen=True)
class Judging:
    """One bridge, judged once. What it and the suite wrote is in `output`."""

    home: Home
    output: Path
    port: int
    model_port: int

    async def report(self) -> ReportDocument:
        """Raises JudgingError."""
        await trio.Path(self.output).mkdir(parents=True, exist_ok=True)
        async with self._running():
            return await self._judged()

    def _filled(self, text: str) -> str:
        return text.format(
            python=self.home.python,
            port=self.port,
            model=f"ws://127.0.0.1:{self.model_port}/v1/realtime",
            token=TOKEN,
            programs=PROGRAMS,
            reroute=REROUTE,
        )

    def _environment(self) -> dict[str, str]:
        model = f"ws://127.0.0.1:{self.model_port}"
        given = {
            "OPENAI_API_KEY": "unused",
            "PORT": str(self.port),
            "MODEL_ORIGIN": model,
            "MODEL_URL": f"{model}/v1/realtime",
        }
        if self.home.bridge.rerouted:
            given["PYTHONPATH"] = str(REROUTE)
        own = {name: self._filled(value) for name, value in self.home.bridge.environment.items()}
        return {**os.environ, **given, **own}

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        """The bridge listens; afterwards it is gone, with whatever it started."""
        command = [self._filled(word) for word in self.home.bridge.start]
        with (self.output / "bridge.log").open("wb") as log:
            process = await trio.lowlevel.open_process(
                command,
                cwd=self.home.folder,
                env=self._environment(),
                stdin=DEVNULL,
                stdout=log,
                stderr=STDOUT,
                start_new_session=True,
            )
            try:
                await self._listening(process)
                yield
            finally:
                with trio.CancelScope(shield=True):
                    await ended(process)

    async def _listening(self, process: trio.Process) -> None:
        with trio.move_on_after(START_S):
            while process.poll() is None:
                try:
                    stream = await trio.open_tcp_stream("127.0.0.1", self.port)
                except OSError:
                    await trio.sleep(0.2)
                else:
                    await stream.aclose()
                    return
        raise JudgingError(f"it does not listen: {self.last_words()}")

    def last_words(self) -> str:
        lines = (self.output / "bridge.log").read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it wrote nothing"

    async def _judged(self) -> ReportDocument:
        report = self.output / "report.json"
        url = self._filled(self.home.bridge.url)
        command = [sys.executable, "-m", "twiliobridge", "validate", "--bridge-url", url]
        command += ["--listen-model", str(self.model_port)]
        command += [self._filled(flag) for flag in self.home.bridge.flags]
        command += ["--output", str(report), "--html", str(self.output / "report.html")]
        command += ["--output-dir", str(self.output / "calls")]
        with (self.output / "validate.log").open("wb") as log, trio.move_on_after(SUITE_S):
            await trio.run_process(command, stdout=log, stderr=STDOUT, check=False)
        if not report.exists():
            last = (self.output / "validate.log").read_text(errors="replace").strip().splitlines()[-1:]
            raise JudgingError(f"validate wrote no report: {' '.join(last)}")
        return msgspec.json.decode(report.read_bytes(), type=ReportDocument)


async def ended(process: trio.Process) -> None:
    """Asked to leave, and then made to, with its children."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with trio.move_on_after(END_S):
            await process.wait()
            return
