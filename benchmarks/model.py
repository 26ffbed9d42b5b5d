"""The model of the load: the Realtime protocol as far as a bridge can see it, and nothing behind it."""

import asyncio
import json
from typing import Any

from picows import WSFrame, WSListener, WSMsgType, WSTransport

from benchmarks.call import Call, Load

APPEND = b"input_audio_buffer.append"

DELTAS = 10
"Of 400 ms: an answer of four seconds."

DELTA_EVERY = 0.080
"Seconds: five times faster than it plays."

ANSWER_EVERY = 6.0
"Seconds: four of speech, two of silence."


class Model(WSListener):
    def __init__(self, call: Call) -> None:
        self._call = call
        self._loop = asyncio.get_running_loop()
        self._events = 0
        self._responses = 0
        self._deltas = 0
        self._head = b""
        self._session: dict[str, Any] = {"type": "realtime", "object": "realtime.session", "id": "sess_bench"}
        self._timer: asyncio.TimerHandle | None = None

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        self._tell("session.created", session=self._session | {"model": "gpt-realtime-2.1", "tools": []})

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is not WSMsgType.TEXT:
            if frame.msg_type is WSMsgType.CLOSE:
                transport.send_close(frame.get_close_code())
                transport.disconnect()
            return
        message = frame.get_payload_as_bytes()
        append = message.find(APPEND)
        if append < 0:
            self._told(json.loads(message))
            return
        found = message.find(b'"audio"')
        begin = message.find(b'"', found + 7) + 1
        self._hear(message[begin : message.find(b'"', begin)])

    def _hear(self, audio: bytes) -> None:
        numbers = self._call.inward.arrived(audio)
        if self._call.load is not Load.ECHO:
            return
        if not self._responses:
            self._begin_response()
        for number in numbers:
            self._call.outward.leave(number)
        self._delta(audio)

    def _told(self, event: dict[str, Any]) -> None:
        if event["type"] != "session.update":
            return
        self._session |= event["session"]
        self._tell("session.updated", session=self._session)
        if not self._call.ready.done():
            self._call.ready.set_result(None)
            if self._call.load is Load.SPEECH:
                # Answers of the calls do not coincide, as they would not.
                self._timer = self._loop.call_later(self._call.number * 0.37 % ANSWER_EVERY, self._answer)

    def _answer(self) -> None:
        self._timer = self._loop.call_later(ANSWER_EVERY, self._answer)
        self._begin_response()
        for turn in range(DELTAS):
            self._loop.call_later(turn * DELTA_EVERY, self._say)
        self._loop.call_later(DELTAS * DELTA_EVERY, self._end_response)

    def _say(self) -> None:
        way = self._call.outward
        way.leave(self._deltas)
        self._delta(way.voice.frame(self._deltas))
        self._deltas += 1

    def _begin_response(self) -> None:
        self._responses += 1
        where = {"response_id": f"resp_{self._responses}", "output_index": 0}
        item: dict[str, Any] = {"id": f"item_{self._responses}", "object": "realtime.item", "type": "message"}
        item |= {"status": "in_progress", "role": "assistant", "content": []}
        self._tell("response.created", response={"id": where["response_id"], "status": "in_progress"})
        self._tell("response.output_item.added", **where, item=item)
        self._tell("conversation.item.added", previous_item_id=None, item=item)
        self._head = b'"response_id":"%b","item_id":"%b","output_index":0,"content_index":0,"delta":"' % (
            f"resp_{self._responses}".encode(),
            f"item_{self._responses}".encode(),
        )

    def _end_response(self) -> None:
        number = self._responses
        item: dict[str, Any] = {
            "id": f"item_{number}",
            "object": "realtime.item",
            "type": "message",
            "status": "completed",
        }
        item |= {"role": "assistant", "content": [{"type": "output_audio", "transcript": ""}]}
        where = {"response_id": f"resp_{number}", "output_index": 0}
        self._tell("response.output_audio.done", **where, item_id=item["id"], content_index=0)
        self._tell("response.output_item.done", **where, item=item)
        self._tell(
            "response.done", response={"id": where["response_id"], "status": "completed", "output": []}
        )

    def _delta(self, audio: bytes) -> None:
        self._events += 1
        if self._transport.is_disconnected:
            return
        self._transport.send(
            WSMsgType.TEXT,
            b'{"type":"response.output_audio.delta","event_id":"event_%d",%b%b"}'
            % (self._events, self._head, audio),
        )

    def _tell(self, kind: str, **fields: object) -> None:
        self._events += 1
        event = {"type": kind, "event_id": f"event_{self._events}", **fields}
        if not self._transport.is_disconnected:
            self._transport.send(WSMsgType.TEXT, json.dumps(event).encode())

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        if self._timer:
            self._timer.cancel()


class Direct(WSListener):
    """No bridge: phone and model on one socket. What is measured over it is the load's own delay."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._call.ready.set_result(None)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is not WSMsgType.TEXT:
            return
        message = frame.get_payload_as_bytes()
        found = message.find(b'"payload"')
        if found < 0:
            return
        begin = found + 11
        payload = message[begin : message.find(b'"', begin)]
        for number in self._call.inward.arrived(payload):
            self._call.outward.leave(number)
        transport.send(WSMsgType.TEXT, b'{"event":"media","media":{"payload":"%b"}}' % payload)
