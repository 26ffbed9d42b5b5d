"""Where in a bridge's own source a red cell was confirmed, by somebody who read it there."""

from pathlib import Path

import msgspec

from matrix.verdicts import Column, Matrix

CONFIRMED = Path(__file__).with_name("confirmed.toml")


class Confirmation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    "As the column tells it, or a part of that."
    rules: list[str]
    place: str
    "File and line, of that version."
    says: str


Confirmations = dict[str, list[Confirmation]]
"By the bridge's name."


def read_confirmations() -> Confirmations:
    return msgspec.toml.decode(CONFIRMED.read_bytes(), type=Confirmations)


def confirmation(known: Confirmations, column: Column, rule: str) -> Confirmation | None:
    """For this rule and this version; None if nobody has read that version."""
    for each in known.get(column.name, []):
        if rule in each.rules and each.version in column.version:
            return each
    return None


def unconfirmed(known: Confirmations, matrix: Matrix) -> list[tuple[Column, str]]:
    """Red cells of which nobody says where the source shows it."""
    return [
        (column, rule)
        for column in matrix.columns
        for rule, cell in column.cells.items()
        if cell.red and confirmation(known, column, rule) is None
    ]
