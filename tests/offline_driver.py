"""An offline session on a clock of its own: jobs are done at once, every event is kept with its moment."""

import base64
from collections import deque

import msgspec
import numpy as np

from twiliobridge.audio import AudioFormat, at_speed, to_float, to_int16
from twiliobridge.conversation.vad import EnergyGate
from twiliobridge.offline.brain import Say
from twiliobridge.offline.engines import Engines
from twiliobridge.offline.jobs import CallMcp, Close, Foreign, ListTools, Recognise, Speak
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.session import OfflineSession, Opening
from twiliobridge.offline.whims import Whims
from twiliobridge.realtime.connection import RealtimeConnection
from twiliobridge.realtime.events import AppendAudio, OutputAudioDelta, UpdateSession
from twiliobridge.realtime.session import DEFAULT_MODEL, SessionUpdate
from twiliobridge.realtime.state import Role

WORD_MS = 300
"Of speech for each word, whatever the word."
SHORT_SILENCE = {"type": "server_vad", "silence_duration_ms": 200}
"Ends a turn, so that a test need not wait for the service's 500 ms."
LOUD = np.random.default_rng(7).integers(-9000, 9000, 480_000).astype(np.int16)


# The live service's order of events, in runs that recur.
BEGUN = ["response.created", "response.output_item.added", "conversation.item.added"]
SPOKEN = [
    "response.content_part.added",
    "response.output_audio_transcript.delta*",
    "response.output_audio.delta*",
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "conversation.item.done",
    "response.output_item.done",
]
CALLED = [
    "response.function_call_arguments.delta*",
    "response.function_call_arguments.done",
    "conversation.item.done",
    "response.output_item.done",
]
OVER = ["response.done", "rate_limits.updated"]
ADDED = ["conversation.item.added", "conversation.item.done"]


class Recited:
    """A brain that says what it was given, in turn, and then that it has no more to say."""

    def __init__(self, *replies, expecting="as expected"):
        self.replies = deque(replies)
        self.expecting = expecting
        self.seen = []

    def decide(self, memory, request):
        self.seen.append((memory, request))
        return self.replies.popleft() if self.replies else (Say("That is all."),)

    def expects(self, memory):
        return self.expecting


class Tone:
    """A voice without words: each is 300 ms of a tone, and a piece of its own."""

    name = "tone"
    rate = 8000

    def speak(self, text):
        for _ in text.split():
            yield (8000 * np.sin(np.arange(8 * WORD_MS) * 0.3)).astype(np.int16)


class Lengths:
    """A recogniser that reports how much it was given."""

    name = "lengths"

    def recognise(self, samples, rate):
        return f"{1000 * len(samples) // rate} ms"


class Unhearing:
    """A recogniser that finds no words."""

    def recognise(self, samples, rate):
        return None


ENGINES = Engines(voice=Tone(), recogniser=Lengths(), at_once=True)


def speech(ms, start=0):
    """Loud noise as mu-law, never the same twice."""
    return AudioFormat.PCMU.encode(LOUD[8 * start : 8 * (start + ms)])


def quiet(ms):
    return AudioFormat.PCMU.silence(ms)


