"""Pipecat: a pipeline around its realtime service, and its speech to text."""

import asyncio
import sys

import told
from loguru import logger
from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    InputAudioRawFrame,
    InterruptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMRunFrame,
    LLMTextFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    UserStartedSpeakingFrame,
)
from pipecat.observers.base_observer import BaseObserver, FramePushed
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.services.llm_service import FunctionCallParams
from pipecat.services.openai.realtime import events
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
from pipecat.services.openai.stt import OpenAIRealtimeSTTService
from pipecat.workers.runner import WorkerRunner
from told import LINES, Told

RATE = 24000
PATIENCE = 6
SOON = 2
SILENCE = 6
"Seconds."
SPOKEN = events.AudioConfiguration(
    input=events.AudioInput(transcription=events.InputAudioTranscription(model="gpt-4o-mini-transcribe"))
)


class Witness(BaseObserver):
    """Notes the frames that a bot's own processors would act on."""

    def __init__(self, evidence: Told) -> None:
        super().__init__(observe_every_push=False)
        self._evidence = evidence
        self._words = ""
        self.asked = False
        "The service has been handed its context."

    async def on_push_frame(self, data: FramePushed) -> None:
        match data.frame:
            case LLMContextFrame():
                self.asked = True
            case LLMTextFrame(text=text):
                self._words += text
            case LLMFullResponseEndFrame():
                self._evidence.heard.append(self._words)
                self._words = ""
            case TTSAudioRawFrame(audio=audio):
                self._evidence.audio_bytes += len(audio)
            case TranscriptionFrame(text=text):
                self._evidence.understood.append(text)
            case UserStartedSpeakingFrame():
                self._evidence.speech.append("UserStartedSpeakingFrame")
            case InterruptionFrame():
                self._evidence.cuts.append("InterruptionFrame")
            case ErrorFrame(error=error):
                self._evidence.errors.append(error)


class Talk:
    def __init__(self, evidence: Told, tools, opening: str, **properties) -> None:
        self.evidence = evidence
        properties = events.SessionProperties(**properties)
        self.service = OpenAIRealtimeLLMService(
            api_key=told.api_key(),
            base_url=f"{told.url()}/realtime",
            settings=OpenAIRealtimeLLMService.Settings(session_properties=properties),
        )
        context = LLMContext([{"role": "user", "content": opening}] if opening else [], tools)
        pair = LLMContextAggregatorPair(context)
        self.witness = Witness(evidence)
        self.worker = working([pair.user(), self.service, pair.assistant()], self.witness)

    async def say(self, name: str) -> None:
        await say(self.worker, name)

    async def write(self, text: str) -> None:
        """By the service: what is typed later than the context goes out as a system message otherwise."""
        content = [events.ItemContent(type="input_text", text=text)]
        item = events.ConversationItem(type="message", role="user", content=content)
        await self.service.send_client_event(events.ConversationItemCreateEvent(item=item))
        await self.service.send_client_event(events.ResponseCreateEvent())

    async def hear(self, words: str) -> None:
        await until(lambda: words in " ".join(self.evidence.heard))


def working(processors, witness: Witness) -> PipelineWorker:
    return PipelineWorker(
        Pipeline(processors),
        params=PipelineParams(audio_in_sample_rate=RATE),
        observers=[witness],
        idle_timeout_secs=None,
    )


async def say(worker: PipelineWorker, name: str, pace: float = 0) -> None:
    """In real time with a pace of 1: a session is described to the server while the caller speaks already."""
    for piece in told.speech(name):
        await worker.queue_frame(InputAudioRawFrame(audio=piece, sample_rate=RATE, num_channels=1))
        await asyncio.sleep(pace * len(piece) / (2 * RATE))


async def until(seen) -> None:
    """The client's own frames change what is seen; the runner ends a driver that waits for ever."""
    while not seen():  # noqa: ASYNC110 -- every frame would have to set an event
        await asyncio.sleep(0.02)


async def run(worker: PipelineWorker, scenario) -> None:
    runner = WorkerRunner(handle_sigint=False)
    running = asyncio.create_task(runner.run(worker))
    await scenario
    await worker.queue_frame(EndFrame())
    await running


def no_tools(evidence: Told) -> list:
    return []


def talking(scenario, opening="", tools=no_tools, **properties):
    """The scenario, played in a pipeline of its own that opens with a typed turn or with silence."""

    async def played(evidence: Told) -> None:
        talk = Talk(evidence, tools(evidence), opening, **properties)
        await talk.worker.queue_frame(LLMRunFrame())
        await run(talk.worker, scenario(talk))

    return played


