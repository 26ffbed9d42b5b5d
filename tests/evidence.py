"""Where in what the model generated each stretch belongs that the phone played."""

import base64
import re
from dataclasses import dataclass

from twiliobridge.mediastream import Dtmf
from twiliobridge.realtime.events import (
    CancelResponse,
    OutputAudioDelta,
    ResponseCreated,
    ResponseDone,
    SpeechStarted,
    SpeechStopped,
)


def audio_of(payload):
    return base64.b64decode(payload, validate=True)


@dataclass
class Piece:
    """Audio heard without a gap: `size` bytes from `at` of the stream, from the moment `began` on."""

    at: int
    size: int
    began: float

    def overlap(self, begin, end):
        return max(0, min(self.at + self.size, end) - max(self.at, begin))

    def heard_after(self, moment, end):
        """Bytes of the stream before `end` that were heard after that moment."""
        return self.overlap(self.at + max(0, round((moment - self.began) * 8000)), end)


class Evidence:
    def __init__(self, call):
        self.stream = bytearray()
        "All the audio that the model generated and the bridge had no reason to discard."
        self.items = {}
        "item id -> (begin, end) in the stream"
        self.generated = {}
        "item id of a conversation -> its first audio, discarded or not, as an index into what was watched"
        self.beside = {
            event.response.id
            for _, event in call.events(ResponseCreated)
            if event.response.conversation_id is None
        }
        "Responses out of band: no conversation has an item of theirs."
        self._generated(call)
        self.pieces = list(self._heard(call))

    def _generated(self, call):
        speaking, discarded = False, set()
        running = {False: None, True: None}
        "The response of the conversation, and the one beside it."
        for index, (_, way, event, _) in enumerate(call.watched):
            self._made(index, event)
            match event:
                case CancelResponse():
                    discarded.add(event.response_id)
                case _ if way == "out":
                    continue
                case ResponseCreated():
                    running[event.response.id in self.beside] = event.response.id
                    discarded |= {event.response.id} if speaking else set()
                case ResponseDone():
                    running[event.response.id in self.beside] = None
                case SpeechStarted() | Dtmf():
                    speaking = speaking or isinstance(event, SpeechStarted)
                    discarded |= set(running.values())
                case SpeechStopped():
                    speaking = False
                case OutputAudioDelta() if event.response_id not in discarded:
                    if event.response_id not in self.beside:
                        discarded.add(running[True])  # the answer takes its place
                    begin, _ = self.items.get(event.item_id, (len(self.stream), 0))
                    self.stream += audio_of(event.delta)
                    self.items[event.item_id] = begin, len(self.stream)

    def _made(self, index, event):
        if isinstance(event, OutputAudioDelta) and event.response_id not in self.beside:
            self.generated.setdefault(event.item_id, index)

    def _heard(self, call):
        """Finds every stretch that the phone played in the stream; padding to whole packets is 0xFF."""
        cursor = 0
        for stretch in call.line.heard.stretches:
            for run in re.finditer(rb"[^\xff]+", bytes(stretch.audio)):
                at = self.stream.find(run[0], cursor)
                assert at >= 0, f"{len(run[0])} bytes were heard that are not next, or nobody's"
                yield Piece(at, len(run[0]), stretch.began + run.start() / 8000)
                cursor = at + len(run[0])

    def heard(self, begin, end):
        return sum(piece.overlap(begin, end) for piece in self.pieces)
