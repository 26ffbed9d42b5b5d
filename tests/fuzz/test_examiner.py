"""What of one call is a breach, what is excused, and what is no fault of the scenario."""

from dataclasses import replace

import pytest

from twiliobridge.caller import CallIdentity
from twiliobridge.fuzz.baseline import clean_call, failure
from twiliobridge.fuzz.examiner import breaches_of
from twiliobridge.fuzz.incidents import Incidents
from twiliobridge.fuzz.introduction import Introduction
from twiliobridge.fuzz.laws import Law
from twiliobridge.fuzz.performance import Manners, Trace
from twiliobridge.fuzz.phone import MESSAGES

GOOD = Manners(speech=0, answer=0.01, patience=0.5, quiet=0.02)
VANISHES = replace(GOOD, vanishes=True)
GONE = Trace(answers=1, said=2, close_code=1006, hung_up=True, ending="the server vanished")
STEPS = clean_call(0)


@pytest.mark.parametrize(
    ("manners", "stopped", "laws", "excused"),
    [
        (GOOD, False, [Law.NO_CRASH], 0),
        (GOOD, True, [Law.NO_CRASH], 0),
        (VANISHES, False, [Law.NO_CRASH], 0),
        (VANISHES, True, [], 1),
    ],
)
def test_a_connection_that_is_just_gone_is_excused_after_stop_where_clean_calls_end_so(
    manners, stopped, laws, excused
):
    """And nowhere else; each that is excused is counted."""
    trace, incidents = replace(GONE, stopped=stopped), Incidents()
    incidents.note(trace, manners)
    assert [each.law for each in breaches_of(trace, STEPS, manners)] == laws
    assert incidents.excused == excused


def test_a_clean_call_that_is_gone_before_stop_has_not_worked():
    """Though it was answered."""
    assert failure(GONE, VANISHES) == "the server vanished in the middle of the call"
    assert failure(replace(GONE, stopped=True), VANISHES) is None


@pytest.mark.parametrize(
    ("status", "law"), [(500, Law.NO_CRASH), (503, Law.NO_CRASH), (403, Law.NEXT_CALL), (None, Law.NEXT_CALL)]
)
def test_a_refused_handshake_is_no_fault_of_what_was_not_said(status, law):
    """A 5xx is an internal error; any other refusal is a call that did not come about. Both are counted."""
    trace, incidents = Trace(refused="no", status=status), Incidents()
    incidents.note(trace, GOOD)
    assert [each.law for each in breaches_of(trace, STEPS, GOOD)] == [law]
    assert incidents.refused == ["no"]


def test_start_says_the_parameters_of_the_twiml_beside_its_own():
    """Its own have the last word; a start without an object of them, and any other message, is left alone."""
    said = Introduction(CallIdentity(), {"plan": "gold", "tenant": "7"})
    start = MESSAGES["start"]
    own = {**start, "start": {**start["start"], "customParameters": {"plan": "silver"}}}
    assert said.introducing(own)["start"]["customParameters"] == {"plan": "silver", "tenant": "7"}
    assert said.introducing(start)["start"]["customParameters"] == {"plan": "gold", "tenant": "7"}
    broken = {**start, "start": {**start["start"], "customParameters": 5}}
    for message in (broken, {**start, "start": None}, MESSAGES["media"], {}):
        assert said.introducing(message) == message
