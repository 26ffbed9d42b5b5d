"""A model for somebody else's bridge: the offline one, on a port, with the suite listening in."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import trio

from twiliobridge.offline import PATH, Door, OfflineModel, serve_offline
from twiliobridge.offline.door import Guest
from twiliobridge.offline.handshake import Refusal
from twiliobridge.offline.knock import Knock
from twiliobridge.realtime import RemoteProtocolError
from twiliobridge.realtime.session import DEFAULT_MODEL
from twiliobridge.validate.tap import LOST, ModelTap
from twiliobridge.wires import Wire
from twiliobridge.wires.hypercorn import base_url

MOST_SESSIONS = 1000
"A bridge that leaves sessions open is found out by what it leaves, and not by a door that is shut."


@dataclass(frozen=True, kw_only=True)
class TappedDoor(Door):
    """The suite hears of everybody who comes, and may want somebody refused."""

    tap: ModelTap = field(default_factory=ModelTap)

    def knocked(self, knock: Knock) -> None:
        self.tap.knocked(knock)

    def let_in(self, knock: Knock, wire: Wire) -> AbstractAsyncContextManager[Wire]:
        return self.tap.serving(wire, knock)

    def turned_away(self, knock: Knock, why: Refusal) -> None:
        self.tap.refused(knock, why)

    async def answered(self) -> Refusal | None:
        return None if await self.tap.handshake_answered() else Refusal(503, None, LOST)

    def refusal(self, guest: Guest) -> RemoteProtocolError | None:
        return self.tap.key_refused() or super().refusal(guest)


@asynccontextmanager
async def open_model_service(
    model: OfflineModel, host: str, port: int
) -> AsyncIterator[tuple[ModelTap, str]]:
    """The tap, and the URL that the bridge must use as its model's. Raises CannotListen.

    Any name of a model will do, as at the service any of its own will.
    """
    tap = ModelTap()
    door = TappedDoor(tap=tap, models=None, most_sessions=MOST_SESSIONS)
    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(partial(serve_offline, model, host, port, door))
        yield tap, f"ws{base_url(listeners[0]).removeprefix('http')}{PATH}?model={DEFAULT_MODEL}"
        nursery.cancel_scope.cancel()
