"""What goes out: every message of the caller's side, numbered in order, and a frame every 20 ms."""

import base64
from collections.abc import Mapping

import anyio

from twiliobridge.audio import FRAME_MS, silence
from twiliobridge.caller.carrier import Carrier
from twiliobridge.caller.conditions import LineConditions, Pacing
from twiliobridge.caller.journal import Journal
from twiliobridge.caller.notes import Warned
from twiliobridge.caller.speech import Speech
from twiliobridge.mediastream import MediaStream, Phase
from twiliobridge.mediastream.errors import StreamCode
from twiliobridge.mediastream.events import Mark, Media, ServerEvent, Track, TwilioEvent
from twiliobridge.wires.wire import WireFull

FIRST_TIMESTAMP_MS = 155
"Of the first frame, as captures of live calls have it."

_SILENT_FRAME = silence(FRAME_MS)

PhoneStream = MediaStream[TwilioEvent, ServerEvent]


class Sender:
    """The phone's mouth, for one stream. `voices`: what is said on each of its tracks."""

    def __init__(
        self,
        stream: PhoneStream,
        carrier: Carrier,
        voices: Mapping[Track, Speech],
        journal: Journal,
        conditions: LineConditions,
    ) -> None:
        self._stream = stream
        self._carrier = carrier
        self._voices = voices
        self._journal = journal
        self._conditions = conditions
        self._may_begin = anyio.Event()

    def say(self, event: TwilioEvent) -> None:
        """LocalProtocolError if the stream may not say it now. If the server does not read, lost with
        warning 31930.
        """
        text = self._stream.send(event)
        try:
            self._carrier.send(text)
        except WireFull as full:
            self._journal.note(anyio.current_time(), Warned(StreamCode.UPSTREAM_OVERFLOW, str(full), text))

    def echo(self, name: str) -> None:
        """A mark goes back by itself; after `stop`, or on a line that echoes none, it does not."""
        if self._conditions.echoes_marks:
            self._emit(Mark(name=name))

    def begin(self) -> None:
        """The stream has started: the frames begin."""
        self._may_begin.set()

    async def pace(self) -> None:
        """Frame k leaves k * 20 ms after the first, as far as the line lets it; when late, all that are due
        leave at once.
        """
        await self._may_begin.wait()
        begin = anyio.current_time()
        pacing = Pacing(self._conditions)
        number = 0
        while True:
            due = begin + pacing.leaves_after_ms(number) / 1000
            await anyio.sleep_until(due)
            self._journal.tally.frame_left(anyio.current_time() - due)
            for track, voice in self._voices.items():
                self._send_frame(track, voice, number, pacing)
            number += 1

    def _send_frame(self, track: Track, voice: Speech, number: int, pacing: Pacing) -> None:
        nobody_speaks = not voice.speaking
        frame = voice.frame(anyio.current_time())
        if pacing.sends(silent=nobody_speaks or frame == _SILENT_FRAME):
            frame = self._conditions.noise or frame if nobody_speaks else frame
            payload = base64.b64encode(frame).decode()
            timestamp_ms = FIRST_TIMESTAMP_MS + number * FRAME_MS
            self._emit(Media(payload=payload, timestamp_ms=timestamp_ms, track=track))

    def _emit(self, event: TwilioEvent) -> None:
        """`say` what goes out by itself; after `stop`, nothing does."""
        if self._stream.phase is Phase.STREAMING:
            self.say(event)
