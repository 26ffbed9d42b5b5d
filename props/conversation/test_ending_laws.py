"""However and whenever a call ends, its transcript says what was heard, and the call ends once."""

from exchange import START, Exchange
from hypothesis import given
from hypothesis import strategies as st

from twiliobridge.conversation import Ending
from twiliobridge.conversation.limits import Limits
from twiliobridge.conversation.phase import Phase
from twiliobridge.mediastream.events import Stop
from twiliobridge.realtime import events as model

TOLERANCE_MS = 60


def hangs_up(call):
    call.phone(Stop(account_sid=START.account_sid, call_sid=START.call_sid))


def of_the_relay(name, *args):
    return lambda call: call.carry_out(getattr(call.relay, name)(*args, call.now))


def of_no_use(name, *args):
    """The model's session is left, and no other can be had."""

    def end(call):
        of_the_relay(name, *args)(call)
        call.lose_for_good()

    return end


def is_cut_off(call):
    call.model(model.Error(error=model.ErrorDetail(code="insufficient_quota", message="pay")))


ENDINGS = {
    "stop": hangs_up,
    "phone lost": of_the_relay("phone_lost", Ending.PHONE_LOST, "1006"),
    "shutdown": of_the_relay("shutdown"),
    "phone stalled": of_the_relay("stalled", "phone", "full"),
    "model stalled": of_no_use("stalled", "model", "full"),
    "phone unreadable": of_the_relay("unreadable", "phone", "nonsense", 1000),
    "model unreadable": of_no_use("unreadable", "model", "nonsense", 1000),
    "model lost for good": is_cut_off,
    "too long": lambda call: call.wait(30 - call.now),
}
ANSWERS = st.lists(
    st.tuples(st.integers(20, 4000), st.integers(0, 3000), st.booleans()), min_size=1, max_size=4
)


@given(how=st.sampled_from(sorted(ENDINGS)), answers=ANSWERS, way_ms=st.integers(0, 9))
def test_the_transcript_says_what_the_phone_has_played(how, answers, way_ms):
    """Of each line of the agent, within 60 ms, for every ending at every moment."""
    way = way_ms / 1000
    call = Exchange(
        limits=Limits(longest_call=30, sign_of_life_after=100), uplink=lambda: way, downlink=lambda: way
    ).open()
    for number, (sent_ms, wait_ms, done) in enumerate(answers):
        call.response(f"r{number}", sent_ms, done=done or number + 1 < len(answers))
        call.wait(wait_ms / 1000)
    ENDINGS[how](call)
    at_the_end = {f"r{number}": call.heard_ms(f"r{number}") for number in range(len(answers))}
    if call.ending is None:  # what is queued is heard first
        call.wait(60)
        at_the_end = {name: call.heard_ms(name) for name in at_the_end}
    assert call.relay.phase is Phase.ENDED
    lines = dict(call.relay._mind.transcript.keyed_lines())
    for name, heard_ms in at_the_end.items():
        told = lines[name].sent_ms if lines[name].heard_ms is None else lines[name].heard_ms
        assert abs(told - heard_ms) <= TOLERANCE_MS + way_ms, (name, told, heard_ms)


@given(first=st.sampled_from(sorted(ENDINGS)), second=st.sampled_from(sorted(ENDINGS)))
def test_a_call_ends_once(first, second):
    """What comes after the end changes nothing."""
    call = Exchange(limits=Limits(longest_call=30)).open()
    ENDINGS[first](call)
    ended = call.ending
    for do in (ENDINGS[second], lambda call: call.wait(60)):
        do(call)
        assert call.ending is not None
        assert ended is None or call.ending is ended
