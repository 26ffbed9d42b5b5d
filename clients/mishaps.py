"""What the server is told to do wrong, one knob at a time, and what a client must have seen of it.

OpenAI's SDK for Python gives its user every event, so it must see each of them. The other clients are the
frameworks around it: whether they tell their user, and whether they come back, is theirs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from clients.evidence import Evidence
from clients.record import Record
from twiliobridge.offline.knob_text import KNOBS

Sign = Callable[[Evidence], bool]

WITNESS = "openai-python"
WATCHERS = (WITNESS, "livekit-python", "pipecat", "pydantic-ai")
STRANGE = ("unknown=yes",)
"Knobs that make events which are in no types."
FAR = 1.0
"Seconds of each delay."


@dataclass(frozen=True)
class Mishap:
    knob: str
    "As a shell sets it."
    seen: Sign
    by: tuple[str, ...] = (WITNESS,)
    "Names of clients: the frameworks are asked a part, since they wait longer for what does not come."
    scenario: str = "greet"
    passes: bool = False
    "A client can come back after it."

    @property
    def name(self) -> str:
        return self.knob

    @property
    def meaning(self) -> str:
        """That of the knob, or of the word that is its value."""
        name, _, value = self.knob.partition("=")
        form, meaning = KNOBS[name]
        word = value.replace("*", ":").replace("@", ":").split(":")[0]
        return next((kind.means for kind in form.words if kind.word == word), meaning)


def tells(*words: str) -> Sign:
    """One of the words is in what the client made of a response, a fault or the connection's end."""

    def seen(evidence: Evidence) -> bool:
        told = " ".join([*evidence.outcomes, *evidence.errors, *evidence.endings])
        return any(word in told for word in words)

    return seen


def written(evidence: Evidence) -> bool:
    return bool(evidence.words) and not evidence.audio_bytes


def silent(evidence: Evidence) -> bool:
    return not evidence.words and not evidence.audio_bytes


def disturbed(evidence: Evidence) -> bool:
    """Speech, while nobody spoke."""
    return bool(evidence.speech)


def took(stage: str) -> Sign:
    return lambda evidence: evidence.took.get(stage, 0.0) >= FAR


def before_it(evidence: Evidence) -> bool:
    return evidence.order[:1] == ["transcript"]


def after_it(evidence: Evidence) -> bool:
    return evidence.order == ["response", "transcript"]


def never(evidence: Evidence) -> bool:
    return evidence.order == ["response"]


def strange(evidence: Evidence) -> bool:
    return "response.mood.detected" in evidence.order


LATE = ("nothing within", "timed out")
CUT = ("1006", "no close frame", "closed", "anew")

RESPONSES = (
    Mishap("respond=text", written, WATCHERS),
    Mishap("respond=empty", silent, WATCHERS),
    Mishap("respond=filtered:300*1", tells("content_filter"), WATCHERS),
    Mishap("respond=cut:300*1", tells("max_output_tokens")),
    Mishap("respond=cut_call*1@2", tells("max_output_tokens"), scenario="watch"),
    Mishap("respond=cancelled:300*1", tells("cancelled")),
    Mishap("respond=stalled:300*1", tells(*LATE)),
    Mishap("respond=rate_limited:1.2*1", tells("rate_limit_exceeded", "try again in 1.2s"), WATCHERS),
    Mishap("respond=server_error*1", tells("server_error", "server had an error")),
    Mishap("respond=quota*1", tells("insufficient_quota", "exceeded your current quota")),
    Mishap("respond=error:1.2*1", tells("rate_limit_exceeded", "try again in 1.2s"), WATCHERS),
    Mishap("respond=missing*1", tells(*LATE), WATCHERS),
)
NOISE = (
    Mishap("noise=greeting*1", disturbed),
    Mishap("noise=answer*1", disturbed, WATCHERS, scenario="watch"),
    Mishap("noise=tool*1", disturbed, scenario="watch"),
    Mishap("noise=silence*1", disturbed, scenario="watch"),
)
LOSSES = (
    Mishap("lose=1006@greeting*1", tells(*CUT), WATCHERS, passes=True),
    Mishap("lose=1006@answer*1", tells(*CUT), scenario="watch", passes=True),
    Mishap("lose=1006@tool*1", tells(*CUT), WATCHERS, scenario="watch", passes=True),
    Mishap("lose=1006@caller*1", tells(*CUT), scenario="listen", passes=True),
    Mishap(
        "lose=1001@silence*1",
        tells("1001", "session_expired", "maximum duration"),
        WATCHERS,
        scenario="watch",
        passes=True,
    ),
    Mishap("lose=1011@greeting*1", tells("1011"), passes=True),
    Mishap("lose=1012@silence*1", tells("1012"), scenario="watch", passes=True),
    Mishap("lose=quiet@greeting*1", tells(*LATE)),
)
REFUSALS = (
    Mishap("refuse=401", tells("401"), WATCHERS),
    *(Mishap(f"refuse={status}", tells(str(status))) for status in (403, 404)),
    Mishap("refuse=429*1", tells("429"), WATCHERS, passes=True),
    *(Mishap(f"refuse={status}*1", tells(str(status)), passes=True) for status in (500, 502, 503)),
    *(Mishap(f"refuse={status}:/elsewhere", tells(str(status), "404")) for status in (302, 307)),
)
DELAYS = (
    Mishap(f"dial={FAR:g}", took("dial")),
    Mishap(f"back={FAR:g}", took("first")),
    Mishap(f"session_updated_after={FAR:g}", took("updated")),
)
REPLIES = (
    Mishap("items=3", tells("message message")),
    Mishap("preamble=Let me see.", lambda evidence: "Let me see." in evidence.words, scenario="watch"),
    Mishap("calls=2", lambda evidence: len(evidence.tools) == 2, WATCHERS, scenario="watch"),
    Mishap("transcripts=before", before_it, scenario="listen"),
    Mishap("transcripts=after", after_it, scenario="listen"),
    Mishap("transcripts=never", never, scenario="listen"),
    *(Mishap(knob, strange) for knob in STRANGE),
)
MISHAPS = (*RESPONSES, *NOISE, *LOSSES, *REFUSALS, *DELAYS, *REPLIES)


def reaction(mishap: Mishap, evidence: Evidence, record: Record) -> str:
    """`no`, or `yes`, or that the client came back."""
    if not mishap.seen(evidence):
        return "no"
    refused = mishap.knob.startswith("refuse")
    back = mishap.passes and record.sessions > (0 if refused else 1)
    return "comes back" if back else "yes"


def unseen(mishap: Mishap, client: str, evidence: Evidence) -> Iterator[str]:
    """A fault where the witness has missed it."""
    if client == WITNESS and not mishap.seen(evidence):
        yield f"not seen: {evidence}"
