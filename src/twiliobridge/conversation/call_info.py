"""What a tool may know of the call that it runs in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from twiliobridge.conversation.transcript import Line


@dataclass(frozen=True)
class CallInfo:
    """As it was when the tool was called."""

    call_sid: str
    stream_sid: str
    parameters: Mapping[str, str]
    "TwiML's <Parameter> elements."
    transcript: Sequence[Line] = ()
    "Who said what so far; `Line.heard` is what was heard of it, also of a line that is still playing."

    @property
    def caller(self) -> str | None:
        """The number of whoever is on the line with the agent, whichever side dialled.

        None where the TwiML has no parameter of that name; the bridge's own webhook gives it one.
        """
        return self.parameters.get("caller")

    @property
    def called(self) -> str | None:
        """The agent's own number; likewise."""
        return self.parameters.get("called")
