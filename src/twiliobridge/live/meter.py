"""A headset whose microphone shows how loud it is."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from twiliobridge.audio import level
from twiliobridge.sound import Captured, Headset, Microphone, Speaker

Tell = Callable[[float], None]


@dataclass(frozen=True)
class MeteredHeadset:
    """`headset`, of whose microphone `tell` hears the level (0..1) of every 20 ms."""

    headset: Headset
    tell: Tell

    @asynccontextmanager
    async def open_microphone(self, rate: int, pieces: int) -> AsyncIterator[Microphone]:
        async with self.headset.open_microphone(rate, pieces) as microphone:
            yield MeteredMicrophone(microphone, self.tell)

    def open_speaker(self) -> AbstractAsyncContextManager[Speaker]:
        return self.headset.open_speaker()


@dataclass(frozen=True)
class MeteredMicrophone:
    microphone: Microphone
    tell: Tell

    @property
    def rate(self) -> int:
        return self.microphone.rate

    @property
    def latency_ms(self) -> float:
        return self.microphone.latency_ms

    @property
    def dropped(self) -> int:
        return self.microphone.dropped

    def receive_nowait(self) -> Captured | None:
        return self.microphone.receive_nowait()

    async def receive(self) -> Captured:
        captured = await self.microphone.receive()
        self.tell(level(captured.samples))
        return captured
