"""The line that a failing example prints does replay it: that example and no other."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PLANTED = """
from faulty_call import happen
from hypothesis import Phase, given, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from plans import DOOMED

settings.register_profile("planted", print_blob=True, database=None, phases=[Phase.generate])
settings.load_profile("planted")

@given(st.lists(st.integers(0, 99)))
def test_property(numbers):
    print("example", numbers)
    assert sum(numbers) < 100

@given(DOOMED)
def test_call(plan):
    call = happen(plan)
    ends = call.bridge, call.phone, call.to_model, call.model
    print("example", plan, [(end.sent, end.taken) for end in ends])
    assert not call.happened

class Machine(RuleBasedStateMachine):
    total = 0

    @rule(number=st.integers(1, 9))
    def add(self, number):
        self.total += number
        print("example", self.total)
        assert self.total < 20

TestMachine = Machine.TestCase
"""


def run_pytest(*arguments):
    """In a process of its own, with the plugin and the modules of this folder."""
    paths = os.pathsep.join((str(HERE), str(HERE.parent / "tests")))
    options = ["-p", "replay", "-p", "no:cacheprovider", "-c", os.devnull]
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    environment = os.environ | {"PYTHONPATH": paths}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout + done.stderr


@pytest.mark.parametrize("law", ["test_property", "test_call", "TestMachine"])
def test_the_line_replays_the_example(tmp_path, law):
    """Twice, to the last message on every wire and its time; but for the SIDs, and the date in a session."""
    planted = tmp_path / "test_planted.py"
    planted.write_text(PLANTED)
    first = run_pytest(str(planted), "-k", law)
    line = re.search(r"^pytest (.+) --replay (.+)$", first, re.MULTILINE)
    assert line, first
    [nodeid] = shlex.split(line[1])
    nodeid = str(tmp_path / Path(nodeid).name)
    again, once_more = (examples(run_pytest(nodeid, "--replay", line[2])) for _ in range(2))
    assert again
    assert again == once_more
    assert again == examples(first)[-len(again) :], "what is replayed is not what was shown last"


def examples(output):
    anew = re.compile(r"\b(?:MZ|AC|CA)[0-9a-f]{32}|(?<=expires_at.:)\d+")
    return [anew.sub("", line) for line in output.splitlines() if line.startswith("example")]


def test_a_line_for_no_law_is_refused(tmp_path):
    planted = tmp_path / "test_planted.py"
    planted.write_text("def test_plain(): pass\n")
    assert "needs the one law" in run_pytest(str(planted), "--replay", "1:x")
