"""How the offline server behaves, and how it can be made to misbehave. Each default is stated here alone."""

from dataclasses import dataclass
from enum import Enum

from twiliobridge.realtime.session import SESSION_SECONDS


class Transcripts(Enum):
    """When the transcript of the caller's words arrives. The service promises none of these orders."""

    BEFORE = "before the response"
    DURING = "as soon as there is one"
    AFTER = "after the response"
    NEVER = "never"


@dataclass(frozen=True)
class Failure:
    """A response that fails: its `response.done` has status `failed` and this error."""

    code: str = "insufficient_quota"
    type: str = "invalid_request_error"
    message: str = "The offline server was told to fail this response."


@dataclass(frozen=True)
class Knobs:
    """The behaviour of one session. Seconds, unless a name says otherwise."""

    latency: float = 0.2
    "From the moment the reply is decided to its first delta. `math.inf`: it never comes."
    speed: float = 5.0
    "Audio seconds generated per second; the live service manages about this."
    delta_ms: tuple[int, int] = (50, 500)
    "Shortest and longest audio delta: 400 to 4000 bytes of mu-law."
    stragglers: int = 1
    "Audio deltas, 0 to 2, that still arrive after speech_started has cancelled their response."
    transcripts: Transcripts = Transcripts.DURING
    rate_limits_after: float | None = 0.04
    "`rate_limits.updated` that long after `response.done`; None: not at all."
    failure: Failure | None = None
    "Every response fails so."
    session_seconds: float = SESSION_SECONDS
    "Then the session expires: an error, and close code 1001."
    drop_after: int | None = None
    "The connection is cut without a closing handshake (1006) after so many events."
    unknown: bool = False
    "Adds fields and event types that no client knows."
    seed: int = 0
    "Of everything that varies: delta sizes, obfuscation."
