"""Clients that nobody here wrote: OpenAI's own SDK, and the websockets library.

The SDK reads leniently; here each event must also pass its types strictly.
"""

import asyncio
import base64
import json
import threading
from functools import partial

import pytest
import trio
import websockets
from offline_driver import ENGINES, Recited, quiet, speech
from openai import AsyncOpenAI, BadRequestError, NotFoundError
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from twiliobridge.offline.brain import CallTool, Say
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.server import serve_offline

LONG = Say("one two three " * 200)
"Three minutes, of which a test hears the beginning: 3.6 s in the making."
REPLIES = (
    (Say("Hello, how can I help you?"),),
    (Say("Let me look."), CallTool("balance", {"card": "gold"})),
    (Say("You have ten dollars."),),
    (Say("Written words."),),
    (LONG,),
    (LONG,),
)
TOOL = {"type": "function", "name": "balance", "description": "Tells the balance.", "parameters": {}}
TELEPHONE = {
    "type": "realtime",
    "instructions": "Be brief.",
    "tools": [TOOL],
    "audio": {
        "input": {
            "format": {"type": "audio/pcmu"},
            "transcription": {"model": "gpt-4o-mini-transcribe"},
            "noise_reduction": {"type": "near_field"},
            "turn_detection": {"type": "server_vad", "silence_duration_ms": 200},
        },
        "output": {"format": {"type": "audio/pcmu"}, "voice": "marin"},
    },
}
STRICT = TypeAdapter(RealtimeServerEvent)


@pytest.fixture(scope="module")
def port():
    """A server in a thread of its own."""
    ready, found, stop = threading.Event(), [], []

    async def run():
        model = OfflineModel(ENGINES, lambda: Recited(*REPLIES), Knobs(latency=0.01, speed=50))
        async with trio.open_nursery() as nursery:
            (listener,) = await nursery.start(partial(serve_offline, model, port=0))
            found.append(listener.socket.getsockname()[1])
            stop.append(
                partial(trio.lowlevel.current_trio_token().run_sync_soon, nursery.cancel_scope.cancel)
            )
            ready.set()

    thread = threading.Thread(target=trio.run, args=(run,))
    thread.start()
    ready.wait(20)
    yield found[0]
    stop[0]()
    thread.join(20)
    assert not thread.is_alive()


def conversed(port, talk):
    """The SDK's client in an asyncio loop of its own, for 20 s at most."""

    async def run():
        async with (
            AsyncOpenAI(api_key="sk-test", websocket_base_url=f"ws://127.0.0.1:{port}/v1") as client,
            asyncio.timeout(20),
            client.realtime.connect(model="gpt-realtime") as connection,
        ):
            return await talk(connection)

    return asyncio.run(run())


async def until(connection, kind):
    """Every event up to the first of that type, each checked against the SDK's types."""
    events = []
    while not events or events[-1].type != kind:
        raw = await connection.recv_bytes()
        STRICT.validate_json(raw, strict=True)
        events.append(connection.parse_event(raw))
        assert events[-1].type != "error", raw
    return events


async def append(connection, audio):
    for start in range(0, len(audio), 160):
        await connection.input_audio_buffer.append(
            audio=base64.b64encode(audio[start : start + 160]).decode()
        )


def heard(events):
    deltas = (event.delta for event in events if event.type == "response.output_audio.delta")
    return b"".join(map(base64.b64decode, deltas))


def test_the_sdk_holds_a_conversation_in_speech_tool_calls_and_writing(port):
    async def talk(connection):
        await until(connection, "session.created")
        await connection.session.update(session=TELEPHONE)
        (updated,) = await until(connection, "session.updated")
        assert updated.session.audio.output.format.type == "audio/pcmu"

        await connection.response.create()
        greeting = await until(connection, "response.done")
        assert len(heard(greeting)) == 8 * 300 * 6

        await append(connection, quiet(500) + speech(500) + quiet(300))
        turn = await until(connection, "response.done")
        assert "conversation.item.input_audio_transcription.completed" in [event.type for event in turn]
        message, call = turn[-1].response.output
        assert json.loads(call.arguments) == {"card": "gold"}

        output = {"type": "function_call_output", "call_id": call.call_id, "output": "10"}
        await connection.conversation.item.create(item=output)
        await connection.response.create()
        answer = await until(connection, "response.done")
        assert answer[-1].response.output[0].content[0].transcript == "You have ten dollars."

        await connection.conversation.item.truncate(item_id=message.id, content_index=0, audio_end_ms=100)
        await until(connection, "conversation.item.truncated")
        await connection.conversation.item.retrieve(item_id=message.id)
        (kept,) = (await until(connection, "conversation.item.retrieved"))[-1].item.content
        assert len(base64.b64decode(kept.audio)) == 800

        await connection.response.create(response={"output_modalities": ["text"]})
        written = await until(connection, "response.done")
        assert "".join(event.delta for event in written if event.type == "response.output_text.delta") == (
            "Written words."
        )

    conversed(port, talk)


