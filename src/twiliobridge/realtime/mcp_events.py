"""What the server says of tools that it calls itself, at an MCP server.

Source: OpenAI API reference, Realtime > Server events.
"""

from msgspec import UNSET, UnsetType

from twiliobridge.realtime.server_event import ServerEvent


class McpListingEvent(ServerEvent, frozen=True, kw_only=True):
    """How far the service has come in asking an MCP server what it offers."""

    item_id: str


class McpListingInProgress(McpListingEvent, frozen=True, kw_only=True, tag="mcp_list_tools.in_progress"):
    pass


class McpListingCompleted(McpListingEvent, frozen=True, kw_only=True, tag="mcp_list_tools.completed"):
    pass


class McpListingFailed(McpListingEvent, frozen=True, kw_only=True, tag="mcp_list_tools.failed"):
    pass


class McpArgumentsDelta(ServerEvent, frozen=True, kw_only=True, tag="response.mcp_call_arguments.delta"):
    response_id: str
    item_id: str
    output_index: int = 0
    delta: str
    obfuscation: str | UnsetType | None = UNSET


class McpArgumentsDone(ServerEvent, frozen=True, kw_only=True, tag="response.mcp_call_arguments.done"):
    response_id: str
    item_id: str
    output_index: int = 0
    arguments: str


class McpCallEvent(ServerEvent, frozen=True, kw_only=True):
    """How far the service's own call of an MCP tool has come. Names no response."""

    item_id: str
    output_index: int = 0


class McpCallInProgress(McpCallEvent, frozen=True, kw_only=True, tag="response.mcp_call.in_progress"):
    pass


class McpCallCompleted(McpCallEvent, frozen=True, kw_only=True, tag="response.mcp_call.completed"):
    pass


class McpCallFailed(McpCallEvent, frozen=True, kw_only=True, tag="response.mcp_call.failed"):
    pass
