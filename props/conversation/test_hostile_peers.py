"""Whatever the peers say, in any order: the relay raises nothing, says nothing illegal, stays bounded."""

import contextlib

from exchange import PCMU_BOTH_WAYS, START, Exchange, audio, frame
from hypothesis import given
from hypothesis import strategies as st

from twiliobridge.conversation.agent import END_CALL
from twiliobridge.conversation.limits import Limits
from twiliobridge.conversation.phase import Phase
from twiliobridge.mediastream import events as phone
from twiliobridge.mediastream.events import audio_ms
from twiliobridge.realtime import events as model
from twiliobridge.realtime.errors import LocalProtocolError
from twiliobridge.realtime.session import Session

IDS = st.sampled_from(["a", "b", "c"])
OURS = st.sampled_from(["bridge_response_1", "bridge_item_1", None, "a"])
INDEX = st.integers(0, 1)
PART = {"response_id": IDS, "item_id": IDS, "content_index": INDEX}
DELTAS = st.sampled_from([audio(0), audio(0.125), audio(20), audio(400), audio(5000), "?", "AA", "===="])
CODES = st.sampled_from(
    ["server_error", "conversation_already_has_active_response", "invalid_value", "session_expired"]
)
STATUSES = st.sampled_from(["completed", "cancelled", "failed", "incomplete", "?"])
ITEMS = st.builds(
    model.Item,
    id=OURS,
    type=st.sampled_from(["message", "function_call", "function_call_output"]),
    status=st.sampled_from(["completed", "incomplete"]),
    call_id=st.none() | IDS,
    name=st.sampled_from([None, END_CALL, "teleport"]),
)
RESPONSES = st.builds(
    model.Response, id=IDS, status=STATUSES, conversation_id=st.sampled_from(["c", "c", None])
)
MODEL = st.one_of(
    st.builds(model.SessionCreated, session=st.just(Session())),
    st.builds(model.SessionUpdated, session=st.just(PCMU_BOTH_WAYS)),
    st.builds(model.Error, error=st.builds(model.ErrorDetail, code=CODES, event_id=OURS)),
    st.builds(model.SpeechStarted, audio_start_ms=st.just(0), item_id=IDS),
    st.builds(model.SpeechStopped, audio_end_ms=st.just(0), item_id=IDS),
    st.builds(model.AudioCommitted, item_id=IDS),
    st.builds(model.AudioCleared),
    st.builds(model.IdleTimeout, audio_start_ms=st.just(0), audio_end_ms=st.just(0), item_id=IDS),
    st.builds(model.ItemAdded, item=ITEMS),
    st.builds(model.ResponseCreated, response=RESPONSES),
    st.builds(model.OutputAudioDelta, delta=DELTAS, **PART),
    st.builds(model.OutputAudioDone, **PART),
    st.builds(model.OutputTranscriptDelta, delta=st.just("word "), **PART),
    st.builds(model.OutputItemDone, response_id=IDS, item=ITEMS),
    st.builds(model.ResponseDone, response=RESPONSES),
    st.builds(model.Unknown, type=st.just("x")),
)
MARKS = st.integers(1, 30).map(lambda number: f"m{number}")
PHONE = st.one_of(
    st.just(START),
    st.builds(frame, st.integers(0, 2**40), st.sampled_from([0, 0.125, 20])),
    st.builds(phone.Dtmf, digit=st.sampled_from("1#")),
    st.builds(phone.Mark, name=MARKS | st.just("?")),
    st.builds(phone.Unknown, event=st.just("x")),
)
TIME = st.sampled_from([0.0, 0.02, 0.5, 2.0, 11.0])
STEPS = st.lists(st.one_of(MODEL, MODEL, MODEL, PHONE, TIME, IDS), max_size=150)


def take(call, step):
    match step:
        case float():
            call.wait(step)
        case str():
            call.answer_tool(step, "done")
        case _ if type(step).__module__ == phone.__name__:
            call.phone(step)
        case _:
            with contextlib.suppress(LocalProtocolError):  # the connection would not let it through
                call.model(step)


@given(opened=st.booleans(), steps=STEPS)
def test_nothing_that_is_said_breaks_a_call(opened, steps):
    """`Exchange` refuses what is illegal to say, audio before `start`, and a second end."""
    call = Exchange(limits=Limits(longest_call=60))
    if opened:
        call.open()
    for step in steps:
        take(call, step)
        mind = call.relay._mind
        assert len(mind.playout._segments) <= 4096
        assert len(mind.tool_calls._running) <= 64
        assert sum(map(audio_ms, mind.recent.payloads)) <= mind.limits.missed_audio_ms
        assert sum(map(audio_ms, mind.recent.kept)) <= mind.limits.missed_audio_ms * 1.02
        assert (call.ending is None) == (call.relay.phase is not Phase.ENDED)


@given(steps=STEPS)
def test_a_call_is_over_in_time(steps):
    """However the peers fall silent, the bounds of a call end it: nobody hangs."""
    call = Exchange(limits=Limits(longest_call=60)).open()
    for step in steps:
        take(call, step)
    call.wait(60 + 30 + 600 + 3)
    assert call.ending is not None
