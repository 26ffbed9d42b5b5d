"""OpenAI's SDK for Python."""

import asyncio
import base64
import json
import time
from contextlib import AsyncExitStack, asynccontextmanager

import told
from openai import AsyncOpenAI
from told import LINES, Told
from websockets.exceptions import ConnectionClosed, InvalidStatus

PATIENCE = 6
"Seconds in which a response begins and ends."
SOON = 1
"By then the client has begun to connect anew."
SILENCE = 6
"Longer than the answer sounds."
TOOL_RUNS = 1
MODEL = "gpt-realtime-2.1"
TOOLS = {
    "last_payment": {
        "type": "object",
        "properties": {"card_digits": {"type": "string"}},
        "required": ["card_digits"],
    },
    "note_caller": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
}
TRANSCRIBED = {"input": {"transcription": {"model": "gpt-4o-mini-transcribe"}}}


def connected(**options):
    client = AsyncOpenAI(websocket_base_url=told.url())
    return client.realtime.connect(**(options or {"model": MODEL}))


def tool(name):
    return {"type": "function", "name": name, "description": name, "parameters": TOOLS[name]}


async def until(connection, evidence: Told, kind: str):
    """Reads on, noting what comes, up to the first event of that type."""
    async for event in connection:
        note(event, evidence)
        if event.type == kind:
            return event
    raise ConnectionError(f"the connection ended before {kind}")


def note(event, evidence: Told) -> None:
    match event.type:
        case "response.output_text.done":
            evidence.heard.append(event.text)
        case "response.output_audio_transcript.done":
            evidence.heard.append(event.transcript)
        case "response.output_audio.delta":
            evidence.audio_bytes += len(base64.b64decode(event.delta))
        case "conversation.item.input_audio_transcription.completed":
            evidence.understood.append(event.transcript)
            evidence.order.append("transcript")
        case "input_audio_buffer.speech_started":
            evidence.speech.append(event.type)
        case "response.done":
            evidence.outcomes.append(outcome(event.response))
            evidence.order.append("response")
        case "response.mood.detected":
            evidence.order.append(event.type)
        case "error":
            evidence.errors.append(f"{event.error.code}: {event.error.message}")


def outcome(response) -> str:
    """`failed rate_limit_exceeded`, and what it held: `completed message function_call`."""
    details = response.status_details
    fault = details and details.error
    why = (details and details.reason) or (fault and (fault.code or fault.type))
    return " ".join([response.status, why or "", *(item.type for item in response.output)])


async def write(connection, text: str) -> None:
    content = [{"type": "input_text", "text": text}]
    await connection.conversation.item.create(item={"type": "message", "role": "user", "content": content})
    await connection.response.create()


async def say(connection, name: str) -> None:
    for piece in told.speech(name):
        await connection.input_audio_buffer.append(audio=base64.b64encode(piece).decode())


async def configure(connection, **session) -> None:
    await connection.session.update(session={"type": "realtime", **session})


async def text(evidence: Told) -> None:
    async with connected() as connection:
        await configure(connection, output_modalities=["text"])
        for line in (LINES["about_bank"], LINES["how_long"]):
            await write(connection, line)
            await until(connection, evidence, "response.done")


async def voice(evidence: Told) -> None:
    async with connected() as connection:
        await configure(connection, audio=TRANSCRIBED)
        for line in ("tell_me_about_your_bank", "hold_on_a_sec"):
            await say(connection, line)
            await until(connection, evidence, "response.done")


async def run_call(connection, evidence: Told, response) -> None:
    for call in (item for item in response.output if item.type == "function_call"):
        output = getattr(evidence, call.name)(**json.loads(call.arguments))
        item = {"type": "function_call_output", "call_id": call.call_id, "output": output}
        await connection.conversation.item.create(item=item)


async def tool_round_trip(evidence: Told) -> None:
    async with connected() as connection:
        await configure(connection, output_modalities=["text"], tools=[tool("last_payment")])
        await write(connection, LINES["last_payment"])
        done = await until(connection, evidence, "response.done")
        await run_call(connection, evidence, done.response)
        await connection.response.create()
        await until(connection, evidence, "response.done")


async def forced(evidence: Told) -> None:
    async with connected() as connection:
        await configure(connection, tools=[tool("last_payment"), tool("note_caller")])
        await connection.response.create(
            response={"tool_choice": {"type": "function", "name": "note_caller"}}
        )
        done = await until(connection, evidence, "response.done")
        await run_call(connection, evidence, done.response)


