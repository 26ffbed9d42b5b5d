"""What a field may hold beyond its type. What one end may send the other accepts, because both ask here."""

from binascii import a2b_base64
from functools import lru_cache
from typing import TypeVar

from twiliobridge.mediastream.errors import clip
from twiliobridge.mediastream.events import Dtmf, Event, Media, Play, Start

DIGITS = "0123456789*#ABCD"
COUNT_LIMIT = 2**53 - 1  # RFC 8259, section 6: integers beyond it do not survive every JSON reader

_MEDIA_FORMAT = ("audio/x-mulaw", 8000, 1)
_E = TypeVar("_E", bound=Event)


def checked(event: _E) -> _E:
    """The event itself, or ValueError."""
    if isinstance(event, Media):
        check_base64(event.payload)
        if not 0 <= event.timestamp_ms <= COUNT_LIMIT:
            raise ValueError(f"timestamp must be 0 to {COUNT_LIMIT} ms, was {event.timestamp_ms}")
    elif isinstance(event, Play):
        check_base64(event.payload)
    elif isinstance(event, Dtmf):
        if len(event.digit) != 1 or event.digit not in DIGITS:
            raise ValueError(f"digit must be one of {DIGITS}, was {clip(repr(event.digit))}")
    elif isinstance(event, Start):
        _check_start(event)
    return event


# A delta is asked about twice in a row: as it comes from the model, as it goes to the phone.
@lru_cache(maxsize=1)
def check_base64(payload: str) -> None:
    """ValueError unless it is padded base64 in one line (RFC 4648, section 4)."""
    try:
        a2b_base64(payload, strict_mode=True)
        # Before Python 3.13 the decoder lets "=" behind what is whole pass.
        is_whole = len(payload) % 4 == 0 and not payload.endswith("===")
    except ValueError:
        is_whole = False
    if not is_whole:
        raise ValueError(
            f"payload must be padded base64 (RFC 4648, section 4), was {len(payload)} characters, "
            f"{clip(repr(payload[:40]))}"
        )


def _check_start(event: Start) -> None:
    if not event.stream_sid:
        raise ValueError("streamSid must not be empty")
    actual = (event.encoding, event.sample_rate, event.channels)
    if actual != _MEDIA_FORMAT:
        raise ValueError(f"mediaFormat must be {_MEDIA_FORMAT}, was {clip(actual)}")
