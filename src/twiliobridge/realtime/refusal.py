"""From msgspec's complaint about an event to the service's: code, path of the field, one line of English."""

import re

import msgspec

from twiliobridge.realtime.errors import RemoteProtocolError

LONGEST = 200
"Characters of the peer's own text that an error repeats."

PLACE = re.compile(r"(?P<what>.*?)(?: - at `\$\.?(?P<path>[^`]*)`)?", re.DOTALL)
UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(?P<name>.*)`", re.DOTALL)
MISSING_FIELD = re.compile(r"Object missing required field `(?P<name>.*)`", re.DOTALL)
WRONG_TYPE = re.compile(r"Expected `(?P<wanted>[^`]*)`, got `(?P<got>[^`]*)`")


def refusal(error: msgspec.ValidationError, event_id: str | None) -> RemoteProtocolError:
    """The words are msgspec's, and it promises none of them: tests hold each form against the library."""
    place = PLACE.fullmatch(str(error))
    what, path = (place["what"], place["path"] or "") if place else (str(error), "")
    code, param, message = named(what, path)
    return RemoteProtocolError(message, code=code, param=param or None, event_id=event_id)


def named(what: str, path: str) -> tuple[str, str, str]:
    """Code, param and message of one complaint at one place."""
    if found := UNKNOWN_FIELD.fullmatch(what):
        param = below(path, found["name"])
        return "unknown_parameter", param, f"Unknown parameter: '{param}'."
    if found := MISSING_FIELD.fullmatch(what):
        param = below(path, found["name"])
        return "missing_required_parameter", param, f"Missing required parameter: '{param}'."
    if found := WRONG_TYPE.fullmatch(what):
        wanted, got = found["wanted"], found["got"]
        return "invalid_type", path, f"Invalid type for '{path}': expected {wanted}, but got {got} instead."
    return "invalid_value", path, f"Invalid value for '{path}': {what[:LONGEST]}."


def below(path: str, name: str) -> str:
    return f"{path}.{name[:LONGEST]}" if path else name[:LONGEST]
