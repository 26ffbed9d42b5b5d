"""HTTP/1.1 in small: one request on a connection of its own, and one answer to one; h11 on an anyio stream.

Twilio's webhooks, its REST API and the double of that need no more, nor do the endpoints of tools: a form or
JSON of a few hundred bytes there, a document of at most a megabyte back. Whoever calls has a deadline.
"""

import math
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import anyio
import h11
from anyio.abc import ByteStream

from twiliobridge.wires.proxy import Proxy
from twiliobridge.wires.tcp import open_tcp
from twiliobridge.wires.wire import Unreachable

LARGEST_BODY = 1 << 20
"Bytes; Twilio's documents have 64 kB at most."
_READ_BYTES = 65536
_PORTS = {"http": 80, "https": 443}

WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
"Methods whose requests tell the length of a body even where there is none (RFC 9110, 8.6)."

NO_FIELDS: Mapping[str, str] = MappingProxyType({})

Form = list[tuple[str, str]]

Enough = Callable[[bytes], bool]


class BadAnswer(Unreachable):
    """A server that speaks no HTTP, or says more than anybody reads."""


def is_visible(url: str) -> bool:
    """Whether it is ASCII without blanks: the head of a request can carry nothing else."""
    return re.fullmatch("[!-~]*", url) is not None


@dataclass(frozen=True)
class Url:
    """An absolute `http://` or `https://` URL, taken apart. ValueError, one line, if it is none."""

    scheme: str
    host: str
    port: int
    authority: str
    "As the `Host` header has it: with a port only where the URL has one."
    target: str
    "Path and query."

    @property
    def secure(self) -> bool:
        return self.scheme == "https"

    @classmethod
    def of(cls, url: str) -> "Url":
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS[parts.scheme]
        except (ValueError, KeyError):
            raise ValueError(f"not an http:// or https:// URL: {url!r}") from None
        if not (parts.hostname and is_visible(url)):
            raise ValueError(f"not an http:// or https:// URL: {url!r}")
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.scheme, parts.hostname, port, parts.netloc.rpartition("@")[2], target)


@dataclass(frozen=True)
class Response:
    status: int
    headers: Mapping[str, str]
    "Names in lower case; of a name that comes twice, the last."
    body: bytes

    @property
    def succeeded(self) -> bool:
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


async def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    ssl_context: ssl.SSLContext | None = None,
    enough: Enough = lambda _body: False,
) -> Response:
    """POST `body`, whose type `headers` tell, and read the answer; redirects are answers, too.

    `enough` is asked of the answer's body so far: where it says yes, no more is waited for.

    Unreachable if there is none, ValueError if `url` is none. The connection is closed in any case.
    """
    return await send_request("POST", url, headers, body, ssl_context, enough=enough)


async def post_form(
    url: str,
    form: Form,
    headers: Mapping[str, str],
    ssl_context: ssl.SSLContext | None = None,
    connect_within: float = math.inf,
) -> Response:
    """As `post`, of a form."""
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", **headers}
    body = urlencode(form).encode()
    return await send_request("POST", url, headers, body, ssl_context, connect_within=connect_within)


async def get(
    url: str,
    headers: Mapping[str, str],
    ssl_context: ssl.SSLContext | None = None,
    connect_within: float = math.inf,
) -> Response:
    """As `post`, without a body."""
    return await send_request("GET", url, headers, ssl_context=ssl_context, connect_within=connect_within)


