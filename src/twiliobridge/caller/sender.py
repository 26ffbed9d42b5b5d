"""What goes out: every message of the caller's side, numbered in order, and a frame every 20 ms."""

import base64

import anyio

from twiliobridge.audio import FRAME_MS
from twiliobridge.caller.carrier import Carrier
from twiliobridge.caller.journal import Journal
from twiliobridge.caller.notes import Warned
from twiliobridge.caller.speech import Speech
from twiliobridge.mediastream import MediaStream, Phase
from twiliobridge.mediastream.errors import StreamCode
from twiliobridge.mediastream.events import Media, ServerEvent, TwilioEvent
from twiliobridge.wires.wire import WireFull

FIRST_TIMESTAMP_MS = 155
"Of the first frame, as captures of live calls have it."

PhoneStream = MediaStream[TwilioEvent, ServerEvent]


class Sender:
    """The phone's mouth, for one stream."""

    def __init__(self, stream: PhoneStream, carrier: Carrier, speech: Speech, journal: Journal) -> None:
        self._stream = stream
        self._carrier = carrier
        self._speech = speech
        self._journal = journal
        self._may_begin = anyio.Event()

    def say(self, event: TwilioEvent) -> None:
        """LocalProtocolError if the stream may not say it now. If the server does not read, lost with
        warning 31930.
        """
        text = self._stream.send(event)
        try:
            self._carrier.send(text)
        except WireFull as full:
            self._journal.note(anyio.current_time(), Warned(StreamCode.UPSTREAM_OVERFLOW, str(full)))

    def emit(self, event: TwilioEvent) -> None:
        """`say` what goes out by itself; after `stop`, nothing does."""
        if self._stream.phase is Phase.STREAMING:
            self.say(event)

    def begin(self) -> None:
        """The stream has started: the frames begin."""
        self._may_begin.set()

    async def pace(self) -> None:
        """Frame k leaves k * 20 ms after the first; when late, all that are due leave at once."""
        await self._may_begin.wait()
        begin = anyio.current_time()
        number = 0
        while True:
            await anyio.sleep_until(begin + number * FRAME_MS / 1000)
            payload = base64.b64encode(self._speech.frame(anyio.current_time())).decode()
            self.emit(Media(payload=payload, timestamp_ms=FIRST_TIMESTAMP_MS + number * FRAME_MS))
            number += 1
