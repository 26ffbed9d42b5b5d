"""Wires on which `session.updated`, and all that follows it, comes later than the model has said it."""

from contextlib import suppress

import trio

from twiliobridge.wires import Wire

TYPE = '"session.updated"'
BEGINNING = 200
"Characters of a message, in which its type stands."


class HeldForBridge(Wire):
    """The bridge's end: what it receives is held back."""

    def __init__(self, wire: Wire, seconds: float) -> None:
        self._wire = wire
        self._seconds = seconds

    async def receive(self) -> str | bytes:
        text = await self._wire.receive()
        if _is_updated(text):
            await trio.sleep(self._seconds)
        return text

    def send(self, text: str) -> None:
        self._wire.send(text)

    async def aclose(self, code: int = 1000, reason: str = "") -> None:
        await self._wire.aclose(code, reason)


class HeldByModel(Wire):
    """The model's end: what it says is held back, by a task in `nursery`."""

    def __init__(self, wire: Wire, seconds: float, nursery: trio.Nursery) -> None:
        self._wire = wire
        self._seconds = seconds
        self._nursery = nursery
        self._held: list[str] | None = None

    async def receive(self) -> str | bytes:
        return await self._wire.receive()

    def send(self, text: str) -> None:
        if self._held is None and _is_updated(text):
            self._held = []
            self._nursery.start_soon(self._release)
        if self._held is None:
            self._wire.send(text)
        else:
            self._held.append(text)

    async def _release(self) -> None:
        await trio.sleep(self._seconds)
        held, self._held = self._held or [], None
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            for text in held:
                self._wire.send(text)

    async def aclose(self, code: int = 1000, reason: str = "") -> None:
        await self._wire.aclose(code, reason)


def _is_updated(text: str | bytes) -> bool:
    return isinstance(text, str) and TYPE in text[:BEGINNING]
