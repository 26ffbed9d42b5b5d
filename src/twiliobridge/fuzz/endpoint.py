"""The endpoint under test: how it is reached, and whether a hostile call can hurt only this machine."""

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

import trio

from twiliobridge.caller import DIRECT, Access, CallIdentity, NotConnected, dial
from twiliobridge.caller.instructions import Instructions
from twiliobridge.caller.journal import Journal
from twiliobridge.caller.locating import find_stream
from twiliobridge.caller.route import Route, stream_url
from twiliobridge.caller.webhooks import Webhooks
from twiliobridge.caller.websocket import WebSocket


class Unusable(Exception):  # noqa: N818 -- what the endpoint is
    """One line: why there is nothing to test."""


@dataclass(frozen=True)
class Located:
    """The stream of one call."""

    known_as: str
    "The URL by which the endpoint knows it."
    where: str
    "The one at which it is reached from here."
    parameters: Mapping[str, str] = field(default_factory=dict)
    "Of the TwiML; `start` says them."


@dataclass(frozen=True)
class Endpoint:
    url: str
    "ws(s)://: the stream itself. http(s)://: a voice webhook, which is asked before each call."
    access: Access = DIRECT

    def __post_init__(self) -> None:
        """Unusable if the URL is none, or `access` does not fit it."""
        scheme = self.url.partition("://")[0].lower()
        if scheme not in {"ws", "wss", "http", "https"} or not _host(self.url):
            raise Unusable(
                "an endpoint's URL is that of its stream, ws(s)://host/path, or of its webhook, "
                f"http(s)://host/path, not {self.url!r}"
            )
        try:
            self.access.route(self.url)
        except ValueError as error:
            raise Unusable(str(error)) from None

    @property
    def begins_with_webhook(self) -> bool:
        return self.url[:4].lower() == "http"

    async def locate(self, identity: CallIdentity) -> Located:
        """The stream of a call of `identity`. NotConnected if the webhook leads to none."""
        route = self._route
        url = route.public(self.url)
        if not self.begins_with_webhook:
            return Located(url, self.url)
        journal = Journal(identity.call_sid, None, None)
        webhooks = Webhooks(identity, journal, route, self.access.auth_token, self.access.ssl_context)
        instructions = Instructions(webhooks, journal, longest_pause=0)
        stream, _ = await find_stream(url, instructions, journal)
        known_as = stream_url(instructions.base, stream.url)
        return Located(known_as, route.local_stream(known_as), stream.parameters)

    @asynccontextmanager
    async def dial(self, at: Located) -> AsyncIterator[WebSocket]:
        route, way = self._route, self.access
        fields = route.fields_for(at.where)
        connection = dial(at.where, way.auth_token, way.ssl_context, at.known_as, fields)
        async with AsyncExitStack() as opened:
            try:
                stream = await opened.enter_async_context(connection)
            except NotConnected as failure:
                if self.begins_with_webhook:
                    route.advise(failure, at.known_as)
                raise
            yield stream

    def is_loopback(self) -> bool:
        """Whether every address of the host is this machine's own, and of the host to which the webhook
        leads. Unusable if one does not resolve, or the webhook leads nowhere.
        """
        return all(_is_here(host) for host in self._hosts())

    def _hosts(self) -> list[str]:
        if not self.begins_with_webhook:
            return [_host(self.url)]
        try:
            located = trio.run(self.locate, CallIdentity())
        except NotConnected as error:
            raise Unusable(str(error)) from None
        return [_host(self.url), _host(located.where)]

    @property
    def _route(self) -> Route:
        return self.access.route(self.url)


def _is_here(host: str) -> bool:
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
