"""The phone of the load: Twilio's messages on a schedule, marks back when their audio has been played."""

import asyncio
import json
from array import array

from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport

from benchmarks.call import Call, clock

EVERY = 0.020
"Seconds from frame to frame."

GOLDEN = 0.6180339887498949
"Steps of this, modulo 1, spread any number of phases evenly."


class Phone(WSListener):
    def __init__(self, call: Call, lateness: "array[float]") -> None:
        self.call = call
        self._lateness = lateness
        self._loop = asyncio.get_running_loop()
        self._number = 0
        self._due = 0.0
        self._plays_until = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.gone = self._loop.create_future()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        self.send(b'{"event":"connected","protocol":"Call","version":"1.0.0"}')
        start = {
            "event": "start",
            "sequenceNumber": "1",
            "start": {
                "accountSid": "AC" + "0" * 32,
                "streamSid": self.call.stream_sid,
                "callSid": self.call.call_sid,
                "tracks": ["inbound"],
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
                "customParameters": {},
            },
            "streamSid": self.call.stream_sid,
        }
        self.send(json.dumps(start).encode())

    def send(self, message: bytes) -> None:
        if not self.gone.done():
            self._transport.send(WSMsgType.TEXT, message)

    def speak(self) -> None:
        """From now on, a frame every 20 ms, in a phase of this call's own."""
        now = clock()
        phase = self.call.number * GOLDEN % 1 * EVERY
        self._due = now - now % EVERY + EVERY + phase
        self._timer = self._loop.call_at(self._due, self._say)

    def _say(self) -> None:
        number = self._number
        self._lateness.append(clock() - self._due)
        self._number = number + 1
        self._due += EVERY
        message = b'{"event":"media","sequenceNumber":"%d","media":{"track":"inbound","chunk":"%d",' % (
            number + 2,
            number + 1,
        ) + b'"timestamp":"%d","payload":"%b"},"streamSid":"%b"}' % (
            number * 20,
            self.call.inward.voice.frame(number),
            self.call.stream_sid.encode(),
        )
        self.call.inward.leave(number)
        self.send(message)
        self._timer = self._loop.call_at(self._due, self._say)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is not WSMsgType.TEXT:
            if frame.msg_type is WSMsgType.CLOSE:
                transport.send_close(frame.get_close_code())
                transport.disconnect()
            return
        message = frame.get_payload_as_bytes()
        found = message.find(b'"payload"')
        if found < 0:
            self._told(json.loads(message))
            return
        begin = message.find(b'"', found + 9) + 1
        payload = message[begin : message.find(b'"', begin)]
        self.call.outward.arrived(payload)
        self._plays_until = max(self._plays_until, clock()) + len(payload) * 0.75 / 8000

    def _told(self, message: dict[str, object]) -> None:
        if message["event"] != "mark":
            return
        mark = json.dumps(message | {"sequenceNumber": str(self._number + 2)}).encode()
        if self._plays_until <= clock():
            self.send(mark)
        else:
            self._loop.call_at(self._plays_until, self.send, mark)

    def hang_up(self) -> None:
        if self._timer:
            self._timer.cancel()
        if self.gone.done():
            return
        stop = {
            "event": "stop",
            "sequenceNumber": str(self._number + 2),
            "stop": {"accountSid": "AC" + "0" * 32, "callSid": self.call.call_sid},
            "streamSid": self.call.stream_sid,
        }
        self.send(json.dumps(stop).encode())
        self._transport.send_close(WSCloseCode.OK)
        self._transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        if self._timer:
            self._timer.cancel()
        if not self.gone.done():
            self.gone.set_result(None)
