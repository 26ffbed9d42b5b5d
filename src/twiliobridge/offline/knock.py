"""Somebody at the door of the server: what was asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from quart import Request, Websocket

SHOWN = frozenset({"model", "call_id", "intent"})
"Of a query; the values of others may be secrets."
LONGEST = 200
"Characters."


@dataclass(frozen=True, eq=False)
class Knock:
    at: float
    "When it came, in seconds."
    asked: str
    "In one line, without secrets: GET /v1/realtime?model=gpt-realtime by WebSocket"
    by_websocket: bool

    @classmethod
    def of(cls, asked: Request | Websocket, at: float) -> Self:
        by_websocket = isinstance(asked, Websocket)
        query = "&".join(
            f"{name}={value if name in SHOWN else '...'}" for name, value in asked.args.items(multi=True)
        )
        parts = [
            f"{'GET' if by_websocket else asked.method} {asked.path}{'?' if query else ''}{query}"[:LONGEST],
            "by WebSocket" if by_websocket else "by plain HTTP",
            *_beta(asked.headers.get("OpenAI-Beta"), _offered(asked)),
        ]
        return cls(at, " ".join("".join(filter(str.isprintable, part)) for part in parts), by_websocket)


def _offered(asked: Request | Websocket) -> Iterable[str]:
    return asked.requested_subprotocols if isinstance(asked, Websocket) else ()


def _beta(header: str | None, offered: Iterable[str]) -> list[str]:
    """What asks for the beta's shapes of events."""
    names = [name[:LONGEST] for name in offered if name.startswith("openai-beta.")]
    return [
        *([f"with OpenAI-Beta: {header[:LONGEST]}"] if header is not None else []),
        *(f"with the subprotocol {name}" for name in names),
    ]
