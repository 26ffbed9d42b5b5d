"""Cues as JSON, for tests that are not written in Python.

    [{"say": "One moment."}, {"call": "get_balance", "arguments": {"card_digits": "4271"}}]
    {"after": "what is my balance", "reply": [{"fail": "rate_limit_exceeded"}]}

One response each: its parts in order. `arguments` as a text are sent as they are, JSON or not.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec

from twiliobridge.offline.brain import CallTool, Cut, Fail, Part, Say, Stall, Write
from twiliobridge.offline.cues import Cue
from twiliobridge.offline.whims import OUT_OF_QUOTA, rate_limited

LONGEST = 200
"Characters of what was sent that a complaint repeats."


class CueError(ValueError):
    """The JSON is no cue; the text is one line that says where and why."""


class SayForm(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    say: str
    phase: str | None = None
    "commentary or final_answer"

    def part(self) -> Part:
        return msgspec.convert({"text": self.say, "phase": self.phase}, Say)


class WriteForm(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    write: str
    phase: str | None = None

    def part(self) -> Part:
        return msgspec.convert({"text": self.write, "phase": self.phase}, Write)


class CallForm(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    call: str
    arguments: dict[str, Any] | str = {}

    def part(self) -> Part:
        return CallTool(self.call, self.arguments)


class FailForm(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    fail: str
    "The code; `server_error`, as live, is the type of an error without one."
    type: str = ""
    message: str = ""
    seconds: float = 1.0
    "After which to try again, in the message of `rate_limit_exceeded`."

    def part(self) -> Part:
        usual = _FAILURES.get(self.fail, partial(Fail, self.fail))
        known = rate_limited(self.seconds) if self.fail == "rate_limit_exceeded" else usual()
        return replace(known, type=self.type or known.type, message=self.message or known.message)


_FAILURES: Mapping[str, Callable[[], Fail]] = {
    "server_error": Fail,
    "insufficient_quota": lambda: OUT_OF_QUOTA,
}


class CutForm(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    cut: str
    "content_filter, max_output_tokens or turn_detected"
    after_ms: float = 0.0

    def part(self) -> Part:
        return msgspec.convert({"reason": self.cut, "after_ms": self.after_ms}, Cut)


class StallForm(msgspec.Struct, forbid_unknown_fields=True):
    stall: float
    "Milliseconds of audio, after which nothing comes any more."

    def part(self) -> Part:
        return Stall(self.stall)


class CueForm(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    reply: list[dict[str, Any]]
    after: str = ""


Form = SayForm | WriteForm | CallForm | FailForm | CutForm | StallForm

FORMS: Mapping[str, type[Form]] = {
    "say": SayForm,
    "write": WriteForm,
    "call": CallForm,
    "fail": FailForm,
    "cut": CutForm,
    "stall": StallForm,
}
"By the field that a part is known by."


def read_cue(text: str | bytes) -> Cue:
    """Raises CueError."""
    try:
        said = msgspec.json.decode(text)
        form = msgspec.convert({"reply": said} if isinstance(said, list) else said, CueForm)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise CueError(
            f"no cue: {str(error)[:LONGEST]}; a cue is a list of parts, or {{reply, after}}"
        ) from None
    parts = tuple(_part(raw, number) for number, raw in enumerate(form.reply, 1))
    return Cue(parts, form.after)


def _part(raw: dict[str, Any], number: int) -> Part:
    known = [name for name in FORMS if name in raw]
    if len(known) != 1:
        raise CueError(
            f"part {number}: expected one of {', '.join(FORMS)}, was {', '.join(raw)[:LONGEST] or 'none'}"
        )
    try:
        return msgspec.convert(raw, FORMS[known[0]]).part()
    except msgspec.ValidationError as error:
        raise CueError(f"part {number}: {str(error)[:LONGEST]}") from None


def write_cue(cue: Cue) -> dict[str, Any]:
    """As `read_cue` reads it."""
    form = CueForm([msgspec.to_builtins(_form(part)) for part in cue.reply], cue.after)
    return dict(msgspec.to_builtins(form))


def _form(part: Part) -> Form:
    match part:
        case Say():
            return SayForm(part.text, part.phase)
        case Write():
            return WriteForm(part.text, part.phase)
        case CallTool():
            said = part.arguments
            return CallForm(part.name, said if isinstance(said, str) else dict(said))
        case Fail():
            return FailForm(part.code or part.type, part.type, part.message)
        case Cut():
            return CutForm(part.reason, part.after_ms)
        case Stall():
            return StallForm(part.after_ms)
