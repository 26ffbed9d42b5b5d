"""What the MCP servers of a session offer: each is asked once, and what it offers is known from then on.

The order of events is that of OpenAI's guide, Realtime with tools.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace as changed

from twiliobridge.offline.brain import Offer
from twiliobridge.offline.items import Conversation, Entry
from twiliobridge.offline.jobs import Action, ListTools
from twiliobridge.offline.mcp.rpc import Tool
from twiliobridge.realtime.events import (
    Item,
    ItemAdded,
    ItemDone,
    McpListingCompleted,
    McpListingFailed,
    McpListingInProgress,
    ServerEvent,
)
from twiliobridge.realtime.ids import Ids
from twiliobridge.realtime.tools import ApprovalFilter, McpTool, ToolFilter


@dataclass(frozen=True)
class Listing:
    item_id: str
    address: str | UnsetType
    tools: tuple[Tool, ...] = ()
    "Empty until it is known, and where it could not be."


class Listings:
    def __init__(self, conversation: Conversation, ids: Ids) -> None:
        self._conversation = conversation
        self._ids = ids
        self._listings: dict[str, Listing] = {}

    def require(self, tools: Iterable[Mapping[str, Any]] | None) -> list[Action]:
        """Asks those servers among `tools` that were not asked yet, or are now at another address."""
        return [action for server in servers_in(tools) for action in self._begun(server)]

    def _begun(self, server: McpTool) -> list[Action]:
        known = self._listings.get(server.server_label)
        if known is not None and known.address == server.server_url:
            return []
        item = Item(
            id=self._ids.new("item"), type="mcp_list_tools", server_label=server.server_label, tools=()
        )
        entry = Entry(item)
        previous = self._conversation.add(entry)
        self._listings[server.server_label] = Listing(entry.item_id, server.server_url)
        return [
            ItemAdded(item=item, previous_item_id=previous),
            McpListingInProgress(item_id=entry.item_id),
            ListTools(entry.item_id, server.server_label, server.server_url or None, headers_of(server)),
        ]

    def listed(self, item_id: str, tools: tuple[Tool, ...] | None) -> list[ServerEvent]:
        """What a server answered; None: nothing that could be used."""
        if tools is None:
            return [McpListingFailed(item_id=item_id)]
        self._listings = {
            label: replace(listing, tools=tools) if listing.item_id == item_id else listing
            for label, listing in self._listings.items()
        }
        completed = McpListingCompleted(item_id=item_id)
        entry = self._conversation.find(item_id)
        if entry is None:
            return [completed]
        entry.item = changed(entry.item, tools=tuple(tool.wire for tool in tools))
        return [completed, ItemDone(item=entry.item, previous_item_id=self._conversation.before(item_id))]

    def offers(self, tools: Iterable[Mapping[str, Any]] | None) -> tuple[Offer, ...]:
        """Of the servers among `tools`, so far as they are known by now."""
        return tuple(offer for server in servers_in(tools) for offer in self._offered(server))

    def _offered(self, server: McpTool) -> list[Offer]:
        listing = self._listings.get(server.server_label)
        return [
            Offer(tool.name, tool.description, tool.schema, server.server_label, asks_first(server, tool))
            for tool in (listing.tools if listing else ())
            if is_allowed(server, tool)
        ]


def servers_in(tools: Iterable[Mapping[str, Any]] | None) -> list[McpTool]:
    return [msgspec.convert(tool, McpTool) for tool in tools or () if tool.get("type") == "mcp"]


def headers_of(server: McpTool) -> dict[str, str]:
    """What the service sends along to the server, the client's key for it among that."""
    bearer = {"Authorization": f"Bearer {server.authorization}"} if server.authorization else {}
    return bearer | dict(server.headers or {})


def is_allowed(server: McpTool, tool: Tool) -> bool:
    if isinstance(server.allowed_tools, tuple):
        return tool.name in server.allowed_tools
    return not isinstance(server.allowed_tools, ToolFilter) or fits(server.allowed_tools, tool)


def asks_first(server: McpTool, tool: Tool) -> bool:
    """Whether the client must approve of a call. Where it has not said so, it must."""
    wanted = server.require_approval
    if isinstance(wanted, ApprovalFilter):
        return not (isinstance(wanted.never, ToolFilter) and fits(wanted.never, tool))
    return wanted != "never"


def fits(chosen: ToolFilter, tool: Tool) -> bool:
    """By its name, and by whether it only reads; what the filter does not mention does not count."""
    by_name = chosen.tool_names is UNSET or tool.name in chosen.tool_names
    return by_name and chosen.read_only in {UNSET, tool.reads_only}
