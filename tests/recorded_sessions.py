"""Recorded sessions of the live service, and how one is held against a session of ours.

The files are in `offline/recorded`, made by the script there. Events may come in another order than recorded
only where the service itself promises none: by their strands.

* The words of the caller: a transcription goes on beside everything else.
* Rate limits: after a response or not at all.
* All the rest is one strand, in which a run of deltas counts as one, whichever kinds alternate in it.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from clients.field_paths import Shape, Told
from clients.recorded_paths import FOLDER, shapes

WORDS = "conversation.item.input_audio_transcription."
LIMITS = "rate_limits.updated"

Run = dict[str, Shape]
"One event, or deltas of several kinds that alternate."


@dataclass(frozen=True)
class Recorded:
    name: str
    source: dict[str, str]
    steps: tuple[dict[str, Any], ...]
    "What the client did, the caller's speech, and the events that came, in order."

    @property
    def events(self) -> list[Told]:
        return [told for step in self.steps if (told := event_of(step)) is not None]


def event_of(step: dict[str, Any]) -> Told | None:
    if "server" not in step:
        return None
    name = step["server"]
    return name.partition("/")[0], shapes()[name]


@cache
def recorded_sessions() -> tuple[Recorded, ...]:
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.jsonl")) if path.stem != "shapes")


def _read(path: Path) -> Recorded:
    first, *steps = map(json.loads, path.read_text().splitlines())
    return Recorded(path.stem, first["source"], tuple(steps))


def in_main_strand(kind: str) -> bool:
    return not kind.startswith(WORDS) and kind != LIMITS


def main_strand(events: list[Told]) -> list[Run]:
    runs: list[Run] = []
    for kind, fields in events:
        if not in_main_strand(kind):
            continue
        if kind.endswith(".delta") and runs and all(name.endswith(".delta") for name in runs[-1]):
            runs[-1].setdefault(kind, fields)
        else:
            runs.append({kind: fields})
    return runs


def words_strand(events: list[Told]) -> list[Run]:
    """Of all the deltas of one item, one."""
    runs: list[Run] = []
    for kind, fields in events:
        if kind.startswith(WORDS) and not (runs and kind in runs[-1]):
            runs.append({kind: fields})
    return runs


def limits_strand(events: list[Told]) -> list[Run]:
    return [{kind: fields} for kind, fields in events if kind == LIMITS]


def kinds(runs: list[Run]) -> list[list[str]]:
    return [sorted(run) for run in runs]


def differences(recorded: list[Run], ours: list[Run]) -> set[tuple[str, str, str, str]]:
    """Kind, path, what stands there in the recording, and what in ours; `absent` where nothing does."""
    found = set()
    for was, now in zip(recorded, ours, strict=False):
        for kind in was.keys() & now.keys():
            found |= {(kind, *difference) for difference in _compared(was[kind], now[kind])}
    return found


def _compared(was: Shape, now: Shape) -> set[tuple[str, str, str]]:
    pairs = {path: (was.get(path, "absent"), now.get(path, "absent")) for path in was.keys() | now.keys()}
    return {(path, old, new) for path, (old, new) in pairs.items() if old != new}
