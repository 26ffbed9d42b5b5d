"""A brain around a brain: what its replies become where the knobs want responses to be odd, or talkative."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import inf
from types import MappingProxyType

from twiliobridge.offline.brain import Brain, CallTool, Cut, Fail, Part, Reply, Request, Say, Stall, Write
from twiliobridge.offline.faults import BEFORE_IT_BEGINS, Odd
from twiliobridge.offline.incidents import Draws, Incident
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.words import sentences
from twiliobridge.realtime.items import Item


class Whims:
    """A `brain.Brain`. `seed` is the session's."""

    def __init__(self, brain: Brain, knobs: Knobs, seed: str) -> None:
        self._brain = brain
        self._knobs = knobs
        odd = [incident for incident in knobs.respond if incident.what not in BEFORE_IT_BEGINS]
        self._draws = Draws(odd, f"{seed}/respond")

    def decide(self, memory: Sequence[Item], request: Request) -> Reply:
        reply = talkative(self._brain.decide(memory, request), self._knobs, parallel=request.parallel)
        odd = self._draws.next(lambda incident: _fits(incident.what, reply))
        return reply if odd is None else ODDITIES[odd.what](reply, odd)

    def expects(self, memory: Sequence[Item]) -> str:
        return self._brain.expects(memory)


# ------------------------------------------------------------ talkative


def talkative(reply: Reply, knobs: Knobs, *, parallel: bool) -> Reply:
    """The reply in more items than it needs. `parallel`: a response may make several calls."""
    more = [part for each in reply for part in _in_items(each, knobs.items)]
    first_call = next((place for place, part in enumerate(more) if isinstance(part, CallTool)), None)
    if first_call == 0 and knobs.preamble:
        more.insert(0, Say(knobs.preamble, "commentary"))
    times = max(knobs.calls, 1) if parallel else 1
    return tuple(part for each in more for part in [each] * (times if isinstance(each, CallTool) else 1))


def _in_items(part: Part, most: int) -> list[Part]:
    if not isinstance(part, Say):
        return [part]
    told = sentences(part.text)
    ahead = min(most, len(told)) - 1
    if ahead < 1:
        return [part]
    first = [Say(sentence, "commentary") for sentence in told[:ahead]]
    return [*first, replace(part, text=" ".join(told[ahead:]))]


# ------------------------------------------------------------ odd


def _fits(what: Odd, reply: Reply) -> bool:
    if what is Odd.TEXT:
        return any(isinstance(part, Say) for part in reply)
    if what is Odd.CUT_CALL:
        return any(isinstance(part, CallTool) for part in reply)
    return True


def _as_text(reply: Reply, _: Incident[Odd]) -> Reply:
    return tuple(Write(part.text, part.phase) if isinstance(part, Say) else part for part in reply)


def _cut_call(reply: Reply, _: Incident[Odd]) -> Reply:
    call = next(place for place, part in enumerate(reply) if isinstance(part, CallTool))
    return (*reply[: call + 1], Cut("max_output_tokens", inf))


def _rate_limited(_: Reply, odd: Incident[Odd]) -> Reply:
    return (rate_limited(odd.amount),)


def rate_limited(seconds: float) -> Fail:
    """Nothing in it but its message tells when to try again; reported so by those who were limited."""
    return Fail(
        code="rate_limit_exceeded",
        type="tokens",
        message="Rate limit reached for this model in organization org-offline on tokens per min (TPM): Limit"
        f" 40000, Used 40000, Requested {round(seconds * 40000 / 60)}. Please try again in {seconds:g}s."
        " Visit https://platform.openai.com/account/rate-limits to learn more.",
    )


OUT_OF_QUOTA = Fail(
    code="insufficient_quota",
    type="insufficient_quota",
    message="You exceeded your current quota, please check your plan and billing details.",
)

ODDITIES: Mapping[Odd, Callable[[Reply, Incident[Odd]], Reply]] = MappingProxyType(
    {
        Odd.TEXT: _as_text,
        Odd.EMPTY: lambda _, __: (),
        Odd.FILTERED: lambda reply, odd: (*reply, Cut("content_filter", odd.amount)),
        Odd.CUT: lambda reply, odd: (*reply, Cut("max_output_tokens", odd.amount)),
        Odd.CUT_CALL: _cut_call,
        Odd.CANCELLED: lambda reply, odd: (*reply, Cut("turn_detected", odd.amount)),
        Odd.STALLED: lambda reply, odd: (*reply, Stall(odd.amount)),
        Odd.RATE_LIMITED: _rate_limited,
        Odd.SERVER_ERROR: lambda _, __: (Fail(),),
        Odd.QUOTA: lambda _, __: (OUT_OF_QUOTA,),
    }
)
