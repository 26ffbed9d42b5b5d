"""The server in a thread of its own: for tests that block, or that run another event loop."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import trio

from twiliobridge.offline.brain import Part
from twiliobridge.offline.door import PATH
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.server import serve_offline
from twiliobridge.offline.start import load_offline_model
from twiliobridge.wires.hypercorn import base_url


@dataclass(eq=False)
class ServerThread:
    """A server that runs. Its methods may be called from any thread."""

    address: str
    "`http://127.0.0.1:PORT`."
    model: OfflineModel
    _token: trio.lowlevel.TrioToken = field(repr=False)

    @property
    def url(self) -> str:
        """Of a session, without the model's name: `ws://127.0.0.1:PORT/v1/realtime`."""
        return f"{self.websocket_base_url}{PATH.removeprefix('/v1')}"

    @property
    def websocket_base_url(self) -> str:
        """As OpenAI's SDKs take it: `ws://127.0.0.1:PORT/v1`."""
        return f"ws{self.address.removeprefix('http')}/v1"

    def say_next(self, *parts: Part | str, after: str = "") -> None:
        """The next response, of whichever session, is these parts: `Cues.say_next`."""
        trio.from_thread.run_sync(partial(self.model.say_next, *parts, after=after), trio_token=self._token)


@contextmanager
def open_server_thread(
    knobs: Knobs | None = None, model: OfflineModel | None = None
) -> Iterator[ServerThread]:
    """Serves on a free port of 127.0.0.1 until the end of the block, which waits for its thread.

    `model` is used as it is; without one, one with `knobs` is loaded, which takes a second the first time.
    """
    ready: list[ServerThread] = []
    started = threading.Event()
    stop: list[trio.CancelScope] = []

    async def serve() -> None:
        try:
            async with trio.open_nursery() as nursery:
                served = model or await load_offline_model(knobs, say=_quietly)
                listeners = await nursery.start(partial(serve_offline, served, port=0))
                stop.append(nursery.cancel_scope)
                ready.append(ServerThread(base_url(listeners[0]), served, trio.lowlevel.current_trio_token()))
                started.set()
        finally:
            started.set()

    thread = threading.Thread(target=trio.run, args=(serve,), name="offline model")
    thread.start()
    started.wait()
    if not ready:
        thread.join()
        raise RuntimeError("the offline model could not be started; its thread has said why")
    try:
        yield ready[0]
    finally:
        trio.from_thread.run_sync(stop[0].cancel, trio_token=ready[0]._token)  # noqa: SLF001 -- made here
        thread.join()


def _quietly(_: str) -> None:
    """A test's output is not the place for what this machine lacks."""
