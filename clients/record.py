"""What passed between the server and one client: all sessions of a cell, message by message."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from twiliobridge.wires import Wire

Event = dict[str, Any]


SOUND = re.compile(r'"(input_audio_buffer.append|response.output_audio.delta)"')
SHOWN = 400
"Characters of a message that are printed."


@dataclass(frozen=True)
class Message:
    text: str
    by_client: bool


@dataclass
class Record:
    passed: list[Message] = field(default_factory=list)
    "In order."
    sessions: int = 0

    @property
    def sent(self) -> list[str]:
        """By the server."""
        return [message.text for message in self.passed if not message.by_client]

    @property
    def received(self) -> list[str]:
        return [message.text for message in self.passed if message.by_client]

    def lines(self) -> Iterator[str]:
        """All of it but the sound, each message cut short."""
        told = (message for message in self.passed if not SOUND.search(message.text))
        return (f"{'>' if message.by_client else '<'} {message.text[:SHOWN]}" for message in told)

    @asynccontextmanager
    async def serving(self, wire: Wire) -> AsyncIterator[Wire]:
        """Is put around the server's end of a session's wire: `offline.server.Around`."""
        self.sessions += 1
        yield RecordedWire(wire, self)

    def by_server(self, kind: str) -> Iterator[Event]:
        return (event for event in map(json.loads, self.sent) if event.get("type") == kind)

    def by_client(self, kind: str) -> Iterator[Event]:
        return (event for event in map(json.loads, self.received) if event.get("type") == kind)

    def responses(self) -> list[Event]:
        """Those that have ended, as `response.done` describes them."""
        return [event["response"] for event in self.by_server("response.done")]

    def tool_choices(self) -> list[Any]:
        """Of the session's updates and the responses that the client asked for."""
        updates = (event["session"] for event in self.by_client("session.update"))
        wishes = (event.get("response") or {} for event in self.by_client("response.create"))
        return [each.get("tool_choice") for each in (*updates, *wishes)]

    def outputs(self) -> list[str]:
        """What the client's tools returned to the model."""
        items = (event["item"] for event in self.by_client("conversation.item.create"))
        return [item["output"] for item in items if item["type"] == "function_call_output"]


class RecordedWire(Wire):
    def __init__(self, wire: Wire, record: Record) -> None:
        self._wire = wire
        self._record = record

    async def receive(self) -> str | bytes:
        message = await self._wire.receive()
        text = message if isinstance(message, str) else message.decode(errors="replace")
        self._record.passed.append(Message(text, by_client=True))
        return message

    def send(self, text: str) -> None:
        self._wire.send(text)
        self._record.passed.append(Message(text, by_client=False))

    async def aclose(self, code: int = 1000, reason: str = "") -> None:
        await self._wire.aclose(code, reason)
