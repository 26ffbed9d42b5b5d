"""Both ends of a session, walked through the sequences that were recorded live."""

import json
import re
from typing import Any

import pytest

from twiliobridge.realtime import (
    Phase,
    RealtimeConnection,
    Role,
    SessionUpdate,
    default_session,
)
from twiliobridge.realtime.events import (
    AppendAudio,
    ArgumentsDelta,
    ArgumentsDone,
    AudioCommitted,
    CancelResponse,
    Content,
    ContentPartAdded,
    ContentPartDone,
    CreateItem,
    CreateResponse,
    Error,
    ErrorDetail,
    InputTranscriptCompleted,
    InputTranscriptDelta,
    Item,
    ItemAdded,
    ItemDone,
    ItemTruncated,
    OutputAudioDelta,
    OutputAudioDone,
    OutputItemAdded,
    OutputItemDone,
    OutputTextDelta,
    OutputTextDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    RateLimitsUpdated,
    Response,
    ResponseCreated,
    ResponseDone,
    ResponseParams,
    SessionCreated,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
    TruncateItem,
    UpdateSession,
)

CLIENT, SERVER = Role.CLIENT, Role.SERVER
NEW, OPEN, RESPONDING, _TRANSCRIBING, CLOSED = Phase

SESSION = default_session("gpt-realtime-2.1", "sess_1", 1785217650)
HELLO = (SERVER, SessionCreated(session=SESSION), OPEN)
START = [
    HELLO,
    (CLIENT, UpdateSession(session=SessionUpdate(type="realtime")), OPEN),
    (SERVER, SessionUpdated(session=SESSION), OPEN),
]

HEARD = Item(
    id="item_1",
    type="message",
    status="completed",
    role="user",
    content=(Content(type="input_audio", transcript=None),),
)
TYPED = Item(id="item_1", type="message", role="user", content=(Content(type="input_text", text="Hi"),))
SPEAKING = Item(id="item_2", type="message", status="in_progress", role="assistant", content=())
SPOKEN = Item(
    id="item_2",
    type="message",
    status="completed",
    role="assistant",
    content=(Content(type="output_audio", transcript="Hello."),),
)
CALLED = Item(id="item_2", type="function_call", name="balance", call_id="call_1", arguments="{}")
ANSWERED = Item(id="item_3", type="function_call_output", call_id="call_1", output="5 pounds")
PLACE: dict[str, Any] = {"response_id": "resp_1", "item_id": "item_2"}


def begun(name: str = "resp_1", conversation: str | None = "conv_1") -> ResponseCreated:
    return ResponseCreated(response=Response(id=name, conversation_id=conversation))


def over(name: str = "resp_1", status: str = "completed") -> ResponseDone:
    return ResponseDone(response=Response(id=name, conversation_id="conv_1", status=status))


DELTA = (SERVER, OutputAudioDelta(**PLACE, delta="////"), RESPONDING)
CLOSING = [
    (SERVER, OutputAudioDone(**PLACE), RESPONDING),
    (SERVER, OutputTranscriptDone(**PLACE, transcript="Hello."), RESPONDING),
    (SERVER, ContentPartDone(**PLACE, part=Content(type="audio", transcript="Hello.")), RESPONDING),
    (SERVER, ItemDone(item=SPOKEN), RESPONDING),
    (SERVER, OutputItemDone(response_id="resp_1", item=SPOKEN), RESPONDING),
]
OPENING = [
    (SERVER, begun(), RESPONDING),
    (SERVER, OutputItemAdded(response_id="resp_1", item=SPEAKING), RESPONDING),
    (SERVER, ItemAdded(item=SPEAKING, previous_item_id="item_1"), RESPONDING),
    (SERVER, ContentPartAdded(**PLACE, part=Content(type="audio", transcript="")), RESPONDING),
    (SERVER, OutputTranscriptDelta(**PLACE, delta="Hel", obfuscation="xy"), RESPONDING),
    DELTA,
]
USER_TURN = [
    (CLIENT, AppendAudio(audio="////"), OPEN),
    (SERVER, SpeechStarted(audio_start_ms=20, item_id="item_1"), OPEN),
    (SERVER, InputTranscriptDelta(item_id="item_1", delta="I"), OPEN),
    (SERVER, SpeechStopped(audio_end_ms=900, item_id="item_1"), OPEN),
    (SERVER, AudioCommitted(item_id="item_1"), OPEN),
    (SERVER, ItemAdded(item=HEARD), OPEN),
    (SERVER, ItemDone(item=HEARD), OPEN),
]
INTERRUPTION = SpeechStarted(audio_start_ms=2000, item_id="item_4")
TRUNCATION = [
    (CLIENT, TruncateItem(item_id="item_2", content_index=0, audio_end_ms=1330), OPEN),
    (SERVER, ItemTruncated(item_id="item_2", content_index=0, audio_end_ms=1330), OPEN),
]

