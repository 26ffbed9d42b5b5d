"""python -m matrix: bridges of all makes, judged one after the other. `nox -s matrix` calls it."""

import argparse
import sys
from functools import partial
from pathlib import Path

import trio

from matrix.bridge import Bridge, read_bridges
from matrix.confirmed import read_confirmations, unconfirmed
from matrix.home import Home, InstallError
from matrix.page import PAGE, page
from matrix.running import Judging, JudgingError, free_port
from matrix.sheet import SHEET, sheet
from matrix.verdicts import (
    Column,
    Matrix,
    Rule,
    column_of,
    read_matrix,
    rules_of,
    write_matrix,
)
from matrix.withdrawn import read_withdrawals, reviewed


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nox -s matrix --", description=__doc__)
    parser.add_argument("--homes", type=Path, required=True, metavar="DIR", help="where they are installed")
    parser.add_argument(
        "--checkout",
        action="append",
        default=[],
        metavar="NAME=PATH",
        help="the files of a bridge that no registry has: a folder, or a Git repository; repeatable",
    )
    parser.add_argument("--bridge", action="append", metavar="NAME", help="only this one; repeatable")
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("validation_output") / "matrix",
        metavar="DIR",
        help="reports, logs and recordings (default %(default)s)",
    )
    parser.add_argument("--write", action="store_true", help="write docs/matrix.md, .html and .json")
    parser.add_argument(
        "--render", action="store_true", help="write the pages from docs/matrix.json, and judge nothing"
    )
    return parser.parse_args()


def checkouts(given: list[str]) -> dict[str, Path]:
    """Ends the program if one is none, or is named wrongly."""
    found = {}
    known = {bridge.name for bridge in read_bridges() if bridge.checkout}
    for pair in given:
        name, _, path = pair.partition("=")
        if name not in known:
            sys.exit(f"--checkout {pair}: there are {', '.join(sorted(known))}")
        if not Path(path).is_dir():
            sys.exit(f"--checkout {pair}: {path!r} is no folder")
        found[name] = Path(path).resolve()
    return found


def chosen(asked: list[str] | None, origins: dict[str, Path]) -> list[Bridge]:
    """Ends the program if there is no such bridge. One without its checkout is left out, and said to be."""
    by_name = {bridge.name: bridge for bridge in read_bridges()}
    if unknown := [name for name in asked or [] if name not in by_name]:
        sys.exit(f"no bridge {', '.join(unknown)} here; there are: {', '.join(by_name)}")
    wanted = [by_name[name] for name in asked or by_name]
    for bridge in wanted:
        if bridge.checkout and bridge.name not in origins:
            print(f"{bridge.name:22} left out: no registry has it; --checkout {bridge.name}=PATH")
    return [bridge for bridge in wanted if not bridge.checkout or bridge.name in origins]


async def judged(home: Home, output: Path) -> tuple[Column, list[Rule]]:
    """Raises InstallError, JudgingError."""
    await trio.to_thread.run_sync(home.make)
    report = await Judging(home, output, free_port(), free_port()).report()
    return column_of(home.bridge, home.version(), report), rules_of(report)


async def run(homes: list[Home], output: Path, *, write: bool) -> int:
    matrix, failures = read_matrix(), 0
    for home in homes:
        began, bridge = trio.current_time(), home.bridge
        try:
            column, rules = await judged(home, output / bridge.name)
        except (InstallError, JudgingError) as error:
            failures += 1
            print(f"{bridge.name:22} {error}", flush=True)
            continue
        matrix = matrix.with_column(column, rules)
        print(f"{bridge.name:22} {trio.current_time() - began:4.0f} s  {column.result}", flush=True)
        show(column)
    return told(matrix, write=write) or int(failures > 0)


def show(column: Column) -> None:
    for rule, cell in column.cells.items():
        if cell.red:
            print(f"  RED {rule}: {cell.reason}")


def told(matrix: Matrix, *, write: bool) -> int:
    """Writes the pages. The exit code: 1 if a red cell was not confirmed in its bridge's source."""
    known, standing = read_confirmations(), reviewed(matrix, read_withdrawals())
    for column, rule in unconfirmed(known, standing):
        print(f"  not confirmed: {column.name} {column.version} {rule}")
    if write:
        write_matrix(matrix)
        PAGE.write_text(page(standing, known), encoding="utf-8")
        SHEET.write_text(sheet(standing, known), encoding="utf-8")
    return int(bool(unconfirmed(known, standing)))


def main() -> None:
    options = arguments()
    if options.render:
        sys.exit(told(read_matrix(), write=True))
    origins = checkouts(options.checkout)
    roots = options.homes.resolve()
    homes = [
        Home(bridge, roots / bridge.name, origins.get(bridge.name))
        for bridge in chosen(options.bridge, origins)
    ]
    sys.exit(trio.run(partial(run, homes, options.output.resolve(), write=options.write)))


if __name__ == "__main__":
    main()
