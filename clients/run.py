"""One server, one client's driver and one scenario, and what passed between them."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import trio

from clients.clients import Client
from clients.evidence import Evidence, read_evidence
from clients.features import KEY, REFUSED_KEY, Feature
from clients.mishaps import Mishap
from clients.record import Record
from twiliobridge.offline import OfflineModel, serve_offline
from twiliobridge.offline.certificates import Identity
from twiliobridge.offline.door import Door
from twiliobridge.offline.knob_text import set_knob
from twiliobridge.offline.knobs import Knobs

AT_ONCE = 3
"Drivers; each is an interpreter that mostly waits."
SECONDS = 90
"That a driver may take: the slowest needs 25 on an idle machine."
DOOR = Door(refused_keys=frozenset({REFUSED_KEY}))


@dataclass(frozen=True)
class Run:
    client: Client
    scenario: str
    key: str = KEY
    knob: str = ""
    "As a shell sets it; empty for a server that behaves."


@dataclass(frozen=True)
class Result:
    record: Record
    evidence: Evidence | None
    fault: str = ""
    "Why there is no evidence."
    complaints: str = ""
    "What the driver wrote to stderr."


def feature_runs(clients: Sequence[Client], features: Sequence[Feature]) -> list[Run]:
    """Each scenario once, whatever number of features is judged by it."""
    wanted = {
        Run(client, feature.scenario, feature.key): None
        for client in clients
        for feature in features
        if feature.name not in client.cannot
    }
    return list(wanted)


def mishap_runs(clients: Sequence[Client], mishaps: Sequence[Mishap]) -> list[Run]:
    return [
        Run(client, mishap.scenario, knob=mishap.knob)
        for mishap in mishaps
        for client in clients
        if client.name in mishap.by
    ]


@dataclass(frozen=True)
class Setup:
    """What all runs share."""

    model: OfflineModel
    interpreters: Mapping[str, str]
    "Environment -> its Python, or Node."
    speech: Path
    "The folder of the caller's recordings."
    identity: Identity
    "What the server shows to a client that wants TLS."

    async def carry_out(self, wanted: Sequence[Run]) -> dict[Run, Result]:
        """Prints a line as each run ends."""
        results: dict[Run, Result] = {}
        limit = trio.CapacityLimiter(AT_ONCE)

        async def one(run: Run) -> None:
            async with limit:
                began = trio.current_time()
                results[run] = await self._serve(run)
            took = trio.current_time() - began
            asked = run.knob or run.scenario
            print(f"{run.client.name:16} {asked:32} {took:5.1f} s  {results[run].fault}", flush=True)

        async with trio.open_nursery() as nursery:
            for run in wanted:
                nursery.start_soon(one, run)
        return results

    async def _serve(self, run: Run) -> Result:
        """A server of its own for each run, so that what was recorded is this client's."""
        record = Record()
        model = replace(self.model, knobs=set_knob(Knobs(), run.knob)) if run.knob else self.model
        tls = self.identity.context if run.client.secure else None
        serve = partial(serve_offline, model, port=0, door=DOOR, around=record.serving, tls=tls)
        async with trio.open_nursery() as nursery:
            (listener,) = await nursery.start(serve)
            port = listener.socket.getsockname()[1]
            url = f"{'wss' if run.client.secure else 'ws'}://127.0.0.1:{port}/v1"
            result = await self._drive(run, url, record)
            nursery.cancel_scope.cancel()
        return result

    async def _drive(self, run: Run, url: str, record: Record) -> Result:
        interpreter = self.interpreters[run.client.environment]
        command = [interpreter, str(run.client.path), run.scenario, url, str(self.speech)]
        own = {"OPENAI_API_KEY": run.key, "NODE_EXTRA_CA_CERTS": str(self.identity.authority)}
        with TemporaryFile() as output, TemporaryFile() as complaints:
            with trio.move_on_after(SECONDS):
                process = await trio.run_process(
                    command, stdout=output, stderr=complaints, check=False, env={**os.environ, **own}
                )
                return result_of(process.returncode, contents(output), contents(complaints), record)
            return Result(record, None, f"no end within {SECONDS} s", contents(complaints))


def contents(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def result_of(code: int, output: str, complaints: str, record: Record) -> Result:
    if code:
        last = " ".join(complaints.strip().splitlines()[-1:])
        return Result(record, None, f"the driver exited with {code}: {last}", complaints)
    try:
        return Result(record, read_evidence(output), complaints=complaints)
    except ValueError as error:
        return Result(record, None, str(error), complaints)
