"""OpenAI's own SDK as a client of offline servers, over real sockets.

Every event that arrives must pass the SDK's types strictly.
"""

import asyncio
import json
import threading
from contextlib import contextmanager
from functools import partial

import trio
from offline_driver import ENGINES, Recited
from openai import AsyncOpenAI
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter
from websockets.exceptions import ConnectionClosed

from twiliobridge.offline.brain import CallTool, Say
from twiliobridge.offline.knob_text import set_knob
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.server import serve_offline

SPOKEN = (Say("one two three. four five six. " * 5),)
CALLS = (CallTool("look", {"where": "under the table", "how": "twice"}),)
TELEPHONE = {
    "type": "realtime",
    "tools": [{"type": "function", "name": "look", "parameters": {}}],
    "audio": {
        "input": {
            "format": {"type": "audio/pcmu"},
            "transcription": {"model": "gpt-4o-mini-transcribe"},
            "turn_detection": {"type": "server_vad", "silence_duration_ms": 200},
        },
        "output": {"format": {"type": "audio/pcmu"}},
    },
}
STRICT = TypeAdapter(RealtimeServerEvent)
QUICK = Knobs(latency=0.01, speed=50, rate_limits_after=None)


@contextmanager
def servers():
    """Starts servers, all in one thread of its own; gives the port of each."""
    ready, stop = threading.Event(), []

    async def run():
        async with trio.open_nursery() as nursery:
            stop.extend((trio.lowlevel.current_trio_token(), nursery))
            ready.set()
            await trio.sleep_forever()

    thread = threading.Thread(target=trio.run, args=(run,))
    thread.start()
    ready.wait(20)
    token, nursery = stop

    def served(*replies, knobs):
        model = OfflineModel(ENGINES, lambda: Recited(*replies), knobs)
        start = partial(nursery.start, partial(serve_offline, model, port=0))
        (listener,) = trio.from_thread.run(start, trio_token=token)
        return listener.socket.getsockname()[1]

    try:
        yield served
    finally:
        trio.from_thread.run_sync(nursery.cancel_scope.cancel, trio_token=token)
        thread.join(20)
    assert not thread.is_alive()


def quick(*texts):
    """Quick knobs, and those set by text."""
    knobs = QUICK
    for text in texts:
        knobs = set_knob(knobs, text)
    return knobs


def met(port, talk, seconds=20):
    """What the SDK's client made of it, in an asyncio loop of its own."""

    async def run():
        async with (
            AsyncOpenAI(api_key="sk-test", websocket_base_url=f"ws://127.0.0.1:{port}/v1") as client,
            asyncio.timeout(seconds),
            client.realtime.connect(model="gpt-realtime-2.1") as connection,
        ):
            return await talk(connection)

    return asyncio.run(run())


async def heard(connection, last, within=5.0):
    """Events up to the first of that type, or all that come within so many seconds, or until the close."""
    events = []
    try:
        async with asyncio.timeout(within):
            while not events or events[-1].type != last:
                raw = json.loads(await connection.recv_bytes())
                STRICT.validate_python(raw, strict=False)
                events.append(connection.parse_event(json.dumps(raw)))
    except (TimeoutError, ConnectionClosed) as end:
        return events, end
    return events, None


def kinds(events):
    return [event.type for event in events]


async def asked(connection, within=5.0):
    """A session for the telephone, and one response."""
    await connection.session.update(session=TELEPHONE)
    await connection.response.create()
    return await heard(connection, "response.done", within)


def ending(events):
    response = events[-1].response
    details = response.status_details
    return response.status, details and details.reason, details and details.error and details.error.code
