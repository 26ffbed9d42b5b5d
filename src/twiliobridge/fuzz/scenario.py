"""A scenario: what is done to an endpoint in one call, step by step, and the file that keeps it.

The file has one JSON object a line: first what the scenario is about, then its steps in order. Wherever a
text holds `$streamSid`, `$callSid` or `$accountSid`, each playing puts a new identifier there, as every call
of Twilio's has its own.
"""

from pathlib import Path
from typing import Any

import msgspec

FORMAT = 1
STREAM_SID, CALL_SID, ACCOUNT_SID = "$streamSid", "$callSid", "$accountSid"


class Step(msgspec.Struct, frozen=True, tag_field="step", tag=str.lower):
    """One thing done to the endpoint."""


class Message(Step, frozen=True):
    """A text frame with the compact JSON of an object."""

    json: dict[str, Any]


class Text(Step, frozen=True):
    """A text frame, literally."""

    text: str


class Octets(Step, frozen=True):
    """A frame of these bytes, base64 in the file; a text frame need not be UTF-8."""

    data: bytes
    binary: bool = False


class Giant(Step, frozen=True):
    """A media message whose payload stands for `size` bytes of silence."""

    size: int


class Deep(Step, frozen=True):
    """A media message whose payload is an array in an array, `depth` times."""

    depth: int


class Flood(Step, frozen=True):
    """The same message `times` times, without waiting."""

    json: dict[str, Any]
    times: int


class Cut(Step, frozen=True):
    """The first `size` bytes of a message's frame; then the TCP connection is reset."""

    json: dict[str, Any]
    size: int


class Listen(Step, frozen=True):
    """Waits until the endpoint has answered, or for as long as it is quiet when it has nothing to say."""


class Deaf(Step, frozen=True):
    """For `ms` milliseconds nothing is read, and what follows is sent meanwhile."""

    ms: int


class Drop(Step, frozen=True):
    """The TCP connection is reset."""


class Close(Step, frozen=True):
    """The WebSocket is closed, with a code."""

    code: int = 1000


AnyStep = Message | Text | Octets | Giant | Deep | Flood | Cut | Listen | Deaf | Drop | Close
Steps = tuple[AnyStep, ...]


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    steps: Steps
    category: str = ""
    "The class of mutation that it came from."
    law: str = ""
    "The law that it broke."
    seen: str = ""
    calls: int = 1
    "How many calls are made of it, each with a clean call after it, until the law is broken."

    @property
    def messages(self) -> int:
        """Steps that say something."""
        return sum(not isinstance(step, (Listen, Deaf, Drop, Close)) for step in self.steps)


class ScenarioError(ValueError):
    """One line: which file, and what is wrong with it."""


class _Head(msgspec.Struct, kw_only=True):
    scenario: int
    category: str = msgspec.field(name="class", default="")
    law: str = ""
    seen: str = ""
    calls: int = 1


_STEP = msgspec.json.Decoder(AnyStep)
_HEAD = msgspec.json.Decoder(_Head)


def write_scenario(scenario: Scenario, path: Path) -> None:
    head = _Head(
        scenario=FORMAT,
        category=scenario.category,
        law=scenario.law,
        seen=scenario.seen,
        calls=scenario.calls,
    )
    lines = [msgspec.json.encode(each) for each in (head, *scenario.steps)]
    path.write_bytes(b"\n".join(lines) + b"\n")


def read_scenario(path: Path) -> Scenario:
    """ScenarioError if the file is missing, or is none."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise ScenarioError(f"{path}: {error.strerror}") from None
    number = 1
    try:
        head = _HEAD.decode(lines[0] if lines else b"")
        steps = []
        for number, line in enumerate(lines[1:], 2):  # noqa: B007 -- for the complaint below
            steps.append(_STEP.decode(line))
    except (ValueError, RecursionError) as error:
        raise ScenarioError(f"{path}, line {number}: {error}") from None
    if head.scenario != FORMAT:
        raise ScenarioError(f"{path}: scenario format {head.scenario}, this program reads {FORMAT}")
    return Scenario(
        steps=tuple(steps), category=head.category, law=head.law, seen=head.seen, calls=max(head.calls, 1)
    )


def key(steps: Steps) -> bytes:
    """Equal for equal steps; a shorter scenario has a smaller one."""
    text = msgspec.json.encode(steps)
    return len(steps).to_bytes(4, "big") + len(text).to_bytes(8, "big") + text
