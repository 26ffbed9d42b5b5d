from twiliobridge.realtime import events as vocabulary
from twiliobridge.realtime.events import (
    CLIENT_EVENTS,
    SERVER_EVENTS,
    ClientEvent,
    Error,
    ServerEvent,
)


def test_every_class_with_a_name_on_the_wire_is_listed():
    """An event that is defined is also decoded: the lists hold each tagged class once."""
    classes = [value for value in vars(vocabulary).values() if isinstance(value, type)]
    tagged = {value for value in classes if issubclass(value, (ClientEvent, ServerEvent))}
    tagged = {value for value in tagged if "." in str(value.__struct_config__.tag) or value is Error}
    assert tagged == {*CLIENT_EVENTS, *SERVER_EVENTS}
    assert len(CLIENT_EVENTS) == len(set(CLIENT_EVENTS)) == 11
    assert len(SERVER_EVENTS) == len(set(SERVER_EVENTS))
