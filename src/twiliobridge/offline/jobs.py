"""What a session asks of the shell around it, apart from sending events."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from twiliobridge.audio import AudioFormat
from twiliobridge.realtime.events import ServerEvent


@dataclass(frozen=True, eq=False)
class Recognise:
    """Find the words; the answer goes to `OfflineSession.heard`."""

    item_id: str
    "The caller's item, and the name of this job."
    samples: npt.NDArray[np.int16]
    rate: int
    "Hz"


@dataclass(frozen=True)
class Speak:
    """Say this; pieces of audio go to `OfflineSession.spoken` as they are made, the last one marked."""

    item_id: str
    "The assistant's item, and the name of this job."
    text: str
    format: AudioFormat
    speed: float = 1.0


@dataclass(frozen=True)
class ListTools:
    """Ask an MCP server what it offers; the answer goes to `OfflineSession.listed`."""

    item_id: str
    "Of the list, and the name of this job."
    label: str
    url: str | None
    headers: Mapping[str, str]


@dataclass(frozen=True)
class CallMcp:
    """Call a tool at an MCP server that was listed; the answer goes to `OfflineSession.called`."""

    item_id: str
    "Of the call, and the name of this job."
    label: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class McpOutcome:
    """What a call came to: one of the two."""

    output: str | None = None
    error: dict[str, Any] | None = None
    "As an `mcp_call` item has it: `type`, `message` and perhaps `code`."


@dataclass(frozen=True)
class Foreign:
    """An event of a type that no client knows: services add them without notice."""

    type: str


DROPPED = 1006
"Not a code that is sent: the connection is cut without a closing handshake."
QUIET = 0
"Likewise none: the connection stays, and nothing is sent any more, until the client leaves."
EXPIRED = 1001
"The close code of a session that has reached its longest duration."


@dataclass(frozen=True)
class Close:
    """The last thing a session asks for."""

    code: int
    "Of the closing handshake; DROPPED and QUIET stand for none."
    reason: str = ""


Action = ServerEvent | Recognise | Speak | ListTools | CallMcp | Foreign | Close