async def interruption(evidence: Told) -> None:
    async with connected() as connection:
        await configure(connection, audio=TRANSCRIBED)
        await say(connection, "tell_me_about_your_bank")
        first = await until(connection, evidence, "response.output_audio.delta")
        await say(connection, "hold_on_a_sec")
        speech = await until(connection, evidence, "input_audio_buffer.speech_started")
        evidence.cuts.append(speech.type)
        await connection.conversation.item.truncate(item_id=first.item_id, content_index=0, audio_end_ms=100)
        await until(connection, evidence, "conversation.item.truncated")
        while "take your time" not in " ".join(evidence.heard):
            await until(connection, evidence, "response.done")


async def transcription(evidence: Told) -> None:
    async with connected(extra_query={"intent": "transcription"}) as connection:
        await connection.session.update(session={"type": "transcription", "audio": TRANSCRIBED})
        await say(connection, "tell_me_about_your_bank")
        await until(connection, evidence, "conversation.item.input_audio_transcription.completed")


async def aside(evidence: Told) -> None:
    async with connected() as connection:
        content = [{"type": "input_text", "text": LINES["about_bank"]}]
        item = {"type": "message", "role": "user", "content": content}
        await connection.response.create(
            response={
                "conversation": "none",
                "output_modalities": ["text"],
                "metadata": {"topic": "aside"},
                "input": [item],
            }
        )
        await until(connection, evidence, "response.done")


async def refused(evidence: Told) -> None:
    async with connected() as connection:
        await configure(connection, tool_choice="sometimes")
        await until(connection, evidence, "error")
        await write(connection, LINES["about_bank"])
        await until(connection, evidence, "response.done")


async def key(evidence: Told) -> None:
    async with connected() as connection:
        await until(connection, evidence, "error")


def noted(evidence: Told):
    """The SDK connects anew if it is given such a handler; the session is then another one."""

    def reconnecting(event) -> None:
        evidence.endings.append(f"connects anew after {event.close_code}")

    return reconnecting


@asynccontextmanager
async def timed(evidence: Told, stage: str):
    began = time.monotonic()
    yield
    evidence.took[stage] = time.monotonic() - began


async def greet(evidence: Told) -> None:
    """A greeting, whatever becomes of it."""
    await met(evidence)


async def watch(evidence: Told) -> None:
    """A greeting, a typed turn with a tool, and a silence, whatever becomes of them."""
    await met(evidence, ask, silence)


async def met(evidence: Told, *steps) -> None:
    try:
        async with AsyncExitStack() as stack:
            async with timed(evidence, "dial"):
                dialled = connected(model=MODEL, on_reconnecting=noted(evidence))
                connection = await stack.enter_async_context(dialled)
            await open_talk(connection, evidence)
            for step in steps:
                await step(connection, evidence)
            await told.within(SOON, until(connection, evidence, "nothing"), evidence)
    except (InvalidStatus, ConnectionClosed, ConnectionError) as ending:
        evidence.endings.append(str(ending))


async def open_talk(connection, evidence: Told) -> None:
    async with timed(evidence, "updated"):
        await configure(connection, tools=[tool("last_payment")], audio=TRANSCRIBED)
        await told.within(PATIENCE, until(connection, evidence, "session.updated"), evidence)
    async with timed(evidence, "first"):
        await connection.response.create()
        await told.within(PATIENCE, until(connection, evidence, "response.created"), evidence)
    await told.within(PATIENCE, until(connection, evidence, "response.done"), evidence)


async def ask(connection, evidence: Told) -> None:
    await write(connection, LINES["last_payment"])
    done = await told.within(PATIENCE, until(connection, evidence, "response.done"), evidence)
    if done and done.response.status == "completed":
        await asyncio.sleep(TOOL_RUNS)
        await run_call(connection, evidence, done.response)
        await connection.response.create()
        await told.within(PATIENCE, until(connection, evidence, "response.done"), evidence)


async def silence(connection, evidence: Told) -> None:
    await told.within(SILENCE, until(connection, evidence, "nothing"), evidence)


async def listen(evidence: Told) -> None:
    """One spoken turn."""
    try:
        async with connected(model=MODEL, on_reconnecting=noted(evidence)) as connection:
            await configure(connection, audio=TRANSCRIBED)
            await say(connection, "tell_me_about_your_bank")
            await told.within(PATIENCE, until(connection, evidence, "response.done"), evidence)
            await told.within(SOON, until(connection, evidence, "nothing"), evidence)
    except (ConnectionClosed, ConnectionError) as ending:
        evidence.endings.append(str(ending))


if __name__ == "__main__":
    told.perform(
        {
            "text": text,
            "voice": voice,
            "tool": tool_round_trip,
            "forced": forced,
            "interruption": interruption,
            "transcription": transcription,
            "aside": aside,
            "refused": refused,
            "key": key,
            "greet": greet,
            "watch": watch,
            "listen": listen,
        }
    )
