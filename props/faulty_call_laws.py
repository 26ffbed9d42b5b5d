"""What is true of a whole call whatever went wrong in it. The laws of `call_laws`, and those of accidents."""

from math import inf

from call_laws import (
    LONGEST_GAP_MS,
    PACKET,
    TOLERANCE_MS,
    Evidence,
    an_interruption_leaves_one_packet_at_the_most,
    audio_of,
    messages,
    no_function_call_is_answered_twice,
    nobody_complains,
    nothing_is_left,
    nothing_is_sent_too_early,
    only_permitted_keys_go_to_twilio,
    said_between_gaps,
    the_caller_hears_what_the_model_says,
    the_model_knows_what_was_heard,
)
from faulty_call import FaultyCall, Kind, happen

from twiliobridge.audio.format import FRAME_BYTES
from twiliobridge.conversation import Ending
from twiliobridge.conversation.hold import METADATA
from twiliobridge.conversation.inbound import STALLED_AFTER
from twiliobridge.mediastream import Dtmf, Play
from twiliobridge.realtime.events import (
    AppendAudio,
    CreateItem,
    CreateResponse,
    Error,
    OutputAudioDelta,
    ResponseCreated,
    ResponseDone,
    SessionCreated,
    SpeechStarted,
)

CROSSED = {"response_cancel_not_active"}
"What the model may object to: a cancellation that met the end of its response on the way."

LATE = {"conversation_already_has_active_response"}
"And if it is held up, a request that met a response of its own."

TORN_DOWN_WITHIN = 4.0
"Seconds: twice the grace of a closing wire (wires/wire.py), for each of two."

SLACK = 2.0 + 0.5
"Seconds for a mark that is missing when the last word should have been heard (limits.py), and some frames."

ENDINGS = {
    Kind.SHUTDOWN: {Ending.SHUTDOWN},
    Kind.CALLER_HANGS_UP: {Ending.CALLER_HUNG_UP},
    Kind.PHONE_DROPS: {Ending.PHONE_LOST},
    Kind.MODEL_CLOSES: {Ending.MODEL_LOST},
    Kind.MODEL_VANISHES: {Ending.MODEL_LOST},
    Kind.PHONE_STALLS: {Ending.PHONE_STALLED},
}
EVER_POSSIBLE = {Ending.CALLER_HUNG_UP, Ending.AGENT_HUNG_UP}


def lawful(plan) -> FaultyCall:
    """Lets the call happen and checks every law."""
    call = happen(plan)
    nothing_is_sent_too_early(call)
    only_permitted_keys_go_to_twilio(call)
    nobody_complains(call, CROSSED | (LATE if plan.held_up else set()))
    no_function_call_is_answered_twice(call)
    nothing_is_left(call)
    it_ends_for_a_reason(call)
    it_ends_in_time(call)
    the_backlog_is_bounded(call)
    one_request_at_a_time(call)
    every_request_has_a_cause(call)
    the_model_hears_it_in_its_place(call)
    evidence = Evidence(call)
    an_interruption_leaves_one_packet_at_the_most(call, evidence)
    a_caller_silences_the_agent(call, evidence)
    tolerance_ms = TOLERANCE_MS + 1000 * plan.held_up
    the_model_knows_what_was_heard(call, evidence, tolerance_ms)
    if not plan.held_up:
        the_caller_hears_what_the_model_says(call, evidence)
    return call


def ending_of(call):
    return call.summary.ending if call.summary else None


def moment(call, *kinds):
    """When the first of these accidents came true."""
    return min((now for now, accident in call.happened if accident.kind in kinds), default=None)


def it_ends_for_a_reason(call):
    """The ending is one of the accidents that came true, or else it was the caller or the agent."""
    kinds = {accident.kind for _, accident in call.happened}
    if call.summary is None:
        assert Kind.CANCEL in kinds
        return
    possible = EVER_POSSIBLE.union(*(ENDINGS.get(kind, set()) for kind in kinds))
    assert call.summary.ending in possible, call.summary


def it_ends_in_time(call):
    """Both legs are gone seconds after the phone is, or the server, or a lost model's last word was heard."""
    left = moment(call, Kind.CANCEL, Kind.SHUTDOWN, Kind.CALLER_HANGS_UP, Kind.PHONE_DROPS)
    gone = min(call.left_at, call.left_at if left is None else left)
    held_up = call.plan.held_up + call.lag
    assert call.over_at <= gone + held_up + TORN_DOWN_WITHIN
    if moment(call, Kind.MODEL_CLOSES, Kind.MODEL_VANISHES) is None or not call.summary:
        return
    last_word = max((each.ended for each in call.line.heard.stretches), default=0.0)
    assert call.over_at <= max(call.model.left_at, last_word) + held_up + SLACK + TORN_DOWN_WITHIN


