"""The jobs of one session at its MCP servers: one task for each server, which keeps it open to the end."""

import logging
from collections.abc import Callable
from contextlib import AsyncExitStack

import trio

from twiliobridge.offline.jobs import CallMcp, ListTools, McpOutcome
from twiliobridge.offline.mcp.peer import McpPeer
from twiliobridge.offline.mcp.rpc import UNREACHABLE, McpFault, Tool
from twiliobridge.offline.mcp.servers import McpServers

_log = logging.getLogger(__name__)

LISTED_WITHIN = 10.0
"Seconds for the start of a server, the handshake and the list."
CALLED_WITHIN = 60.0
"Seconds for one call; a caller who waits longer has hung up."
MOST_CALLS = 16
"That one server may be behind by."

Listed = Callable[[str, tuple[Tool, ...] | None], object]
Called = Callable[[str, McpOutcome], object]


class McpDesk:
    """Both functions are told of a job's end, by the id of its item."""

    def __init__(self, servers: McpServers, nursery: trio.Nursery, listed: Listed, called: Called) -> None:
        self._servers = servers
        self._nursery = nursery
        self._listed = listed
        self._called = called
        self._lines: dict[str, trio.MemorySendChannel[CallMcp]] = {}

    def ask(self, job: ListTools) -> None:
        """A server that is asked anew, by its label, is opened anew; calls that wait go to the old one."""
        if (old := self._lines.pop(job.label, None)) is not None:
            old.close()
        self._lines[job.label], calls = trio.open_memory_channel[CallMcp](MOST_CALLS)
        self._nursery.start_soon(self._attend, job, calls)

    def call(self, job: CallMcp) -> None:
        """Raises trio.WouldBlock where too many wait already."""
        try:
            self._lines[job.label].send_nowait(job)
        except (KeyError, trio.BrokenResourceError):  # never listed, or it could not be
            gone = McpFault("http_error", "the server is not there", UNREACHABLE)
            self._called(job.item_id, McpOutcome(error=gone.detail))

    async def _attend(self, job: ListTools, calls: trio.MemoryReceiveChannel[CallMcp]) -> None:
        try:
            async with calls, AsyncExitStack() as stack:
                with trio.fail_after(LISTED_WITHIN):
                    opening = self._servers.open(job.label, job.url, job.headers)
                    peer = await stack.enter_async_context(opening)
                    tools = await peer.tools()
                self._listed(job.item_id, tools)
                async for call in calls:
                    self._called(call.item_id, await _outcome(peer, call))
        except (McpFault, trio.TooSlowError) as fault:
            reason = str(fault) or f"no answer within {LISTED_WITHIN:g} s"
            _log.warning("the tools of the MCP server %r are not known: %s", job.label, reason)
            self._listed(job.item_id, None)


async def _outcome(peer: McpPeer, call: CallMcp) -> McpOutcome:
    try:
        with trio.fail_after(CALLED_WITHIN):
            return McpOutcome(await peer.call(call.name, call.arguments))
    except McpFault as fault:
        _log.warning("the MCP tool %s of %r failed: %s", call.name, call.label, fault)
        return McpOutcome(error=fault.detail)
    except trio.TooSlowError:
        reason = f"no answer within {CALLED_WITHIN:g} s"
        _log.warning("the MCP tool %s of %r failed: %s", call.name, call.label, reason)
        return McpOutcome(error=McpFault("http_error", reason, UNREACHABLE).detail)
