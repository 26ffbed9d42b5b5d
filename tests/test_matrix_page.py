"""docs/matrix.md and its HTML twin say what docs/matrix.json has; every red cell was read in its source."""

from matrix.bridge import read_bridges
from matrix.confirmed import read_confirmations, unconfirmed
from matrix.page import PAGE, page
from matrix.sheet import SHEET, sheet
from matrix.verdicts import read_matrix
from matrix.withdrawn import STATUS, read_withdrawals, reviewed
from twiliobridge.validate.check import registered
from twiliobridge.validate.report.document import StatusName

MATRIX = reviewed(read_matrix(), read_withdrawals())
KNOWN = read_confirmations()


def test_the_pages_are_written_from_their_data():
    assert PAGE.read_text(encoding="utf-8") == page(MATRIX, KNOWN)
    assert SHEET.read_text(encoding="utf-8") == sheet(MATRIX, KNOWN)


def test_every_bridge_has_its_column_by_one_version_of_the_suite():
    assert {column.name for column in MATRIX.columns} == {bridge.name for bridge in read_bridges()}
    assert len({column.judge for column in MATRIX.columns}) == 1


def test_every_red_cell_was_confirmed_in_the_source_of_the_version_that_was_judged():
    assert unconfirmed(KNOWN, MATRIX) == []


def test_every_confirmation_is_of_a_rule_that_exists_and_a_version_that_was_judged():
    """Red or not: on a busy machine a rule may not be told, a rule may be newer than the page, and the source
    says the same.
    """
    columns = {column.name: column for column in MATRIX.columns}
    rules = {rule.id for check in registered() for rule in check.parts}
    for name, confirmations in KNOWN.items():
        for each in confirmations:
            assert set(each.rules) <= rules, (name, each.place)
            assert each.version in columns[name].version


def test_our_own_bridge_has_no_red_cell():
    (ours,) = [column for column in MATRIX.columns if column.name == "twiliobridge"]
    assert ours.cells
    assert not any(cell.red for cell in ours.cells.values())


def test_a_status_is_one_of_the_suites_own():
    known = {*StatusName.__args__, STATUS}
    assert {cell.status for column in MATRIX.columns for cell in column.cells.values()} <= known


def test_every_withdrawal_is_of_a_cell():
    for name, withdrawals in read_withdrawals().items():
        (column,) = [each for each in MATRIX.columns if each.name == name]
        gone = {rule for rule, cell in column.cells.items() if cell.status == STATUS}
        assert {rule for each in withdrawals for rule in each.rules} == gone