def test_the_sdk_can_interrupt_cancel_commit_clear_and_delete(port):
    async def talk(connection):
        await connection.session.update(session=TELEPHONE)
        for _ in range(4):
            await connection.response.create()
            await until(connection, "response.done")
        await connection.response.create()
        await until(connection, "response.output_audio.delta")
        await append(connection, quiet(300) + speech(300))
        cut = await until(connection, "response.done")
        assert cut[-1].response.status == "cancelled"
        assert cut[-1].response.status_details.reason == "turn_detected"
        await connection.input_audio_buffer.clear()
        await until(connection, "input_audio_buffer.cleared")
        await append(connection, speech(200))
        await connection.input_audio_buffer.commit()
        item = (await until(connection, "conversation.item.done"))[-1].item
        await connection.conversation.item.delete(item_id=item.id)
        await until(connection, "conversation.item.deleted")
        await connection.response.create()
        await until(connection, "response.output_audio.delta")
        await connection.response.cancel()
        assert (await until(connection, "response.done"))[-1].response.status == "cancelled"
        await until(connection, "rate_limits.updated")

    conversed(port, talk)


def test_a_second_client_of_other_make_is_served(port):
    async def talk():
        async with (
            asyncio.timeout(20),
            websockets.connect(f"ws://127.0.0.1:{port}/v1/realtime?model=gpt-realtime-2.1") as socket,
        ):
            assert json.loads(await socket.recv())["type"] == "session.created"
            await socket.send('{"type":"response.create"}')
            types = []
            while "response.done" not in types:
                types.append(json.loads(await socket.recv())["type"])
            assert "response.output_audio.delta" in types

    asyncio.run(talk())


def test_a_client_secret_made_by_the_sdk_opens_the_session_that_it_describes(port):
    """As a browser does it: the secret as a subprotocol, beside organization and project; `realtime` back."""

    async def talk():
        base = f"http://127.0.0.1:{port}/v1"
        async with asyncio.timeout(20), AsyncOpenAI(api_key="sk-test", base_url=base) as client:
            secret = await client.realtime.client_secrets.create(
                expires_after={"anchor": "created_at", "seconds": 60},
                session={
                    "type": "realtime",
                    "model": "gpt-realtime",
                    "instructions": "Two words.",
                    "tools": [TOOL],
                },
            )
            assert secret.session.instructions == "Two words."
            offered = [
                "realtime",
                f"openai-insecure-api-key.{secret.value}",
                "openai-organization.org-1",
                "openai-project.proj_1",
            ]
            url = f"ws://127.0.0.1:{port}/v1/realtime?model=gpt-realtime"
            async with websockets.connect(url, subprotocols=offered) as socket:
                assert socket.subprotocol == "realtime"
                session = json.loads(await socket.recv())["session"]
                assert (session["instructions"], session["tools"][0]["name"]) == ("Two words.", "balance")

    asyncio.run(talk())


def test_the_sdk_lists_models_and_tells_errors_by_their_kind(port):
    async def talk():
        base = f"http://127.0.0.1:{port}/v1"
        async with asyncio.timeout(20), AsyncOpenAI(api_key="sk-test", base_url=base) as client:
            models = {model.id: model async for model in client.models.list()}
            assert await client.models.retrieve("gpt-realtime-2.1") == models["gpt-realtime-2.1"]
            with pytest.raises(NotFoundError) as missing:
                await client.models.retrieve("gpt-4")
            assert missing.value.code == "model_not_found"
            with pytest.raises(BadRequestError) as refused:
                await client.realtime.client_secrets.create(
                    expires_after={"anchor": "created_at", "seconds": 1}
                )
            assert refused.value.param == "expires_after.seconds"

    asyncio.run(talk())


def test_the_sdk_has_what_is_said_written_down_in_a_transcription_session(port):
    async def run():
        async with (
            AsyncOpenAI(api_key="sk-test", websocket_base_url=f"ws://127.0.0.1:{port}/v1") as client,
            asyncio.timeout(20),
            client.realtime.connect(extra_query={"intent": "transcription"}) as connection,
        ):
            (created,) = await until(connection, "session.created")
            assert created.session.type == "transcription"
            heard = {"format": {"type": "audio/pcmu"}, "transcription": {"model": "gpt-4o-transcribe"}}
            await connection.session.update(session={"type": "transcription", "audio": {"input": heard}})
            (updated,) = await until(connection, "session.updated")
            assert updated.session.audio.input.transcription.model == "gpt-4o-transcribe"
            await append(connection, quiet(500) + speech(500) + quiet(600))
            turn = await until(connection, "conversation.item.input_audio_transcription.completed")
            assert turn[-1].transcript
            await connection.response.create()
            refused = json.loads(await connection.recv_bytes())
            assert (refused["error"]["code"], refused["error"]["param"]) == ("invalid_value", "type")

    asyncio.run(run())


def test_a_secret_for_transcription_opens_a_transcription_session(port):
    async def talk():
        base = f"http://127.0.0.1:{port}/v1"
        async with asyncio.timeout(20), AsyncOpenAI(api_key="sk-test", base_url=base) as client:
            secret = await client.realtime.client_secrets.create(session={"type": "transcription"})
            assert secret.session.object == "realtime.transcription_session"
        headers = {"Authorization": f"Bearer {secret.value}"}
        url = f"ws://127.0.0.1:{port}/v1/realtime"
        async with asyncio.timeout(20), websockets.connect(url, additional_headers=headers) as socket:
            assert json.loads(await socket.recv())["session"]["type"] == "transcription"

    asyncio.run(talk())
