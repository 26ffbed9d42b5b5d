"""All that is to be run: which client, which scenario, and what became of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import trio

from clients.clients import Client
from clients.features import REFUSED_KEY, Feature
from clients.record import Record
from clients.stage import Performance, Stage
from twiliobridge.offline import OfflineModel
from twiliobridge.offline.door import Door

AT_ONCE = 3
"Drivers; each is an interpreter that mostly waits."


@dataclass(frozen=True)
class Cell:
    client: Client
    feature: Feature
    faults: tuple[str, ...] = ()
    "Empty where it passed."
    cannot: str = ""
    "Why the client has no such thing; then it was not run."


@dataclass(frozen=True)
class Run:
    client: Client
    scenario: str
    key: str


def runs(clients: Sequence[Client], features: Sequence[Feature]) -> list[Run]:
    """Each scenario once, whatever number of features is judged by it."""
    wanted = {
        Run(client, feature.scenario, feature.key): None
        for client in clients
        for feature in features
        if feature.name not in client.cannot
    }
    return list(wanted)


async def play(stage: Stage, model: OfflineModel, wanted: Sequence[Run]) -> dict[Run, Performance]:
    """Prints a line as each run ends."""
    performed: dict[Run, Performance] = {}
    limit = trio.CapacityLimiter(AT_ONCE)
    door = Door(refused_keys=frozenset({REFUSED_KEY}))

    async def one(run: Run) -> None:
        async with limit:
            began = trio.current_time()
            performed[run] = await stage.perform(run.client, run.scenario, run.key, model, door)
        took = trio.current_time() - began
        print(f"{run.client.name:22} {run.scenario:14} {took:5.1f} s  {performed[run].fault}", flush=True)

    async with trio.open_nursery() as nursery:
        for run in wanted:
            nursery.start_soon(one, run)
    return performed


def judge(
    clients: Sequence[Client], features: Sequence[Feature], performed: dict[Run, Performance]
) -> Iterator[Cell]:
    for client in clients:
        for feature in features:
            if feature.name in client.cannot:
                yield Cell(client, feature, cannot=client.cannot[feature.name])
            else:
                performance = performed[Run(client, feature.scenario, feature.key)]
                yield Cell(client, feature, tuple(faults(feature, performance)))


def faults(feature: Feature, performance: Performance) -> Iterator[str]:
    if performance.evidence is None:
        yield performance.fault
    else:
        yield from feature.judge(performance.evidence, performance.record)


def records(performed: dict[Run, Performance]) -> Iterator[Record]:
    return (performance.record for performance in performed.values())
