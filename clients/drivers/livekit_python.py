"""LiveKit Agents: an agent's session without a room, with a microphone and a loudspeaker of its own."""

import asyncio
import time

import told
from livekit import rtc
from livekit.agents import Agent, AgentSession, function_tool
from livekit.agents.utils import http_context
from livekit.agents.voice import io
from livekit.plugins import openai
from openai.types.realtime import AudioTranscription
from openai.types.realtime.realtime_audio_input_turn_detection import ServerVad
from told import LINES, Told

RATE = 24000
PATIENCE = 12
"Seconds: the client itself waits ten for an answer to begin."
SOON = 4
"The client waits two before it connects anew."
SILENCE = 6
TRANSCRIBED = AudioTranscription(model="gpt-4o-mini-transcribe")
SERVER_VAD = ServerVad(type="server_vad", create_response=True, interrupt_response=True)


def frame(piece: bytes) -> rtc.AudioFrame:
    return rtc.AudioFrame(piece, RATE, 1, len(piece) // 2)


class Microphone(io.AudioInput):
    """In real time: the client cancels what runs when it hears of speech, and that is not the next answer."""

    def __init__(self) -> None:
        super().__init__(label="recordings")
        self._frames = asyncio.Queue()

    async def __anext__(self) -> rtc.AudioFrame:
        heard = await self._frames.get()
        await asyncio.sleep(heard.duration)
        return heard

    def say(self, name: str) -> None:
        for piece in told.speech(name):
            self._frames.put_nowait(frame(piece))


class Loudspeaker(io.AudioOutput):
    """Plays `pace` times as fast as the sound is, so that a scenario need not wait for all of it."""

    def __init__(self, evidence: Told, pace: float) -> None:
        capabilities = io.AudioOutputCapabilities(pause=False)
        super().__init__(label="loudspeaker", capabilities=capabilities, sample_rate=RATE)
        self._evidence = evidence
        self._pace = pace
        self._began = self._queued = 0.0
        self._end = None

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        if not self._queued:
            self._began = time.monotonic()
            self.on_playback_started(created_at=time.time())
        self._queued += frame.duration
        self._evidence.audio_bytes += len(frame.data.tobytes())

    def flush(self) -> None:
        super().flush()
        if self._queued and self._end is None:
            left = self._queued / self._pace - (time.monotonic() - self._began)
            self._end = asyncio.get_running_loop().call_later(max(left, 0), self._finish)

    def clear_buffer(self) -> None:
        if self._queued:
            self._finish(interrupted=True)

    def _finish(self, *, interrupted: bool = False) -> None:
        played = min(self._queued, (time.monotonic() - self._began) * self._pace)
        if self._end is not None:
            self._end.cancel()
        self._queued, self._end = 0.0, None
        self.on_playback_finished(playback_position=played, interrupted=interrupted)


class Talk:
    """A session that is started, and what it has told so far."""

    def __init__(self, evidence: Told, pace: float, **options) -> None:
        model = openai.realtime.RealtimeModel(
            model="gpt-realtime-2.1",
            base_url=told.url().replace("ws", "http", 1),
            input_audio_transcription=TRANSCRIBED,
            turn_detection=SERVER_VAD,
            **options,
        )
        self.evidence = evidence
        self.microphone = Microphone()
        self.session = AgentSession(
            llm=model, vad=None, turn_handling={"turn_detection": "realtime_llm"}, aec_warmup_duration=None
        )
        self.session.input.audio = self.microphone
        self.session.output.audio = Loudspeaker(evidence, pace)
        self.session.on("conversation_item_added", self._added)
        self.session.on("user_input_transcribed", self._transcribed)
        self.session.on("user_state_changed", self._changed)
        self.session.on("error", lambda event: evidence.errors.append(chained(event.error)))
        self.session.on("close", lambda event: evidence.endings.append(f"{event.reason} {event.error}"))

    def _added(self, event) -> None:
        item = event.item
        if item.type != "message" or item.role != "assistant":
            return
        self.evidence.heard.append(item.text_content or "")
        if item.interrupted:
            self.evidence.cuts.append("interrupted")

    def _changed(self, event) -> None:
        if event.new_state == "speaking":
            self.evidence.speech.append("user_state_changed")

    def _transcribed(self, event) -> None:
        if event.is_final:
            self.evidence.understood.append(event.transcript)

    async def write(self, text: str) -> None:
        await self.session.generate_reply(user_input=text)

    async def hear(self, words: str) -> None:
        await until(lambda: words in " ".join(self.evidence.heard))


def chained(error) -> str:
    """A fault as the session tells it, and the exceptions that it came from."""
    told, cause = str(error), getattr(error, "error", None)
    while cause is not None:
        told += f" <- {cause!r}"
        cause = cause.__cause__
    return told


async def until(seen) -> None:
    """The client's own callbacks change what is seen; the runner ends a driver that waits for ever."""
    while not seen():  # noqa: ASYNC110 -- every callback would have to set an event
        await asyncio.sleep(0.02)


def simple(evidence: Told) -> Agent:
    return Agent(instructions="Be brief.")


def talking(scenario, agent=simple, pace=8.0, **options):
    """The scenario, played in a session of its own."""

    async def played(evidence: Told) -> None:
        async with http_context.open():
            talk = Talk(evidence, pace, **options)
            await talk.session.start(agent(evidence), record=False)
            await scenario(talk)
            await talk.session.aclose()

    return played


def with_tools(*names: str):
    def agent(evidence: Told) -> Agent:
        return Agent(
            instructions="Be brief.",
            tools=[function_tool(named(evidence, name), name=name) for name in names],
        )

    return agent


def named(evidence: Told, name: str):
    """A function as LiveKit wants it: not a method, and a coroutine."""
    if name == "last_payment":

        async def last_payment(card_digits: str) -> str:
            return evidence.last_payment(card_digits)

        return last_payment
    if name == "note_caller":

        async def note_caller(name: str) -> str:
            return evidence.note_caller(name)

        return note_caller

    async def replace_card(card: str, reason: str) -> str:
        return evidence.replace_card(card, reason)

    return replace_card


async def text(talk: Talk) -> None:
    for line in (LINES["about_bank"], LINES["how_long"]):
        await talk.write(line)


async def voice(talk: Talk) -> None:
    talk.microphone.say("tell_me_about_your_bank")
    await talk.hear("eighteen ninety-two")
    talk.microphone.say("hold_on_a_sec")
    await talk.hear("take your time")


async def tool(talk: Talk) -> None:
    await talk.write(LINES["last_payment"])
    await talk.hear(LINES["payment"])


async def forced(talk: Talk) -> None:
    choice = {"type": "function", "function": {"name": "note_caller"}}
    talk.session.generate_reply(user_input=LINES["hello"], tool_choice=choice)
    await until(lambda: talk.evidence.tools)


async def interruption(talk: Talk) -> None:
    talk.microphone.say("tell_me_about_your_bank")
    await until(lambda: talk.evidence.audio_bytes)
    talk.microphone.say("hold_on_a_sec")
    await talk.hear("take your time")


class Desk(Agent):
    """Tells when it takes over."""

    def __init__(self, evidence: Told, name: str, *tools) -> None:
        super().__init__(
            instructions=f"You are at the {name} desk.", tools=[function_tool(one) for one in tools]
        )
        self._evidence = evidence
        self._name = name

    async def on_enter(self) -> None:
        self._evidence.agents.append(self._name)


def reception(evidence: Told) -> Agent:
    async def transfer_to_cards():
        return Desk(evidence, "cards", named(evidence, "replace_card")), "You are at the cards desk."

    return Desk(evidence, "reception", transfer_to_cards)


async def handoff(talk: Talk) -> None:
    await talk.write(LINES["cards_desk"])
    await until(lambda: talk.evidence.agents[1:])
    await talk.write(LINES["gold_card"])
    await talk.hear("is blocked")


async def transcription(evidence: Told) -> None:
    """LiveKit's speech to text, which is a session that only transcribes."""
    async with http_context.open():
        address = told.url().replace("ws", "http", 1)
        stt = openai.STT(base_url=address, use_realtime=True, turn_detection={"type": "server_vad"})
        stream = stt.stream()
        for piece in told.speech("tell_me_about_your_bank"):
            stream.push_frame(frame(piece))
        async for event in stream:
            if event.type == "final_transcript":
                evidence.understood.append(event.alternatives[0].text)
                break
        await stream.aclose()


async def refused(talk: Talk) -> None:
    await until(lambda: talk.evidence.errors)
    await talk.write(LINES["about_bank"])


async def key(talk: Talk) -> None:
    await until(lambda: talk.evidence.errors)


async def reply(talk: Talk, **asked) -> None:
    """A reply, whatever becomes of it."""
    handle = talk.session.generate_reply(**asked)
    await told.within(PATIENCE, handle, talk.evidence)
    if handle.done() and (fault := handle.exception()):
        talk.evidence.outcomes.append(str(fault))


async def greet(talk: Talk) -> None:
    """A greeting, whatever becomes of it."""
    await reply(talk)
    await asyncio.sleep(SOON)


async def watch(talk: Talk) -> None:
    """A greeting, a typed turn with a tool, and a silence, whatever becomes of them."""
    await reply(talk)
    await reply(talk, user_input=LINES["last_payment"])
    await asyncio.sleep(SILENCE)


async def listen(talk: Talk) -> None:
    """A spoken turn."""
    talk.microphone.say("tell_me_about_your_bank")
    await told.within(PATIENCE, talk.hear("eighteen"), talk.evidence)
    await asyncio.sleep(SOON)


if __name__ == "__main__":
    told.perform(
        {
            "text": talking(text, modalities=["text"]),
            "voice": talking(voice),
            "tool": talking(tool, with_tools("last_payment"), modalities=["text"]),
            "forced": talking(forced, with_tools("last_payment", "note_caller"), modalities=["text"]),
            "interruption": talking(interruption, pace=1.0),
            "handoff": talking(handoff, reception, modalities=["text"]),
            "transcription": transcription,
            "refused": talking(refused, modalities=["text"], speed=9.0),
            "key": talking(key),
            "greet": talking(greet),
            "watch": talking(watch, with_tools("last_payment")),
            "listen": talking(listen),
        }
    )
