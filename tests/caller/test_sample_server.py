"""A bridge of another make: FastAPI on uvicorn, JSON over /media-stream, as in Twilio's own sample."""

import threading
import time
from contextlib import asynccontextmanager, contextmanager

import anyio
import pytest
import uvicorn
from far_end import until
from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import Response

from twiliobridge.caller import MockTwilioClient
from twiliobridge.mediastream.twiml import Connect, Pause, Say

BACKENDS = pytest.mark.parametrize("backend", ["trio", "asyncio"])


TWIML = '<Response><Say>Please wait</Say><Pause length="0"/><Connect><Stream url="URL"/></Connect></Response>'


def sample_app(endings):  # noqa: C901 -- one file, as the sample is
    """Echoes the caller's speech, with a mark behind each piece; hangs up at the key #."""
    app = FastAPI()

    @app.post("/incoming-call")
    async def incoming_call(request: Request):
        stream = f"ws://{request.url.netloc}/media-stream"
        return Response(TWIML.replace("URL", stream), media_type="application/xml")

    @app.websocket("/media-stream")
    async def media_stream(websocket: WebSocket):
        await websocket.accept()
        sid, marks = None, []
        try:
            while True:
                data = await websocket.receive_json()
                match data["event"]:
                    case "start":
                        sid = data["start"]["streamSid"]
                    case "media" if data["media"]["payload"].strip("/") not in {"", "w=="}:
                        await websocket.send_json(
                            {
                                "event": "media",
                                "streamSid": sid,
                                "media": {"payload": data["media"]["payload"]},
                            }
                        )
                        await websocket.send_json(
                            {"event": "mark", "streamSid": sid, "mark": {"name": "responsePart"}}
                        )
                    case "mark":
                        marks.append(data["mark"]["name"])
                    case "dtmf" if data["dtmf"]["digit"] == "#":
                        endings.append(("closed", len(marks)))
                        await websocket.close()
                        return
                    case "stop":
                        endings.append(("stopped", len(marks)))
        except WebSocketDisconnect:
            endings.append(("disconnected", len(marks)))

    @asynccontextmanager
    async def lifespan(_app):
        yield

    app.router.lifespan_context = lifespan
    return app


class Server(uvicorn.Server):
    """Runs in a thread, where signals are not its affair."""

    @contextmanager
    def capture_signals(self):
        yield


@pytest.fixture
def sample():
    """The server's base URL, and how its calls ended."""
    endings = []
    config = uvicorn.Config(sample_app(endings), port=0, log_level="error", ws="websockets-sansio")
    server = Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}", endings
    finally:
        server.should_exit = True
        thread.join()


@BACKENDS
def test_the_sample_is_called_as_it_is(backend, sample, tone):
    """By its webhook, and directly: its echo is heard, its marks come back, and either may hang up."""
    url, endings = sample

    async def main():
        async with MockTwilioClient(f"{url}/incoming-call") as client:
            await client.initiate_call_flow()
            await client.line.say_all(tone(200))
            answer = await client.wait_for_ai_response(5, quiet=0.2)
            assert b"".join(answer) == tone(200)
            await client.send_dtmf("#")
            assert await client.wait_for_hangup(5) == 1000
            await client.wait_for_call_end(5)
        assert [type(each.verb) for each in client.verbs] == [Say, Pause, Connect]
        assert [each.code for each in client.warnings] == [31921]
        async with MockTwilioClient(url.replace("http", "ws") + "/media-stream") as client:
            await client.initiate_call_flow()
            await client.line.say_all(tone(40))
            await client.wait_until_heard(40)
        await until(lambda: len(endings) == 3)

    anyio.run(main, backend=backend)
    assert endings[0] == ("closed", 10)
    assert [each for each, _ in endings[1:]] == ["stopped", "disconnected"]
