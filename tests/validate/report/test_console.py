"""The report on a console: nothing but lines where it is read by programs, and readable at 60 columns."""

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console
from validation_runs import (
    HOSTILE,
    LATENCY,
    bad_run,
    finding,
    good_run,
    interrupted_run,
    microphone_run,
    worse_run,
)

from twiliobridge.validate.report import print_report
from twiliobridge.validate.result import Status

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def printed(result, **console):
    out = io.StringIO()
    print_report(result, Console(file=out, highlight=False, **console))
    return out.getvalue()


def piped(result):
    return printed(result, width=40)


def on_terminal(result, width):
    return printed(result, width=width, force_terminal=True, color_system="truecolor")


@pytest.mark.parametrize("run", [good_run, bad_run, interrupted_run])
def test_a_pipe_gets_no_decoration(run):
    """No escape, no box, no line broken at a width that nobody asked for."""
    text = piped(run())
    assert "\x1b" not in text
    assert text.isascii()
    assert f"Server: {run().server} ({run().mode.value})" in text.splitlines()


def test_each_check_is_one_line_with_its_reason():
    lines = piped(bad_run()).splitlines()
    checks = [line for line in lines if re.match(r"(PASSED|FAILED|NO DATA) +C\d ", line)]
    assert len(checks) == 8
    assert checks[1] == "NO DATA C2 OpenAI connection: the model is not visible"
    assert checks[5].startswith("FAILED  C6 Multi-turn conversation: 1,840 ms of it were heard")


def test_success_is_said_only_if_all_eight_passed():
    assert "Result: SUCCESS: 8 of 8 checks passed (100 %)" in piped(good_run())
    for run in (bad_run(), interrupted_run(), replace(good_run(), results=good_run().results[:7])):
        assert "SUCCESS" not in piped(run)
    assert "Result: FAILED: 6 of 8 checks passed (75 %), 1 failed, 1 not measured" in piped(bad_run())


def test_a_part_of_the_suite_is_incomplete_and_no_failure():
    part = replace(good_run(), results=good_run().results[:2])
    assert "Result: INCOMPLETE: nothing failed" in piped(part)
    assert "2 of 8 checks passed (25 %), 6 not run" in piped(part)


def test_the_microphone_s_tests_are_none_of_the_eight():
    """They stand beside them, and decide whether the run is acceptable."""
    passed, failed = microphone_run(), microphone_run(Status.FAILED)
    assert "Totals: 0 of 8 checks passed (0 %), 8 skipped; besides, M1 passed" in piped(passed)
    assert "Result: INCOMPLETE: nothing failed" in piped(passed)
    assert "Result: FAILED: 0 of 8 checks passed (0 %), 8 skipped; besides, M1 failed" in piped(failed)
    assert (passed.acceptable, failed.acceptable) == (True, False)


def test_an_interrupted_run_says_so():
    text = piped(interrupted_run())
    assert "Result: INTERRUPTED: stopped before the end; 3 of 8 checks passed (38 %)" in text
    assert "STOPPED C4 Audio flow: interrupted" in text


@pytest.mark.parametrize(
    ("samples", "told"),
    [
        (24, "p50 892 ms, p90 1068 ms, p95 1085 ms, 700 ms to 1102 ms, n=24"),
        (19, "p50 858 ms, 700 ms to 1015 ms, n=19"),
        (5, "p50 735 ms, 700 ms to 770 ms, n=5"),
        (4, "700 ms to 752 ms, n=4"),
        (1, "700 ms, n=1"),
    ],
)
def test_few_samples_are_told_as_a_range(samples, told):
    """A percentile of few values would be one of them by another name."""
    text = piped(replace(good_run(), headline=(replace(LATENCY, values=LATENCY.values[:samples]),)))
    assert f"response latency: {told}\n" in text


def test_what_a_caller_notices_stands_first():
    text = piped(good_run())
    assert text.index("Response latency: p50") < text.index("Barge-in to silence: 210") < text.index("CHECKS")


def test_a_withheld_metric_says_why():
    assert "response latency: withheld: self-check" in piped(interrupted_run())


def test_every_broken_law_comes_with_what_to_do():
    text = piped(bad_run())
    advice = text[text.index("WHAT TO DO") :].splitlines()[1:]
    assert [re.split(" (?:MUST|SHOULD): ", line)[0] for line in advice] == ["C6.3", "C6.4, C8.2"]
    assert "Do: Discard the response's deltas by its id once it is interrupted. Source: Twilio" in advice[0]


def test_what_several_checks_met_alike_is_told_once():
    """A bridge that is not there is one piece of advice, and not one for each check."""
    run = good_run()
    unreachable = finding("C4.0", Status.FAILED, law="It can be carried out.", reason="Connection refused")
    results = [
        replace(each, findings=(replace(unreachable, id=f"{each.id}.0"),))
        if each.id in {"C4", "C6"}
        else each
        for each in run.results
    ]
    text = piped(replace(run, results=tuple(results)))
    assert text[text.index("WHAT TO DO") :].splitlines()[1:] == [
        f"C4.0, C6.0 MUST: It can be carried out. Seen: Connection refused. Source: {unreachable.source}."
    ]


@pytest.mark.parametrize("run", [good_run, bad_run, interrupted_run])
@pytest.mark.parametrize("width", [60, 100])
def test_a_terminal_is_filled_to_its_width_and_no_further(run, width):
    """Nothing is cut off: every letter of the pipe's texts is there, in lines that fit."""
    text = ESCAPE.sub("", on_terminal(run(), width))
    assert max(map(len, text.splitlines())) <= width
    letters = re.sub(r"\s", "", text)
    for check in run().results:
        assert re.sub(r"\s", "", check.name) in letters
    assert re.sub(r"\s", "", run().server) in letters
    assert "…" not in text


def test_what_a_peer_sent_does_nothing_to_a_terminal():
    """Its escapes are shown as text."""
    text = on_terminal(bad_run(), 100)
    assert HOSTILE[-8:] not in text
    assert "\x1b[2J" not in text
    assert "\\x1b[2J\\x00\\u202e\\ud800" in re.sub(r"\s", "", ESCAPE.sub("", text))


def test_a_run_that_is_worse_than_before_has_failed_and_says_in_what():
    text = piped(worse_run())
    assert "Result: FAILED: 8 of 8 checks passed (100 %); 1 regression against v1.json" in text
    section = text[text.index("AGAINST THE BASELINE") :].splitlines()
    assert section[1] == "regression: response latency: 892 ms (n=24), and 400 ms (n=9) before"
    assert section[2] == "C5.6: not measured, and passed before"
    assert not worse_run().acceptable
    assert not worse_run().success
