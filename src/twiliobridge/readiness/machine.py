"""What this machine and these settings let a server do: descriptors, and who may come in."""

import sys

from twiliobridge.readiness.row import Row, Verdict, ok, skipped, warning
from twiliobridge.server.door import check_door
from twiliobridge.settings import Settings

DESCRIPTORS, SIGNATURES = "descriptors", "signatures"

PER_CALL = 3
"The phone's socket, the model's, and for a moment that of the next session or of the REST API."
BESIDES = 64
"Of the process itself: its files, its listener, health checks."

SIGNED = "set TWILIO_AUTH_TOKEN to the token of the account that calls"


def descriptors_row(settings: Settings) -> Row:
    if sys.platform == "win32":
        return skipped(DESCRIPTORS, "this system has no limit that can be read")
    import resource  # noqa: PLC0415 -- Windows has none

    (most, hard) = resource.getrlimit(resource.RLIMIT_NOFILE)
    return enough_descriptors(settings, most, hard, resource.RLIM_INFINITY)


def enough_descriptors(settings: Settings, most: int, hard: int, unlimited: int) -> Row:
    needed = PER_CALL * settings.calls_at_once + settings.tool_threads + BESIDES
    if most == unlimited or most >= needed:
        there = "as many as wanted" if most == unlimited else f"{most}"
        return ok(DESCRIPTORS, f"{there}, for {settings.calls_at_once} calls at once")
    told = f"{most}, and {settings.calls_at_once} calls at once may need {needed}"
    fewer = max(1, (most - BESIDES - settings.tool_threads) // PER_CALL)
    raised = f"`ulimit -n {needed}` before the start, or " if hard == unlimited or hard >= needed else ""
    return warning(DESCRIPTORS, told, f"{raised}TWILIOBRIDGE_CALLS_AT_ONCE={fewer}")


def signatures_row(settings: Settings) -> Row:
    try:
        doubt = check_door(settings)
    except ValueError as error:
        return Row(SIGNATURES, Verdict.FAILED, str(error), SIGNED)
    if not settings.twilio_auth_tokens:
        return warning(SIGNATURES, doubt or "", SIGNED)
    count = len(settings.twilio_auth_tokens)
    told = f"Twilio's are asked for, by {count} token{'s' * (count > 1)}"
    return ok(SIGNATURES, f"{told}; {doubt}" if doubt else told)
