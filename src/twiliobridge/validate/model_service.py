"""A model for somebody else's bridge: the offline one, on a port, with the suite listening in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import trio

from twiliobridge.offline import PATH, Door, OfflineModel, serve_offline
from twiliobridge.offline.door import Guest
from twiliobridge.offline.faults import Answer
from twiliobridge.offline.handshake import Refusal, refusal
from twiliobridge.offline.incidents import Incident
from twiliobridge.realtime import RemoteProtocolError
from twiliobridge.validate.tap import BAD_KEY, ModelTap
from twiliobridge.wires.hypercorn import base_url


@dataclass(frozen=True, kw_only=True)
class TappedDoor(Door):
    """Refuses a key when the suite wants to see what the bridge does then."""

    tap: ModelTap = field(default_factory=ModelTap)

    async def answered(self) -> Refusal | None:
        return None if await self.tap.knocked() else refusal(Incident(Answer.UNAVAILABLE))

    def refusal(self, guest: Guest) -> RemoteProtocolError | None:
        if self.tap.refuses():
            return RemoteProtocolError("Incorrect API key provided by the validation.", code=BAD_KEY)
        return super().refusal(guest)


@asynccontextmanager
async def open_model_service(
    model: OfflineModel, host: str, port: int
) -> AsyncIterator[tuple[ModelTap, str]]:
    """The tap, and the URL that the bridge must use as its model's. Raises CannotListen."""
    tap = ModelTap()
    door = TappedDoor(tap=tap, models=None)
    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(partial(serve_offline, model, host, port, door, tap.serving))
        yield tap, "ws" + base_url(listeners[0]).removeprefix("http") + PATH
        nursery.cancel_scope.cancel()
