"""Several runs as one: what failed once has failed, and figures are pooled."""

from dataclasses import replace

from validation_runs import LATENCY, check, finding, good_run, interrupted_run, spoken_call

from twiliobridge.validate.repeated import merged
from twiliobridge.validate.result import Status


def with_check(*findings, **fields):
    run = good_run()
    results = tuple(check("C6", *findings, **fields) if each.id == "C6" else each for each in run.results)
    return replace(run, results=results)


def of_c6(result):
    return next(each for each in result.results if each.id == "C6")


def test_one_run_is_its_own_result():
    run = good_run()
    assert merged([run]) is run


def test_what_failed_once_has_failed_and_says_how_often():
    held, broken = finding("C6.1", Status.PASSED), finding("C6.1", Status.FAILED, reason="silence for 15 s")
    result = merged([with_check(held), with_check(broken), with_check(held)])
    assert of_c6(result).status is Status.FAILED
    assert of_c6(result).reason == "silence for 15 s (in 1 of 3 runs)"
    assert not result.acceptable


def test_what_one_run_could_measure_is_measured():
    held, untold = finding("C6.1", Status.PASSED), finding("C6.1", Status.NOT_APPLICABLE)
    assert of_c6(merged([with_check(untold), with_check(held)])).status is Status.PASSED


def test_what_always_holds_says_no_more_than_once():
    result = merged([good_run(), good_run()])
    assert result.success
    assert all("runs)" not in each.reason for each in of_c6(result).findings)


def test_calls_of_two_runs_have_two_names_and_findings_name_theirs():
    found = finding("C6.1", Status.FAILED, calls=("c6-conversation",))
    call = spoken_call()
    result = merged([with_check(found, calls=(call,)), with_check(found, calls=(call,))])
    assert [each.name for each in of_c6(result).calls] == ["run1-c6-conversation", "run2-c6-conversation"]
    assert of_c6(result).findings[0].calls == ("run1-c6-conversation", "run2-c6-conversation")


def test_figures_of_all_runs_are_pooled():
    one = replace(good_run(), headline=(replace(LATENCY, values=(500.0,)),))
    two = replace(good_run(), headline=(replace(LATENCY, values=(700.0, 900.0)),))
    assert merged([one, two]).headline[0].values == (500.0, 700.0, 900.0)


def test_figures_that_one_run_withheld_are_the_others():
    withheld = replace(good_run(), headline=(replace(LATENCY, values=(), withheld="this machine was busy"),))
    told = replace(good_run(), headline=(replace(LATENCY, values=(500.0,)),))
    assert merged([withheld, told]).headline[0].values == (500.0,)
    assert merged([withheld, withheld]).headline[0].withheld == "this machine was busy"


def test_a_run_that_was_stopped_makes_the_whole_a_partial_one():
    """What it had not reached was reached by the others."""
    result = merged([good_run(), replace(interrupted_run(), results=good_run().results)])
    assert result.interrupted
    assert len(result.results) == 8
