"""An HTTP endpoint that does a tool's work: where it is and how it is asked, from the agent's file alone."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from twiliobridge.conversation.call_info import CallInfo

OF_THE_CALL = re.compile(r"\{(caller|called|call_sid|stream_sid)\}")

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

PLACEHOLDER = re.compile(r"\{(\w+)\}")

_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FIELD_VALUE = re.compile(r"[!-~]+(?:[ \t]+[!-~]+)*")
"Source: RFC 9110, 5.1 and 5.5; ASCII, because what is beyond it means something else to every server."

RESERVED = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding"})
"Fields that say how a message is carried, and so are written by who carries it."


@dataclass(frozen=True)
class Endpoint:
    """Is asked with the tool's arguments, and answers in JSON or text.

    Raises ValueError, one line, for what could not be asked.
    """

    url: str
    "`http://` or `https://`; each `{name}` in its path or query becomes the argument of that name."
    method: str = "POST"
    "With GET and DELETE the other arguments are the query; with POST, PUT and PATCH a JSON object, the body."
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent with every request; they may hold a key. `{caller}`, `{called}`, `{call_sid}` and `{stream_sid}`
    in them are the call's, which the model cannot make up."""

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"method must be one of {', '.join(METHODS)}, was {self.method!r}")
        _check_url(self.url)
        for name, value in self.headers.items():
            _check_header(name, value)

    @property
    def placeholders(self) -> tuple[str, ...]:
        return tuple(PLACEHOLDER.findall(self.url))

    @property
    def has_body(self) -> bool:
        return self.method in {"POST", "PUT", "PATCH"}

    def headers_of(self, call: CallInfo) -> Iterator[tuple[str, str]]:
        """As they are sent. One that would be empty is not; neither is one with what no header can have."""
        for name, value in self.headers.items():
            filled = OF_THE_CALL.sub(lambda found: getattr(call, found[1]) or "", value)
            if _FIELD_VALUE.fullmatch(filled):
                yield name, filled


def _check_url(url: str) -> None:
    plain = PLACEHOLDER.sub("x", url)
    if "@" in plain.partition("://")[2].partition("/")[0]:
        raise ValueError("url must not hold a login; it goes into headers, as Authorization")
    try:
        parts, real = urlsplit(plain), urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not re.fullmatch(r"[!-z|~]+", plain):
        raise ValueError(f"url must begin with http://host or https://host and be ASCII, was {url!r}")
    if real.scheme != parts.scheme or real.netloc != parts.netloc:
        raise ValueError(f"url may have {{arguments}} in its path and query alone, was {url!r}")
    if parts.fragment:
        raise ValueError(f"url must have no #fragment, which is never sent, was {url!r}")


def _check_header(name: str, value: str) -> None:
    if not _FIELD_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a header")
    if name.lower() in RESERVED:
        raise ValueError(f"the header {name} is the bridge's own")
    if not _FIELD_VALUE.fullmatch(value):
        raise ValueError(f"the header {name} must be printable ASCII; a line end, perhaps, is part of it")
