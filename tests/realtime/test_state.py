"""The table: whole, printable, and as strict and as lax as real servers are."""

import pytest

from twiliobridge.realtime.errors import LocalProtocolError
from twiliobridge.realtime.events import (
    CLIENT_EVENTS,
    SERVER_EVENTS,
    ClearOutput,
    CommitAudio,
    ConversationCreated,
    CreateResponse,
    Error,
    ErrorDetail,
    Response,
    ResponseCreated,
    ResponseDone,
    ResponseParams,
    SessionCreated,
    Unknown,
)
from twiliobridge.realtime.session import Session
from twiliobridge.realtime.state import (
    TRANSITIONS,
    FatalError,
    OutOfBand,
    Phase,
    Position,
    Role,
    TranscriptionCreated,
    as_markdown,
    kind_of,
    step,
    wire_name,
)

KINDS = {
    Role.CLIENT: {*CLIENT_EVENTS, OutOfBand},
    Role.SERVER: {*SERVER_EVENTS, Unknown, OutOfBand, FatalError, TranscriptionCreated},
}
RESPONDING = Position(Phase.RESPONDING, "resp_1")


def test_the_table_is_total():
    """Every phase speaks of both senders, and only of what each can say."""
    assert set(TRANSITIONS) == set(Phase)
    for senders in TRANSITIONS.values():
        assert set(senders) == set(Role)
        for sender, rows in senders.items():
            assert set(rows) <= KINDS[sender]


def test_every_event_is_legal_somewhere():
    """No event is without a place, but the one that a WebSocket server always refuses."""
    for sender, kinds in KINDS.items():
        legal = set().union(*(TRANSITIONS[phase][sender] for phase in Phase))
        assert kinds - legal == ({ClearOutput} if sender is Role.CLIENT else set())


def test_every_phase_can_be_reached_and_only_closed_is_final():
    """The table has no island and no trap."""
    after = {phase: {to for rows in TRANSITIONS[phase].values() for to in rows.values()} for phase in Phase}
    assert set().union(*after.values()) == set(Phase)
    assert [phase for phase in Phase if after[phase] == {phase}] == [Phase.CLOSED]
    assert after[Phase.TRANSCRIBING] == {Phase.TRANSCRIBING, Phase.CLOSED}


def test_whatever_the_server_says_after_the_first_word_may_be_late():
    """Stragglers, transcripts and rate limits are legal in every phase after NEW; a second start is not."""
    for phase in (Phase.OPEN, Phase.RESPONDING, Phase.CLOSED):
        assert set(TRANSITIONS[phase][Role.SERVER]) == KINDS[Role.SERVER] - {
            SessionCreated,
            TranscriptionCreated,
        }


def test_before_the_session_the_server_greets_or_refuses():
    """An error instead of `session.created` closes; what is unknown, and the conversation, may come first."""
    assert TRANSITIONS[Phase.NEW][Role.SERVER] == {
        Unknown: Phase.NEW,
        ConversationCreated: Phase.NEW,
        SessionCreated: Phase.OPEN,
        TranscriptionCreated: Phase.TRANSCRIBING,
        Error: Phase.CLOSED,
        FatalError: Phase.CLOSED,
    }


@pytest.mark.parametrize("phase", [Phase.NEW, Phase.CLOSED])
def test_the_client_is_silent_before_and_after_the_session(phase):
    """There is no one to hear it."""
    assert TRANSITIONS[phase][Role.CLIENT] == {}


def test_one_response_at_a_time():
    """While the conversation responds a client may ask for everything but another response."""
    forbidden = set(TRANSITIONS[Phase.OPEN][Role.CLIENT]) - set(TRANSITIONS[Phase.RESPONDING][Role.CLIENT])
    assert forbidden == {CreateResponse}
    with pytest.raises(LocalProtocolError, match="active response in progress: resp_1") as caught:
        step(RESPONDING, Role.CLIENT, CreateResponse())
    assert caught.value.code == "conversation_already_has_active_response"


def created(name: str, conversation: str | None) -> ResponseCreated:
    return ResponseCreated(response=Response(id=name, conversation_id=conversation))


def done(name: str) -> ResponseDone:
    return ResponseDone(response=Response(id=name, conversation_id="conv_1"))


