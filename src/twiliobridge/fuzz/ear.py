"""Whether what the endpoint says is legal for Twilio, and what a correct endpoint would have understood."""

import json
from typing import Any

import msgspec

from twiliobridge.audio import FRAME_BYTES, SILENCE
from twiliobridge.fuzz.phone import MESSAGES, Json
from twiliobridge.mediastream import (
    Connected,
    LocalProtocolError,
    Media,
    MediaStream,
    Phase,
    RemoteProtocolError,
    Role,
    Start,
    StreamCode,
)
from twiliobridge.mediastream.events import ServerEvent, TwilioEvent

PhoneStream = MediaStream[TwilioEvent, ServerEvent]

SILENT = "/" * (FRAME_BYTES * 4 // 3 - 1)
"How every payload of silence begins: 0xFF is `/` in base64."

assert SILENCE == 0xFF


class Ear:
    """The endpoint must not speak before it was told a stream SID, and then only for one that it was told.

    A `start` that came with two SIDs, or two of them, leave it the choice.
    """

    def __init__(self) -> None:
        self._silent: PhoneStream = MediaStream(Role.TWILIO)
        self._streams: dict[str, PhoneStream] = {}

    def told(self, frame: bytes) -> None:
        """Notes what the endpoint was told, read as leniently as any endpoint may read it."""
        for sid in _stream_sids(frame):
            self._streams.setdefault(sid, _open_stream(sid))

    def fault(self, answer: str | bytes) -> str | None:
        """Why Twilio would not act on the answer; None if it would."""
        faults = []
        for stream in self._streams.values() or [self._silent]:
            try:
                stream.receive(answer)
            except RemoteProtocolError as error:
                code = StreamCode.UNKNOWN if error.code is None else StreamCode(error.code)
                faults.append(f"{error} (Twilio error {code.value}: {code.meaning})")
            else:
                return None
        return faults[0]


def _open_stream(sid: str) -> PhoneStream:
    stream: PhoneStream = MediaStream(Role.TWILIO)
    try:
        stream.send(Connected())
        stream.send(Start(stream_sid=sid, call_sid="", account_sid=""))
    except LocalProtocolError:  # a SID that no text can say: nor can the endpoint
        pass
    return stream


def _stream_sids(frame: bytes) -> list[str]:
    if b"start" not in frame:
        return []
    try:
        said = json.loads(frame.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return []
    if not isinstance(said, dict) or said.get("event") != "start":
        return []
    told: list[Any] = [said.get("streamSid")]
    if isinstance(said.get("start"), dict):
        told.append(said["start"].get("streamSid"))
    return [sid for sid in told if isinstance(sid, str) and sid]


class Understood:
    """What an endpoint cannot but have heard: what has all the fields that Twilio sends, in the legal order,
    and a `start` with what Twilio says in it. The rest it may ignore.
    """

    def __init__(self) -> None:
        self._stream: MediaStream[ServerEvent, Any] = MediaStream(Role.SERVER)
        self.speech = 0
        "Frames in which the caller was not silent."

    @property
    def streaming(self) -> bool:
        return self._stream.phase is Phase.STREAMING

    def told(self, message: Json) -> None:
        """The message with its placeholders."""
        if not _is_whole(message):
            return
        try:
            event = self._stream.receive(msgspec.json.encode(message).decode())
        except RemoteProtocolError:
            return
        if isinstance(event, Media) and event.size >= FRAME_BYTES and not event.payload.startswith(SILENT):
            self.speech += 1


FREE = {"sequenceNumber", "customParameters", "chunk", "timestamp", "payload", "digit", "name"}
"Fields whose value is another in each message."


def _is_whole(message: Json) -> bool:
    kind = message.get("event")
    model = MESSAGES.get(kind) if isinstance(kind, str) else None
    return model is not None and _like(message, model)


def _like(said: object, model: object) -> bool:
    """Whether all of the model's fields are there, with its values where these are always the same."""
    if not isinstance(model, dict):
        return said == model
    return isinstance(said, dict) and all(
        name in said and (name in FREE or _like(said[name], value)) for name, value in model.items()
    )
