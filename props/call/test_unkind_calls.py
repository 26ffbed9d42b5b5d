"""A whole call with a model that has every fault of the field."""

from hypothesis import given
from unkind_laws import endured
from unkind_plans import LOSING, UNANSWERED, UNKIND


@given(UNKIND)
def test_however_unkind_the_model_is_the_call_ends_as_calls_do(plan):
    """Nothing crashes, nothing is left running, and all that was heard is told."""
    endured(plan)


@given(UNANSWERED)
def test_a_caller_whom_nothing_answers_is_not_left_in_silence(plan):
    """They hear an answer, an apology, or TwiML."""
    endured(plan)


@given(LOSING)
def test_a_call_outlives_its_sessions_and_each_is_told_what_was_heard(plan):
    """Nothing is said twice, nothing that was said is lost, and the line is never silent for long."""
    endured(plan)