class Driver:
    """`events` holds (moment, event), `sent` their texts; `asked` what MCP servers were asked.

    `jobs` wait if `works` is False.
    """

    def __init__(
        self,
        *replies,
        knobs=None,
        hears=True,
        brain=None,
        works=True,
        model=DEFAULT_MODEL,
        recogniser=ENGINES.recogniser,
        update=None,
    ):
        self.now = 100.0
        self.brain = brain or Recited(*replies)
        self.works = works
        self.recogniser = recogniser
        self.events = []
        self.sent = []
        self.jobs = deque()
        self.asked = []
        self.closed = self.closed_at = None
        self.lawful = RealtimeConnection(Role.SERVER, "law")
        knobs = knobs or Knobs()
        opening = Opening(
            model=model,
            created_at=1_700_000_000,
            seed="test",
            hears=hears,
            update=update,
            loss=next(iter(knobs.lose), None),
        )
        brain = Whims(self.brain, knobs, "test")
        self.session = OfflineSession(brain, EnergyGate(), self.now, opening, knobs)
        self._take(self.session.open(self.now))

    def say(self, event):
        """Whatever `event` sets off at once; returns the events that it brought."""
        before = len(self.events)
        self._take(self.session.client_said(event, self.now))
        return [event for _, event in self.events[before:]]

    def configure(self, **audio):
        """A telephone session: mu-law both ways, turns end after 200 ms, unless something else is said."""
        update = {
            "type": "realtime",
            "audio": {
                "input": {
                    "format": {"type": "audio/pcmu"},
                    "transcription": {"model": "whisper-1"},
                    "turn_detection": SHORT_SILENCE,
                },
                "output": {"format": {"type": "audio/pcmu"}},
            },
        }
        if (audio.get("turn_detection") or {}).get("type") == "server_vad":
            audio["turn_detection"] = SHORT_SILENCE | audio["turn_detection"]
        update["audio"]["input"] |= audio
        return self.say(UpdateSession(session=msgspec.convert(update, SessionUpdate)))

    def hear(self, audio, chunk=160):
        """Audio in the chunks in which a telephone sends it, at no cost of time."""
        before = len(self.events)
        for start in range(0, len(audio), chunk):
            self.say(AppendAudio(audio=base64.b64encode(audio[start : start + chunk]).decode()))
        return [event for _, event in self.events[before:]]

    def wait(self, seconds):
        """Lets time pass, moment by moment as the session asks for it."""
        before, end = len(self.events), self.now + seconds
        while (due := self.session.deadline()) is not None and due <= end:
            self.now = max(self.now, due)
            self._take(self.session.wake(self.now))
        self.now = end
        return [event for _, event in self.events[before:]]

    def listed(self, tools):
        """What the MCP server that was asked last offers."""
        return self._brought(lambda: self.session.listed(self.asked[-1].item_id, tools, self.now))

    def called(self, outcome):
        """What the MCP call that was made last came to."""
        return self._brought(lambda: self.session.called(self.asked[-1].item_id, outcome, self.now))

    def _brought(self, happens):
        before = len(self.events)
        self._take(happens())
        return [event for _, event in self.events[before:]]

    def work(self):
        """Carries out the jobs that wait, and those that follow from them."""
        while self.jobs:
            job = self.jobs.popleft()
            if isinstance(job, Recognise):
                text = self.recogniser.recognise(job.samples, job.rate)
                self._take(self.session.heard(job.item_id, text, self.now))
            elif isinstance(job, Speak):
                self._speak(job)

    def _speak(self, job):
        for piece in Tone().speak(job.text):
            paced = to_int16(at_speed(to_float(piece), Tone.rate, job.speed))
            audio = job.format.encode(np.repeat(paced, job.format.rate // Tone.rate))
            self._take(self.session.spoken(job.item_id, audio, self.now, last=False))
        self._take(self.session.spoken(job.item_id, b"", self.now, last=True))

    def _take(self, actions):
        for action in actions:
            assert self.closed is None, "something came after the end"
            match action:
                case Recognise() | Speak():
                    self.jobs.append(action)
                case ListTools() | CallMcp():
                    self.asked.append(action)
                case Close():
                    self.closed, self.closed_at = action, self.now
                case Foreign():
                    self.events.append((self.now, action))
                case _:
                    text = self.lawful.send(action)  # raises if the protocol's own table forbids it
                    self.sent.append(text)
                    self.events.append((self.now, action))
        if self.works:
            self.work()

    def of(self, kind):
        return [event for _, event in self.events if isinstance(event, kind)]

    def audio(self, item_id=None):
        """What was said, or of it what belongs to one item, as bytes."""
        deltas = (event for event in self.of(OutputAudioDelta) if item_id in {None, event.item_id})
        return b"".join(base64.b64decode(event.delta) for event in deltas)


def types(events):
    """Wire names; runs of the same delta as one, followed by a star."""
    names = []
    for event in events:
        name = event.type if isinstance(event, Foreign) else event.__struct_config__.tag
        name = f"{name}*" if name.endswith(".delta") else name
        if not (name.endswith("*") and names and name in names[-2:]):
            names.append(name)
    return names
