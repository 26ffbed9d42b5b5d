"""How the offline server behaves, and how it can be made to misbehave. Each default is stated here alone.

What a knob means stands in its type, so that a shell can list it (`knob_text.py`).
"""

from dataclasses import dataclass
from enum import Enum
from typing import Annotated

from twiliobridge.offline.faults import Answer, Loss, Noise, Odd
from twiliobridge.offline.incidents import Incident
from twiliobridge.realtime.session import SESSION_SECONDS


class Transcripts(Enum):
    """When the transcript of the caller's words arrives. The service promises none of these orders."""

    BEFORE = "before the response"
    DURING = "as soon as there is one"
    AFTER = "after the response"
    NEVER = "never"


@dataclass(frozen=True)
class Knobs:
    """The behaviour of a server and of its sessions. Seconds, unless a meaning says otherwise."""

    dial: Annotated[float, "From the handshake's arrival to its answer."] = 0.0
    back: Annotated[float, "On its way back, each event takes so long; 0.25 s is far away."] = 0.0
    session_updated_after: Annotated[
        float, "`session.updated`, and all that follows it, is held back so long."
    ] = 0.0
    latency: Annotated[
        float, "From the moment the reply is decided to its first delta. `inf`: it never comes."
    ] = 0.2
    speed: Annotated[float, "Audio seconds generated per second; the live service manages about 5."] = 5.0
    delta_ms: Annotated[
        tuple[int, int], "Shortest and longest audio delta, ms: 400 to 4000 bytes of mu-law."
    ] = (50, 500)
    stragglers: Annotated[
        int, "Audio deltas, 0 to 2, that still arrive after speech_started has cancelled their response."
    ] = 1
    transcripts: Annotated[Transcripts, "When the transcript of the caller's words arrives."] = (
        Transcripts.DURING
    )
    word_gap: Annotated[
        float,
        "Between two words of a transcript, while the response goes on beside it.",
    ] = 0.03
    rate_limits_after: Annotated[
        float | None, "`rate_limits.updated` that long after `response.done`; `none`: not at all."
    ] = 0.04
    interleaved: Annotated[
        bool, "A response's next item opens before the one ahead of it is done, as gpt-realtime-2.1 does."
    ] = True
    items: Annotated[
        int, "A spoken reply is told in so many messages, sentence by sentence: commentary, then the answer."
    ] = 1
    preamble: Annotated[str, "Said before the tool calls of a reply that says nothing itself."] = ""
    calls: Annotated[
        int, "A tool is called so many times in one response, where parallel calls are allowed."
    ] = 1
    respond: Annotated[tuple[Incident[Odd], ...], "What responses are like, other than asked for."] = ()
    noise: Annotated[
        tuple[Incident[Noise], ...], "Noise, so many ms of it, is taken for the caller's speech."
    ] = ()
    lose: Annotated[tuple[Incident[Loss], ...], "The socket is lost. Occasions: the server's sessions."] = ()
    refuse: Annotated[
        tuple[Incident[Answer], ...], "The handshake is refused. Occasions: the server's handshakes."
    ] = ()
    session_seconds: Annotated[float, "Then the session expires: an error, and close code 1001."] = (
        SESSION_SECONDS
    )
    drop_after: Annotated[
        int | None, "The connection is cut without a closing handshake (1006) after so many events."
    ] = None
    unknown: Annotated[bool, "Adds fields and event types that no client knows."] = False
    seed: Annotated[int, "Of everything that varies: sizes of deltas, and what happens by chance."] = 0
