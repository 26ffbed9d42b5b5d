"""C3: would Twilio take every message that comes back?"""

import base64
from collections.abc import Callable
from typing import Any

from twiliobridge.caller import LineConditions, MarkEchoed, MarkReceived, StreamStarted
from twiliobridge.validate.check import check
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.interruption import interrupt
from twiliobridge.validate.law import Law
from twiliobridge.validate.listening import speaks_first
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.result import Level
from twiliobridge.validate.trunk import Arrived

MESSAGES = "Twilio docs, Voice > Media Streams > WebSocket Messages, to Twilio"
KEYS: dict[str, dict[str, set[str]]] = {
    "media": {"media": {"payload"}},
    "mark": {"mark": {"name"}},
    "clear": {},
}
"For each event the objects in it, and the keys of those."
HEADERS = (b"RIFF", b"OggS", b"ID3", b"\x1aE\xdf\xa3")
STARTS_AFTER = 3.0
"Seconds between `connected` and `start`: lawful, and so long that a model far away speaks in between."
LISTEN = 4.0
"Seconds, in which the agent greets."
ANSWER_WITHIN = 15.0
HEARD_MS = 700.0

ACCEPTED = Law(
    "C3.1",
    "The bridge takes connected and start, and stays on the line.",
    "Twilio docs, Voice > Media Streams > WebSocket Messages, from Twilio",
    "Do not close the socket while the caller is there: with <Connect> that ends the call.",
    done="`start` comes 3 s after `connected`. The agent is interrupted once.",
)
TEXT = Law(
    "C3.2",
    "Every message that the bridge sends is text.",
    "Twilio Error and Warning Dictionary 31950",
    "Send JSON in text frames; most WebSocket libraries send bytes as binary frames.",
    done="The agent greets and is interrupted. The frame of each message is looked at.",
)
SHAPE = Law(
    "C3.3",
    "Every message that the bridge sends is media, mark or clear, with the documented keys and no others.",
    MESSAGES,
    "Send {event, streamSid, media: {payload}}, {event, streamSid, mark: {name}} or {event, streamSid}.",
    done="The agent greets and is interrupted. The keys of each message are compared with the reference.",
    core=True,
)
SID = Law(
    "C3.4",
    "Every message that the bridge sends names the stream of its call.",
    "Twilio Error and Warning Dictionary 31951",
    "Take streamSid from `start`, per call, and send nothing before it.",
    done="The agent greets and is interrupted. The streamSid of each message is compared with that of"
    " `start`.",
)
PAYLOAD = Law(
    "C3.5",
    "Every payload that the bridge sends is strict base64 of bare mu-law, without a file's header.",
    MESSAGES,
    "Send raw mu-law at 8 kHz; cut the header off what a text-to-speech service returns.",
    done="The agent greets and is interrupted. Each payload is decoded, and its first bytes are looked at.",
)
EARLY = Law(
    "C3.6",
    "The bridge sends nothing before `start`.",
    "Twilio docs, Voice > Media Streams > WebSocket Messages, start",
    "Wait for `start`: only it says the streamSid, and what is sent before it is lost.",
    done="`start` comes 3 s after `connected`. What the bridge sends before it is counted.",
)
MARKS = Law(
    "C3.7",
    "No two of the bridge's marks that are under way at once have the same name.",
    "Twilio docs, Voice > Media Streams > WebSocket Messages, mark and clear",
    "Number the marks: after a clear, those flushed come back, and must not be taken for newer ones.",
    Level.SHOULD,
    done="The agent greets and is interrupted. The name of each mark is followed until it comes back.",
)


@check(
    "C3",
    "Twilio connection",
    "The stream is taken, and every message back is one that Twilio accepts.",
    ACCEPTED,
    TEXT,
    SHAPE,
    SID,
    PAYLOAD,
    EARLY,
    MARKS,
    source=MESSAGES,
    seconds=45,
)
async def twilio_connection(exam: Examination) -> None:
    async with exam.call("messages", LineConditions(start_delay=STARTS_AFTER)) as call:
        await _converse(exam, call)
        exam.found(ACCEPTED.id, holds=call.up, seen=_ending(call))
    _judge_messages(exam, call)
    _judge_marks(exam, call)


