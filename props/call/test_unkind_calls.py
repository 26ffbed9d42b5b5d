"""A whole call with a model that has every fault of the field."""

from hypothesis import given
from unkind_laws import endured
from unkind_plans import LOSING, UNKIND


@given(UNKIND)
def test_however_unkind_the_model_is_the_call_ends_as_calls_do(plan):
    """Nothing crashes, nothing is left running, and all that was heard is told."""
    endured(plan)


@given(LOSING)
def test_a_call_outlives_its_sessions_and_each_is_told_what_was_heard(plan):
    """Nothing is said twice, nothing that was said is lost, and the line is never silent for long."""
    endured(plan)
