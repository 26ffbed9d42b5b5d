"""A whole call, bridge and peers, in which Hypothesis chooses what is said and what breaks at which await."""

from faulty_call_laws import lawful
from hypothesis import given, settings
from plans import CALM, DELAYED, DOOMED, STALLED

from twiliobridge.conversation import Ending


@given(CALM)
def test_whatever_is_said_every_law_of_a_call_holds(plan):
    """Nothing is played after a `clear`, and the model knows what was heard within 60 ms."""
    lawful(plan)


@given(DELAYED)
def test_whoever_is_held_up_the_call_goes_on_and_its_laws_hold(plan):
    """A phone that does not read, a burst, a stalled model: the 60 ms grow by the delay, and by no more."""
    lawful(plan)


@given(DOOMED)
def test_whatever_breaks_at_whichever_await_both_legs_end_and_nothing_is_left(plan):
    """Cancelled, shut down, hung up, dropped, or left by the model: for that reason, once, and in time."""
    lawful(plan)


@settings(max_examples=settings().max_examples // 4)  # each is a minute of speech
@given(STALLED)
def test_a_phone_that_does_not_read_ends_the_call_at_the_bound_of_its_backlog(plan):
    """Memory is bounded whatever the phone does; the model is read meanwhile, as if nothing were wrong."""
    call = lawful(plan)
    if call.happened:
        assert call.summary.ending is Ending.PHONE_STALLED
