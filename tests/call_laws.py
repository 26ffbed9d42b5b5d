"""What is true of every whole call, whatever was said in it.

Each law reads what went over the wires, what the phone played, and the order in which the bridge dealt with
it; none asks the relay.
"""

import json
import re
from collections import Counter

from evidence import Evidence, audio_of

from twiliobridge.caller import Cleared, ConnectionDropped, ServerClosed, StreamStarted, StreamStopped
from twiliobridge.conversation import Ending
from twiliobridge.mediastream import Clear, Play, Stop
from twiliobridge.mediastream.errors import StreamCode

TOLERANCE_MS = 60
PACKET = 160
LONGEST_GAP_MS = 10_000
FAREWELLS = {StreamCode.SERVER_CLOSED, StreamCode.BROKEN_PIPE}
"What Twilio logs whenever it is not the caller who ends a call."
HEARD_OUT = {
    Ending.AGENT_HUNG_UP,
    Ending.MODEL_LOST,
    Ending.MODEL_SILENT,
    Ending.MODEL_UNREACHABLE,
    Ending.TOO_LONG,
}
"Endings before which the caller hears what is queued."
SHAPES = {
    "media": ({"event", "streamSid", "media"}, {"payload"}),
    "mark": ({"event", "streamSid", "mark"}, {"name"}),
    "clear": ({"event", "streamSid"}, set()),
}


def check_laws(call, errors=()):
    nothing_is_sent_too_early(call)
    only_permitted_keys_go_to_twilio(call)
    nobody_complains(call, errors)
    the_model_hears_what_the_caller_says(call)
    evidence = Evidence(call)
    the_caller_hears_what_the_model_says(call, evidence)
    an_interruption_leaves_one_packet_at_the_most(call, evidence)
    the_model_knows_what_was_heard(call, evidence)
    no_function_call_is_answered_twice(call)
    nothing_is_left(call)


def decoded(texts):
    return [json.loads(text) for _, text in texts]


def messages(texts, kind):
    """Those of one kind, of (moment, text)."""
    named = (f'"event":"{kind}"', f'"type":"{kind}"')
    return decoded(each for each in texts if any(name in each[1] for name in named))


# ---------------------------------------------------------------- the wires


def nothing_is_sent_too_early(call):
    """Nothing goes to Twilio before `start`; to the model only the session, until it is confirmed."""
    started = confirmed = False
    for name, text in call.log:
        started = started or (name == "phone" and '"event":"start"' in text)
        confirmed = (confirmed and '"session.created"' not in text) or '"session.updated"' in text
        assert started or name != "to phone", text
        assert confirmed or name != "to model" or '"type":"session.update"' in text, text


def only_permitted_keys_go_to_twilio(call):
    for message in decoded(call.bridge.sent):
        keys, inner = SHAPES[message["event"]]
        assert message.keys() == keys
        assert message.get(message["event"], {}).keys() == inner
        assert message["streamSid"] == call.client.identity.stream_sid


def nobody_complains(call, errors):
    """Twilio would have logged no warning, the model reports no error but those that the test asked for."""
    assert [w for w in call.client.warnings if w.code not in FAREWELLS] == []
    said = [text for session in call.sessions for text in session.model.sent]
    reported = [message["error"] for message in messages(said, "error")]
    assert [(error["code"], error["message"]) for error in reported if error["code"] not in errors] == []


def the_model_hears_what_the_caller_says(call):
    """Byte for byte, with silence where frames were missing; nothing is lost but what came after the end."""
    if len(call.sessions) > 1:
        each_word_is_heard_whole_by_a_session(call)
        return
    appended, cursor = appended_to(call.sessions[0]), 0
    for gap_ms, said in said_between_gaps(call):
        at = appended.find(said, cursor + 8 * min(gap_ms, LONGEST_GAP_MS))
        if at < 0:
            assert call.summary.ending is not Ending.CALLER_HUNG_UP, "audio got lost on its way to the model"
            assert said.startswith(appended[cursor:])
            return
        assert at <= cursor + 8 * gap_ms
        assert not appended[cursor:at].strip(b"\xff"), "a gap was filled with something else than silence"
        cursor = at + len(said)
    assert not appended[cursor:].strip(b"\xff")


def each_word_is_heard_whole_by_a_session(call):
    """A session that takes another's place hears what that has not heard to its end, and no sound is lost."""
    heard = [appended_to(session) for session in call.sessions]
    said = b"".join(bytes(run) for _, run in said_between_gaps(call))
    if call.summary.ending is Ending.CALLER_HUNG_UP:
        assert sum(map(len, heard)) >= len(said)
        assert said.endswith(heard[-1])
        for words in re.findall(rb"[^\xff]+", said):
            assert any(words in each for each in heard), "audio got lost between two sessions"


