"""The verdict on a law is made of its trials, and says in which phase what was seen."""

from types import SimpleNamespace

import pytest

from twiliobridge.validate.examination import Examination, Silent
from twiliobridge.validate.law import Law
from twiliobridge.validate.result import Status
from twiliobridge.validate.trial import Trial, judge

LAW = Law("C8.1", "Nothing is left.", "here", "Close it.")
QUIET = Trial("C8.1", "hung up", "in a quiet moment", "c8-quiet")
GREETING = Trial("C8.1", "hung up", "during the greeting", "c8-greeting")
OPEN = "the session was still open"

VERDICTS = [
    (
        [QUIET.failed(OPEN), GREETING],
        Status.FAILED,
        f"hung up in a quiet moment: {OPEN}",
    ),
    (
        [QUIET.failed(OPEN), GREETING.failed(OPEN)],
        Status.FAILED,
        f"hung up in a quiet moment and during the greeting: {OPEN}",
    ),
    (
        [QUIET.failed(OPEN), Trial("C8.1", "dropped", "in a quiet moment", "").failed(OPEN)],
        Status.FAILED,
        f"hung up in a quiet moment, dropped in a quiet moment: {OPEN}",
    ),
    (
        [Trial("C8.1", "hung up", "in a quiet moment", "", value=12), GREETING],
        Status.PASSED,
        "hung up in a quiet moment and during the greeting: gone after 12 ms",
    ),
    (
        [QUIET, Trial("C8.1", "hung up", "during the greeting", "", missed="there was none")],
        Status.PASSED,
        "hung up in a quiet moment: gone after 0 ms; not tried: hung up during the greeting (there was none)",
    ),
    (
        [Trial("C8.1", "hung up", "during the greeting", "", missed="there was none")],
        Status.NOT_APPLICABLE,
        "not tried: hung up during the greeting (there was none)",
    ),
    ([], Status.NOT_APPLICABLE, "it was not reached"),
]


def verdict(trials):
    exam = Examination("C8", [LAW], SimpleNamespace(), SimpleNamespace(), Silent(), print, [])
    judge(exam, LAW.id, trials, "gone after {} ms")
    return exam.findings(Status.NOT_APPLICABLE, "")[0]


@pytest.mark.parametrize(("trials", "status", "seen"), VERDICTS)
def test_the_verdict_names_the_phases(trials, status, seen):
    found = verdict(trials)
    assert (found.status, found.reason) == (status, seen)


def test_a_failed_law_names_the_calls_in_which_it_failed():
    assert verdict([GREETING, QUIET.failed(OPEN)]).calls == ("c8-quiet",)


def test_a_law_that_this_machine_was_too_busy_for_has_not_passed():
    busy = Trial("C8.1", "hung up", "in a quiet moment", "", missed="too busy", busy=True)
    found = verdict([GREETING, busy])
    assert found.status is Status.NOT_APPLICABLE
    assert found.inconclusive
