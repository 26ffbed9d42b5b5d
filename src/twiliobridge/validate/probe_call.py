"""A call of the suite's own, under observation."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import trio

from twiliobridge.audio import RATE
from twiliobridge.caller import (
    AgentStartsBeingHeard,
    CallEnded,
    CallerStartsSpeaking,
    Cleared,
    ConnectionDropped,
    KeyPressed,
    MarkEchoed,
    MarkReceived,
    MockTwilioClient,
    Note,
    ServerClosed,
    StreamStarted,
    StreamStopped,
    Utterance,
    Warned,
)
from twiliobridge.realtime import events as model
from twiliobridge.validate.measure import Piece, on_one_clock, overlap_ms, speech_ms
from twiliobridge.validate.result import CallRecord, CutAudio, Moment, MomentKind
from twiliobridge.validate.tap import ModelSession
from twiliobridge.validate.tracing import Cut, Delta, Play, Traced, trace
from twiliobridge.validate.trunk import Trunk

Tell = Callable[[Moment], None]


@dataclass(frozen=True)
class Spoken:
    """What the caller said: when the speech in it began and ended, in seconds."""

    began: float
    ended: float


class ProbeCall:
    """What a check sees of a call, and does in it. `client` is the phone itself."""

    def __init__(
        self,
        name: str,
        check_id: str,
        trunk: Trunk,
        sessions: Callable[[], Sequence[ModelSession]],
        tell: Tell,
    ) -> None:
        self.name = name
        self.trunk = trunk
        self.notes: list[tuple[float, Note]] = []
        self.cuts: list[Cut] = []
        self.client: MockTwilioClient
        self._check_id = check_id
        self._sessions = sessions
        self._tell = tell

    # ------------------------------------------------ what happens

    def noted(self, now: float, note: Note) -> None:
        self.notes.append((now, note))
        match note:
            case Cleared(cut_ms):
                end = self.trunk.received_bytes
                self.cuts.append(Cut(now, end - round(cut_ms * RATE / 1000), end))
            case CallerStartsSpeaking(duration_ms):
                length = None if duration_ms is None else duration_ms / 1000
                self._tell_speech(now, MomentKind.CALLER_SPEECH, "caller speaks", length)
            case AgentStartsBeingHeard():
                self._tell_speech(now, MomentKind.AGENT_SPEECH, "agent is heard", None)
        if (moment := self._moment(now, note)) is not None:
            self._tell(moment)

    def _tell_speech(self, now: float, kind: MomentKind, text: str, length: float | None) -> None:
        self._tell(Moment(time_s=self.seconds(now), kind=kind, text=text, duration_s=length))

    def seconds(self, now: float) -> float:
        """On the call's clock."""
        began = self.client.line.began
        return max(0.0, now - began) if began is not None else 0.0

    # ------------------------------------------------ what is done

    async def say(self, audio: bytes) -> Spoken:
        """Says it to its end, or as far as the line is up."""
        now = trio.current_time()
        try:
            return spoken(await self.client.line.say_all(audio))
        except CallEnded:
            return Spoken(now, trio.current_time())

    async def heard_for(self, ms: float, within: float) -> bool:
        """Whether `ms` of the current answer were heard `within` seconds."""
        with trio.move_on_after(within), suppress(CallEnded):
            await self.client.wait_until_heard(ms)
            return True
        return False

    # ------------------------------------------------ what was seen

    @property
    def sessions(self) -> Sequence[ModelSession]:
        """The model's, dialled since this call was placed."""
        return self._sessions()

    @property
    def session(self) -> ModelSession | None:
        return self.sessions[0] if self.sessions else None

    @property
    def up(self) -> bool:
        return self.client.line.ending is None

    @property
    def began(self) -> float:
        return self.client.line.began or 0.0

    @property
    def first_heard_s(self) -> float | None:
        """From the stream's start."""
        stretches = self.client.line.heard.stretches
        return stretches[0].began - self.began if stretches else None

    @property
    def heard(self) -> bytes:
        """All of the agent's audio that was heard, without the gaps."""
        return b"".join(bytes(each.audio) for each in self.client.line.heard.stretches)

    def heard_ms(self, begin: float, end: float) -> float:
        """How long the agent was heard between two times."""
        return overlap_ms(self.client.line.heard.stretches, begin, end)

    @property
    def agent_is_heard(self) -> bool:
        line = self.client.line
        now = trio.current_time()
        return bool(line.queued_ms) or self.heard_ms(now - 0.02, now) > 0

    def noted_since(self, kind: type[Note], since: float) -> list[tuple[float, Note]]:
        return [(at, note) for at, note in self.notes if isinstance(note, kind) and at >= since]

    def received_until(self, at: float) -> int:
        """Bytes of audio that had come by then."""
        return max(
            (each.position + len(each.audio) for each in self.trunk.arrived if each.at <= at), default=0
        )

    def traced(self) -> list[Traced]:
        """What came to the phone, found in what the model said."""
        deltas = [Delta(*each) for session in self.sessions for each in session.spoken()]
        plays = [Play(each.at, each.position, each.audio) for each in self.trunk.arrived if each.audio]
        return trace(deltas, plays)

    # ------------------------------------------------ what is kept

    def record(self) -> CallRecord:
        line = self.client.line
        said = [Piece(each.began, bytes(each.audio)) for each in line.speech.said if each.began is not None]
        heard = [Piece(each.began, bytes(each.audio)) for each in line.heard.stretches]
        moments = [moment for at, note in self.notes if (moment := self._moment(at, note)) is not None]
        for name, kind, pieces in (
            ("caller speaks", MomentKind.CALLER_SPEECH, said),
            ("agent is heard", MomentKind.AGENT_SPEECH, heard),
        ):
            moments += [
                Moment(
                    time_s=self.seconds(each.began),
                    kind=kind,
                    text=name,
                    duration_s=each.ended - each.began,
                )
                for each in pieces
            ]
        moments += self._model_moments()
        return CallRecord(
            name=self.name,
            check_id=self._check_id,
            stream_sid=self.client.identity.stream_sid,
            call_sid=self.client.identity.call_sid,
            caller=on_one_clock(self.began, said),
            agent=on_one_clock(self.began, heard),
            cut=tuple(CutAudio(at_s=self.seconds(cut.at), audio=self._bytes(cut)) for cut in self.cuts),
            moments=tuple(sorted(moments, key=lambda each: each.time_s)),
        )

    def _bytes(self, cut: Cut) -> bytes:
        return b"".join(each.audio for each in self.trunk.arrived)[cut.begin : cut.end]

    def _moment(self, now: float, note: Note) -> Moment | None:
        """None for what the speech lanes show, and for what belongs to the call and not to its stream."""
        described: tuple[MomentKind, str] | None = None
        match note:
            case Cleared(cut_ms):
                described = MomentKind.CLEAR, f"clear: {cut_ms / 1000:.2f} s will not be heard"
            case MarkReceived(name):
                described = MomentKind.MARK_SENT, name
            case MarkEchoed(name, cleared):
                described = MomentKind.MARK_BACK, f"{name} (cleared)" if cleared else name
            case KeyPressed(digit):
                described = MomentKind.DTMF, digit
            case StreamStarted():
                described = MomentKind.LINE, "start"
            case StreamStopped():
                described = MomentKind.LINE, "stop"
            case ConnectionDropped():
                described = MomentKind.LINE, "the caller's connection drops"
            case ServerClosed(code):
                described = MomentKind.LINE, f"the bridge closes ({code})"
            case Warned(code, text):
                described = MomentKind.LINE, f"Twilio warning {code.value}: {text}"
        return (
            None
            if described is None
            else Moment(time_s=self.seconds(now), kind=described[0], text=described[1])
        )

    def _model_moments(self) -> list[Moment]:
        found = []
        for session in self.sessions:
            for each in session.log:
                if (described := _told(each.event)) is not None:
                    found.append(Moment(time_s=self.seconds(each.at), kind=described[0], text=described[1]))
        return found


def _told(event: object) -> tuple[MomentKind, str] | None:
    match event:
        case model.TruncateItem(audio_end_ms=ms):
            return MomentKind.MODEL, f"truncated at {ms} ms"
        case model.SpeechStarted():
            return MomentKind.MODEL, "hears the caller begin"
        case model.SpeechStopped():
            return MomentKind.MODEL, "hears the caller end"
        case model.Error(error=error):
            return MomentKind.MODEL, f"error {error.code}: {error.message}"
        case model.OutputItemDone(item=model.Item(type="function_call", name=str(name))):
            return MomentKind.TOOL, f"calls {name}"
        case model.CreateItem(item=model.Item(type="function_call_output", output=str(output))):
            return MomentKind.TOOL, f"answers {output[:80]}"
    return None


def spoken(utterance: Utterance) -> Spoken:
    """When the speech in it was said; of the whole of it, if it is too quiet to tell."""
    began = utterance.began or 0.0
    first, last = speech_ms(bytes(utterance.audio))
    return Spoken(began + first / 1000, began + (last or utterance.duration_ms) / 1000)
