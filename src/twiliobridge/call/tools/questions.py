"""What an endpoint is asked, for the arguments that the model gave, and where a redirect leads. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import msgspec

from twiliobridge.conversation import CallInfo, Endpoint, ToolError
from twiliobridge.conversation.endpoint import PLACEHOLDER
from twiliobridge.wires.http import Response, Url

USUAL = {"accept": "application/json, text/plain;q=0.9, */*;q=0.1", "user-agent": "twiliobridge"}
"Header fields that the file may replace."

JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Question:
    """One request, whole."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = b""


def question(endpoint: Endpoint, arguments: Mapping[str, Any], call: CallInfo) -> Question:
    """ToolError, for the model to mend, where an argument of the URL is missing or cannot be part of one."""
    url = PLACEHOLDER.sub(lambda found: _part_of_url(found[1], arguments), endpoint.url)
    if {".", ".."} & set(urlsplit(url).path.split("/")):
        raise ToolError("an argument that is part of a path must be no step in it")
    rest = {name: value for name, value in arguments.items() if name not in endpoint.placeholders}
    own = {name.lower(): value for name, value in endpoint.headers_of(call)}
    if endpoint.has_body:
        return Question(endpoint.method, url, {**USUAL, **JSON, **own}, msgspec.json.encode(rest))
    query = urlencode([*_pairs(rest)])
    joint = "&" if urlsplit(url).query else "?"
    return Question(endpoint.method, f"{url.rstrip('?')}{joint}{query}" if query else url, {**USUAL, **own})


def _part_of_url(name: str, arguments: Mapping[str, Any]) -> str:
    value = arguments.get(name)
    if value is None or value == "":
        raise ToolError(f"the argument {name!r} is missing")
    if not isinstance(value, str | int | float):
        raise ToolError(f"the argument {name!r} must be text or a number")
    return quote(_scalar(value), safe="")


def _pairs(arguments: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Of a query: a list is a field said several times, as forms do it; an object is JSON."""
    for name, value in arguments.items():
        for each in value if isinstance(value, list) else [value]:
            if each is not None:
                yield name, _scalar(each)


def _scalar(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


# ---------------------------------------------------------------- redirects


def followed(asked: Question, response: Response) -> Question:
    """The next request; ToolError where it would go to another host, which must not have the headers.

    Source: RFC 9110, 15.4: after 301 and 302 a POST may become a GET, and does with every browser; after 303
    anything does; after 307 and 308 nothing.
    """
    url = urljoin(asked.url, response.headers.get("location", ""))
    try:
        here, there = Url.of(asked.url), Url.of(url)
    except ValueError:
        raise ToolError(f"HTTP {response.status}: a redirect to what is no http:// or https:// URL") from None
    if not _same_host(here, there):
        raise ToolError(f"HTTP {response.status}: a redirect to another host is not followed")
    becomes_get = response.status == 303 or (response.status in {301, 302} and asked.method == "POST")
    if not becomes_get:
        return replace(asked, url=url)
    headers = {name: value for name, value in asked.headers.items() if not name.startswith("content-")}
    return Question("GET", url, headers)


def _same_host(here: Url, there: Url) -> bool:
    """Also where it leads from http:// to https:// of the same name."""
    to_tls = (here.scheme, here.port, there.scheme, there.port) == ("http", 80, "https", 443)
    same = (here.scheme, here.port) == (there.scheme, there.port)
    return here.host == there.host and (same or to_tls)