async def send_request(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes = b"",
    ssl_context: ssl.SSLContext | None = None,
    proxy: Proxy | None = None,
    enough: Enough = lambda _body: False,
    connect_within: float = math.inf,
) -> Response:
    """As `post`, by any method, perhaps through a proxy. A `Host` among the headers stands for the URL's.

    Refused if nobody accepts the connection within `connect_within` seconds.
    """
    where = Url.of(url)
    length = {"Content-Length": str(len(body))} if body or method in WITH_BODY else {}
    fields = {"Host": where.authority, "Connection": "close", **headers, **length}
    request = h11.Request(method=method, target=where.target, headers=list(fields.items()))
    way = open_tcp(
        where.host,
        where.port,
        secure=where.secure,
        ssl_context=ssl_context,
        proxy=proxy,
        within=connect_within,
    )
    async with way as stream:
        exchange = _Exchange(stream, h11.CLIENT)
        try:
            await exchange.send(request, h11.Data(data=body), h11.EndOfMessage())
            response = await exchange.head(h11.Response)
            return Response(response.status_code, _fields(response.headers), await exchange.body(enough))
        except h11.ProtocolError as error:
            raise BadAnswer(f"{where.authority} answered with no HTTP: {error}") from None
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            raise BadAnswer(f"{where.authority} closed the connection without an answer") from None


@dataclass(frozen=True)
class Request:
    """What a client of ours as a server asked."""

    method: str
    target: str
    "Path and query."
    headers: Mapping[str, str]
    "Names in lower case."
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))


class Service:
    """The server's side of one connection, for one request."""

    def __init__(self, stream: ByteStream) -> None:
        self._exchange = _Exchange(stream, h11.SERVER)

    async def request(self) -> Request | None:
        """What is asked; None if the client says nothing that is HTTP, and so waits for no answer."""
        try:
            head = await self._exchange.head(h11.Request)
            target = head.target.decode("ascii", "replace")
            body = await self._exchange.body()
            return Request(head.method.decode("ascii"), target, _fields(head.headers), body)
        except (h11.ProtocolError, BadAnswer, anyio.BrokenResourceError, anyio.ClosedResourceError):
            return None

    async def answer(
        self, status: int, content_type: str, body: bytes, fields: Mapping[str, str] = NO_FIELDS
    ) -> None:
        """The one answer, with further header `fields`. A client that has left is nobody's fault."""
        headers = [
            *fields.items(),
            ("Content-Type", content_type),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
        ]
        head = h11.Response(status_code=status, reason=HTTPStatus(status).phrase, headers=headers)
        try:
            await self._exchange.send(head, h11.Data(data=body), h11.EndOfMessage())
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            return


class _Exchange:
    """h11 with its bytes carried."""

    def __init__(self, stream: ByteStream, role: type[h11.CLIENT | h11.SERVER]) -> None:
        self._stream = stream
        self._http = h11.Connection(role)

    async def send(self, *events: Any) -> None:  # noqa: ANN401 -- h11's events have no common type
        data = b"".join(self._http.send(event) or b"" for event in events)
        await self._stream.send(data)

    async def head(self, kind: type[Any]) -> Any:  # noqa: ANN401 -- likewise
        while True:
            event = await self._next()
            if isinstance(event, kind):
                return event
            if isinstance(event, h11.ConnectionClosed):
                raise h11.RemoteProtocolError("the connection was closed before anything was said")

    async def body(self, enough: Enough = lambda _body: False) -> bytes:
        body = bytearray()
        while not isinstance(event := await self._next(), h11.EndOfMessage):
            if isinstance(event, h11.Data):
                body += event.data
            if len(body) > LARGEST_BODY:
                raise BadAnswer(f"more than {LARGEST_BODY} bytes")
            if enough(bytes(body)):
                break
        return bytes(body)

    async def _next(self) -> Any:  # noqa: ANN401 -- likewise
        while (event := self._http.next_event()) is h11.NEED_DATA:
            try:
                self._http.receive_data(await self._stream.receive(_READ_BYTES))
            except anyio.EndOfStream:
                if self._http.their_state in {h11.IDLE, h11.SEND_RESPONSE}:
                    raise h11.RemoteProtocolError(
                        "the connection was closed before anything was said"
                    ) from None
                self._http.receive_data(b"")
        if event is h11.PAUSED:  # after a 101: what follows is no HTTP
            raise h11.RemoteProtocolError("the protocol was switched")
        return event


def _fields(headers: Any) -> dict[str, str]:  # noqa: ANN401 -- a sequence class that h11 does not export
    return {name.decode("ascii"): value.decode("latin1") for name, value in headers}
