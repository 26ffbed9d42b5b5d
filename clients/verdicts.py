"""What became of each feature and each mishap, client by client."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from clients.clients import Client
from clients.features import Feature
from clients.mishaps import Mishap, reaction, unseen
from clients.run import Result, Run, mishap_runs

Results = Mapping[Run, Result]


@dataclass(frozen=True)
class Cell:
    client: Client
    feature: Feature
    faults: tuple[str, ...] = ()
    "Empty where it passed."
    cannot: str = ""
    "Why the client has no such thing; then it was not run."


@dataclass(frozen=True)
class Trial:
    """What one client made of one mishap."""

    client: Client
    mishap: Mishap
    reaction: str = ""
    faults: tuple[str, ...] = ()


def cells(clients: Sequence[Client], features: Sequence[Feature], results: Results) -> Iterator[Cell]:
    for client in clients:
        for feature in features:
            if feature.name in client.cannot:
                yield Cell(client, feature, cannot=client.cannot[feature.name])
            else:
                result = results[Run(client, feature.scenario, feature.key)]
                yield Cell(client, feature, tuple(faults(feature, result)))


def faults(feature: Feature, result: Result) -> Iterator[str]:
    if result.evidence is None:
        yield result.fault
    else:
        yield from feature.judge(result.evidence, result.record)


def trials(clients: Sequence[Client], mishaps: Sequence[Mishap], results: Results) -> Iterator[Trial]:
    for mishap in mishaps:
        for run in mishap_runs(clients, [mishap]):
            yield trial(run.client, mishap, results[run])


def trial(client: Client, mishap: Mishap, result: Result) -> Trial:
    if result.evidence is None:
        return Trial(client, mishap, faults=(result.fault,))
    told = reaction(mishap, result.evidence, result.record)
    return Trial(client, mishap, told, tuple(unseen(mishap, client.name, result.evidence)))
