"""The report as Markdown, for the page of a job."""

import pytest
from validation_runs import bad_run, good_run, interrupted_run, worse_run

from twiliobridge.validate.report import write_markdown


def written(result, folder):
    path = folder / "summary.md"
    write_markdown(result, path)
    return path.read_text()


def test_it_begins_with_the_verdict_and_has_a_row_for_each_check(tmp_path):
    text = written(good_run(), tmp_path)
    assert text.startswith("## twiliobridge validate: SUCCESS\n")
    assert "| C6 Multi-turn conversation | PASSED | 2 of 2 rules hold |" in text
    assert "| response latency | p50 892 ms" in text


def test_it_says_what_to_do(tmp_path):
    text = written(bad_run(), tmp_path)
    section = text.partition("### What to do\n\n")[2]
    assert section.startswith("* C6.3 MUST: ")
    assert "Do: Discard the response's deltas" in section


def test_it_says_what_is_worse_than_before(tmp_path):
    text = written(worse_run(), tmp_path)
    assert "* regression: response latency: 892 ms (n=24), and 400 ms (n=9) before" in text
    assert "* C5.6: not measured, and passed before" in text


@pytest.mark.parametrize("run", [bad_run, worse_run, interrupted_run])
def test_what_a_peer_said_is_shown_and_does_nothing(run, tmp_path):
    """No markup of it is markup of the page: every angle bracket and every backtick is escaped."""
    text = written(run(), tmp_path)
    for special in "<>`":
        assert text.count(special) == text.count("\\" + special)
    assert "\x1b" not in text
