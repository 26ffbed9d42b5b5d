"""A bridge of the shape of Twilio's public sample, FastAPI on uvicorn, with its habits; its model, which
greets and echoes, is in the same process: `python sample_server.py` prints its port.
"""

import asyncio
import base64
import json
import logging

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.protocol import State

GREETING = base64.b64encode(b"\x10" * 160).decode()

app = FastAPI()
model_port = 0


async def model(websocket):
    """Greets when it is told its session, and echoes what it hears."""
    async for text in websocket:
        event = json.loads(text)
        match event.get("type"):
            case "session.update":
                await speak(websocket, GREETING)
            case "input_audio_buffer.append" if isinstance(event.get("audio"), str):
                await speak(websocket, event["audio"])


async def speak(websocket, audio):
    await websocket.send(
        json.dumps({"type": "response.output_audio.delta", "item_id": "item", "delta": audio})
    )


@app.websocket("/media-stream")
async def media_stream(websocket: WebSocket):
    await websocket.accept()
    async with connect(f"ws://127.0.0.1:{model_port}") as model_socket:
        await model_socket.send(json.dumps({"type": "session.update"}))
        call = Call(websocket, model_socket)
        await asyncio.gather(call.from_twilio(), call.from_model())


class Call:
    def __init__(self, phone, model_socket):
        self.phone, self.model = phone, model_socket
        self.stream_sid, self.latest_ms, self.marks = None, 0, []

    async def from_twilio(self):
        try:
            async for text in self.phone.iter_text():
                data = json.loads(text)
                if data["event"] == "media" and self.model.state is State.OPEN:
                    self.latest_ms = int(data["media"]["timestamp"])
                    append = {"type": "input_audio_buffer.append", "audio": data["media"]["payload"]}
                    await self.model.send(json.dumps(append))
                elif data["event"] == "start":
                    self.stream_sid = data["start"]["streamSid"]
                    self.latest_ms = 0
                elif data["event"] == "mark" and self.marks:
                    self.marks.pop(0)
        except WebSocketDisconnect:
            if self.model.state is State.OPEN:
                await self.model.close()

    async def from_model(self):
        try:
            async for text in self.model:
                event = json.loads(text)
                if event["type"] == "response.output_audio.delta":
                    payload = base64.b64encode(base64.b64decode(event["delta"])).decode()
                    await self.say({"event": "media", "media": {"payload": payload}})
                    await self.say({"event": "mark", "mark": {"name": "responsePart"}})
                    self.marks.append("responsePart")
        except Exception as error:  # noqa: BLE001 -- as in the sample
            logging.getLogger(__name__).info("%s", error)

    async def say(self, message):
        await self.phone.send_json(message | {"streamSid": self.stream_sid})


class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print(self.servers[0].sockets[0].getsockname()[1], flush=True)  # noqa: T201 -- for whoever started it


async def main():
    global model_port  # noqa: PLW0603 -- a sample
    async with serve(model, "127.0.0.1", 0) as realtime:
        model_port = realtime.sockets[0].getsockname()[1]
        config = uvicorn.Config(app, port=0, log_level="critical", ws="websockets-sansio")
        await Server(config).serve()


if __name__ == "__main__":
    asyncio.run(main())