def the_backlog_is_bounded(call):
    """What waits for a phone that does not read is never more than the wire's bound."""
    assert call.most_waiting <= call.plan.backlog


def asks_to_hold(event):
    """Out of band, beside the answer that is being made."""
    return event.response is not None and event.response.metadata == METADATA


def one_request_at_a_time(call):
    """No `response.create` while a response is being made, or another request is unanswered."""
    active = pending = None
    for _, way, event, _ in call.watched:
        match event:
            case CreateResponse() if not asks_to_hold(event):
                assert active is None, "asked while a response is being made"
                assert pending is None, "asked twice"
                pending = event.event_id
            case SessionCreated():
                active = pending = None
            case ResponseCreated() if event.response.conversation_id is not None:
                active, pending = event.response.id, None
            case ResponseDone() if event.response.id == active:
                active = None
            case Error() if way == "in" and event.error.event_id in {None, pending}:
                pending = None


def every_request_has_a_cause(call):
    """The greeting, a turn of keys, the outputs of a response's tools, a response that was called back or of
    which nothing was heard: once each.
    """
    causes = 1
    owed_to: set[str] = set()
    sounded: set[str] = set()
    for _, way, event, _ in call.watched:
        match event:
            case CreateItem():
                causes += event.item.type == "message"
                if event.item.type == "function_call_output":
                    owed_to.add(event.item.call_id)
            case CreateResponse() if not asks_to_hold(event):
                causes -= not owed_to
                owed_to.clear()
            case OutputAudioDelta():
                sounded.add(event.response_id)
            case ResponseDone():
                causes += event.response.status != "completed" or event.response.id not in sounded
            case Error() if way == "in":
                causes += 1
        assert causes >= 0, "the model was asked without a cause"


def a_caller_silences_the_agent(call, evidence):
    """When the model hears the caller begin, or a key comes, what was sent until then is heard no more, one
    way and one packet later, whether or not the model was still generating.
    """
    sent = 0
    for _, way, event, now in call.watched:
        if isinstance(event, Play):
            sent += event.size
        if way == "in" and isinstance(event, SpeechStarted | Dtmf):
            silent = now + call.lag + call.plan.held_up
            late = sum(piece.heard_after(silent, sent) for piece in evidence.pieces)
            assert late <= PACKET, f"{late / 8} ms of old audio were heard after the caller began"


def the_model_hears_it_in_its_place(call):
    """Every stretch of what the caller says is appended once, in order, and where its timestamp puts it.

    Within a frame; a line on which frames arrive late lets silence be assumed that was none, by as much,
    before the first of those. What is missing is missing at the end: the call was over, or the model gone.
    """
    line = call.plan.line
    tolerance = 8 * round(22 + line.jitter_ms + line.burst_ms + 1000 * call.plan.held_up)
    appends = messages(call.to_model.sent, "input_audio_buffer.append")
    appended = b"".join(audio_of(message["audio"]) for message in appends)
    cursor = due = 0
    for gap_ms, said in said_between_silences(call):
        due += 8 * min(gap_ms, LONGEST_GAP_MS)
        at = appended.find(said, max(cursor, due - tolerance))
        if at < 0:
            assert said.strip(b"\xff").startswith(appended[cursor:].strip(b"\xff")), "audio was changed"
            assert the_rest_came_too_late(call), "audio got lost on its way to the model"
            return
        assert at <= due + tolerance + 8 * max(0, gap_ms - LONGEST_GAP_MS), "the model's clock is ahead"
        assert not appended[cursor:at].strip(b"\xff"), "a gap was filled with something else than silence"
        cursor = at + len(said)
        due = cursor if gap_ms > LONGEST_GAP_MS else due + len(said)
    assert not appended[cursor:].strip(b"\xff")


def said_between_silences(call):
    """The caller's audio as runs without a gap in its timestamps, nor a long one in when they arrived."""
    arrivals = iter([now for now, text in call.bridge.taken if '"event":"media"' in text])
    before = inf
    for gap_ms, said in said_between_gaps(call):
        start = 0
        for at in range(0, len(said), FRAME_BYTES):
            arrival = next(arrivals, before)
            if at > start and arrival - before >= STALLED_AFTER:
                yield (0 if start else gap_ms), said[start:at]
                start = at
            before = arrival
        yield (0 if start else gap_ms), said[start:]


def the_rest_came_too_late(call):
    """All that arrived while there was a session to append it to was appended."""
    closed = min(call.over_at, call.model.left_at)
    taken = [now for now, text in call.bridge.taken if '"event":"media"' in text and now < closed]
    confirmed = [now for now, text in call.to_model.taken if '"session.updated"' in text]
    return not confirmed or len(call.events(AppendAudio)) >= len(taken)
