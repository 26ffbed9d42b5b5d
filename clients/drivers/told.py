"""What every driver in Python begins and ends with: its scenario, and one line of evidence."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

LINES = json.loads(Path(__file__).with_name("lines.json").read_text())
"What the caller types, by name; `payment` is what the client's own function `last_payment` returns."
PIECE = 4800
"Bytes: 100 ms of 24 kHz PCM."


@dataclass
class Told:
    heard: list[str] = field(default_factory=list)
    audio_bytes: int = 0
    understood: list[str] = field(default_factory=list)
    tools: list[dict[str, Any]] = field(default_factory=list)
    cuts: list[str] = field(default_factory=list)
    speech: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    took: dict[str, float] = field(default_factory=dict)
    agents: list[str] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    endings: list[str] = field(default_factory=list)

    def last_payment(self, card_digits: str) -> str:
        """The client's own function."""
        self.tools.append({"name": "last_payment", "arguments": {"card_digits": card_digits}})
        return LINES["payment"]

    def note_caller(self, name: str) -> str:
        self.tools.append({"name": "note_caller", "arguments": {"name": name}})
        return "Noted."

    def replace_card(self, card: str, reason: str) -> str:
        self.tools.append({"name": "replace_card", "arguments": {"card": card, "reason": reason}})
        return "done"


async def within(seconds: float, waiting: Awaitable[Any], told: Told) -> Any:
    """What is awaited, or None and a note that it did not come."""
    try:
        async with asyncio.timeout(seconds):
            return await waiting
    except TimeoutError:
        told.endings.append(f"nothing within {seconds:g} s")
        return None


def speech(name: str) -> list[bytes]:
    """One of the caller's lines, in pieces of 100 ms of 24 kHz PCM."""
    sound = Path(sys.argv[3], f"{name}.pcm").read_bytes()
    return [sound[start : start + PIECE] for start in range(0, len(sound), PIECE)]


def url() -> str:
    """`ws://127.0.0.1:PORT/v1`"""
    return sys.argv[2]


def api_key() -> str:
    return os.environ["OPENAI_API_KEY"]


def perform(scenarios: dict[str, Callable[[Told], Awaitable[None]]]) -> None:
    """Plays the scenario that was asked for and prints what the client gave."""
    told = Told()
    asyncio.run(scenarios[sys.argv[1]](told))
    print(json.dumps(asdict(told)), flush=True)
