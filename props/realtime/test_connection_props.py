"""Two ends that hear all of each other are always at the same place."""

from hypothesis import given
from hypothesis import strategies as st

from twiliobridge.realtime import LocalProtocolError, RealtimeConnection, Role, default_session
from twiliobridge.realtime.events import (
    AppendAudio,
    CancelResponse,
    ClearOutput,
    CreateResponse,
    Error,
    ErrorDetail,
    OutputAudioDelta,
    Response,
    ResponseCreated,
    ResponseDone,
    ResponseParams,
    SessionCreated,
    SpeechStarted,
)

names = st.sampled_from(["resp_1", "resp_2", "resp_3"])
responses = st.builds(Response, id=names, conversation_id=st.sampled_from(["conv_1", None]))
codes = st.sampled_from(["invalid_value", "session_expired"])
wishes = st.sampled_from(
    [
        AppendAudio(audio="////"),
        CreateResponse(),
        CreateResponse(response=ResponseParams(conversation="none")),
        CancelResponse(),
        ClearOutput(),
    ]
)
news = (
    st.builds(ResponseCreated, response=responses)
    | st.builds(ResponseDone, response=responses)
    | st.builds(Error, error=st.builds(ErrorDetail, code=codes))
    | st.sampled_from(
        [
            SessionCreated(session=default_session("gpt-realtime-2.1", "sess_1", 0)),
            SpeechStarted(audio_start_ms=0, item_id="item_1"),
            OutputAudioDelta(response_id="resp_1", item_id="item_1", delta="////"),
        ]
    )
)
scripts = st.lists(
    st.tuples(st.just(Role.CLIENT), wishes) | st.tuples(st.just(Role.SERVER), news), max_size=20
)


@given(scripts, st.booleans())
def test_two_ends_agree(script, greeted):
    """What one end may say the other may hear, and both are then in one phase, with one response."""
    ends = {role: RealtimeConnection(role) for role in Role}
    peers = {Role.CLIENT: ends[Role.SERVER], Role.SERVER: ends[Role.CLIENT]}
    if greeted:
        script = [(Role.SERVER, SessionCreated(session=default_session("m", "s", 0))), *script]
    for sender, event in script:
        before = ends[sender].phase
        try:
            text = ends[sender].send(event)
        except LocalProtocolError:
            assert ends[sender].phase is before
        else:
            peers[sender].receive(text)
        client, server = ends.values()
        assert (client.phase, client.active_response) == (server.phase, server.active_response)
