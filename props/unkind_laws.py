"""What is true of a call with an unkind model: of the laws of a call, those that do not ask it to be kind."""

import json
import re
from math import inf

from call_laws import (
    Evidence,
    an_interruption_leaves_one_packet_at_the_most,
    audio_of,
    each_word_is_heard_whole_by_a_session,
    no_function_call_is_answered_twice,
    nobody_complains,
    nothing_is_left,
    nothing_is_sent_too_early,
    only_permitted_keys_go_to_twilio,
    the_caller_hears_what_the_model_says,
    the_model_knows_what_was_heard,
)
from faulty_call import FaultyCall, happen
from faulty_call_laws import (
    CROSSED,
    EVER_POSSIBLE,
    LATE,
    a_caller_silences_the_agent,
    asks_to_hold,
    it_ends_in_time,
    one_request_at_a_time,
    the_model_hears_it_in_its_place,
)
from numbered_speech import numbers_in
from whole_call import GREETING

from twiliobridge.conversation import Ending, Limits
from twiliobridge.conversation.hold import METADATA
from twiliobridge.mediastream import Clear, Dtmf, Play
from twiliobridge.realtime.events import (
    CreateResponse,
    Error,
    OutputAudioDelta,
    ResponseCreated,
    ResponseDone,
    SessionCreated,
    SpeechStarted,
    SpeechStopped,
)

DEAD_AIR = Limits().dead_air + 0.1
"Seconds, and some frames."

CUT_MS = 250

OPENING = "Open the call with"


def endured(plan) -> FaultyCall:
    call = happen(plan)
    nothing_is_sent_too_early(call)
    only_permitted_keys_go_to_twilio(call)
    nobody_complains(call, CROSSED | LATE | {"rate_limit_exceeded", "session_expired"})
    no_function_call_is_answered_twice(call)
    nothing_is_left(call)
    it_ends_in_time(call)
    one_request_at_a_time(call)
    the_model_hears_all_that_is_said(call)
    evidence = Evidence(call)
    an_interruption_leaves_one_packet_at_the_most(call, evidence)
    a_caller_silences_the_agent(call, evidence)
    the_model_knows_what_was_heard(call, evidence)
    the_caller_hears_what_the_model_says(call, evidence)
    no_answer_is_owed_for_longer_than_the_bound(call)
    nobody_is_greeted_twice(call)
    a_wait_that_was_named_is_kept(call)
    a_later_session_is_told_what_was_heard(call)
    assert call.summary.ending in EVER_POSSIBLE | {
        Ending.MODEL_LOST,
        Ending.MODEL_SILENT,
        Ending.MODEL_UNREACHABLE,
    }
    return call


def the_model_hears_all_that_is_said(call):
    """As long as there is one, and of several each what the one before did not hear to its end."""
    *earlier, last = call.summary.sessions
    if earlier and not last.why and last.ready_at is not None:
        each_word_is_heard_whole_by_a_session(call)
    elif not last.why:
        the_model_hears_it_in_its_place(call)


# ---------------------------------------------------------------- silence


def no_answer_is_owed_for_longer_than_the_bound(call):
    """From the end of a turn to the first word of its answer, or until the caller takes the floor, no silence
    on the line is longer than `Limits.dead_air`; or else the call is over.
    """
    for begin, end in owed(call):
        silent, reached = 0.0, begin
        for each in call.line.heard.stretches:
            if begin < each.ended and each.began < end:
                silent, reached = max(silent, each.began - reached), each.ended
        silent = max(silent, end - reached)
        assert silent <= DEAD_AIR, f"owed from {begin:.2f} to {end:.2f}, {silent:.2f} s of it in silence"


def owed(call):
    """When an answer was owed: (from, until)."""
    since, beside = None, set()
    for *_, event, now in call.watched:
        match event:
            case ResponseCreated() if event.response.metadata == METADATA:
                beside.add(event.response.id)
            case OutputAudioDelta() if event.response_id in beside:
                pass
            case SpeechStopped():
                since = now
            case SpeechStarted() | Dtmf() | OutputAudioDelta():
                if since is not None:
                    yield since, now
                since = None
    if since is not None:
        yield since, min(call.over_at, call.left_at)


def a_wait_that_was_named_is_kept(call):
    """After "try again in 1.2s" nothing is asked for in less than that, unless the caller has said more."""
    not_before = 0.0
    for *_, event, now in call.watched:
        match event:
            case ResponseDone() if event.response.status_details is not None:
                not_before = now + named(event.response.status_details.error)
            case Error() if not str(event.error.event_id).startswith("bridge_hold"):
                not_before = now + named(event.error)
            case ResponseCreated() | SessionCreated() | SpeechStarted() | Dtmf():
                not_before = 0.0
            case CreateResponse() if not asks_to_hold(event):
                assert now > not_before - 0.001, f"asked {not_before - now} s too early"


def named(error):
    """The seconds of a message like "Please try again in 1.2s.", up to the bound; 0 where there are none."""
    found = re.search(r"try again in ([\d.]+?)s", error.message) if error else None
    return min(float(found[1]), Limits().retry_wait_at_most) if found else 0.0


# ---------------------------------------------------------------- sessions


def nobody_is_greeted_twice(call):
    """A greeting of which something was heard is not asked for again."""
    asked = [now for now, event in call.events(CreateResponse) if OPENING in instructions(event)]
    first = min((stretch.began for stretch in call.line.heard.stretches), default=inf)
    if GREETING in numbers_heard(call):
        assert all(now <= first + 0.02 for now in asked), "greeted twice"


def instructions(request):
    return str(request.response.instructions) if request.response else ""


def numbers_heard(call):
    """The speeches of which something was heard."""
    return set(numbers_in(b"".join(bytes(stretch.audio) for stretch in call.line.heard.stretches)))


def a_later_session_is_told_what_was_heard(call):
    """Of the agent's words those of which something was heard, none else, each once; all words of a speech
    only where it was not cut.
    """
    heard = numbers_heard(call)
    for session in call.sessions[1:]:
        told = words_told(session)
        numbers = [int(words[0]) for words in told]
        assert len(set(numbers)) == len(numbers), f"told twice: {numbers}"
        assert set(numbers) <= heard, f"told {set(numbers) - heard}, of which nothing was heard"
        assert not {int(words[0]) for words in told if len(words) > 1} & cut(call), "told beyond the cut"


def words_told(session):
    """The agent's speeches, as the history has them in the end."""
    told = {}
    for _, text in session.to_model.sent:
        message = json.loads(text)
        if message["type"] == "conversation.item.create" and message["item"].get("role") == "assistant":
            told[message["item"]["id"]] = message["item"]["content"][0]["text"].split()
        elif message["type"] == "conversation.item.delete":
            told.pop(message["item_id"], None)
    return told.values()


def cut(call):
    """The speeches that a `clear` has cut by more than a model may be wrong about."""
    cleared = [now for now, _ in call.events(Clear)]
    sent = b"".join(audio_of(event.payload) for _, event in call.events(Play))
    found = set()
    for stretch in call.line.heard.stretches:
        *_, last = numbers_in(bytes(stretch.audio)) or [0]
        begun, heard = speech_of(last, sent), speech_of(last, bytes(stretch.audio))
        if begun - heard > CUT_MS and any(abs(now - stretch.ended) < CUT_MS / 1000 for now in cleared):
            found.add(last)
    return found


def speech_of(number, audio):
    """Milliseconds of it."""
    return len(re.findall(bytes([0x80 + number]) + rb"[\x00-\x63]{3}", audio, re.DOTALL)) / 2
