"""docs/clients.md: the table of a whole run."""

from collections.abc import Iterator, Sequence

from clients.clients import Client
from clients.features import FEATURES, Feature
from clients.letter import BEYOND
from clients.pins import ROOT, versions
from clients.play import Cell

PAGE = ROOT / "docs" / "clients.md"
PASSED, RED, CANNOT = "yes", "**no**", "-"

HEAD = """\
# Clients that nobody here wrote

`nox -s clients` installs these clients, npm's included, in environments of their own, and drives each
against the offline server. It needs Node 20 and npm, and takes a few minutes; `-- --client NAME` and
`-- --feature NAME` run a part, and `-- --write` writes this page. A cell says `yes` if the client gave its
user what is described below the table, and the messages between the two show it, too. A dash is something
that the client does not have.
"""


def page(clients: Sequence[Client], cells: Sequence[Cell]) -> str:
    return "\n".join([HEAD, *table(clients, cells), "", *legend(FEATURES), "", *dashes(cells), "", *letter()])


def table(clients: Sequence[Client], cells: Sequence[Cell]) -> Iterator[str]:
    yield row(["client", "version", *(feature.name for feature in FEATURES)])
    yield row(["---"] * (2 + len(FEATURES)))
    for client in clients:
        own = [cell for cell in cells if cell.client is client]
        yield row([client.name, versions(client), *map(mark, own)])


def row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def mark(cell: Cell) -> str:
    return CANNOT if cell.cannot else RED if cell.faults else PASSED


def legend(features: Sequence[Feature]) -> Iterator[str]:
    yield "What a `yes` stands for:\n"
    yield from (f"* **{feature.name}**: {feature.meaning}." for feature in features)


def dashes(cells: Sequence[Cell]) -> Iterator[str]:
    yield "What is not there:\n"
    reasons: dict[tuple[str, str], list[str]] = {}
    for cell in cells:
        if cell.cannot:
            reasons.setdefault((cell.feature.name, cell.cannot), []).append(cell.client.name)
    for (feature, reason), names in reasons.items():
        yield f"* {feature}, {', '.join(names)}: {reason}."


def letter() -> Iterator[str]:
    yield "## Every event, by the letter\n"
    yield "Every event that the server sends in these runs is read by the types of OpenAI's SDK for Python,"
    yield "strictly. A field that the types do not know is a fault, unless the service itself sends it:\n"
    yield from (f"* `{path}`: {reason}." for path, reason in BEYOND.items())
    yield ""
