"""Whatever arrives is an event or a RemoteProtocolError."""

from hypothesis import given
from hypothesis import strategies as st
from realtime_messages import almost, any_text, arriving

from twiliobridge.realtime import RealtimeConnection, RemoteProtocolError, Role, error_event
from twiliobridge.realtime.codec import encode
from twiliobridge.realtime.events import ClientEvent, ServerEvent, Unknown


@given(st.sampled_from(Role), st.lists(arriving, max_size=5))
def test_nothing_else_escapes(role, texts):
    """Each message is read as an event of the peer or raises RemoteProtocolError, and counts as that."""
    connection = RealtimeConnection(role)
    theirs = ClientEvent if role is Role.SERVER else ServerEvent
    for text in texts:
        try:
            event = connection.receive(text)
        except RemoteProtocolError as fault:
            encode(error_event(fault))  # whatever the peer sent, it can be answered
        else:
            assert isinstance(event, (theirs, Unknown))
    statistics = connection.statistics()
    assert statistics.received + statistics.faults == len(texts)


@given(almost | any_text.filter(lambda text: isinstance(text, str)))
def test_what_was_read_can_be_said_again(text):
    """Reading what one wrote of what one read gives the same event."""
    client, server = RealtimeConnection(Role.CLIENT), RealtimeConnection(Role.SERVER)
    for read in (client._read, server._read):  # reading alone, in no phase
        try:
            event = read(text)
        except RemoteProtocolError:
            continue
        if not isinstance(event, Unknown):
            assert read(encode(event)) == event
