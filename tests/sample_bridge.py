"""A bridge of the shape of Twilio's public Python sample, with its faults: marks of one name, deltas of a
cancelled response played, truncation by media.timestamp, `stop` not handled. FastAPI on uvicorn.
"""

import asyncio
import json
import threading
import time
from contextlib import contextmanager

import uvicorn
import websockets
from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse

TWIML = (
    '<?xml version="1.0"?><Response><Connect><Stream url="ws://{host}/media-stream"/></Connect></Response>'
)

SESSION = {
    "type": "session.update",
    "session": {
        "type": "realtime",
        "output_modalities": ["audio"],
        "audio": {
            "input": {"format": {"type": "audio/pcmu"}, "turn_detection": {"type": "server_vad"}},
            "output": {"format": {"type": "audio/pcmu"}, "voice": "alloy"},
        },
        "instructions": "You are a helpful and bubbly assistant.",
    },
}
GREETING = {
    "type": "conversation.item.create",
    "item": {
        "type": "message",
        "role": "user",
        "content": [{"type": "input_text", "text": "Greet the user."}],
    },
}


def sample_app(model_url):  # noqa: C901, PLR0915 -- one file with nested functions, as the sample is
    app = FastAPI()

    @app.api_route("/incoming-call", methods=["GET", "POST"])
    async def incoming_call(request: Request):
        return HTMLResponse(TWIML.format(host=request.url.netloc), media_type="application/xml")

    @app.websocket("/media-stream")
    async def media_stream(websocket: WebSocket):  # noqa: C901, PLR0915 -- likewise
        await websocket.accept()
        async with websockets.connect(model_url, max_size=1 << 24) as openai_ws:
            await openai_ws.send(json.dumps(SESSION))
            await openai_ws.send(json.dumps(GREETING))
            await openai_ws.send(json.dumps({"type": "response.create"}))
            stream_sid = None
            latest_media_timestamp = 0
            last_assistant_item = None
            mark_queue = []
            response_start_timestamp = None

            async def receive_from_twilio():
                nonlocal stream_sid, latest_media_timestamp
                try:
                    async for message in websocket.iter_text():
                        data = json.loads(message)
                        if data["event"] == "media" and openai_ws.state.name == "OPEN":
                            latest_media_timestamp = int(data["media"]["timestamp"])
                            append = {"type": "input_audio_buffer.append", "audio": data["media"]["payload"]}
                            await openai_ws.send(json.dumps(append))
                        elif data["event"] == "start":
                            stream_sid = data["start"]["streamSid"]
                            latest_media_timestamp = 0
                        elif data["event"] == "mark" and mark_queue:
                            mark_queue.pop(0)
                except WebSocketDisconnect:
                    if openai_ws.state.name == "OPEN":
                        await openai_ws.close()

            async def send_to_twilio():
                nonlocal last_assistant_item, response_start_timestamp
                try:
                    async for message in openai_ws:
                        response = json.loads(message)
                        if response["type"] == "response.output_audio.delta":
                            await websocket.send_json(
                                {
                                    "event": "media",
                                    "streamSid": stream_sid,
                                    "media": {"payload": response["delta"]},
                                }
                            )
                            if response["item_id"] != last_assistant_item:
                                response_start_timestamp = latest_media_timestamp
                                last_assistant_item = response["item_id"]
                            await send_mark()
                        if response["type"] == "input_audio_buffer.speech_started" and last_assistant_item:
                            await handle_speech_started()
                except Exception as error:  # noqa: BLE001 -- as the sample has it: said, and forgotten
                    print(error)  # noqa: T201

            async def handle_speech_started():
                nonlocal response_start_timestamp, last_assistant_item
                if mark_queue and response_start_timestamp is not None:
                    elapsed = latest_media_timestamp - response_start_timestamp
                    truncate = {
                        "type": "conversation.item.truncate",
                        "item_id": last_assistant_item,
                        "content_index": 0,
                        "audio_end_ms": elapsed,
                    }
                    await openai_ws.send(json.dumps(truncate))
                    await websocket.send_json({"event": "clear", "streamSid": stream_sid})
                    mark_queue.clear()
                    last_assistant_item = None
                    response_start_timestamp = None

            async def send_mark():
                if stream_sid:
                    mark = {"event": "mark", "streamSid": stream_sid, "mark": {"name": "responsePart"}}
                    await websocket.send_json(mark)
                    mark_queue.append("responsePart")

            await asyncio.gather(receive_from_twilio(), send_to_twilio())

    return app


class Server(uvicorn.Server):
    """Runs in a thread, where signals are not its affair."""

    @contextmanager
    def capture_signals(self):
        yield


@contextmanager
def sample_bridge(model_url):
    """Its base URL."""
    config = uvicorn.Config(sample_app(model_url), port=0, log_level="critical", ws="websockets-sansio")
    server = Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join()
