"""python -m clients: every client against the offline server. `nox -s clients` makes the environments."""

import argparse
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import trio

from clients.clients import CLIENTS, Client
from clients.features import FEATURES, Feature
from clients.letter import Letter
from clients.mishaps import MISHAPS, STRANGE, Mishap
from clients.page import PAGE, page
from clients.reception import reception
from clients.run import Setup, feature_runs, mishap_runs
from clients.speech import write_speech
from clients.verdicts import Cell, Results, Trial, cells, trials
from twiliobridge.offline import load_offline_model
from twiliobridge.offline.certificates import self_signed


class Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nox -s clients --", description=__doc__)
    parser.add_argument(
        "--environment",
        action="append",
        default=[],
        metavar="NAME=INTERPRETER",
        help="where a client is installed; repeatable",
    )
    parser.add_argument("--client", action="append", metavar="NAME", help="only this one; repeatable")
    parser.add_argument("--feature", action="append", metavar="NAME", help="only this one; repeatable")
    parser.add_argument("--mishap", action="append", metavar="KNOB", help="only this one; repeatable")
    parser.add_argument(
        "--verbose", action="store_true", help="print what passed and what the drivers complained of"
    )
    parser.add_argument("--write", action="store_true", help="write docs/clients.md")
    options = parser.parse_args()
    if options.write and (options.client or options.feature or options.mishap):
        parser.error("--write wants all of it")
    return options


def chosen(kind: str, known: Iterable[N], asked: list[str] | None) -> list[N]:
    """All of them, if none was asked for."""
    by_name = {one.name: one for one in known}
    if unknown := [name for name in asked or [] if name not in by_name]:
        sys.exit(f"no {kind} {', '.join(unknown)} here; there are: {', '.join(by_name)}")
    return [by_name[name] for name in asked or by_name]


@dataclass(frozen=True)
class Programme:
    """What is asked for: a feature alone leaves the mishaps out, and the other way round."""

    clients: list[Client]
    features: list[Feature]
    mishaps: list[Mishap]

    @classmethod
    def of(cls, options: argparse.Namespace) -> "Programme":
        features, mishaps = options.feature, options.mishap
        return cls(
            chosen("client", CLIENTS, options.client),
            [] if mishaps and not features else chosen("feature", FEATURES, features),
            [] if features and not mishaps else chosen("mishap", MISHAPS, mishaps),
        )


async def run(programme: Programme, options: argparse.Namespace, folder: Path) -> int:
    write_speech(folder)
    interpreters = dict(pair.split("=", 1) for pair in options.environment)
    model = await load_offline_model(script=reception())
    wanted = [
        *feature_runs(programme.clients, programme.features),
        *mishap_runs(programme.clients, programme.mishaps),
    ]
    with self_signed() as identity:
        results = await Setup(model, interpreters, folder, identity).carry_out(wanted)
    if options.verbose:
        for result in results.values():
            print(result.complaints, *result.record.lines(), result.evidence, sep="\n")
    return told(programme, results, write=options.write)


def told(programme: Programme, results: Results, *, write: bool) -> int:
    """Shows what was found, and writes the page. The exit code: 1 if anything is red."""
    found = list(cells(programme.clients, programme.features, results))
    tried = list(trials(programme.clients, programme.mishaps, results))
    letter = Letter()
    for asked, result in results.items():
        if asked.knob not in STRANGE:
            letter.read(result.record.sent)
    show(found, tried, letter)
    if write:
        PAGE.write_text(page(found, tried), encoding="utf-8")
    wrong = letter.faults or letter.unexplained
    return int(bool(wrong) or any(each.faults for each in (*found, *tried)))


def show(found: list[Cell], tried: list[Trial], letter: Letter) -> None:
    for cell in found:
        mark = f"-  {cell.cannot}" if cell.cannot else verdict(cell.faults, "yes")
        print(f"{cell.client.name:16} {cell.feature.name:32} {mark}")
    for trial in tried:
        print(f"{trial.client.name:16} {trial.mishap.knob:32} {verdict(trial.faults, trial.reaction)}")
    print(f"{letter.events.total()} events of {len(letter.events)} types by the letter")
    for fault, count in letter.faults.most_common():
        print(f"  RED {fault} ({count})")
    for path, count in sorted(letter.beyond.items()):
        print(f"  beyond the types: {path} ({count})")
    for path in letter.unexplained:
        print(f"  RED {path}: not in the types, or in no recording")


def verdict(faults: tuple[str, ...], otherwise: str) -> str:
    return f"RED  {'; '.join(faults)}" if faults else otherwise


def main() -> None:
    options = arguments()
    programme = Programme.of(options)
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(trio.run(run, programme, options, Path(folder)))


if __name__ == "__main__":
    main()
