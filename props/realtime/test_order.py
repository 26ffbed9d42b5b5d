"""Events in any order and from either mouth: a step or a violation, and a violation moves nothing."""

from hypothesis import given
from hypothesis import strategies as st

from twiliobridge.realtime import LocalProtocolError, Role
from twiliobridge.realtime.events import (
    AppendAudio,
    CancelResponse,
    ClearOutput,
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
from twiliobridge.realtime.state import TRANSITIONS, Phase, Position, kind_of, step

RESPONSES = st.builds(Response, id=st.sampled_from("abc"), conversation_id=st.sampled_from(["c", None]))
EVENTS = st.one_of(
    st.builds(SessionCreated, session=st.just(Session())),
    st.builds(
        Error, error=st.builds(ErrorDetail, code=st.sampled_from(["invalid_value", "session_expired"]))
    ),
    st.builds(ResponseCreated, response=RESPONSES),
    st.builds(ResponseDone, response=RESPONSES),
    st.builds(CreateResponse, response=st.none() | st.just(ResponseParams(conversation="none"))),
    st.sampled_from([AppendAudio(audio="/w=="), CancelResponse(), ClearOutput(), Unknown(type="x")]),
)


@given(st.lists(st.tuples(st.sampled_from(Role), EVENTS), max_size=30))
def test_a_session_goes_where_the_table_leads_and_nowhere_else(script):
    """The active response is named exactly while there is one, and is the conversation's own."""
    position, own = Position(), set()
    for sender, event in script:
        then = TRANSITIONS[position.phase][sender].get(kind_of(event, position))
        try:
            after = step(position, sender, event)
        except LocalProtocolError:
            assert then is None
            continue
        assert after.phase is then
        if isinstance(event, ResponseCreated) and event.response.conversation_id is not None:
            own.add(event.response.id)
        assert (after.active_response is not None) == (after.phase is Phase.RESPONDING)
        assert after.active_response is None or after.active_response in own
        position = after
