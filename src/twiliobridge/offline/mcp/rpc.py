"""JSON-RPC as MCP speaks it, without I/O: what is asked, and what an answer says.

Source: Model Context Protocol, revision 2025-06-18, Base protocol and Server features > Tools.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

REVISION = "2025-06-18"
CLIENT = {"name": "twiliobridge offline", "version": "1"}
UNREACHABLE = 424
"The HTTP status that stands for a server which gave no answer; OpenAI reports it so."


class McpFault(Exception):  # noqa: N818 -- "fault" is the word
    """A server that cannot be asked, or says no. `detail` is the error of an `mcp_call` item."""

    def __init__(self, kind: str, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.detail: dict[str, Any] = {"type": kind, "message": message}
        if code is not None:
            self.detail["code"] = code


class Answer(msgspec.Struct):
    id: Any = None
    result: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    method: str | None = None
    "A request or notification of the server's own."


def request(number: int, method: str, params: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode({"jsonrpc": "2.0", "id": number, "method": method, "params": params})


def notification(method: str) -> bytes:
    return msgspec.json.encode({"jsonrpc": "2.0", "method": method})


def reply_to(asked: Answer) -> bytes:
    """To a request of the server's: it gets no more than a sign of life."""
    said: dict[str, Any] = {"jsonrpc": "2.0", "id": asked.id}
    if asked.method == "ping":
        return msgspec.json.encode(said | {"result": {}})
    return msgspec.json.encode(said | {"error": {"code": -32601, "message": "no such method"}})


def introduction() -> dict[str, Any]:
    """The parameters of `initialize`."""
    return {"protocolVersion": REVISION, "capabilities": {}, "clientInfo": CLIENT}


def read(message: bytes | str) -> Answer | None:
    """None for what is no message."""
    try:
        return msgspec.json.decode(message, type=Answer)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def result_of(answer: Answer) -> dict[str, Any]:
    """Raises McpFault where the server reports an error."""
    if answer.error is not None:
        code, message = answer.error.get("code"), str(answer.error.get("message", ""))
        raise McpFault("protocol_error", message, code if isinstance(code, int) else -32603)
    return answer.result or {}


def found_in_events(body: bytes, number: int) -> Answer | None:
    """The answer to request `number` in a stream of server-sent events, so far as it has come."""
    for event in body.replace(b"\r\n", b"\n").split(b"\n\n"):
        data = b"\n".join(line[5:].strip() for line in event.split(b"\n") if line.startswith(b"data:"))
        answer = read(data) if data else None
        if answer is not None and answer.id == number and answer.method is None:
            return answer
    return None


@dataclass(frozen=True)
class Tool:
    """What a server offers."""

    name: str
    description: str
    schema: Mapping[str, Any]
    "JSON Schema of the arguments."
    annotations: Mapping[str, Any] | None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Tool":
        return cls(
            name=str(told.get("name", "")),
            description=str(told.get("description") or ""),
            schema=told.get("inputSchema") or {},
            annotations=told.get("annotations"),
        )

    @property
    def reads_only(self) -> bool:
        return (self.annotations or {}).get("readOnlyHint") is True

    @property
    def wire(self) -> dict[str, Any]:
        """As an `mcp_list_tools` item has it."""
        return {
            "name": self.name,
            "description": self.description,
            "input_schema": dict(self.schema),
            "annotations": self.annotations,
        }


def spoken(result: Mapping[str, Any]) -> str:
    """What a call came to, as text. Raises McpFault where the tool says that it failed."""
    parts = result.get("content") or ()
    texts = [str(part.get("text", "")) for part in parts if part.get("type") == "text"]
    if not texts and "structuredContent" in result:
        texts = [msgspec.json.encode(result["structuredContent"]).decode()]
    text = "\n".join(texts)
    if result.get("isError"):
        raise McpFault("tool_execution_error", text)
    return text
