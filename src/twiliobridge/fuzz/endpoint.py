"""The endpoint under test: how it is reached, and whether a hostile call can hurt only this machine."""

import socket
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from twiliobridge.caller import DIRECT, Access, dial
from twiliobridge.caller.websocket import WebSocket


class Unusable(Exception):  # noqa: N818 -- what the endpoint is
    """One line: why there is nothing to test."""


@dataclass(frozen=True)
class Endpoint:
    url: str
    "ws:// or wss://: the stream itself."
    access: Access = DIRECT

    def __post_init__(self) -> None:
        """Unusable if the URL is none of a stream."""
        scheme, _, rest = self.url.partition("://")
        if scheme.lower() in {"http", "https"} and rest:
            raise Unusable(
                f"{self.url} is a web page's address; give the stream's, which begins with ws:// or wss://"
            )
        if scheme.lower() not in {"ws", "wss"} or not _host(self.url):
            raise Unusable(f"a stream's URL is ws://host/path or wss://host/path, not {self.url!r}")

    def dial(self) -> AbstractAsyncContextManager[WebSocket]:
        route = self.access.route(self.url)
        known_as = route.public(self.url)
        return dial(
            self.url, self.access.auth_token, self.access.ssl_context, known_as, route.fields_for(self.url)
        )

    def is_loopback(self) -> bool:
        """Whether every address of the host is this machine's own. Unusable if it does not resolve."""
        host = _host(self.url)
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except OSError as error:
            raise Unusable(f"{host} does not resolve: {error.strerror}") from None
        return all(ip_address(str(each[4][0]).partition("%")[0]).is_loopback for each in found)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
