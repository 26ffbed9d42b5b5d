"""One server and one driver, and what passed between them."""

import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import trio

from clients.clients import Client
from clients.evidence import Evidence, read_evidence
from clients.record import Record
from clients.terminator import Authority
from twiliobridge.offline import OfflineModel, serve_offline
from twiliobridge.offline.door import Door

SECONDS = 60
"That a driver may take: the slowest needs 25 on an idle machine."


@dataclass(frozen=True)
class Performance:
    record: Record
    evidence: Evidence | None
    fault: str = ""
    "Why there is no evidence."
    complaints: str = ""
    "What the driver wrote to stderr."


@dataclass(frozen=True)
class Stage:
    interpreters: Mapping[str, str]
    "Environment -> its Python, or Node."
    speech: Path
    "The folder of the caller's recordings."
    authority: Authority

    async def perform(
        self, client: Client, scenario: str, key: str, model: OfflineModel, door: Door
    ) -> Performance:
        """A server of its own for each run, so that what was recorded is this client's."""
        record = Record()
        async with AsyncExitStack() as stack, trio.open_nursery() as nursery:
            serve = partial(serve_offline, model, port=0, door=door, around=record.serving)
            (listener,) = await nursery.start(serve)
            port = listener.socket.getsockname()[1]
            if client.secure:
                port = await stack.enter_async_context(self.authority.before(port))
            url = f"{'wss' if client.secure else 'ws'}://127.0.0.1:{port}/v1"
            performance = await self._drive(client, [scenario, url, str(self.speech)], key, record)
            await stack.aclose()
            nursery.cancel_scope.cancel()
        return performance

    async def _drive(self, client: Client, arguments: list[str], key: str, record: Record) -> Performance:
        command = [self.interpreters[client.environment], str(client.path), *arguments]
        environment = {**os.environ, "OPENAI_API_KEY": key, "NODE_EXTRA_CA_CERTS": str(self.authority.file)}
        with TemporaryFile() as output, TemporaryFile() as complaints:
            with trio.move_on_after(SECONDS):
                process = await trio.run_process(
                    command, stdout=output, stderr=complaints, check=False, env=environment
                )
                return judged(process.returncode, contents(output), contents(complaints), record)
            return Performance(record, None, f"no end within {SECONDS} s", contents(complaints))


def contents(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def judged(code: int, output: str, complaints: str, record: Record) -> Performance:
    if code:
        last = " ".join(complaints.strip().splitlines()[-1:])
        return Performance(record, None, f"the driver exited with {code}: {last}", complaints)
    try:
        return Performance(record, read_evidence(output), complaints=complaints)
    except ValueError as error:
        return Performance(record, None, str(error), complaints)
