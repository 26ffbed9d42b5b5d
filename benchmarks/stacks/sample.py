"""The shape of Twilio's public Python sample: FastAPI, uvicorn with uvloop, `websockets` towards the model.

Two loops under one gather; every message parsed by json; base64 passed through; a mark behind every delta, as
the sample sends. MARKS=0 leaves the marks out.
"""

import asyncio
import json
import os
import sys

import uvicorn
import websockets
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

PORT, MODEL_URL = int(sys.argv[1]), sys.argv[2]
MARKS = os.environ.get("MARKS", "1") == "1"
SESSION = {
    "type": "session.update",
    "session": {
        "type": "realtime",
        "output_modalities": ["audio"],
        "audio": {
            "input": {"format": {"type": "audio/pcmu"}, "turn_detection": {"type": "server_vad"}},
            "output": {"format": {"type": "audio/pcmu"}, "voice": "marin"},
        },
        "instructions": "You answer the telephone.",
    },
}

app = FastAPI()


class Stream:
    def __init__(self) -> None:
        self.sid = ""
        self.timestamp = 0
        self.response_began: int | None = None
        self.item: str | None = None
        self.marks: list[str] = []


@app.websocket("/media-stream")
async def media_stream(phone: WebSocket) -> None:
    await phone.accept()
    key = {"Authorization": "Bearer none"}
    async with websockets.connect(MODEL_URL, additional_headers=key) as model:
        await model.send(json.dumps(SESSION))
        stream = Stream()
        await asyncio.gather(from_phone(phone, model, stream), from_model(phone, model, stream))


async def from_phone(phone: WebSocket, model: websockets.ClientConnection, stream: Stream) -> None:
    try:
        async for text in phone.iter_text():
            message = json.loads(text)
            match message["event"]:
                case "media":
                    stream.timestamp = int(message["media"]["timestamp"])
                    append = {"type": "input_audio_buffer.append", "audio": message["media"]["payload"]}
                    await model.send(json.dumps(append))
                case "start":
                    stream.sid = message["start"]["streamSid"]
                    stream.timestamp, stream.response_began, stream.item = 0, None, None
                case "mark" if stream.marks:
                    stream.marks.pop(0)
    except WebSocketDisconnect:
        pass
    await model.close()


async def from_model(phone: WebSocket, model: websockets.ClientConnection, stream: Stream) -> None:
    async for text in model:
        event = json.loads(text)
        if event["type"] == "response.output_audio.delta":
            media = {"event": "media", "streamSid": stream.sid, "media": {"payload": event["delta"]}}
            await phone.send_json(media)
            if stream.response_began is None:
                stream.response_began = stream.timestamp
            if event.get("item_id"):
                stream.item = event["item_id"]
            if MARKS and stream.sid:
                mark = {"event": "mark", "streamSid": stream.sid, "mark": {"name": "part"}}
                await phone.send_json(mark)
                stream.marks.append("part")
        elif event["type"] == "input_audio_buffer.speech_started" and stream.item:
            await interrupt(phone, model, stream)


async def interrupt(phone: WebSocket, model: websockets.ClientConnection, stream: Stream) -> None:
    if stream.marks and stream.response_began is not None:
        truncate = {"type": "conversation.item.truncate", "item_id": stream.item, "content_index": 0}
        await model.send(json.dumps(truncate | {"audio_end_ms": stream.timestamp - stream.response_began}))
        await phone.send_json({"event": "clear", "streamSid": stream.sid})
        stream.marks.clear()
    stream.item, stream.response_began = None, None


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="warning")
