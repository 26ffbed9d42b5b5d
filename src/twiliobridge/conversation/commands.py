"""What the relay may ask for. Whoever carries a command out waits for nothing and decides nothing."""

import msgspec

from twiliobridge.conversation.ending import Ending
from twiliobridge.mediastream.events import ServerEvent as PhoneEvent
from twiliobridge.realtime.events import ClientEvent as ModelEvent


class ToPhone(msgspec.Struct, frozen=True):
    event: PhoneEvent


class ToModel(msgspec.Struct, frozen=True):
    event: ModelEvent


class RunTool(msgspec.Struct, frozen=True):
    """Run a tool in a task of its own; its text comes back through `Relay.tool_done`."""

    call_id: str
    name: str
    arguments: str
    "JSON, as the model wrote it."


class LeaveModel(msgspec.Struct, frozen=True):
    """Close the model's wire: the session on it is of no more use. The call goes on."""


class DialModel(msgspec.Struct, frozen=True):
    """Open another wire to the model. The relay is told what comes of it: `model_said`, `model_lost`."""


class Note(msgspec.Struct, frozen=True):
    """Something that whoever runs the bridge should know of: a line for the log."""

    text: str


class HangUp(msgspec.Struct, frozen=True):
    """The last command of a call: close both wires."""

    ending: Ending
    detail: str = ""
    "One line for the log."


Command = ToPhone | ToModel | RunTool | LeaveModel | DialModel | Note | HangUp
