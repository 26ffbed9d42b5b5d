"""An MCP server made with the official package: a shop. Run as a program it speaks by its pipes."""

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations


def shop():
    server = MCPServer("shop", log_level="ERROR")
    asked = []

    @server.tool(annotations=ToolAnnotations(read_only_hint=True))
    async def opens(day: str) -> str:
        """When the shop opens."""
        asked.append(day)
        return f"On {day} at nine. You have asked {len(asked)} times."

    @server.tool()
    async def fails() -> str:
        """Never works."""
        raise ToolError("the till is stuck")

    return server


if __name__ == "__main__":
    shop().run()