def last_payment(evidence: Told):
    async def last_payment(params: FunctionCallParams, card_digits: str):
        """Tells the last payment.

        Args:
            card_digits: The last four digits of the card.

        """
        await params.result_callback(evidence.last_payment(card_digits))

    return [last_payment]


def note_caller(evidence: Told):
    async def note_caller(params: FunctionCallParams, name: str):
        """Notes who calls.

        Args:
            name: The caller's name.

        """
        await params.result_callback(evidence.note_caller(name))

    return [note_caller]


async def text(talk: Talk) -> None:
    await talk.hear("eighteen ninety-two")
    await talk.write(LINES["how_long"])
    await talk.hear("five days")


async def voice(talk: Talk) -> None:
    await talk.hear("Meadow Bank")
    await talk.say("tell_me_about_your_bank")
    await talk.hear("eighteen ninety-two")
    await talk.say("hold_on_a_sec")
    await talk.hear("take your time")
    await until(lambda: len(talk.evidence.understood) > 1)


async def tool(talk: Talk) -> None:
    await talk.hear(LINES["payment"])


async def forced(talk: Talk) -> None:
    await until(lambda: talk.evidence.tools)


async def interruption(talk: Talk) -> None:
    await talk.hear("Meadow Bank")
    await talk.say("tell_me_about_your_bank")
    before = talk.evidence.audio_bytes
    await until(lambda: talk.evidence.audio_bytes > before)
    talk.evidence.cuts.clear()
    await talk.say("hold_on_a_sec")
    await talk.hear("take your time")


async def transcription(evidence: Told) -> None:
    """Pipecat's speech to text, which is a session that only transcribes."""
    service = OpenAIRealtimeSTTService(
        api_key=told.api_key(),
        base_url=f"{told.url()}/realtime",
        turn_detection={"type": "server_vad"},
        settings=OpenAIRealtimeSTTService.Settings(model="gpt-transcribe"),
    )
    worker = working([service], Witness(evidence))

    async def scenario() -> None:
        await say(worker, "tell_me_about_your_bank", pace=1)
        await until(lambda: evidence.understood)

    await run(worker, scenario())


async def refused(talk: Talk) -> None:
    """An error is the end of a connection to Pipecat; a bot that mends its settings connects anew."""
    await until(lambda: talk.evidence.errors and talk.witness.asked)
    talk.service._settings.session_properties.max_output_tokens = "inf"  # noqa: SLF001 -- an update goes by the socket
    await talk.service.reset_conversation()
    await talk.hear("eighteen ninety-two")


async def key(talk: Talk) -> None:
    await until(lambda: talk.evidence.errors)


async def greet(talk: Talk) -> None:
    """A greeting, whatever becomes of it."""
    await told.within(PATIENCE, talk.hear("."), talk.evidence)
    await asyncio.sleep(SOON)


async def watch(talk: Talk) -> None:
    """A greeting, a typed turn with a tool, and a silence, whatever becomes of them."""
    await told.within(PATIENCE, talk.hear("."), talk.evidence)
    before = len(talk.evidence.heard)
    await talk.write(LINES["last_payment"])
    await told.within(PATIENCE, until(lambda: len(talk.evidence.heard) > before), talk.evidence)
    await told.within(PATIENCE, talk.hear("florist"), talk.evidence)
    await asyncio.sleep(SILENCE)


async def listen(talk: Talk) -> None:
    """A spoken turn."""
    await talk.say("tell_me_about_your_bank")
    await told.within(PATIENCE, talk.hear("eighteen"), talk.evidence)
    await asyncio.sleep(SOON)


if __name__ == "__main__":
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    told.perform(
        {
            "text": talking(text, LINES["about_bank"], output_modalities=["text"]),
            "voice": talking(voice, audio=SPOKEN),
            "tool": talking(tool, LINES["last_payment"], last_payment, output_modalities=["text"]),
            "forced": talking(
                forced, LINES["hello"], note_caller, output_modalities=["text"], tool_choice="required"
            ),
            "interruption": talking(interruption, audio=SPOKEN),
            "transcription": transcription,
            "refused": talking(refused, LINES["about_bank"], output_modalities=["text"], max_output_tokens=0),
            "key": talking(key),
            "greet": talking(greet, audio=SPOKEN),
            "watch": talking(watch, "", last_payment, audio=SPOKEN),
            "listen": talking(listen, audio=SPOKEN),
        }
    )
