"""The ways in which a turn ends without an answer that is heard, and what is done about each.

Source of the causes: public reports about the Realtime API, and its `response.status_details`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from twiliobridge.realtime.errors import is_fatal
from twiliobridge.realtime.responses import Response, ResponseFault


class Cause(Enum):
    TEXT = "the answer was text without sound"
    EMPTY = "the answer was empty"
    BETA = (
        "the answer came in events of the API's beta, such as response.audio.delta, which are not known here"
    )
    FILTERED = "the content filter stopped the answer"
    CUT_SHORT = "the answer reached its longest length before it was heard"
    CANCELLED = "the service cancelled the answer"
    FAILED = "the answer failed"
    LIMITED = "the rate limit was reached"
    REFUSED = "the service refused to answer"
    UNANSWERED = "the service began no answer"
    STALLED = "the answer came to a standstill"
    FATAL = "the service cannot answer"


@dataclass(frozen=True, slots=True)
class Remedy:
    attempts: int
    "Times that the answer is asked for again, before the apology is."
    wait: float = 0.0
    "Seconds before that, where the service names none."


REMEDIES: Mapping[Cause, Remedy] = {
    Cause.TEXT: Remedy(1),
    Cause.EMPTY: Remedy(1),
    Cause.BETA: Remedy(0),
    Cause.FILTERED: Remedy(1),
    Cause.CUT_SHORT: Remedy(1),
    Cause.CANCELLED: Remedy(1),
    Cause.FAILED: Remedy(1, wait=0.25),
    Cause.LIMITED: Remedy(2, wait=1.0),
    Cause.REFUSED: Remedy(1, wait=0.25),
    Cause.UNANSWERED: Remedy(1),
    Cause.STALLED: Remedy(1),
}
"A fatal cause has no remedy: the call goes back to TwiML at once."

LIMITS = frozenset({"rate_limit_exceeded", "rate_limit_error", "tokens", "requests"})
"Of `error.code` or `error.type`, which services have been seen to exchange."

SECONDS = {
    "ms": 0.001,
    "millisecond": 0.001,
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hour": 3600,
}

STRETCH = r"(\d+(?:\.\d+)?)\s*(" + "|".join(sorted(SECONDS, key=len, reverse=True)) + r")s?(?![a-z])"

TOLD = re.compile(rf"(?:again|retry|wait) (?:(?:in|after|for) )?((?:{STRETCH}\s*)+)", re.IGNORECASE)
"""As in OpenAI's "Please try again in 1.2s", "in 350ms", "in 1m2s", and in Azure's "Please retry after 6
seconds"."""


def cause_of(response: Response) -> Cause:
    """Why a response that is done, and of which nothing was heard, ended so."""
    details = response.status_details
    match response.status:
        case "failed":
            return cause_of_error(details.error if details else None, Cause.FAILED)
        case "incomplete":
            cut_short = details is not None and details.reason == "max_output_tokens"
            return Cause.CUT_SHORT if cut_short else Cause.FILTERED
        case "cancelled":
            return Cause.CANCELLED
        case _:
            written = any(part.words for item in response.output for part in item.content or ())
            return Cause.TEXT if written else Cause.EMPTY


def cause_of_error(error: ResponseFault | None, otherwise: Cause) -> Cause:
    if error is None:
        return otherwise
    if is_fatal(error):
        return Cause.FATAL
    return Cause.LIMITED if LIMITS & {error.code, error.type} else otherwise


def told_wait(error: ResponseFault | None) -> float | None:
    """The seconds that the service asks for in its message."""
    told = TOLD.search(error.message) if error else None
    if told is None:
        return None
    stretches = re.findall(STRETCH, told[1], re.IGNORECASE)
    return round(sum(float(number) * SECONDS[unit.lower()] for number, unit in stretches), 3)
