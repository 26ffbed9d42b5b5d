"""The same conversation over a real socket, under Trio and under asyncio; a second of real time each."""

import base64

import anyio
import anyio.to_thread
import pytest
import websockets
from scripted_headset import ScriptedHeadset
from websockets.asyncio.server import serve

from twiliobridge.caller import MockTwilioClient
from twiliobridge.mediastream import Media, MediaStream, Play, Role, Start, Stop


class Bridge:
    """Greets, and answers the first loud frame."""

    def __init__(self):
        self.told = []
        self._stream = MediaStream(Role.SERVER)

    async def serve(self, connection):
        answered = False
        try:
            while True:
                event = self._stream.receive(await connection.recv())
                self.told.append(event)
                speech = isinstance(event, Media) and base64.b64decode(event.payload).strip(b"\xff\x7e")
                if isinstance(event, Start) or (speech and not answered):
                    answered = bool(speech)
                    await connection.send(
                        self._stream.send(Play(payload=base64.b64encode(b"\x20" * 800).decode()))
                    )
        except websockets.ConnectionClosed:
            pass


async def converse(url, voice):
    headset = ScriptedHeadset()
    async with MockTwilioClient(url, headset=headset) as client, anyio.create_task_group() as tasks:

        async def speak_and_stop():
            await anyio.sleep(1.2)
            headset.microphone.speak(voice(200))
            await anyio.sleep(0.8)
            await client.stop_microphone_recording()

        tasks.start_soon(speak_and_stop)
        return await client.live_realtime_conversation()


@pytest.mark.parametrize("backend", ["trio", "asyncio"])
def test_a_live_conversation_under_either_event_loop(backend, voice):
    """Greeted, heard and answered; `stop` is the last that the bridge is told."""
    bridge, results = Bridge(), []

    async def main():
        async with serve(bridge.serve, "127.0.0.1", 0) as server:
            url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            run = anyio.to_thread.run_sync
            results.append(await run(lambda: anyio.run(converse, url, voice, backend=backend)))

    anyio.run(main)
    [result] = results
    assert result.turns_detected == 1
    assert result.greeting_ms == 100
    assert isinstance(bridge.told[-1], Stop)
