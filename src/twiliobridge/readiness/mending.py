"""What stands in the way of a model's answer, as it is, and the way out of it."""

from collections.abc import Mapping

from twiliobridge.conversation.remedies import Cause
from twiliobridge.readiness.row import Fault
from twiliobridge.realtime.responses import ErrorDetail, Response, ResponseFault
from twiliobridge.wires.proxy import ProxyRefused
from twiliobridge.wires.wire import Refused, Rejected, TlsFailed, UnknownHost

LONGEST = 300
"Characters of a line that somebody else has written."

KEY = "set OPENAI_API_KEY to a key that is in force; TWILIOBRIDGE_MODEL_AUTH says how it is sent"
QUOTA = "add credit to the account that the key is of, or raise the limit of its project"
MODEL = "name a Realtime model: `model` in the agent's file, --model, or TWILIOBRIDGE_MODEL"
WAIT = "check again in a moment; if calls meet it too, ask the service for higher limits"
AGAIN = "check again; if it stays so, see the service's status page"
NO_SERVICE = "see that OPENAI_BASE_URL or TWILIOBRIDGE_MODEL_URL leads to a Realtime service"
SPEAKS = "name a model that speaks: `model` in the agent's file, --model, or TWILIOBRIDGE_MODEL"

CODES: Mapping[str, str] = {
    "invalid_api_key": KEY,
    "account_deactivated": "take the key of an account that is active",
    "insufficient_quota": QUOTA,
    "billing_hard_limit_reached": QUOTA,
    "invalid_model": MODEL,
    "missing_model": MODEL,
    "model_not_found": MODEL,
    "rate_limit_exceeded": WAIT,
    "beta_api_shape_disabled": "leave OpenAI-Beta out of TWILIOBRIDGE_MODEL_HEADERS",
    "server_error": AGAIN,
}

KEYS = {
    "audio.output.voice": "voice",
    "audio.output.speed": "speed",
    "audio.input.turn_detection": "turn_detection",
    "audio.input.transcription": "transcription",
    "audio.input.noise_reduction": "noise_reduction",
    "reasoning": "reasoning_effort",
}
"Places of the session whose key in the agent's file has another name."

STATUSES: Mapping[int, str] = {
    401: KEY,
    403: "see that the key's project may use this model, and that the service is offered in this region",
    404: f"{NO_SERVICE}; at Azure, that the deployment exists",
    429: f"{WAIT}; a quota that is used up says the same",
}

RESPONSES: Mapping[Cause, str] = {
    Cause.TEXT: SPEAKS,
    Cause.EMPTY: SPEAKS,
    Cause.FILTERED: "word `greeting` and `instructions` in the agent's file otherwise",
    Cause.CUT_SHORT: "raise `max_output_tokens` in the agent's file, or leave it out",
}

NOTHING_BUT_SILENCE = Fault("the greeting is silence", "try another `voice` in the agent's file")


def of_error(error: ErrorDetail) -> Fault:
    """An `error` of the service."""
    return Fault(_named(error), _by_code(error) or _by_place(error.param or "") or AGAIN)


def of_response(response: Response, cause: Cause, heard_ms: float) -> Fault:
    """The greeting's, where it was not heard to its end."""
    error = response.status_details.error if response.status_details else None
    told = f"{cause.value} ({_named(error)})" if error else cause.value
    if called := next((item.name for item in response.output if item.type == "function_call"), None):
        told = f"it called the tool {called} instead of speaking"
    if heard_ms:
        told = f"the greeting broke off after {heard_ms / 1000:.1f} s: {told}"
    return Fault(told, (_by_code(error) if error else "") or RESPONSES.get(cause, AGAIN))


def of_silence(awaited: str, seconds: float, malformed: str) -> Fault:
    """Nothing came in time."""
    told = f"{awaited} did not come within {seconds:g} s"
    if malformed:
        return Fault(f"{told}; it says what is no Realtime event: {line(malformed)}", NO_SERVICE)
    return Fault(told, NO_SERVICE if awaited == "session.created" else AGAIN)


def of_loss(why: str, awaited: str) -> Fault:
    return Fault(f"the service ended the session before {awaited}: {line(why) or 'it gave no reason'}", AGAIN)


def of_unreachable(failure: Exception) -> Fault:
    return Fault(line(str(failure)), _way_to(failure))


def _way_to(failure: Exception) -> str:
    match failure:
        case Rejected(status=status):
            return STATUSES.get(status, AGAIN if status >= 500 else NO_SERVICE)
        case UnknownHost():
            return (
                "see that OPENAI_BASE_URL or TWILIOBRIDGE_MODEL_URL is right, and that this machine has DNS"
            )
        case ProxyRefused():
            return "see that HTTPS_PROXY or ALL_PROXY is right, or name the host in NO_PROXY"
        case TlsFailed():
            return "see that the host is the right one; SSL_CERT_FILE names further authorities"
        case Refused():
            return f"{NO_SERVICE}, and that this machine's firewall lets it out (HTTPS_PROXY names a proxy)"
        case _:
            return NO_SERVICE


def _by_code(error: ResponseFault) -> str:
    return CODES.get(error.code or "") or CODES.get(error.type, "")


def _by_place(path: str) -> str:
    """By the place in the session that the service refuses."""
    place = path.removeprefix("session.")
    if not place:
        return ""
    if place == "model":
        return MODEL
    key = next((key for start, key in KEYS.items() if place.startswith(start)), place.partition(".")[0])
    return f"change `{key.partition('[')[0]}` in the agent's file"


def _named(error: ResponseFault) -> str:
    name = error.code or error.type
    return line(error.message if name in error.message else f"{name}: {error.message}")


def line(text: str) -> str:
    """What somebody else wrote, as one printable line of bounded length."""
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
