"""The agent's tools as people write them: for Trio, for asyncio, as plain functions, behind a URL."""

from twiliobridge.call.tools.output import tool_output
from twiliobridge.call.tools.readable import LONGEST_OUTPUT
from twiliobridge.call.tools.resources import THREADS, ToolResources, open_tool_resources

__all__ = ["LONGEST_OUTPUT", "THREADS", "ToolResources", "open_tool_resources", "tool_output"]
