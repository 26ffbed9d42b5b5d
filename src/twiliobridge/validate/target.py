"""The bridge that is judged."""

import os
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import trio

from twiliobridge.call import CallSummary
from twiliobridge.caller import DIRECT, Access, Connect, dial
from twiliobridge.offline import Cues
from twiliobridge.validate.result import Mode
from twiliobridge.validate.tap import ModelTap
from twiliobridge.validate.webhook import AskWebhook

FOLDER_OF_DESCRIPTORS = Path("/proc/self/fd")
IDLE_WORKER = "Trio thread"
"Trio's worker threads are so named while they wait for more work; they leave by themselves."


@dataclass(frozen=True)
class Census:
    """What of the bridge's process is in use."""

    tasks: int
    threads: int
    descriptors: int | None
    "None where the system does not tell."

    def within(self, other: "Census") -> bool:
        """Nothing more of anything than in `other`."""
        fewer = self.tasks <= other.tasks and self.threads <= other.threads
        return fewer and (self.descriptors or 0) <= (other.descriptors or 0)

    def __str__(self) -> str:
        files = "" if self.descriptors is None else f", {self.descriptors} descriptors"
        return f"{self.tasks} tasks, {self.threads} threads{files}"


def census() -> Census:
    """Of this process."""
    threads = [each for each in threading.enumerate() if not each.name.startswith(IDLE_WORKER)]
    listed = len(os.listdir(FOLDER_OF_DESCRIPTORS)) if FOLDER_OF_DESCRIPTORS.is_dir() else None  # noqa: PTH208
    return Census(trio.lowlevel.current_statistics().tasks_living, len(threads), listed)


@dataclass(frozen=True)
class HttpAnswer:
    status: int
    body: str


@dataclass(frozen=True, kw_only=True)
class Target:
    """How a bridge is reached, and what of it can be seen."""

    url: str
    "ws(s):// the stream itself; http(s):// a voice webhook."
    mode: Mode
    model: str
    "What answers, for the report."
    get: Callable[[str], Awaitable[HttpAnswer]]
    "A path of the server's. Raises `wires.Unreachable`."
    connect: Connect = dial
    webhook: AskWebhook | None = None
    "None: it is judged by its stream."
    tap: ModelTap | None = None
    "None: the model is not visible."
    cues: Cues | None = None
    "What the model is told to say; None: it is not the suite's own."
    census: Callable[[], Census] | None = None
    "None: the bridge is another process."
    summaries: list[CallSummary] = field(default_factory=list)
    "Of the calls that are over; only where the bridge is ours."
    access: Access = DIRECT
    parameters: Mapping[str, str] = field(default_factory=dict)
    greets: bool = True
    "Whether the agent is expected to speak first."
    keys: bool = True
    "Whether keys are expected to have an effect."

    @property
    def asked_as(self) -> str:
        """Host and port of each request."""
        return self.access.route(self.url).asked_as