SCRIPTS = {
    "start": START,
    "user turn": [
        *START,
        *USER_TURN,
        *OPENING,
        (CLIENT, AppendAudio(audio="////"), RESPONDING),
        (SERVER, InputTranscriptCompleted(item_id="item_1", transcript="I am."), RESPONDING),
        DELTA,
        *CLOSING,
        (SERVER, over(), OPEN),
        (SERVER, RateLimitsUpdated(), OPEN),
        (SERVER, InputTranscriptCompleted(item_id="item_1", transcript="I am."), OPEN),
    ],
    "typed turn": [
        *START,
        (CLIENT, CreateItem(item=TYPED), OPEN),
        (CLIENT, CreateResponse(), OPEN),
        (SERVER, ItemAdded(item=TYPED), OPEN),
        (SERVER, ItemDone(item=TYPED), OPEN),
        (SERVER, begun(), RESPONDING),
        (SERVER, ContentPartAdded(**PLACE, part=Content(type="text", text="")), RESPONDING),
        (SERVER, OutputTextDelta(**PLACE, delta="Hi"), RESPONDING),
        (SERVER, OutputTextDone(**PLACE, text="Hi"), RESPONDING),
        (SERVER, over(), OPEN),
    ],
    "function call": [
        *START,
        (SERVER, begun(), RESPONDING),
        (SERVER, OutputItemAdded(response_id="resp_1", item=CALLED), RESPONDING),
        (SERVER, ItemAdded(item=CALLED), RESPONDING),
        (SERVER, ArgumentsDelta(**PLACE, call_id="call_1", delta="{}"), RESPONDING),
        (SERVER, ArgumentsDone(**PLACE, call_id="call_1", name="balance", arguments="{}"), RESPONDING),
        (CLIENT, CreateItem(item=ANSWERED), RESPONDING),
        (SERVER, ItemDone(item=CALLED), RESPONDING),
        (SERVER, OutputItemDone(response_id="resp_1", item=CALLED), RESPONDING),
        (SERVER, over(), OPEN),
        (CLIENT, CreateResponse(), OPEN),
        (SERVER, ItemAdded(item=ANSWERED), OPEN),
        (SERVER, ItemDone(item=ANSWERED), OPEN),
        (SERVER, begun("resp_2"), RESPONDING),
        (SERVER, over("resp_2"), OPEN),
    ],
    "barge-in while generating": [
        *START,
        *OPENING,
        (SERVER, INTERRUPTION, RESPONDING),
        DELTA,
        *CLOSING,
        (SERVER, over(status="cancelled"), OPEN),
        (SERVER, OutputAudioDelta(**PLACE, delta="////"), OPEN),
        *TRUNCATION,
        (SERVER, SpeechStopped(audio_end_ms=3000, item_id="item_4"), OPEN),
        (SERVER, AudioCommitted(item_id="item_4", previous_item_id="item_2"), OPEN),
        (SERVER, begun("resp_2"), RESPONDING),
    ],
    "barge-in after generation": [
        *START,
        *OPENING,
        *CLOSING,
        (SERVER, over(), OPEN),
        (SERVER, INTERRUPTION, OPEN),
        (CLIENT, CancelResponse(), OPEN),
        (SERVER, Error(error=ErrorDetail(code="response_cancel_not_active")), OPEN),
        *TRUNCATION,
    ],
    "out of band": [
        *START,
        (SERVER, begun(), RESPONDING),
        (CLIENT, CreateResponse(response=ResponseParams(conversation="none")), RESPONDING),
        (SERVER, begun("resp_9", None), RESPONDING),
        (SERVER, over("resp_9"), RESPONDING),
        (SERVER, over(), OPEN),
    ],
    "refused at the door": [(SERVER, Error(error=ErrorDetail(code="invalid_api_key")), CLOSED)],
    "expired": [
        *START,
        (SERVER, begun(), RESPONDING),
        (SERVER, Error(error=ErrorDetail(code="session_expired")), CLOSED),
        (SERVER, OutputAudioDelta(**PLACE, delta="////"), CLOSED),
    ],
}


def ends() -> dict[Role, RealtimeConnection]:
    return {role: RealtimeConnection(role, seed="test") for role in Role}


def other(role: Role) -> Role:
    return SERVER if role is CLIENT else CLIENT


def walk(pair: dict[Role, RealtimeConnection], script: list[Any]) -> None:
    for sender, event, phase in script:
        read = pair[other(sender)].receive(pair[sender].send(event))
        assert type(read) is type(event)
        assert pair[CLIENT].phase is pair[SERVER].phase is phase, event


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_a_recorded_sequence_is_legal_at_both_ends(script):
    """What live servers and clients said passes, and both ends agree on the phase at each step."""
    walk(ends(), script)


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_every_event_of_a_server_has_an_id_of_its_own(script):
    """`event_` and 21 alphanumerics, none twice; a client's events have one only if the client gave it."""
    pair = ends()
    said: dict[Role, list[dict[str, Any]]] = {CLIENT: [], SERVER: []}
    for sender, event, _ in script:
        text = pair[sender].send(event)
        pair[other(sender)].receive(text)
        said[sender].append(json.loads(text))
    ids = [event["event_id"] for event in said[SERVER]]
    assert all(re.fullmatch(r"event_[0-9a-zA-Z]{21}", name) for name in ids)
    assert len(set(ids)) == len(ids)
    assert not any("event_id" in event for event in said[CLIENT])
