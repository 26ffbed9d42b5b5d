"""docs/validate.md says what the code does."""

from pathlib import Path

from twiliobridge.validate.check import registered
from twiliobridge.validate.metrics import DEFINITIONS
from twiliobridge.validate.selection import TESTS, list_text

DOCS = (Path(__file__).parents[2] / "docs" / "validate.md").read_text("utf-8")


def test_every_metric_is_documented_in_its_own_words():
    for name, (unit, definition) in DEFINITIONS.items():
        assert f"| {name} | {unit} | {definition} |" in DOCS


def test_every_test_is_documented_and_listed():
    assert all(f"`{name}`" in DOCS for name in TESTS)
    assert all(check.id in list_text() for check in registered())
