"""The language of scenarios and its file."""

import pytest

from twiliobridge.fuzz import Scenario, ScenarioError, read_scenario, write_scenario
from twiliobridge.fuzz.scenario import (
    Close,
    Cut,
    Deaf,
    Deep,
    Drop,
    Flood,
    Giant,
    Listen,
    Message,
    Octets,
    Text,
    key,
)

STEPS = (
    Message(json={"event": "start", "n": 2**63 - 1, "deep": {"list": [None, 1.5, "\x00"]}}),
    Text(text='{"event":\u2028'),
    Octets(data=b"\xff\x00"),
    Octets(data=b"", binary=True),
    Giant(size=70_000),
    Deep(depth=1000),
    Flood(json={"event": "media"}, times=50),
    Cut(json={}, size=7),
    Listen(),
    Deaf(ms=200),
    Drop(),
    Close(code=1001),
)


def test_what_is_read_is_what_was_written(tmp_path):
    """Every step, byte for byte, one a line."""
    scenario = Scenario(steps=STEPS, category="order", law="legal", seen="x\ny", calls=3)
    write_scenario(scenario, tmp_path / "s.jsonl")
    assert read_scenario(tmp_path / "s.jsonl") == scenario
    assert len((tmp_path / "s.jsonl").read_bytes().splitlines()) == 1 + len(STEPS)


def test_messages_are_what_is_said():
    """Listening, dropping and closing say nothing."""
    assert Scenario(steps=STEPS).messages == 8


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", ", line 1: "),
        ('{"step":"drop"}\n', ", line 1: "),
        ('{"scenario":1}\n{"step":"fly"}\n', ", line 2: "),
        ('{"scenario":1}\n{"step":"drop"}\n{"step":"giant"}\n', ", line 3: "),
        ('{"scenario":2}\n', ": scenario format 2, this program reads 1"),
    ],
)
def test_a_file_that_is_none_is_one_line(text, complaint, tmp_path):
    """It names the file, and the line."""
    (tmp_path / "s.jsonl").write_text(text)
    with pytest.raises(ScenarioError) as error:
        read_scenario(tmp_path / "s.jsonl")
    assert f"s.jsonl{complaint}" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(ScenarioError, match="No such file"):
        read_scenario(tmp_path / "s.jsonl")


def test_a_shorter_scenario_comes_first():
    """By number of steps, then by size."""
    short, long = (Text(text="x" * 1000),), (Drop(), Drop())
    assert key(short) < key(long)
    assert key((Drop(),)) < key(short)
