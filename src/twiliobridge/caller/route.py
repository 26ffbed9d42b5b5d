"""The address by which a server knows itself, and the one at which it is reached from here."""

import re
import ssl
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, urljoin, urlsplit

from twiliobridge.caller.carrier import Connect
from twiliobridge.caller.dial import dial
from twiliobridge.caller.errors import HandshakeFailed, NotConnected
from twiliobridge.caller.header_fields import check_fields
from twiliobridge.caller.websocket import WebSocket
from twiliobridge.mediastream.errors import StreamCode
from twiliobridge.wires.http import NO_FIELDS

_PORTS = {"http": 80, "https": 443}
_AUTHORITY = re.compile(r"[^/?#]*")


@dataclass(frozen=True)
class Route:
    """Between a public origin (`https://voice.example.com`, as the server is configured) and a local one
    (`http://127.0.0.1:8000`). Without a public origin both are the same. URLs of other hosts are left as they
    are.
    """

    public_origin: str
    "The server is asked as this: the Host of every request, and what is signed."
    local_origin: str
    stream_origin: str = ""
    "Where the streams are that the TwiML names; empty: where its host says."
    headers: Mapping[str, str] = field(default_factory=dict)
    "Fields for what stands in front of the server: a tunnel, or a proxy. No other server is sent them."

    @classmethod
    def to(
        cls,
        url: str,
        public_url: str | None = None,
        stream_origin: str | None = None,
        headers: Mapping[str, str] = NO_FIELDS,
    ) -> "Route":
        """The way to the server at `url`. ValueError, one line, if one of the others is no http(s) or ws(s)
        URL, `url` is a stream and yet has a `stream_origin`, or a header is none that the phone can send.
        """
        check_fields(headers)
        if stream_origin is not None and url[:2].lower() == "ws":
            raise ValueError(f"stream_origin is for what a webhook leads to; {url} is a stream itself")
        local = _origin(url)
        public = local if public_url is None else _given("public_url", public_url)
        streams = "" if stream_origin is None else _given("stream_origin", stream_origin)
        return cls(public, local, streams, headers)

    @property
    def asked_as(self) -> str:
        """Host and port, as the `Host` header has them."""
        return self.public_origin.partition("://")[2].rpartition("@")[2]

    def public(self, url: str) -> str:
        """The URL by which the server knows what is at `url` here."""
        return (
            _moved(url, self.public_origin)
            if self.local_origin and _origin(url) == self.local_origin
            else url
        )

    def local(self, url: str) -> str:
        """Where it is from here. What names the host that the server was asked as, with that port or without
        any, is the server's: bridges write `wss://{request.hostname}/...`, which has lost the port, and is
        encrypted by the tunnel that is not there.
        """
        return _moved(url, self.local_origin) if self.is_own(url) else url

    def local_stream(self, url: str) -> str:
        """As `local`, of a stream that TwiML names."""
        return _moved(url, self.stream_origin) if self.stream_origin else self.local(url)

    def is_own(self, url: str) -> bool:
        """Whether `url` names the server, by the host that it was asked as."""
        here, asked = _split(url), _split(self.public_origin)
        if not (here and asked and here.hostname and asked.hostname):
            return False
        same = here.hostname == asked.hostname or (_is_here(here.hostname) and _is_here(asked.hostname))
        return same and here.port in {None, asked.port or _PORTS.get(asked.scheme)}

    def fields_for(self, local_url: str) -> Mapping[str, str]:
        """The header fields of a request to `local_url`, besides those that Twilio sends."""
        own = _origin(local_url) in {self.local_origin, self.stream_origin}
        return self.headers if own else NO_FIELDS

    def advise(self, failure: NotConnected, stream: str) -> None:
        """Let `failure` begin with what to pass, if TwiML of the server led to `stream`, and that is a host
        which is not to be had: so it is where a bridge on a developer's machine names its public host.
        """
        is_here = _is_loopback(self.local_origin.partition("://")[2])
        if not failure.reached or (is_here and isinstance(failure, HandshakeFailed)):
            failure.advise(self._advice(stream))

    def _advice(self, stream: str) -> str:
        if self.stream_origin or self.is_own(stream):
            return ""
        ways = [f"--stream-origin {self.local_origin} if the streams are there, too"]
        host = stream.partition("://")[2].partition("/")[0]
        if self.public_origin == self.local_origin and not _is_loopback(host):
            ways.insert(0, f"--public-url https://{host} if that is how the bridge is known")
        known = f"the webhook was asked as {self.asked_as}, and its TwiML leads to {stream}"
        return f"say {', or '.join(ways)}: {known}"


def dial_along(route: Route) -> Connect:
    """`dial`, with the header fields of `route` for the servers at its ends."""

    def connect(
        url: str, token: str | None, tls: ssl.SSLContext | None, known_as: str | None
    ) -> AbstractAsyncContextManager[WebSocket]:
        return dial(url, token, tls, known_as, route.fields_for(url))

    return connect


def stream_url(base: str, url: str) -> str:
    """The absolute ws(s) URL of a <Stream>, found in a document from `base`: a relative one, and http(s), are
    made what Twilio makes of them. NotConnected 31922 unless it is wss, or leads to loopback.
    """
    absolute = urljoin(base, url) if base else url
    scheme, separator, rest = absolute.partition("://")
    scheme = {"https": "wss", "http": "ws"}.get(scheme.lower(), scheme.lower())
    if scheme != "wss" and not (scheme == "ws" and _is_loopback(rest)):
        raise NotConnected(f"the stream URL {url!r} is not wss", StreamCode.NOT_WSS)
    return scheme + separator + rest


def _given(name: str, url: str) -> str:
    origin = _origin(url)
    if not origin:
        raise ValueError(f"{name} must begin with https://host, was {url!r}")
    return origin


def _split(url: str) -> SplitResult | None:
    """None for what is no URL, or has a port that is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _origin(url: str) -> str:
    """`http` or `https`, host and port; empty if it has none."""
    parts = _split(url)
    if parts is None:
        return ""
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    return f"{scheme}://{parts.netloc}" if scheme in {"http", "https"} and parts.netloc else ""


def _moved(url: str, there: str) -> str:
    """Whether it is http or ws is kept; whether it is encrypted is the origin's affair."""
    is_stream = url[:2].lower() == "ws"
    path = _AUTHORITY.sub("", url.partition("://")[2], count=1)
    return ("ws" + there.removeprefix("http") if is_stream else there) + path


def _is_loopback(rest: str) -> bool:
    parts = _split(f"//{rest}")
    return parts is not None and _is_here(parts.hostname or "")


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
