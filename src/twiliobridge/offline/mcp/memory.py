"""MCP items as the model remembers them: a tool is a tool, whoever calls it."""

from twiliobridge.realtime.items import Item

DENIED = "The call was not approved."
NO_ANSWER = "The tool has not answered."


def in_memory(item: Item) -> tuple[Item, ...]:
    """What stands in the place of `item`: for a call that is over, a function's call and its output."""
    match item.type:
        case "mcp_list_tools" | "mcp_approval_response":
            return ()
        case "mcp_approval_request":
            return _answered(item, item.reason or DENIED) if item.approve is False else ()
        case "mcp_call":
            failure = (item.error or {}).get("message")
            return _answered(item, str(failure or item.output or NO_ANSWER))
        case _:
            return (item,)


def _answered(item: Item, output: str) -> tuple[Item, Item]:
    call = Item(
        id=item.id, type="function_call", call_id=item.id, name=item.name, arguments=item.arguments or "{}"
    )
    return call, Item(type="function_call_output", call_id=item.id, output=output)
