"""What happened on a call, as rows of signs on its time axis."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from twiliobridge.validate.result import CallRecord, Moment, MomentKind

MOST_MOMENTS = 1500
"For each call: a page shows the first of them, and says so."

KINDS_OF_ROWS: dict[str, tuple[MomentKind, ...]] = {
    "Caller says": (MomentKind.CALLER_SAYS,),
    "Agent says": (MomentKind.AGENT_SAYS,),
    "Line": (MomentKind.LINE,),
    "Keys": (MomentKind.DTMF,),
    "Clear": (MomentKind.CLEAR,),
    "Gaps": (MomentKind.MEDIA_GAP,),
    "Marks": (MomentKind.MARK_SENT, MomentKind.MARK_BACK),
    "Tools": (MomentKind.TOOL,),
    "Model": (MomentKind.MODEL,),
}
"Rows under the waveforms, from above; one without signs is left out."

IN_WORDS = (MomentKind.CALLER_SAYS, MomentKind.AGENT_SAYS, MomentKind.DTMF)
"Their sign is what was said, or keyed."
MOST_WORDS = 200
"Letters on a lane; the list below it has all."

WAVE_KINDS = {"Caller": MomentKind.CALLER_SPEECH, "Agent": MomentKind.AGENT_SPEECH}


@dataclass(frozen=True)
class Sign:
    left: float
    "Percent of the width."
    width: float | None
    "Likewise; None for what has no length."
    kind: str
    "A name for style sheets: mark-sent"
    glyph: str
    text: str
    "Time, kind and text."
    time_s: float


@dataclass(frozen=True)
class Row:
    name: str
    signs: tuple[Sign, ...]
    about: str
    "What its signs are, for those who see none of them."


GLYPHS = {
    MomentKind.LINE: "|",
    MomentKind.CLEAR: "\N{MULTIPLICATION SIGN}",
    MomentKind.TOOL: "T",
    MomentKind.MODEL: "M",
}


def rows(call: CallRecord, length_s: float) -> tuple[Row, ...]:
    """The rows that have signs, of a picture of `length_s` seconds."""
    shown = call.moments[:MOST_MOMENTS]
    found = (_row(name, kinds, shown, length_s) for name, kinds in KINDS_OF_ROWS.items())
    return tuple(row for row in found if row.signs)


def speech(call: CallRecord, name: str, length_s: float) -> Row:
    """Who speaks when, for below the waveform of that side."""
    return _row(name, (WAVE_KINDS[name],), call.moments, length_s)


def _row(name: str, kinds: Sequence[MomentKind], moments: Sequence[Moment], length_s: float) -> Row:
    signs = tuple(_signs(kinds, moments, length_s))
    return Row(name, signs, f"{name}: {len(signs)} signs")


def _signs(kinds: Sequence[MomentKind], moments: Sequence[Moment], length_s: float) -> Iterator[Sign]:
    for each in moments:
        if each.kind in kinds and 0 <= each.time_s <= length_s:
            yield Sign(
                left=_percent(each.time_s, length_s),
                width=_width(each, length_s),
                kind=each.kind.value.replace(" ", "-"),
                glyph=each.text[:MOST_WORDS] if each.kind in IN_WORDS else GLYPHS.get(each.kind, ""),
                text=described(each),
                time_s=round(each.time_s, 3),
            )


def described(moment: Moment) -> str:
    """12.34 s, clear: 3.2 s will not be heard"""
    length = f" ({moment.duration_s:.2f} s)" if moment.duration_s else ""
    text = moment.text.removeprefix(moment.kind.value).removeprefix(": ")
    return f"{moment.time_s:.2f} s, {moment.kind.value}{': ' if text else ''}{text}{length}"


def _width(moment: Moment, length_s: float) -> float | None:
    if not moment.duration_s:
        return None
    return _percent(min(moment.duration_s, length_s - moment.time_s), length_s)


def _percent(seconds: float, length_s: float) -> float:
    return round(100 * seconds / length_s, 3) if length_s else 0.0
