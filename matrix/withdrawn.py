"""Verdicts that the source of the bridge contradicts: they are faults of the suite, and no verdicts."""

from pathlib import Path

import msgspec

from matrix.verdicts import Cell, Column, Matrix

WITHDRAWN = Path(__file__).with_name("withdrawn.toml")
STATUS = "withdrawn"


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    "As the column tells it, or a part of that."
    rules: list[str]
    status: str
    "The suite's verdict that is withdrawn. Another one stands."
    says: str
    "What the source shows, and where."


Withdrawals = dict[str, list[Withdrawal]]
"By the bridge's name."


def read_withdrawals() -> Withdrawals:
    return msgspec.toml.decode(WITHDRAWN.read_bytes(), type=Withdrawals)


def reviewed(matrix: Matrix, known: Withdrawals) -> Matrix:
    """The matrix without the verdicts that do not stand."""
    columns = [
        msgspec.structs.replace(column, cells={rule: standing(column, rule, known) for rule in column.cells})
        for column in matrix.columns
    ]
    return msgspec.structs.replace(matrix, columns=columns)


def standing(column: Column, rule: str, known: Withdrawals) -> Cell:
    cell = column.cells[rule]
    for each in known.get(column.name, []):
        if rule in each.rules and each.version in column.version and each.status == cell.status:
            return Cell(status=STATUS, reason=each.says)
    return cell
