"""Running the agent's tools. The one door of a call through which somebody else's exceptions come."""

import logging
from collections.abc import Mapping
from typing import Any

import msgspec
import trio

from twiliobridge.conversation.agent import CallInfo, Tool

log = logging.getLogger(__name__)

LONGEST_OUTPUT = 100_000
"Characters, some 25,000 tokens. The bound on the backlog of a model's wire is five times that."


async def tool_output(tool: Tool, arguments: str, call: CallInfo) -> str:
    """What the model reads as the tool's answer: its own text, or one that begins with "error:"."""
    try:
        with trio.move_on_after(tool.within):
            return readable(tool.name, await tool.run(read_arguments(arguments), call))
    except Exception as error:  # a tool is somebody else's code, and its failure must not end the call
        log.exception("%s tool %s failed", call.call_sid, tool.name)
        return encodable(f"error: {str(error) or type(error).__name__}")[:LONGEST_OUTPUT]
    log.warning("%s tool %s did not answer within %g s", call.call_sid, tool.name, tool.within)
    return f"error: {tool.name} did not answer within {tool.within:g} seconds"


def read_arguments(text: str) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(text or "{}", type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise ValueError(f"the arguments are no JSON object: {error}") from None


def readable(name: str, output: object) -> str:
    """A tool's own text, as a message can carry it. Raises for what is no text, and for too much of it."""
    if not isinstance(output, str):
        raise TypeError(f"{name} returned {type(output).__name__}, not text")
    if len(output) > LONGEST_OUTPUT:
        raise ValueError(f"{name} returned {len(output)} characters; the bound is {LONGEST_OUTPUT}")
    return encodable(output)


def encodable(text: str) -> str:
    """Lone surrogates, as names of files may contain them, are no UTF-8."""
    return text.encode(errors="replace").decode()