async def _converse(exam: Examination, call: ProbeCall) -> None:
    """So that the bridge sends what it has to send: media, marks, a clear."""
    if not await speaks_first(call, exam, HEARD_MS, LISTEN) and call.up:
        await call.say(exam.material.long_question.audio)
        await call.heard_for(HEARD_MS, ANSWER_WITHIN)
    if call.up:
        await interrupt(call, exam.material.interruption.audio)


def _judge_messages(exam: Examination, call: ProbeCall) -> None:
    """Where the agent was never heard, there may be no fault for want of messages."""
    arrived = call.trunk.arrived
    for law, fault in _FAULTS.items():
        faults = [each for each in arrived if fault(each, call)]
        if faults:
            count = f"{len(faults)} of the bridge's {len(arrived)} messages"
            exam.found(law.id, holds=False, seen=f"{count} are not so, first: {_brief(faults[0])}")
        elif call.first_heard_s is None:
            exam.not_applicable(law.id, f"the agent was not heard; the bridge sent {len(arrived)} messages")
        else:
            exam.found(law.id, holds=True, seen=f"so are all {len(arrived)} messages of the bridge")


def _judge_marks(exam: Examination, call: ProbeCall) -> None:
    sent = sum(isinstance(note, MarkReceived) for _, note in call.notes)
    if not sent:
        exam.not_applicable(MARKS.id, "the bridge sent no marks")
        return
    twice = _same_name(call)
    fault = f"a second mark {twice!r} was sent before the first came back" if twice else ""
    exam.found(MARKS.id, holds=not fault, seen=fault or f"{sent} marks, all different")


def _ending(call: ProbeCall) -> str:
    ending = call.client.line.ending
    return "the line stayed up" if ending is None else ending.text


def _is_binary(message: Arrived, call: ProbeCall) -> bool:
    return isinstance(message.text, bytes)


def _misshapen(message: Arrived, call: ProbeCall) -> bool:
    if isinstance(message.text, bytes):
        return False  # that is another law
    fields = message.fields
    if fields is None or message.event not in KEYS:
        return True
    inner = KEYS[message.event]
    if fields.keys() != {"event", "streamSid", *inner}:
        return True
    return any(not _has_just(fields[name], keys) for name, keys in inner.items())


def _has_just(value: Any, keys: set[str]) -> bool:  # noqa: ANN401 -- whatever JSON has
    return (
        isinstance(value, dict)
        and value.keys() == keys
        and all(isinstance(each, str) for each in value.values())
    )


def _wrong_stream(message: Arrived, call: ProbeCall) -> bool:
    fields = message.fields
    if fields is None or _before_start(message, call):
        return False  # those are other laws
    return fields.get("streamSid") != call.client.identity.stream_sid


def _bad_payload(message: Arrived, call: ProbeCall) -> bool:
    media = message.fields.get("media") if message.fields and message.event == "media" else None
    payload = media.get("payload") if isinstance(media, dict) else None
    if not isinstance(payload, str):
        return False  # no payload, which is a matter of shape
    try:
        return base64.b64decode(payload, validate=True).startswith(HEADERS)
    except ValueError:
        return True


def _before_start(message: Arrived, call: ProbeCall) -> bool:
    started = next((at for at, note in call.notes if isinstance(note, StreamStarted)), None)
    return started is None or message.at < started


_FAULTS: dict[Law, Callable[[Arrived, ProbeCall], bool]] = {
    TEXT: _is_binary,
    SHAPE: _misshapen,
    SID: _wrong_stream,
    PAYLOAD: _bad_payload,
    EARLY: _before_start,
}


def _brief(message: Arrived) -> str:
    text = message.text if isinstance(message.text, str) else message.text[:40].hex(" ")
    return text if len(text) <= 120 else text[:117] + "..."


def _same_name(call: ProbeCall) -> str:
    """The first name that is sent while a mark of that name has not come back; empty if none is."""
    pending: set[str] = set()
    for _, note in call.notes:
        match note:
            case MarkReceived(name) if name in pending:
                return name
            case MarkReceived(name):
                pending.add(name)
            case MarkEchoed(name):
                pending.discard(name)
    return ""
