"""Pydantic AI: an agent's realtime session."""

import asyncio

import told
from openai import AsyncOpenAI
from pydantic_ai import Agent
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.messages import (
    ModelResponse,
    PartDeltaEvent,
    PartEndEvent,
    RealtimeInputSpeechStartEvent,
    RealtimeSessionErrorEvent,
    RealtimeSessionReconnectEvent,
    RealtimeTurnCompleteEvent,
    SpeechPart,
    SpeechPartDelta,
    TextPart,
)
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.realtime import RealtimeError
from pydantic_ai.realtime.openai import OpenAIRealtimeModel
from told import LINES, Told

BYTES_A_SECOND = 48000
PATIENCE = 6
SOON = 2
SILENCE = 6
"Seconds."


def opened(*tools, barge_in=False, **settings):
    """A session, as it is entered by `async with`."""
    client = AsyncOpenAI(base_url=told.url().replace("ws", "http", 1))
    model = OpenAIRealtimeModel("gpt-realtime-2.1", provider=OpenAIProvider(openai_client=client))
    agent = Agent(instructions="Be brief.", tools=tools)
    spoken = {"input_transcription_model": "gpt-4o-mini-transcribe", **settings}
    return agent.realtime(model, model_settings=spoken).session(handle_barge_in=barge_in)


async def until(events, evidence: Told, kind: type):
    """Reads on, noting what comes, up to the first event of that type."""
    async for event in events:
        note(event, evidence)
        if isinstance(event, kind):
            return event
    raise ConnectionError(f"the session ended before {kind.__name__}")


def note(event, evidence: Told) -> None:
    match event:
        case PartEndEvent(part=SpeechPart(speaker="assistant", transcript=str(words))):
            evidence.heard.append(words)
        case PartEndEvent(part=SpeechPart(speaker="user", transcript=str(words))):
            evidence.understood.append(words)
        case PartEndEvent(part=TextPart(content=words)):
            evidence.heard.append(words)
        case PartDeltaEvent(delta=SpeechPartDelta(speaker="assistant", audio_chunk=bytes(chunk))):
            evidence.audio_bytes += len(chunk)
        case RealtimeInputSpeechStartEvent():
            evidence.speech.append("RealtimeInputSpeechStartEvent")
        case RealtimeSessionReconnectEvent():
            evidence.endings.append("connected anew")
        case RealtimeSessionErrorEvent():
            evidence.errors.append(f"{event.code}: {event.message}")


async def say(session, name: str) -> None:
    for piece in told.speech(name):
        await session.send_audio(piece)


async def text(evidence: Told) -> None:
    async with opened(output_modality="text") as session:
        events = aiter(session)
        for line in (LINES["about_bank"], LINES["how_long"]):
            await session.send(line)
            await until(events, evidence, RealtimeTurnCompleteEvent)


async def voice(evidence: Told) -> None:
    async with opened() as session:
        events = aiter(session)
        for index, line in enumerate(("tell_me_about_your_bank", "hold_on_a_sec"), 1):
            await say(session, line)
            while len(evidence.heard) < index or len(evidence.understood) < index:
                await until(events, evidence, PartEndEvent)


async def tool(evidence: Told) -> None:
    async with opened(evidence.last_payment, output_modality="text") as session:
        events = aiter(session)
        await session.send(LINES["last_payment"])
        await until(events, evidence, RealtimeTurnCompleteEvent)


async def play(session) -> None:
    """A loudspeaker: takes the speech no faster than it sounds."""
    async for chunk in session.stream_audio():
        await asyncio.sleep(len(chunk) / BYTES_A_SECOND)


async def interruption(evidence: Told) -> None:
    async with opened(barge_in=True) as session:
        loudspeaker = asyncio.create_task(play(session))
        events = aiter(session)
        await say(session, "tell_me_about_your_bank")
        await until(events, evidence, RealtimeInputSpeechStartEvent)
        while not evidence.audio_bytes:
            await until(events, evidence, PartDeltaEvent)
        await say(session, "hold_on_a_sec")
        while "take your time" not in " ".join(evidence.heard):
            await until(events, evidence, PartEndEvent)
        loudspeaker.cancel()
        parts = (part for message in session.all_messages() for part in message.parts)
        speeches = (part for part in parts if isinstance(part, SpeechPart))
        cut = (part.interrupted_at_ms for part in speeches if part.interrupted_at_ms is not None)
        evidence.cuts += [f"interrupted at {ms} ms" for ms in cut]


async def refused(evidence: Told) -> None:
    """Its settings go out once, at the start, and their refusal is the end; so a later event is refused."""
    async with opened() as session:
        events = aiter(session)
        await session.commit_audio()
        await until(events, evidence, RealtimeSessionErrorEvent)
        await session.send(LINES["about_bank"])
        await until(events, evidence, RealtimeTurnCompleteEvent)


async def key(evidence: Told) -> None:
    try:
        async with opened() as session:
            await until(aiter(session), evidence, RealtimeSessionErrorEvent)
    except RealtimeError as error:
        evidence.errors.append(str(error))


async def watched(evidence: Told, *scenario, tools=(), silence=SOON) -> None:
    """The session's end and its new beginnings are told, whatever becomes of it."""
    try:
        async with opened(*tools, reconnect={}) as session:
            events = aiter(session)
            for step in scenario:
                await step(session)
                await told.within(PATIENCE, until(events, evidence, RealtimeTurnCompleteEvent), evidence)
            await told.within(silence, until(events, evidence, type(None)), evidence)
            responses = (each for each in session.all_messages() if isinstance(each, ModelResponse))
            evidence.outcomes += [str(response.finish_reason) for response in responses]
    except (RealtimeError, ModelHTTPError, ConnectionError) as error:
        evidence.endings.append(str(error))


async def begin(session) -> None:
    await session.create_response()


async def greet(evidence: Told) -> None:
    """A greeting, whatever becomes of it."""
    await watched(evidence, begin)


async def watch(evidence: Told) -> None:
    """A greeting, a typed turn with a tool, and a silence, whatever becomes of them."""

    async def ask(session):
        await session.send(LINES["last_payment"])

    await watched(evidence, begin, ask, tools=(evidence.last_payment,), silence=SILENCE)


async def listen(evidence: Told) -> None:
    """A spoken turn."""

    async def ask(session):
        await say(session, "tell_me_about_your_bank")

    await watched(evidence, ask)


if __name__ == "__main__":
    told.perform(
        {
            "text": text,
            "voice": voice,
            "tool": tool,
            "interruption": interruption,
            "refused": refused,
            "key": key,
            "greet": greet,
            "watch": watch,
            "listen": listen,
        }
    )
