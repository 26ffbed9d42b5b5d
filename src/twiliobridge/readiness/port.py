"""The port: free, taken by this bridge, or by somebody else. A free one is answered on during the check."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from secrets import token_hex

import trio
from quart import websocket
from quart_trio import QuartTrio

from twiliobridge.readiness.row import Row, Verdict, ok
from twiliobridge.server import CannotListen, base_url
from twiliobridge.server.app import BUSY, INSTANCE, STREAM_PATHS, Answer, BridgeApp, answer
from twiliobridge.server.serve import hypercorn_config
from twiliobridge.settings import Settings
from twiliobridge.wires import Unreachable
from twiliobridge.wires.http import get
from twiliobridge.wires.hypercorn import Listeners, listen, serve_app
from twiliobridge.wires.proxy import authority

PORT = "port"
ANSWERS = 3.0
"Seconds for a server on this machine."
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- where such a server is reached from here


@dataclass(frozen=True)
class Port:
    row: Row
    address: str
    "Host and port, where a proxy finds it."
    instance: str = ""
    "What /health on it says of who answers; empty where no bridge does."
    ours: bool = False
    "This check answers there."


@asynccontextmanager
async def open_port(settings: Settings) -> AsyncIterator[Port]:
    """Answers /health on the port until the block ends, if nobody else does.

    Calls that arrive meanwhile hear that all lines are busy; streams are told who is here, and closed.
    """
    try:
        listeners = await listen(settings.host, settings.port)
    except CannotListen as error:
        yield await _taken(settings, str(error))
        return
    instance = token_hex(8)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve_app, answering(instance), hypercorn_config(settings), listeners)
        address = _address(listeners)
        yield Port(ok(PORT, f"{address} is free"), address, instance, ours=True)
        nursery.cancel_scope.cancel()


def answering(instance: str) -> QuartTrio:
    app = BridgeApp("twiliobridge.readiness")

    @app.get("/health")
    async def health() -> Answer:
        return answer("checking\n", "text/plain", instance=instance)

    @app.post("/incoming-call")
    async def incoming_call() -> Answer:
        return answer(BUSY, "text/xml")

    @app.websocket(STREAM_PATHS[0])
    async def stream() -> None:
        await websocket.send(json.dumps({"event": "checking", "instance": instance}))

    return app


async def _taken(settings: Settings, complaint: str) -> Port:
    host = EVERYWHERE.get(settings.host, settings.host)
    address, instance = authority(host, settings.port), ""
    try:
        with trio.move_on_after(ANSWERS):
            health = await get(f"http://{address}/health", {})
            instance = health.headers.get(INSTANCE, "")
    except (Unreachable, ValueError):
        pass
    if not instance:
        mend = "say another --port and --host, or end what listens there"
        return Port(Row(PORT, Verdict.FAILED, complaint, mend), address)
    return Port(ok(PORT, f"a twiliobridge serves on {address} already, and was asked"), address, instance)


def _address(listeners: Listeners) -> str:
    return base_url(listeners[0]).removeprefix("http://")
