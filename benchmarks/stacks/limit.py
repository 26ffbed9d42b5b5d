"""The limit: both WebSockets compiled (picows), on uvloop, JSON by msgspec, one callback from read to write.

It relays audio and nothing else: no marks, no turns, no bounds on what waits, no shutdown.
"""

import asyncio
import sys

import msgspec
import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect, ws_create_server

PORT, MODEL_URL = int(sys.argv[1]), sys.argv[2]


class Media(msgspec.Struct):
    payload: str


class Start(msgspec.Struct):
    streamSid: str  # noqa: N815 -- Twilio's name


class FromPhone(msgspec.Struct):
    event: str
    media: Media | None = None
    start: Start | None = None


class FromModel(msgspec.Struct):
    type: str
    delta: str = ""


class Append(msgspec.Struct, tag_field="type", tag="input_audio_buffer.append"):
    audio: str


class ToPhone(msgspec.Struct, tag_field="event", tag="media"):
    streamSid: str  # noqa: N815 -- Twilio's name
    media: Media


SESSION = (
    b'{"type":"session.update","session":{"type":"realtime","audio":{"input":{"format":{"type":"audio/pcmu"}},'
    b'"output":{"format":{"type":"audio/pcmu"}}}}}'
)
encode = msgspec.json.Encoder().encode
read_phone = msgspec.json.Decoder(FromPhone).decode
read_model = msgspec.json.Decoder(FromModel).decode


class Phone(WSListener):
    def __init__(self) -> None:
        self.model: WSTransport | None = None
        self.sid = ""

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        self.dialling = asyncio.get_running_loop().create_task(self.dial())

    async def dial(self) -> None:
        self.model, _ = await ws_connect(lambda: Model(self), MODEL_URL)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is not WSMsgType.TEXT:
            if frame.msg_type is WSMsgType.CLOSE:
                transport.send_close()
                transport.disconnect()
            return
        message = read_phone(frame.get_payload_as_memoryview())
        if message.media and self.model:
            self.model.send(WSMsgType.TEXT, encode(Append(message.media.payload)))
        elif message.start:
            self.sid = message.start.streamSid

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        if self.model:
            self.model.disconnect()


class Model(WSListener):
    def __init__(self, phone: Phone) -> None:
        self.phone = phone

    def on_ws_connected(self, transport: WSTransport) -> None:
        transport.send(WSMsgType.TEXT, SESSION)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is not WSMsgType.TEXT:
            return
        event = read_model(frame.get_payload_as_memoryview())
        if event.delta:
            self.phone.transport.send(WSMsgType.TEXT, encode(ToPhone(self.phone.sid, Media(event.delta))))


async def main() -> None:
    server = await ws_create_server(lambda _: Phone(), "127.0.0.1", PORT)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