def appended_to(session):
    appends = messages(session.to_model.sent, "input_audio_buffer.append")
    return b"".join(audio_of(message["audio"]) for message in appends)


def said_between_gaps(call):
    """The caller's audio as runs of frames without a gap: (milliseconds missing before it, bytes)."""
    runs, reached = [], None
    for message in messages(call.phone.sent, "media"):
        at = int(message["media"]["timestamp"])
        if at != reached:
            runs.append((0 if reached is None else at - reached, bytearray()))
        runs[-1][1].extend(audio_of(message["media"]["payload"]))
        reached = at + 20
    return runs


def no_function_call_is_answered_twice(call):
    """No function call gets two outputs."""
    for session in call.sessions:
        items = [message["item"] for message in messages(session.to_model.sent, "conversation.item.create")]
        answered = Counter(item["call_id"] for item in items if item["type"] == "function_call_output")
        assert all(count == 1 for count in answered.values()), answered


def nothing_is_left(call):
    """All wires are closed at both ends, and a stream that had begun has ended once."""
    ends = StreamStopped | ConnectionDropped | ServerClosed
    began = any(isinstance(note, StreamStarted) for _, note in call.notes)
    found = [note for _, note in call.notes if isinstance(note, ends)]
    assert int(began) <= len(found) <= 1
    assert all(getattr(end, "code", 1000) == 1000 for end in found)
    assert call.bridge.left
    assert call.phone.left
    assert not call.dials or all(session.left for session in call.sessions)


# ---------------------------------------------------------------- what was heard


def the_caller_hears_what_the_model_says(call, evidence):
    """What is sent is what was generated and not discarded, as long as there is a phone to send it to.

    What is received is played, cleared or still queued.
    """
    told = b"".join(audio_of(event.payload) for *_, event, _ in call.watched if isinstance(event, Play))
    sent = b"".join(audio_of(m["media"]["payload"]) for m in messages(call.bridge.sent, "media"))
    assert told == evidence.stream
    assert told == sent or (call.phone.left and told.startswith(sent))
    size = sum(len(audio_of(m["media"]["payload"])) for m in messages(call.phone.taken, "media"))
    cleared = sum(round(8 * note.cut_ms) for _, note in call.notes if isinstance(note, Cleared))
    queued = round(8 * call.line.queued_ms)
    assert evidence.heard(0, size) + cleared + queued == size
    assert not queued or call.summary is None or call.summary.ending not in HEARD_OUT


def an_interruption_leaves_one_packet_at_the_most(call, evidence):
    """Counted from when the phone has taken the `clear`."""
    sent, taken = 0, [now for now, text in call.phone.taken if '"event":"clear"' in text]
    for *_, event, _ in call.watched:
        if isinstance(event, Play):
            sent += event.size
        if isinstance(event, Clear) and taken:
            now = taken.pop(0)
            late = [piece.heard_after(now, sent) for piece in evidence.pieces]
            assert sum(late) <= PACKET, f"{sum(late)} bytes of old audio were heard after a clear"


def the_model_knows_what_was_heard(call, evidence, tolerance_ms=TOLERANCE_MS):
    """A truncation is within 60 ms of what was heard, never beyond what was generated, and not repeated.

    What was not heard to its end was truncated, unless the call ended or the model had left; what was
    discarded whole, at 0.
    """
    cuts = truncations(call)
    clears = [(index, now) for index, (*_, event, now) in enumerate(call.watched) if isinstance(event, Clear)]
    stops = (index for index, (*_, event, _) in enumerate(call.watched) if isinstance(event, Stop))
    stopped = next(stops, len(call.watched))
    for item, first in evidence.generated.items():
        begin, end = evidence.items.get(item, (0, 0))
        heard, sent = evidence.heard(begin, end) / 8, (end - begin) / 8
        if item in cuts:
            assert 0 <= cuts[item] <= sent
            assert abs(cuts[item] - heard) <= tolerance_ms, f"cut at {cuts[item]}, heard {heard} of {sent} ms"
        elif not sent:
            gone = left_at(call, item) <= call.watched[first][-1]
            assert gone or first > stopped, "the model believes that it said what nobody heard"
        elif sent - heard > tolerance_ms:
            assert not any(index > first and now < left_at(call, item) for index, now in clears), (
                f"{heard} of {sent} ms heard, and no truncation"
            )
    assert cuts.keys() <= evidence.generated.keys()


def left_at(call, item):
    """When the session ended that had said it."""
    [at] = [session.model.left_at for session in call.sessions if session.knows(item)]
    return at


def truncations(call):
    """What the model was told of each item, in ms."""
    cuts = {}
    said = [text for session in call.sessions for text in session.to_model.sent]
    for message in messages(said, "conversation.item.truncate"):
        assert message["item_id"] not in cuts, "an item was cut twice"
        cuts[message["item_id"]] = message["audio_end_ms"]
    return cuts
