"""The MCP servers that a model may ask: on loopback by their URL, and those that whoever runs it declares."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from ipaddress import ip_address

from twiliobridge.offline.mcp.peer import McpPeer, open_by_http, open_by_pipe
from twiliobridge.offline.mcp.rpc import UNREACHABLE, McpFault
from twiliobridge.wires.http import Url


@dataclass(frozen=True)
class McpServer:
    """A server that is started for each session that uses it, and spoken to by pipes.

    The protocol of OpenAI has no way to name one: it takes the place of whatever the client says of the
    server with this label.
    """

    label: str
    command: Sequence[str]

    @classmethod
    def of(cls, text: str) -> "McpServer":
        """`label=command and its arguments`. ValueError, one line, if it is none."""
        label, equals, command = text.partition("=")
        if not equals or not label.strip() or not command.split():
            raise ValueError(f"a server is LABEL=COMMAND, was {text!r}")
        return cls(label.strip(), tuple(shlex.split(command)))


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True)
class McpServers:
    declared: tuple[McpServer, ...] = ()
    may_dial: Callable[[str], bool] = is_loopback
    "Which hosts a client's `server_url` may lead to. This is a test double: it dials no one by itself."

    def open(
        self, label: str, url: str | None, headers: Mapping[str, str]
    ) -> AbstractAsyncContextManager[McpPeer]:
        """Raises McpFault for a server that may not be dialled."""
        for server in self.declared:
            if server.label == label:
                return open_by_pipe(server.command)
        if url is None:
            raise McpFault("http_error", "connectors and tunnels are OpenAI's own", UNREACHABLE)
        try:
            host = Url.of(url).host
        except ValueError as error:
            raise McpFault("http_error", str(error), UNREACHABLE) from None
        if not self.may_dial(host):
            raise McpFault("http_error", f"{host} is not this machine: it is not dialled", UNREACHABLE)
        return open_by_http(url, headers)
