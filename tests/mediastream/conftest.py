"""One stream's identity, and two ends brought to any phase of the table."""

from collections.abc import Callable

import pytest

from twiliobridge.mediastream import (
    Clear,
    Connected,
    Dtmf,
    Event,
    Mark,
    Media,
    MediaStream,
    Phase,
    Play,
    Role,
    Start,
    Stop,
)

STREAM, CALL, ACCOUNT = "MZ" + "1" * 32, "CA" + "2" * 32, "AC" + "3" * 32
_OPENING = [Connected(), Start(stream_sid=STREAM, call_sid=CALL, account_sid=ACCOUNT)]
_EVENTS = [*_OPENING, Stop(account_sid=ACCOUNT, call_sid=CALL)]
_EVENTS += [
    Media(payload="/w==", timestamp_ms=155),
    Dtmf(digit="#"),
    Mark(name="m"),
    Play(payload="/w=="),
    Clear(),
]

Ends = tuple[MediaStream, MediaStream]


@pytest.fixture
def example() -> dict[type, Event]:
    """An event of each class."""
    return {type(event): event for event in _EVENTS}


@pytest.fixture
def ends_in() -> Callable[..., Ends]:
    """Twilio's end and the server's, both in the phase asked for."""

    def bring(phase: Phase, *, bidirectional: bool = True) -> Ends:
        twilio = MediaStream(Role.TWILIO, bidirectional=bidirectional)
        server = MediaStream(Role.SERVER, bidirectional=bidirectional)
        for event in _EVENTS[: list(Phase).index(phase)]:
            server.receive(twilio.send(event))
        return twilio, server

    return bring
