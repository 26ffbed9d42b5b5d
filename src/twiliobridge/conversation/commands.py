"""What the relay may ask for. Whoever carries a command out waits for nothing and decides nothing."""

from dataclasses import dataclass

from twiliobridge.conversation.ending import Ending
from twiliobridge.mediastream.events import ServerEvent as PhoneEvent
from twiliobridge.realtime.events import ClientEvent as ModelEvent


@dataclass(frozen=True, slots=True)
class ToPhone:
    event: PhoneEvent


@dataclass(frozen=True, slots=True)
class ToModel:
    event: ModelEvent


@dataclass(frozen=True, slots=True)
class RunTool:
    """Run a tool in a task of its own; its text comes back through `Relay.tool_done`."""

    call_id: str
    name: str
    arguments: str
    "JSON, as the model wrote it."


@dataclass(frozen=True, slots=True)
class HangUp:
    """The last command of a call: close both wires."""

    ending: Ending
    detail: str = ""
    "One line for the log."


Command = ToPhone | ToModel | RunTool | HangUp
