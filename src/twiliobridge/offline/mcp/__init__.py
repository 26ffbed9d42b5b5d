"""Tools at MCP servers: which there are, what they answer, and who may be asked."""
