"""The legal order of a Media Stream.

Two rules for this file: everything about legality of order lives here and nowhere else; and nothing here
knows which role we play. A transition that is absent is a violation. `Unknown` is in no table: a message
nobody knows moves nothing.

Source: Twilio docs, Voice > Media Streams > WebSocket Messages, and <Stream> for what a unidirectional
stream leaves out.
"""

from collections.abc import Mapping
from enum import Enum

from twiliobridge.mediastream.events import Clear, Connected, Dtmf, Mark, Media, Play, Start, Stop


class Role(Enum):
    """Who speaks."""

    TWILIO = "Twilio"
    SERVER = "server"

    @property
    def peer(self) -> "Role":
        return Role.SERVER if self is Role.TWILIO else Role.TWILIO


class Phase(Enum):
    """How far a stream has come."""

    NEW = "new"
    "The socket is open and nothing was said."
    CONNECTED = "connected"
    STREAMING = "streaming"
    "`start` was said: the stream SID is known, and the server may speak."
    STOPPED = "stopped"


Moves = Mapping[type, Phase]
Table = Mapping[Phase, Mapping[Role, Moves]]
"""`table[phase][sender][type(event)]` is the phase after the event."""

_OPENING: Table = {
    Phase.NEW: {
        Role.TWILIO: {Connected: Phase.CONNECTED},
        Role.SERVER: {},
    },
    Phase.CONNECTED: {
        Role.TWILIO: {Start: Phase.STREAMING},
        Role.SERVER: {},  # every message of the server carries the stream SID, which only `start` tells
    },
}

TRANSITIONS: Table = {
    **_OPENING,
    Phase.STREAMING: {
        Role.TWILIO: {
            Media: Phase.STREAMING,
            Dtmf: Phase.STREAMING,
            Mark: Phase.STREAMING,
            Stop: Phase.STOPPED,
        },
        Role.SERVER: {
            Play: Phase.STREAMING,
            Mark: Phase.STREAMING,
            Clear: Phase.STREAMING,
        },
    },
    Phase.STOPPED: {
        Role.TWILIO: {},
        # What the server said may cross `stop` on the wire; it is nobody's fault and nobody hears it.
        Role.SERVER: {Play: Phase.STOPPED, Mark: Phase.STOPPED, Clear: Phase.STOPPED},
    },
}
"""A bidirectional stream: <Connect><Stream>."""

UNIDIRECTIONAL: Table = {
    **_OPENING,
    Phase.STREAMING: {
        Role.TWILIO: {Media: Phase.STREAMING, Stop: Phase.STOPPED},
        Role.SERVER: {},
    },
    Phase.STOPPED: {Role.TWILIO: {}, Role.SERVER: {}},
}
"""A stream that only listens: <Start><Stream>. No keys, no marks, and not a word from the server."""


def render(table: Table) -> str:
    """The table as Markdown: a row for each phase, and what each role may say in it."""
    header = ["| phase | Twilio may say | the server may say |", "|---|---|---|"]
    return "\n".join(header + [_row(phase, table[phase]) for phase in Phase]) + "\n"


def _row(phase: Phase, moves: Mapping[Role, Moves]) -> str:
    return f"| {phase.name} | {_cell(phase, moves[Role.TWILIO])} | {_cell(phase, moves[Role.SERVER])} |"


def _cell(phase: Phase, moves: Moves) -> str:
    said = [kind.__name__ + ("" if then is phase else f" → {then.name}") for kind, then in moves.items()]
    return ", ".join(said) or "nothing"
