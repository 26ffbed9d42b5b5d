"""openai-agents: its realtime session, and its speech to text."""

import numpy as np
import told
from agents import function_tool
from agents.realtime import RealtimeAgent, RealtimeRunner, realtime_handoff
from agents.realtime.model_inputs import RealtimeModelSendRawMessage
from agents.voice import StreamedAudioInput, STTModelSettings
from agents.voice.models.openai_stt import OpenAISTTModel
from openai import AsyncOpenAI
from told import LINES, Told
from websockets.exceptions import ConnectionClosedError

MODEL = "gpt-realtime-2.1"
TRANSCRIBED = {"transcription": {"model": "gpt-4o-mini-transcribe"}, "turn_detection": {"type": "server_vad"}}


async def session(agent: RealtimeAgent, **settings):
    """A session of the agent's, as it is entered by `async with`."""
    model = {"url": f"{told.url()}/realtime?model={MODEL}", "initial_model_settings": settings}
    return await RealtimeRunner(agent, config={"tracing_disabled": True}).run(model_config=model)


def receptionist(**more) -> RealtimeAgent:
    return RealtimeAgent(name="reception", instructions="Be brief.", **more)


async def until(events, evidence: Told, kind: str):
    """Reads on, noting what comes, up to the first event of that type."""
    async for event in events:
        kinds = note(event, evidence)
        if kind in kinds:
            return event
    raise ConnectionError(f"the session ended before {kind}")


def note(event, evidence: Told) -> set[str]:
    match event.type:
        case "audio":
            evidence.audio_bytes += len(event.audio.data)
        case "audio_interrupted":
            evidence.cuts.append(event.type)
        case "error":
            evidence.errors.append(str(event.error))
        case "handoff":
            evidence.agents += [event.from_agent.name, event.to_agent.name]
        case "raw_model_event":
            return note_model(event.data, evidence)
    return {event.type}


def note_model(event, evidence: Told) -> set[str]:
    match event.type:
        case "input_audio_transcription_completed":
            evidence.understood.append(event.transcript)
        case "item_updated" if event.item.type == "message" and event.item.role == "assistant":
            if event.item.status == "completed":
                words = (part.text if part.type == "text" else part.transcript for part in event.item.content)
                evidence.heard.append(" ".join(word for word in words if word))
        case "exception":
            evidence.endings.append(str(event.exception))
        case "raw_server_event":
            return {f"server:{event.data['type']}"}
    return {f"model:{event.type}"}


async def text(evidence: Told) -> None:
    async with await session(receptionist(), output_modalities=["text"]) as talk:
        events = aiter(talk)
        for line in (LINES["about_bank"], LINES["how_long"]):
            await talk.send_message(line)
            await until(events, evidence, "model:turn_ended")


async def say(talk, name: str) -> None:
    for piece in told.speech(name):
        await talk.send_audio(piece)


async def voice(evidence: Told) -> None:
    async with await session(receptionist(), audio={"input": TRANSCRIBED}) as talk:
        events = aiter(talk)
        for line in ("tell_me_about_your_bank", "hold_on_a_sec"):
            await say(talk, line)
            await until(events, evidence, "model:turn_ended")


async def tool(evidence: Told) -> None:
    agent = receptionist(tools=[function_tool(evidence.last_payment)])
    async with await session(agent, output_modalities=["text"]) as talk:
        events = aiter(talk)
        await talk.send_message(LINES["last_payment"])
        await until(events, evidence, "tool_end")
        while LINES["payment"] not in " ".join(evidence.heard):
            await until(events, evidence, "model:turn_ended")


async def forced(evidence: Told) -> None:
    agent = receptionist(tools=[function_tool(evidence.note_caller)])
    async with await session(agent, output_modalities=["text"], tool_choice="required") as talk:
        events = aiter(talk)
        await talk.send_message(LINES["hello"])
        await until(events, evidence, "tool_end")


async def interruption(evidence: Told) -> None:
    async with await session(receptionist(), audio={"input": TRANSCRIBED}) as talk:
        events = aiter(talk)
        await say(talk, "tell_me_about_your_bank")
        await until(events, evidence, "audio")
        await say(talk, "hold_on_a_sec")
        while "take your time" not in " ".join(evidence.heard):
            await until(events, evidence, "model:turn_ended")


async def handoff(evidence: Told) -> None:
    cards = RealtimeAgent(
        name="cards", instructions="Replace cards.", tools=[function_tool(evidence.replace_card)]
    )
    reception = receptionist(handoffs=[realtime_handoff(cards)])
    async with await session(reception, output_modalities=["text"]) as talk:
        events = aiter(talk)
        await talk.send_message(LINES["cards_desk"])
        await until(events, evidence, "handoff")
        while "cards desk" not in " ".join(evidence.heard):
            await until(events, evidence, "model:turn_ended")
        await talk.send_message(LINES["gold_card"])
        while "is blocked" not in " ".join(evidence.heard):
            await until(events, evidence, "model:turn_ended")


async def transcription(evidence: Told) -> None:
    """The SDK's speech to text, which is a session that only transcribes."""
    client = AsyncOpenAI(base_url=told.url().replace("ws", "http", 1), websocket_base_url=told.url())
    model = OpenAISTTModel("gpt-4o-mini-transcribe", client)
    settings = STTModelSettings(turn_detection={"type": "server_vad"})
    sound = StreamedAudioInput()
    transcriber = await model.create_session(sound, settings, False, False)
    for piece in told.speech("tell_me_about_your_bank"):
        await sound.add_audio(np.frombuffer(piece, np.int16))
    async for turn in transcriber.transcribe_turns():
        evidence.understood.append(turn)
        break
    await transcriber.close()


async def aside(evidence: Told) -> None:
    async with await session(receptionist()) as talk:
        events = aiter(talk)
        item = {
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": LINES["about_bank"]}],
        }
        response = {"conversation": "none", "output_modalities": ["text"], "input": [item]}
        message = {"type": "response.create", "other_data": {"response": response}}
        await talk.model.send_event(RealtimeModelSendRawMessage(message=message))
        done = await until(events, evidence, "server:response.done")
        (answer,) = done.data.data["response"]["output"]
        evidence.heard = [answer["content"][0]["text"]]


async def refused(evidence: Told) -> None:
    async with await session(receptionist(), output_modalities=["text"], max_output_tokens=0) as talk:
        events = aiter(talk)
        await until(events, evidence, "error")
        await talk.send_message(LINES["about_bank"])
        await until(events, evidence, "model:turn_ended")


async def key(evidence: Told) -> None:
    async with await session(receptionist()) as talk:
        try:
            await until(aiter(talk), evidence, "error")
        except ConnectionClosedError as ending:
            evidence.endings.append(str(ending))


if __name__ == "__main__":
    told.perform(
        {
            "text": text,
            "voice": voice,
            "tool": tool,
            "forced": forced,
            "interruption": interruption,
            "handoff": handoff,
            "transcription": transcription,
            "aside": aside,
            "refused": refused,
            "key": key,
        }
    )
