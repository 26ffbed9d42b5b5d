"""A way out through an HTTP proxy: which hosts it is for, and its CONNECT.

Source: RFC 9110, 9.3.6 (CONNECT); RFC 6455, 4.1 (a WebSocket client prefers the proxy for HTTPS). The
variables HTTPS_PROXY, ALL_PROXY and NO_PROXY have no specification; precedents: curl, and Go's net/http,
which never asks a proxy for loopback.
"""

import base64
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Protocol
from urllib.parse import unquote, urlsplit

import h11
import trio

from twiliobridge.wires.wire import Refused, Unreachable, passes

LARGEST_ANSWER = 16384
"Bytes of the head of an answer to CONNECT."


class ProxyRefused(Unreachable):
    """The proxy is there, and does not connect us."""

    def __init__(self, message: str, status: int = 0) -> None:
        """`status` is HTTP's, 0 where the answer was none."""
        super().__init__(message)
        self.transient = passes(status)


@dataclass(frozen=True)
class Proxy:
    host: str
    port: int
    login: str = field(default="", repr=False)
    "`user:password`; empty for none."

    @classmethod
    def of(cls, url: str) -> "Proxy":
        """From `http://user:password@host:port`, the scheme optional. ValueError, one line, for any other."""
        parts = urlsplit(url if "://" in url else f"http://{url}")
        try:
            port = parts.port or 80
        except ValueError:
            port = 0
        if parts.scheme != "http" or not parts.hostname or not port:
            shown = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
            raise ValueError(f"a proxy must be http://host:port, was {shown!r}")
        login = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        return cls(parts.hostname, port, "" if login == ":" else login)

    def __str__(self) -> str:
        return f"the proxy {authority(self.host, self.port)}"


@dataclass(frozen=True)
class Proxies:
    """The ways out that an environment names."""

    https: str = field(default="", repr=False)
    "For what is encrypted."
    any: str = field(default="", repr=False)
    "For everything, as far as `https` says nothing."
    exempt: str = ""

    def to(self, host: str, port: int, *, secure: bool) -> Proxy | None:
        """As `proxy_for`."""
        return proxy_for(host, port, (self.https if secure else "") or self.any, self.exempt)


def proxy_for(host: str, port: int, url: str, exempt: str) -> Proxy | None:
    """Who leads to `host`: the proxy at `url`, or None for the direct way.

    `exempt` is as NO_PROXY: names, which stand for what ends in them too, addresses, networks, each perhaps
    with a port, or `*`, between commas. ValueError for a `url` that is needed and is none.
    """
    entries = [entry.strip().lower() for entry in exempt.split(",")]
    if not url or _is_loopback(host) or any(_covers(entry, host.lower(), port) for entry in entries if entry):
        return None
    return Proxy.of(url)


class Bytes(Protocol):
    """A stream as Trio has them, as far as a proxy is spoken to over it."""

    async def send_all(self, data: bytes, /) -> None: ...

    async def receive_some(self) -> bytes | bytearray: ...


async def tunnel(stream: Bytes, proxy: Proxy, host: str, port: int) -> None:
    """Asks `proxy` for a connection; from then on `stream` is one to `host`. Raises ProxyRefused, Refused."""
    http = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_ANSWER)
    target = authority(host, port)
    login = base64.b64encode(proxy.login.encode()).decode()
    headers = [("Host", target), *([("Proxy-Authorization", f"Basic {login}")] if login else [])]
    try:
        request = http.send(h11.Request(method="CONNECT", target=target, headers=headers))
        await stream.send_all(request or b"")
        http.send(h11.EndOfMessage())
        while not isinstance(event := http.next_event(), h11.Response):
            if event is h11.NEED_DATA:
                http.receive_data(bytes(await stream.receive_some()))
    except h11.RemoteProtocolError as error:
        if http.trailing_data[1]:  # nothing was wrong but that it ended
            raise Refused(f"{proxy} closed the connection instead of leading to {target}") from None
        raise ProxyRefused(f"{proxy} is no HTTP proxy: {error}") from None
    except trio.BrokenResourceError:
        raise Refused(f"{proxy} closed the connection instead of leading to {target}") from None
    if not 200 <= event.status_code < 300:
        reason = event.reason.decode("ascii", "replace")
        text = f"{proxy} does not lead to {target}: HTTP {event.status_code} {reason}".rstrip()
        raise ProxyRefused(text, event.status_code)


def authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _covers(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    if (address := _address(host)) is not None:
        try:
            return address in ip_network(entry.strip("[]"), strict=False)
        except ValueError:
            return entry == authority(host, port)
    name, _, only = entry.partition(":")
    name = name.removeprefix("*").removeprefix(".")
    return only in {"", str(port)} and (host == name or host.endswith(f".{name}"))


def _is_loopback(host: str) -> bool:
    address = _address(host)
    return host.lower() == "localhost" if address is None else address.is_loopback


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
