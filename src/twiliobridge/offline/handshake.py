"""How a handshake is refused: status, reason, and headers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from twiliobridge.offline.faults import Answer
from twiliobridge.offline.incidents import Incident


@dataclass(frozen=True)
class Refusal:
    status: int
    code: str | None
    "Of the error in the body."
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)
    "Beside those of every answer."


REASONS: Mapping[Answer, tuple[str | None, str]] = MappingProxyType(
    {
        Answer.UNAUTHORIZED: ("invalid_api_key", "Incorrect API key provided."),
        Answer.FORBIDDEN: (
            "unsupported_country_region_territory",
            "Country, region, or territory not supported",
        ),
        Answer.NOT_FOUND: ("model_not_found", "The model does not exist or you do not have access to it."),
        Answer.TOO_MANY: ("rate_limit_exceeded", "Rate limit reached for requests."),
        Answer.BROKEN: (None, "The server had an error while processing your request."),
        Answer.BAD_GATEWAY: (None, "Bad gateway."),
        Answer.UNAVAILABLE: (None, "The engine is overloaded, try again later."),
        Answer.FOUND: (None, "Found elsewhere."),
        Answer.MOVED: (None, "Moved for now."),
    }
)
"Code and message of the error."


def refusal(incident: Incident[Answer]) -> Refusal:
    code, message = REASONS[incident.what]
    headers: dict[str, str] = {}
    if isinstance(incident.given, str):
        headers["Location"] = incident.given
    elif incident.given is not None:
        headers["Retry-After"] = f"{incident.given:g}"
    return Refusal(incident.what.status, code, message, headers)
