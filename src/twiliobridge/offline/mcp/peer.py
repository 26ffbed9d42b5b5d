"""The client's end of MCP: by HTTP to a server that runs, or by the pipes of one that is started for it.

The official package, mcp 2.3, would do both. For a handshake and two kinds of request it brings some twenty
distributions, pydantic, starlette, uvicorn and httpx2 among them. The tests have it, as the server.
"""

import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from typing import Any, Protocol

import h11
import trio

from twiliobridge.offline.mcp.rpc import (
    REVISION,
    UNREACHABLE,
    Answer,
    McpFault,
    Tool,
    found_in_events,
    introduction,
    notification,
    read,
    reply_to,
    request,
    result_of,
    spoken,
)
from twiliobridge.wires.http import Response, post
from twiliobridge.wires.wire import Unreachable

LONGEST_LINE = 1 << 20
"Bytes of one message by pipe."
MOST_TOOLS = 1000
"Of one server; those beyond it are left out."
GRACE = 1.0
"Seconds in which a server that was started ends by itself once its input is closed."


class Transport(Protocol):
    async def ask(self, number: int, message: bytes) -> Answer:
        """The answer to request `number`. Raises McpFault where none comes."""
        ...

    async def tell(self, message: bytes) -> None: ...


class McpPeer:
    """Raises McpFault where the server cannot be asked. Unbounded in time: whoever calls has a deadline."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._numbers = count(1)

    async def greet(self) -> None:
        await self._ask("initialize", introduction())
        await self._transport.tell(notification("notifications/initialized"))

    async def tools(self) -> tuple[Tool, ...]:
        tools: list[Tool] = []
        params: dict[str, Any] = {}
        while len(tools) < MOST_TOOLS:
            result = await self._ask("tools/list", params)
            tools += [Tool.of(told) for told in result.get("tools") or ()]
            if not (cursor := result.get("nextCursor")):
                break
            params = {"cursor": cursor}
        return tuple(tools[:MOST_TOOLS])

    async def call(self, name: str, arguments: Mapping[str, Any]) -> str:
        """What the tool says, as text."""
        return spoken(await self._ask("tools/call", {"name": name, "arguments": arguments}))

    async def _ask(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        number = next(self._numbers)
        return result_of(await self._transport.ask(number, request(number, method, params)))


class HttpTransport:
    """Streamable HTTP: each message is a POST, answered by JSON or by a stream of events."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._url = url
        self._headers = {
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": REVISION,
            **headers,
        }

    async def ask(self, number: int, message: bytes) -> Answer:
        response = await self._post(message, number)
        if "text/event-stream" in response.headers.get("content-type", ""):
            answer = found_in_events(response.body, number)
        else:
            answer = read(response.body)
        if answer is None:
            raise McpFault("protocol_error", "the server's answer is none", -32700)
        return answer

    async def tell(self, message: bytes) -> None:
        await self._post(message, number=0)

    async def _post(self, message: bytes, number: int) -> Response:
        try:
            response = await post(self._url, message, self._headers, enough=partial(_answers, number))
        except (Unreachable, ValueError, h11.LocalProtocolError) as error:  # the last: headers that are none
            raise McpFault("http_error", str(error), UNREACHABLE) from None
        if not response.succeeded:
            raise McpFault("http_error", f"HTTP {response.status}", response.status)
        if session := response.headers.get("mcp-session-id"):
            self._headers["Mcp-Session-Id"] = session
        return response


def _answers(number: int, body: bytes) -> bool:
    return found_in_events(body, number) is not None


class PipeTransport:
    """A line of JSON for each message."""

    def __init__(self, process: trio.Process) -> None:
        self._process = process
        self._unread = b""

    async def ask(self, number: int, message: bytes) -> Answer:
        await self.tell(message)
        while True:
            answer = read(await self._line())
            if answer is None:
                continue  # a server that prints
            if answer.method is not None and answer.id is not None:
                await self.tell(reply_to(answer))
            elif answer.id == number:
                return answer

    async def tell(self, message: bytes) -> None:
        assert self._process.stdin is not None
        try:
            await self._process.stdin.send_all(message + b"\n")
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            raise _gone() from None

    async def _line(self) -> bytes:
        assert self._process.stdout is not None
        while b"\n" not in self._unread:
            if len(self._unread) > LONGEST_LINE:
                raise McpFault("protocol_error", f"a message of more than {LONGEST_LINE} bytes", -32700)
            data = await self._process.stdout.receive_some()
            if not data:
                raise _gone()
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\n")
        return line


def _gone() -> McpFault:
    return McpFault("http_error", "the server has ended", UNREACHABLE)


@asynccontextmanager
async def open_by_http(url: str, headers: Mapping[str, str]) -> AsyncIterator[McpPeer]:
    """A peer that was greeted."""
    peer = McpPeer(HttpTransport(url, headers))
    await peer.greet()
    yield peer


@asynccontextmanager
async def open_by_pipe(command: Sequence[str]) -> AsyncIterator[McpPeer]:
    """Starts the server, and ends it with the block. What it writes on stderr is seen."""
    try:
        process = await trio.lowlevel.open_process(
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
    except OSError as error:
        raise McpFault("http_error", f"{command[0]}: {error.strerror}", UNREACHABLE) from None
    try:
        peer = McpPeer(PipeTransport(process))
        await peer.greet()
        yield peer
    finally:
        with trio.CancelScope(shield=True):
            await _end(process)


async def _end(process: trio.Process) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    await process.stdin.aclose()
    with trio.move_on_after(GRACE):
        await process.wait()
    if process.returncode is None:
        process.kill()
        await process.wait()
    await process.stdout.aclose()
