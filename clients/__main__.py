"""python -m clients: every client against the offline server. `nox -s clients` makes the environments."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import trio

from clients.clients import CLIENTS, Client
from clients.features import FEATURES, Feature
from clients.letter import Letter
from clients.page import PAGE, page
from clients.play import Cell, judge, play, records, runs
from clients.reception import reception
from clients.speech import write_speech
from clients.stage import Stage
from clients.terminator import Authority
from twiliobridge.offline import load_offline_model


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
    parser.add_argument(
        "--verbose", action="store_true", help="print what passed and what the drivers complained of"
    )
    parser.add_argument("--write", action="store_true", help="write docs/clients.md")
    return parser.parse_args()


def chosen(
    clients: Sequence[Client], features: Sequence[Feature], options: argparse.Namespace
) -> tuple[list[Client], list[Feature]]:
    for kind, known, asked in (("client", clients, options.client), ("feature", features, options.feature)):
        names = [one.name for one in known]
        if unknown := [name for name in asked or [] if name not in names]:
            sys.exit(f"no {kind} {', '.join(unknown)} here; there are: {', '.join(names)}")
    return (
        [client for client in clients if client.name in (options.client or [client.name])],
        [feature for feature in features if feature.name in (options.feature or [feature.name])],
    )


async def run(options: argparse.Namespace, folder: Path) -> int:
    clients, features = chosen(CLIENTS, FEATURES, options)
    write_speech(folder)
    interpreters = dict(pair.split("=", 1) for pair in options.environment)
    stage = Stage(interpreters, folder, Authority(folder))
    model = await load_offline_model(script=reception())
    performed = await play(stage, model, runs(clients, features))
    if options.verbose:
        for performance in performed.values():
            print(performance.complaints, *performance.record.lines(), performance.evidence, sep="\n")
    cells = list(judge(clients, features, performed))
    for cell in cells:
        print(f"{cell.client.name:22} {cell.feature.name:16} {word(cell)}")
    letter = Letter()
    for record in records(performed):
        letter.read(record.sent)
    show(letter)
    if options.write:
        PAGE.write_text(page(clients, cells))
    return int(any(cell.faults for cell in cells) or bool(letter.faults or letter.unexplained))


def show(letter: Letter) -> None:
    print(f"{letter.events.total()} events of {len(letter.events)} types by the letter")
    for fault, count in letter.faults.most_common():
        print(f"  RED {fault} ({count})")
    for path in letter.unexplained:
        print(f"  RED {path}: not in the types")


def word(cell: Cell) -> str:
    if cell.cannot:
        return f"-       {cell.cannot}"
    return f"RED     {'; '.join(cell.faults)}" if cell.faults else "passed"


def main() -> None:
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(trio.run(run, options, Path(folder)))


if __name__ == "__main__":
    main()
