"""A whole call with a model that has every fault of the field."""

from hypothesis import given
from unkind_laws import endured
from unkind_plans import UNKIND


@given(UNKIND)
def test_however_unkind_the_model_is_the_call_ends_as_calls_do(plan):
    """Nothing crashes, nothing is left running, and all that was heard is told."""
    endured(plan)
