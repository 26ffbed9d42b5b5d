"""A call as the page draws it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from twiliobridge.audio import RATE, SILENCE
from twiliobridge.validate.report import lanes, waveform
from twiliobridge.validate.report.lanes import Row
from twiliobridge.validate.report.sound import encoded, joined, tracks
from twiliobridge.validate.result import CallRecord, CheckResult, Moment, Status

LONGEST_S = 600.0
"Of a call, the first ten minutes are drawn."
MOST_PICTURES = 60
MOST_SOUND = 12_000_000
"Letters of base64 on a page, some 18 minutes of speech. The calls in which something failed come first."
QUIET = bytes([SILENCE, 0x7F])
"The two zeros of mu-law."
TICKS = (1, 2, 5, 10, 15, 30, 60, 120)
"Seconds between the figures of a time axis: the first that gives at most a dozen."


@dataclass(frozen=True)
class Ghost:
    """Speech that was sent, and never heard."""

    path: str
    left: float
    width: float
    text: str


@dataclass(frozen=True)
class Wave:
    """A lane. `d` and the ghosts' paths are in columns, 0 to `columns` from left to right."""

    name: str
    kind: str
    d: str
    speech: Row
    ghosts: tuple[Ghost, ...]
    about: str


@dataclass(frozen=True)
class Picture:
    call: CallRecord
    length_s: float
    columns: int
    waves: tuple[Wave, ...]
    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, str], ...]
    moments: tuple[Moment, ...]
    sound: str
    "JSON; empty if the page carries no sound of this call."
    notes: tuple[str, ...]
    "What is left out."
    has_failed: bool
    "A law, in this call."
    is_open: bool
    "On a page that was just opened: a call in which a law failed, and the one with most sound."


def pictures(checks: Sequence[CheckResult]) -> Mapping[str, Picture]:
    """By the name of the call, in the order of the checks."""
    blamed = {
        name
        for check in checks
        for finding in check.findings
        if finding.status is Status.FAILED
        for name in finding.calls
    }
    calls = [call for check in checks for call in check.calls]
    chosen = sorted(calls, key=lambda call: call.name not in blamed)[:MOST_PICTURES]
    sounds = dict(_sounds(chosen))
    richest = max(sounds, key=lambda name: len(sounds[name]), default="")
    kept = {call.name for call in chosen}
    return {
        call.name: picture(
            call,
            sounds.get(call.name, ""),
            has_failed=call.name in blamed,
            is_open=call.name in blamed or call.name == richest,
        )
        for call in calls
        if call.name in kept
    }


def _sounds(calls: Sequence[CallRecord]) -> Iterator[tuple[str, str]]:
    """As many as the page may carry."""
    left = MOST_SOUND
    for call in calls:
        sound = encoded(tracks(call, round(LONGEST_S * RATE))) if _is_audible(call) else ""
        if sound and len(sound) <= left:
            left -= len(sound)
            yield call.name, sound


def _is_audible(call: CallRecord) -> bool:
    return bool(call.caller.strip(QUIET) or call.agent.strip(QUIET) or call.cut)


def picture(call: CallRecord, sound: str, *, has_failed: bool, is_open: bool) -> Picture:
    cuts = joined(call.cut)
    whole_s = max(call.duration_s, *(each.time_s for each in call.moments), *_ends(cuts), 0.1)
    length_s = min(whole_s, LONGEST_S)
    column = waveform.column_bytes(round(length_s * RATE))
    return Picture(
        call=call,
        length_s=length_s,
        columns=max(1, round(length_s * RATE / column)),
        waves=(_caller(call, length_s, column), _agent(call, cuts, length_s, column)),
        rows=lanes.rows(call, length_s),
        ticks=tuple(_ticks(length_s)),
        moments=call.moments[: lanes.MOST_MOMENTS],
        sound=sound,
        notes=tuple(_notes(call, whole_s, sound)),
        has_failed=has_failed,
        is_open=is_open,
    )


def _ends(cuts: Sequence[tuple[int, bytes]]) -> list[float]:
    return [(begin + len(audio)) / RATE for begin, audio in cuts]


def _caller(call: CallRecord, length_s: float, column: int) -> Wave:
    speech = lanes.speech(call, "Caller", length_s)
    d = waveform.path(call.caller[: round(length_s * RATE)], column)
    return Wave("Caller", "caller", d, speech, (), f"Caller: {_spoken(speech)}")


def _agent(call: CallRecord, cuts: Sequence[tuple[int, bytes]], length_s: float, column: int) -> Wave:
    speech = lanes.speech(call, "Agent", length_s)
    d = waveform.path(call.agent[: round(length_s * RATE)], column)
    ghosts = tuple(_ghost(*each, length_s, column) for each in cuts if each[0] < length_s * RATE)
    cut_s = sum(len(audio) for _, audio in cuts) / RATE
    about = f"Agent as heard: {_spoken(speech)}"
    return Wave("Agent", "agent", d, speech, ghosts, f"{about}, {cut_s:.1f} s cut" if cut_s else about)


def _spoken(speech: Row) -> str:
    return f"{len(speech.signs)} stretch{'' if len(speech.signs) == 1 else 'es'} of speech"


def _ghost(begin: int, audio: bytes, length_s: float, column: int) -> Ghost:
    seconds = len(audio) / RATE
    return Ghost(
        path=waveform.path(audio[: round(length_s * RATE) - begin], column, begin // column),
        left=round(100 * begin / RATE / length_s, 3),
        width=round(100 * min(seconds, length_s - begin / RATE) / length_s, 3),
        text=f"{seconds:.1f} s never heard",
    )


def _ticks(length_s: float) -> Iterator[tuple[float, str]]:
    step = next((each for each in TICKS if length_s / each <= 12), TICKS[-1])
    for number in range(int(length_s / step) + 1):
        minutes, seconds = divmod(number * step, 60)
        yield round(100 * number * step / length_s, 3), f"{minutes}:{seconds:02}"


def _notes(call: CallRecord, whole_s: float, sound: str) -> Iterator[str]:
    if whole_s > LONGEST_S:
        yield f"The first {LONGEST_S / 60:.0f} of {whole_s / 60:.1f} minutes are shown."
    if len(call.moments) > lanes.MOST_MOMENTS:
        yield f"The first {lanes.MOST_MOMENTS} of {len(call.moments)} events are shown."
    if not _is_audible(call):
        yield "Nobody was heard in this call."
    elif not sound:
        yield "Without sound: the page carries as much as it may. The recordings are beside the report."
