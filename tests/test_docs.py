"""What the docs name is there."""

import re
from pathlib import Path

import pytest

from twiliobridge.agents.agent_file import AgentEntry
from twiliobridge.settings import CLOUD_PORT, VARIABLES

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


SETTING = re.compile(r"^\| `(\w+)` \| (?:`(.*?)`)? ?\| .+ \|$", re.MULTILINE)


def test_the_reference_has_every_setting_with_its_default():
    told = dict(SETTING.findall((ROOT / "docs" / "settings.md").read_text("utf-8")))
    defaults = {variable: getattr(owner(), name) for variable, (owner, name, _) in VARIABLES.items()}
    words = {False: "no", True: "yes"}
    shown = {
        variable: words[value]
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
        for variable, value in defaults.items()
    }
    assert told == shown | {CLOUD_PORT: ""}


KEY = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)


def test_the_reference_of_the_agents_file_has_every_key():
    text = (ROOT / "docs" / "agents.md").read_text("utf-8")
    keys = text[text.index("## Keys") : text.index("## Tools")]
    assert set(KEY.findall(keys)) == set(AgentEntry.__struct_fields__) - {"tools"}
