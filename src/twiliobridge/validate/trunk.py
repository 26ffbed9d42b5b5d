"""Between the phone and its socket: every message with its time, and a place to say what no phone says."""

import base64
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
import msgspec

from twiliobridge.caller import Carrier, Connect


@dataclass(frozen=True)
class Arrived:
    """A message of the bridge's."""

    at: float
    "Seconds."
    text: str | bytes
    fields: dict[str, Any] | None
    "Its JSON object; None if it is none."
    audio: bytes
    "Of a `media` message, as far as it is base64."
    position: int
    "Bytes of audio that had come before it."

    @property
    def event(self) -> str:
        return str(self.fields.get("event")) if self.fields else ""


@dataclass(frozen=True)
class Door:
    """Where a stream was dialled."""

    url: str
    "From here."
    known_as: str
    "By the server itself."


class Trunk:
    """A carrier, watched. Made for one call; `open` puts it between the phone and what `connect` opens."""

    def __init__(self) -> None:
        self.arrived: list[Arrived] = []
        self.left: list[tuple[float, str]] = []
        self.received_bytes = 0
        "Of audio."
        self.mute = False
        "The phone says nothing more."
        self.queued_ms: Callable[[], float] = float
        "How much audio the phone has queued."
        self.deepest_ms = 0.0
        "The most that was queued when a message came."
        self.handshake_s: float | None = None
        "From the phone's first packet to the answer that opened the stream; None if there was none."
        self.door: Door | None = None
        "None until the stream is dialled."
        self._carrier: Carrier | None = None

    def over(self, connect: Connect) -> Connect:
        @asynccontextmanager
        async def watching(
            url: str, token: str | None, tls: ssl.SSLContext | None, signed_url: str | None
        ) -> AsyncIterator[Carrier]:
            began = anyio.current_time()
            self.door = Door(url, signed_url or url)
            async with connect(url, token, tls, signed_url) as self._carrier:
                self.handshake_s = anyio.current_time() - began
                yield self

        return watching

    def inject(self, text: str) -> None:
        """Say what a phone does not say."""
        self._inner.send(text)

    async def receive(self) -> str | bytes:
        text = await self._inner.receive()
        self.deepest_ms = max(self.deepest_ms, self.queued_ms())
        fields = _fields(text)
        audio = _audio(fields)
        self.arrived.append(Arrived(anyio.current_time(), text, fields, audio, self.received_bytes))
        self.received_bytes += len(audio)
        return text

    def send(self, text: str) -> None:
        if not self.mute:
            self.left.append((anyio.current_time(), text))
            self._inner.send(text)

    async def carry(self) -> None:
        await self._inner.carry()

    async def wait_carried(self) -> None:
        await self._inner.wait_carried()

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def abort(self) -> None:
        await self._inner.abort()

    @property
    def frames_left(self) -> list[float]:
        """When each frame of the caller's left."""
        return [at for at, text in self.left if text.startswith('{"event":"media"')]

    @property
    def _inner(self) -> Carrier:
        assert self._carrier is not None
        return self._carrier


def _fields(text: str | bytes) -> dict[str, Any] | None:
    if isinstance(text, bytes):
        return None
    try:
        fields = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None


def _audio(fields: dict[str, Any] | None) -> bytes:
    media = fields.get("media") if fields and fields.get("event") == "media" else None
    payload = media.get("payload") if isinstance(media, dict) else None
    try:
        return base64.b64decode(payload, validate=True) if isinstance(payload, str) else b""
    except ValueError:
        return b""
