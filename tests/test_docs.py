"""What the docs name is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMED = re.compile(r"`((?:\w+/)+test_\w+\.py)?(?:::(test_\w+))?`")


def named():
    """(file, test) for each test that docs/phone.md names; a test without a file is in the file before it."""
    file = None
    for found in NAMED.finditer((ROOT / "docs" / "phone.md").read_text("utf-8")):
        file = found[1] or file
        if found[0] != "``":
            yield file, found[2]


@pytest.mark.parametrize(("file", "test"), sorted(set(named()), key=str))
def test_every_test_that_the_docs_name_exists(file, test):
    """A claim whose test was renamed is a claim without a test."""
    text = (ROOT / "tests" / file).read_text("utf-8")
    assert test is None or f"def {test}(" in text


def test_the_docs_name_tests():
    assert len(list(named())) > 30
