"""Lawful conversations, drawn from the state table that both ends of a stream share."""

from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from twiliobridge.fuzz.phone import START, STOP, Phone
from twiliobridge.fuzz.scenario import Message
from twiliobridge.fuzz.voice import SILENT_FRAME, SPEECH_FRAME
from twiliobridge.mediastream import TRANSITIONS, Connected, Dtmf, Mark, Media, Phase, Role, Start, Stop
from twiliobridge.mediastream.bounds import DIGITS
from twiliobridge.mediastream.events import TwilioEvent


@dataclass(frozen=True)
class Scope:
    """What a turn of a class looks at."""

    size: int
    "Messages between the opening and `stop`, at most."
    turn: int


EVENTS: Mapping[type, SearchStrategy[TwilioEvent]] = {
    Connected: st.just(Connected()),
    Start: st.just(START),
    Media: st.builds(
        Media, payload=st.sampled_from([SPEECH_FRAME, SILENT_FRAME]), timestamp_ms=st.sampled_from([155])
    ),
    Dtmf: st.builds(Dtmf, digit=st.sampled_from(DIGITS)),
    Mark: st.builds(Mark, name=st.sampled_from(["mark", "", "greeting", "\N{BELL}"])),
    Stop: st.just(STOP),
}
"What Twilio may say of each kind. Frames get their time from the phone."

REPEATABLE = tuple(
    kind for kind, then in TRANSITIONS[Phase.STREAMING][Role.TWILIO].items() if then is Phase.STREAMING
)
"What may be said again and again."

KINDS = {kind.__name__.lower(): kind for kind in EVENTS}
"By the name that each has on the wire."


@st.composite
def conversations(
    draw: DrawFn, size: int, start: SearchStrategy[Start] | None = None, need: type | None = None
) -> list[Message]:
    """What Twilio says in a call: the opening, at most `size` messages, and perhaps `stop`.

    One message is of the kind `need`; the last of the body, if it can stand there.
    """
    phone = Phone()
    phone.say(Connected())
    phone.say(START if start is None else draw(start))
    body = draw(st.lists(_body(), max_size=size))
    needed = [draw(EVENTS[need])] if need in REPEATABLE else []
    for event in [*body[: size - len(needed)], *needed]:
        if isinstance(event, Media):
            phone.speak(event.payload)
        else:
            phone.say(event)
    if draw(st.booleans()) or need is Stop:
        phone.say(STOP)
    return phone.said()


def _body() -> SearchStrategy[TwilioEvent]:
    return st.one_of([EVENTS[kind] for kind in (Media, *REPEATABLE)])  # most of a call is audio
