"""One end of a session: what it says, what it refuses, what it counts."""

from typing import Any

import pytest

from twiliobridge.realtime import (
    LocalProtocolError,
    Phase,
    RealtimeConnection,
    RemoteProtocolError,
    Role,
    SessionUpdate,
    Statistics,
    default_session,
    error_event,
)
from twiliobridge.realtime.events import (
    AppendAudio,
    CancelResponse,
    CreateResponse,
    Error,
    OutputAudioDelta,
    Response,
    ResponseCreated,
    ResponseDone,
    SessionCreated,
    SessionUpdated,
    Unknown,
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

PLACE: dict[str, Any] = {"response_id": "resp_1", "item_id": "item_2"}
DELTA = (SERVER, OutputAudioDelta(**PLACE, delta="////"), RESPONDING)


def begun(name: str = "resp_1", conversation: str | None = "conv_1") -> ResponseCreated:
    return ResponseCreated(response=Response(id=name, conversation_id=conversation))


def over(name: str = "resp_1", status: str = "completed") -> ResponseDone:
    return ResponseDone(response=Response(id=name, conversation_id="conv_1", status=status))


def ends() -> dict[Role, RealtimeConnection]:
    return {role: RealtimeConnection(role, seed="test") for role in Role}


def other(role: Role) -> Role:
    return SERVER if role is CLIENT else CLIENT


def walk(pair: dict[Role, RealtimeConnection], script: list[Any]) -> None:
    for sender, event, phase in script:
        read = pair[other(sender)].receive(pair[sender].send(event))
        assert type(read) is type(event)
        assert pair[CLIENT].phase is pair[SERVER].phase is phase, event


def test_an_id_that_was_given_is_kept():
    """The caller's own `event_id` goes out unchanged, from both ends."""
    pair = ends()
    hello = SessionCreated(session=SESSION, event_id="event_mine")
    assert pair[CLIENT].receive(pair[SERVER].send(hello)) == hello
    cancel = CancelResponse(event_id="mine")
    assert pair[SERVER].receive(pair[CLIENT].send(cancel)) == cancel


def test_the_same_seed_says_the_same_bytes():
    """Nothing in a connection depends on time or luck."""
    one, same, another = (RealtimeConnection(SERVER, seed=seed) for seed in ("a", "a", "b"))
    texts = [end.send(SessionCreated(session=SESSION)) for end in (one, same, another)]
    assert texts[0] == texts[1] != texts[2]


def test_our_own_violation_is_not_sent():
    """A local error leaves the phase, and the next legal event is said as if nothing had been."""
    client, server = ends().values()
    with pytest.raises(LocalProtocolError):
        client.send(AppendAudio(audio="////"))
    client.receive(server.send(SessionCreated(session=SESSION)))
    client.receive(server.send(begun()))
    with pytest.raises(LocalProtocolError, match="resp_1"):
        client.send(CreateResponse())
    with pytest.raises(LocalProtocolError):
        client.send(over())
    assert (client.phase, client.active_response) == (RESPONDING, "resp_1")
    client.receive(server.send(over()))
    assert (client.phase, client.active_response) == (OPEN, None)
    server.receive(client.send(CreateResponse()))


def test_an_event_that_cannot_be_written_does_not_count():
    """The phase moves only with what really left."""
    server = RealtimeConnection(SERVER)
    server.send(SessionCreated(session=SESSION))
    unwritable = ResponseCreated(response=Response(id="r", conversation_id="c", usage={"x": object()}))
    with pytest.raises(LocalProtocolError):
        server.send(unwritable)
    assert server.phase is OPEN
    assert server.statistics().sent == 1


REFUSED = {
    "create while responding": (
        '{"type":"response.create","event_id":"mine"}',
        "conversation_already_has_active_response",
        None,
        "mine",
    ),
    "WebRTC's clear": (
        '{"type":"output_audio_buffer.clear","event_id":"mine"}',
        "invalid_value",
        "type",
        "mine",
    ),
    "unknown type": ('{"type":"session.close","event_id":"mine"}', "invalid_value", "type", "mine"),
    "unknown field": ('{"type":"response.cancel","x":1,"event_id":"mine"}', "unknown_parameter", "x", "mine"),
    "not json": ("{", "invalid_json", None, None),
    "binary": (b"{}", "invalid_event", None, None),
}


@pytest.mark.parametrize(("said", "code", "param", "event_id"), REFUSED.values(), ids=REFUSED)
def test_a_server_answers_a_refusal_in_band(said, code, param, event_id):
    """The refused event changes nothing, the answer names it, and the session goes on at both ends."""
    pair = ends()
    walk(pair, [*START, (SERVER, begun(), RESPONDING)])
    with pytest.raises(RemoteProtocolError) as caught:
        pair[SERVER].receive(said)
    assert pair[SERVER].phase is RESPONDING
    answer = pair[CLIENT].receive(pair[SERVER].send(error_event(caught.value)))
    assert isinstance(answer, Error)
    assert (answer.error.code, answer.error.param, answer.error.event_id) == (code, param, event_id)
    walk(pair, [DELTA, (SERVER, over(), OPEN)])


def test_a_client_reads_on_after_what_it_cannot_read():
    """Unknown events are counted and tolerated, faults are counted and raised; neither ends the session."""
    client, server = ends().values()
    assert client.receive('{"type":"conversation.renamed"}') == Unknown(type="conversation.renamed")
    with pytest.raises(RemoteProtocolError):
        client.receive("[]")
    with pytest.raises(RemoteProtocolError):
        client.receive('{"type":"response.output_audio.done","response_id":"r","item_id":"i"}')
    assert client.phase is NEW
    client.receive(server.send(SessionCreated(session=SESSION)))
    client.send(AppendAudio(audio="////"))
    assert client.statistics() == Statistics(sent=1, received=2, unknown=1, faults=2)


@pytest.mark.parametrize("role", Role)
def test_depth_is_no_way_out(role):
    """100,000 brackets are one more RemoteProtocolError."""
    with pytest.raises(RemoteProtocolError):
        RealtimeConnection(role).receive("[" * 100_000)
