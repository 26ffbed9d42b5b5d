"""Named bundles of knobs: servers as they are met in the world."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any

from twiliobridge.offline.faults import Answer, Loss, Noise, Odd
from twiliobridge.offline.incidents import Incident
from twiliobridge.offline.knobs import Knobs

BEHAVIOURS: Mapping[str, Knobs] = MappingProxyType(
    {
        "far": Knobs(dial=0.8, back=0.25),
        "busy": Knobs(
            session_updated_after=1.5,
            latency=0.8,
            respond=(Incident(Odd.RATE_LIMITED, percent=20), Incident(Odd.ERROR, percent=10)),
            refuse=(Incident(Answer.TOO_MANY, times=1), Incident(Answer.UNAVAILABLE, percent=20)),
        ),
        "flaky": Knobs(
            respond=(Incident(Odd.SERVER_ERROR, percent=15), Incident(Odd.CANCELLED, percent=10)),
            lose=(
                Incident(Loss.DROPPED, percent=25),
                Incident(Loss.FAILED, percent=20),
                Incident(Loss.QUIET, percent=10),
            ),
        ),
        "talkative": Knobs(
            items=2, preamble="One moment.", calls=2, noise=(Incident(Noise.ANSWER, percent=30),)
        ),
        "silent": Knobs(
            respond=(
                Incident(Odd.MISSING, since=2, percent=25),
                Incident(Odd.TEXT, since=2, percent=33),
                Incident(Odd.EMPTY, since=2, percent=50),
                Incident(Odd.FILTERED, since=2),
            )
        ),
    }
)
"""Far: as from another continent. Busy: rate limits, and a handshake that is refused at first. Flaky: sockets
are lost, responses fail. Talkative: preambles, several items, parallel calls, noise. Silent: after the
greeting no response is heard.
"""


def behaving(names: Iterable[str], knobs: Knobs | None = None) -> Knobs:
    """`knobs` with bundles laid over them, one by one; incidents add up. ValueError for no such name."""
    knobs = knobs or Knobs()
    for name in names:
        if name not in BEHAVIOURS:
            raise ValueError(f"there is no behaviour {name!r}; there are {', '.join(BEHAVIOURS)}")
        knobs = _laid_over(knobs, BEHAVIOURS[name])
    return knobs


def _laid_over(knobs: Knobs, bundle: Knobs) -> Knobs:
    usual = Knobs()
    changes: dict[str, Any] = {}
    for field in fields(Knobs):
        old, new = getattr(knobs, field.name), getattr(bundle, field.name)
        if new != getattr(usual, field.name):
            adds_up = isinstance(new, tuple) and all(isinstance(each, Incident) for each in new)
            changes[field.name] = (*old, *new) if adds_up else new
    return replace(knobs, **changes)