STEPS = {
    "the response begins": (Position(Phase.OPEN), created("resp_1", "conv_1"), RESPONDING),
    "another takes its place": (RESPONDING, created("resp_2", "c"), Position(Phase.RESPONDING, "resp_2")),
    "one beside the conversation": (Position(Phase.OPEN), created("resp_9", None), Position(Phase.OPEN)),
    "one beside the active": (RESPONDING, created("resp_9", None), RESPONDING),
    "the active ends": (RESPONDING, done("resp_1"), Position(Phase.OPEN)),
    "the one beside ends": (RESPONDING, done("resp_9"), RESPONDING),
    "one ends late": (Position(Phase.OPEN), done("resp_1"), Position(Phase.OPEN)),
    "refusal": (RESPONDING, Error(error=ErrorDetail(code="invalid_value")), RESPONDING),
    "fatal": (RESPONDING, Error(error=ErrorDetail(code="session_expired")), Position(Phase.CLOSED)),
    "late": (Position(Phase.CLOSED), done("resp_1"), Position(Phase.CLOSED)),
}


@pytest.mark.parametrize(("before", "event", "after"), STEPS.values(), ids=STEPS)
def test_which_response_is_active(before, event, after):
    """Only the conversation's own response opens and ends RESPONDING."""
    assert step(before, Role.SERVER, event) == after


def test_a_response_beside_the_conversation_may_be_asked_for_at_any_time():
    """`conversation: none` is out of band for the client too."""
    aside = CreateResponse(response=ResponseParams(conversation="none"))
    assert kind_of(aside, RESPONDING) is OutOfBand
    assert step(RESPONDING, Role.CLIENT, aside) == RESPONDING
    assert kind_of(CreateResponse(response=ResponseParams()), RESPONDING) is CreateResponse


@pytest.mark.parametrize("sender", Role)
def test_nobody_says_what_is_the_others_to_say(sender):
    """An event in the wrong mouth is a violation in every phase."""
    other = Role.SERVER if sender is Role.CLIENT else Role.CLIENT
    for phase in Phase:
        assert not set(TRANSITIONS[phase][sender]) & (KINDS[other] - {OutOfBand})


TRANSCRIBING = Position(Phase.TRANSCRIBING)


def test_a_transcription_session_has_no_responses():
    """It is known by its first word, and neither end may speak of a response in it."""
    begun = SessionCreated(session=Session(type="transcription"))
    assert step(Position(), Role.SERVER, begun) == TRANSCRIBING
    for wish in (CreateResponse(), CreateResponse(response=ResponseParams(conversation="none"))):
        with pytest.raises(LocalProtocolError, match="not available in a transcription session") as caught:
            step(TRANSCRIBING, Role.CLIENT, wish)
        assert (caught.value.code, caught.value.param) == ("invalid_value", "type")
    with pytest.raises(LocalProtocolError, match=r"response\.created"):
        step(TRANSCRIBING, Role.SERVER, created("resp_1", "conv_1"))
    assert step(TRANSCRIBING, Role.CLIENT, CommitAudio()) == TRANSCRIBING


@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.RESPONDING, Phase.TRANSCRIBING])
def test_an_output_buffer_is_not_a_websockets(phase):
    with pytest.raises(LocalProtocolError, match="only available in WebRTC and SIP sessions") as caught:
        step(Position(phase), Role.CLIENT, ClearOutput())
    assert (caught.value.code, caught.value.param) == ("invalid_value", "type")


def test_a_violation_names_event_sender_and_phase():
    """The line says what happened when."""
    with pytest.raises(LocalProtocolError, match=r"session\.created from the server is not legal while open"):
        step(Position(Phase.OPEN), Role.SERVER, SessionCreated(session=Session()))


def test_the_table_can_be_printed():
    """Markdown with a row for each sender and event, and a column for each phase."""
    lines = as_markdown().splitlines()
    assert lines[0] == "| sender | event | new | open | responding | transcribing | closed |"
    assert "| client | response.create |  | open |  |  |  |" in lines
    assert "| server | response.created |  | responding | responding |  | closed |" in lines
    assert "| server | (FatalError) | closed | closed | closed | closed | closed |" in lines
    named = [tuple(line.split(" | ")[:2]) for line in lines[2:]]
    assert set(named) == {(f"| {sender.value}", wire_name(kind)) for sender in Role for kind in KINDS[sender]}
    assert len(named) == len(set(named))
