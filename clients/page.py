"""docs/clients.md: what a whole run has found."""

from collections.abc import Iterator, Sequence

from clients.clients import CLIENTS, Client
from clients.features import FEATURES
from clients.letter import BEYOND
from clients.mishaps import MISHAPS, WATCHERS
from clients.pins import ROOT, versions
from clients.verdicts import Cell, Trial

PAGE = ROOT / "docs" / "clients.md"
YES, RED, CANNOT = "yes", "**red**", "-"

HEAD = """\
# Clients that nobody here wrote

`nox -s clients` installs these clients, npm's included, in environments of their own, and drives each against
the offline server. It needs Node 20 and npm, and takes a few minutes; `-- --client NAME`, `-- --feature NAME`
and `-- --mishap KNOB` run a part, `-- --verbose` prints what passed, and `-- --write` writes this page.

## What they can do

A cell says `yes` if the client gave its user what is described below the table, and the messages between the
two show it, too. A dash is something that the client does not have.
"""

WORLD = """\
## What they see of an unkind server

Each row is one knob of `twiliobridge offline --set`. OpenAI's SDK gives its user every event, so it must see
all of them; for the frameworks, `no` means that the user is not told. `comes back`: the client connects anew
by itself. A dash: it was not asked.
"""

LETTER = """\
## Every event, by the letter

Every event that the server sends in these runs is read by the types of OpenAI's SDK for Python, strictly.
A field that the types do not know is a fault, unless the service itself sends it; and so is one that no
recorded session has, without a reason in `clients/recorded_paths.py`. Beyond the types are:
"""


def page(cells: Sequence[Cell], tried: Sequence[Trial]) -> str:
    parts = [
        [HEAD, *features(cells)],
        ["What a `yes` stands for:\n", *(f"* **{each.name}**: {each.meaning}." for each in FEATURES)],
        ["What is not there:\n", *dashes(cells)],
        [WORLD, *mishaps(tried)],
        [LETTER, *(f"* `{path}`: {reason}." for path, reason in BEYOND.items())],
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def features(cells: Sequence[Cell]) -> Iterator[str]:
    yield row(["client", "version", *(feature.name for feature in FEATURES)])
    yield row(["---"] * (2 + len(FEATURES)))
    for client in CLIENTS:
        own = [cell for cell in cells if cell.client is client]
        yield row([client.name, versions(client), *map(mark, own)])


def mishaps(tried: Sequence[Trial]) -> Iterator[str]:
    yield row(["knob", "meaning", *WATCHERS])
    yield row(["---"] * (2 + len(WATCHERS)))
    for mishap in MISHAPS:
        found = {trial.client.name: trial for trial in tried if trial.mishap is mishap}
        yield row([f"`{mishap.knob}`", mishap.meaning, *(outcome(found.get(name)) for name in WATCHERS)])


def row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def mark(cell: Cell) -> str:
    return CANNOT if cell.cannot else RED if cell.faults else YES


def outcome(trial: Trial | None) -> str:
    return CANNOT if trial is None else RED if trial.faults else trial.reaction


def dashes(cells: Sequence[Cell]) -> Iterator[str]:
    reasons: dict[tuple[str, str], list[Client]] = {}
    for cell in cells:
        if cell.cannot:
            reasons.setdefault((cell.feature.name, cell.cannot), []).append(cell.client)
    for (feature, reason), clients in reasons.items():
        yield f"* {feature}, {', '.join(client.name for client in clients)}: {reason}."
