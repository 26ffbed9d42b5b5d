"""docs/clients.md says what `nox -s clients` runs, and nothing in it is red.

The runs themselves take minutes and environments of their own; this is the form of what they wrote.
"""

import json
import re

import pytest

from clients.clients import CLIENTS, DRIVERS
from clients.features import FEATURES
from clients.mishaps import MISHAPS, WATCHERS, WITNESS
from clients.page import CANNOT, PAGE, RED, YES
from clients.pins import versions

TEXT = PAGE.read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line[:1] == "|"
]


def table(first):
    """The rows under the heading that begins so, by their first cell."""
    start = next(place for place, row in enumerate(ROWS) if row[0] == first)
    heading, _, *rows = ROWS[start:]
    return heading, {row[0]: row[1:] for row in rows if len(row) == len(heading)}


def test_every_client_has_its_row_with_the_versions_that_are_pinned():
    _, rows = table("client")
    assert {name: cells[0] for name, cells in rows.items()} == {each.name: versions(each) for each in CLIENTS}


def test_every_feature_is_a_column_and_is_explained():
    heading, _ = table("client")
    assert heading[2:] == [feature.name for feature in FEATURES]
    for feature in FEATURES:
        assert f"* **{feature.name}**: {feature.meaning}." in TEXT


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_a_client_does_what_it_can_and_for_the_rest_a_reason_is_given(client):
    _, rows = table("client")
    expected = [CANNOT if feature.name in client.cannot else YES for feature in FEATURES]
    assert rows[client.name][1:] == expected
    for feature, reason in client.cannot.items():
        assert re.search(rf"^\* {feature}, .*{client.name}.*: {re.escape(reason)}\.$", TEXT, re.MULTILINE)


def test_every_mishap_is_a_row_and_openais_sdk_has_seen_each():
    heading, rows = table("knob")
    assert heading[2:] == list(WATCHERS)
    assert {name: cells[0] for name, cells in rows.items()} == {
        f"`{mishap.knob}`": mishap.meaning for mishap in MISHAPS
    }
    for cells in rows.values():
        assert cells[1 + WATCHERS.index(WITNESS)] in {YES, "comes back"}


def test_what_was_not_asked_is_a_dash_and_nothing_is_red():
    _, rows = table("knob")
    for mishap in MISHAPS:
        reactions = dict(zip(WATCHERS, rows[f"`{mishap.knob}`"][1:], strict=True))
        assert {name for name, told in reactions.items() if told == CANNOT} == set(WATCHERS) - set(mishap.by)
    assert RED not in TEXT


def test_every_driver_belongs_to_a_client():
    shared = {"told.py", "told.mjs"}
    scripts = {path.name for pattern in ("*.py", "node/*.mjs") for path in DRIVERS.glob(pattern)}
    assert scripts - shared == {client.path.name for client in CLIENTS}


def test_npm_packages_are_pinned():
    pinned = json.loads((DRIVERS / "node" / "package.json").read_text())["dependencies"].values()
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in pinned)
