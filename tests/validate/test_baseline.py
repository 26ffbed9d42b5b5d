"""Against an earlier report: worse beyond a ratio and some milliseconds, or a verdict that fell."""

from dataclasses import replace

import pytest
from validation_runs import LATENCY, bad_run, check, finding, good_run, interrupted_run

from twiliobridge.validate.baseline import Unlike, compare, read_baseline
from twiliobridge.validate.report import write_json
from twiliobridge.validate.result import Status


def against(before, now, folder):
    """The comparison of two runs, by way of the file of the first."""
    path = folder / "before.json"
    write_json(before, path)
    return compare(path, read_baseline(path), now)


def with_values(*values):
    return replace(good_run(), headline=(replace(LATENCY, values=values),))


def with_check(*findings):
    run = good_run()
    results = tuple(check("C6", *findings) if each.id == "C6" else each for each in run.results)
    return replace(run, results=results)


def test_the_same_run_is_no_regression(tmp_path):
    found = against(good_run(), good_run(), tmp_path)
    assert (found.regressions, found.unmeasured) == ((), ())


@pytest.mark.parametrize(
    ("before", "now", "worse"),
    [
        (1000.0, 1251.0, True),
        (1000.0, 1249.0, False),
        (100.0, 149.0, False),
        (100.0, 151.0, True),
        (1000.0, 500.0, False),
        (0.0, 51.0, True),
    ],
)
def test_a_figure_is_worse_beyond_both_bounds(before, now, worse, tmp_path):
    """25 %, and 50 ms: less of either may be this machine's."""
    found = against(with_values(before), with_values(now), tmp_path)
    assert [each.subject for each in found.regressions] == ["response latency"] * worse


def test_medians_are_compared(tmp_path):
    """One slow answer of nine is no regression."""
    before, now = with_values(*[500.0] * 9), with_values(*[500.0] * 8, 5000.0)
    assert against(before, now, tmp_path).regressions == ()


def test_an_error_to_either_side_is_as_bad(tmp_path):
    """The error of a truncation has a sign: by its size it is compared."""
    found = against(with_values(-10.0), with_values(-200.0), tmp_path)
    assert [str(each) for each in found.regressions] == [
        "response latency: 200 ms (n=1), and 10 ms (n=1) before"
    ]


@pytest.mark.parametrize(
    ("now", "regressions", "unmeasured"),
    [
        (finding("C6.1", Status.FAILED), ["C6.1"], []),
        (finding("C6.1", Status.NOT_APPLICABLE), [], ["C6.1"]),
        (finding("C6.2", Status.PASSED), [], ["C6.1"]),
    ],
)
def test_a_verdict_that_fell_is_a_regression(now, regressions, unmeasured, tmp_path):
    """What this run could not measure is said, and fails nothing."""
    found = against(with_check(finding("C6.1", Status.PASSED)), with_check(now), tmp_path)
    assert [each.subject for each in found.regressions] == regressions
    assert [each.subject for each in found.unmeasured] == unmeasured


def test_what_was_broken_before_is_no_regression(tmp_path):
    assert against(bad_run(), bad_run(), tmp_path).regressions == ()


def test_figures_that_this_run_lacks_are_said(tmp_path):
    found = against(with_values(500.0), replace(good_run(), headline=()), tmp_path)
    assert [str(each) for each in found.unmeasured] == [
        "response latency: not measured, and 500 ms (n=1) before"
    ]


@pytest.mark.parametrize(
    ("now", "differs"),
    [
        ({"version": "0.2.0"}, "its version of twiliobridge is 0.1.0, this one's is 0.2.0"),
        ({"model": "gpt-realtime-2.1"}, "its model is offline model, this one's is gpt-realtime-2.1"),
        ({"tests": ("single", "dtmf")}, "its tests is all, this one's is single, dtmf"),
        ({"audio": ("a.wav",)}, "its audio is "),
    ],
)
def test_unlike_runs_are_not_compared(now, differs, tmp_path):
    with pytest.raises(Unlike, match=r"the baseline is of another run: ") as unlike:
        against(good_run(), replace(good_run(), **now), tmp_path)
    assert differs in str(unlike.value)


def test_a_partial_report_is_no_baseline(tmp_path):
    with pytest.raises(Unlike, match="interrupted"):
        against(interrupted_run(), good_run(), tmp_path)


@pytest.mark.parametrize("content", [b"", b"[1]", b"\xff", b'{"checks": []}'])
def test_what_is_no_report_is_one_line(content, tmp_path):
    path = tmp_path / "b.json"
    path.write_bytes(content)
    with pytest.raises(Unlike, match=r"b\.json is no JSON report of twiliobridge validate: ") as unlike:
        read_baseline(path)
    assert "\n" not in str(unlike.value)


def test_a_baseline_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(Unlike, match=r"nowhere\.json: No such file"):
        read_baseline(tmp_path / "nowhere.json")
