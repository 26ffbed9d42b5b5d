"""Small Media Streams servers, each with one planted bug: `python gallery.py NAME` prints its port.

`python gallery.py NAME N` takes its connections from the listening socket that it inherits as descriptor N.
"""

import asyncio
import base64
import json
import socket
import sys
from contextlib import suppress

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed


class Echo:
    """Greets, echoes, and is sound: what it cannot read it ignores, and `stop` ends the call."""

    def __init__(self):
        self.calls = 0

    async def __call__(self, websocket):
        self.calls += 1
        sid = None
        try:
            async for text in websocket:
                message = self.read(text)
                match message.get("event"):
                    case "start" if isinstance(sid := message.get("streamSid"), str) and sid:
                        await self.started(websocket, sid, message)
                    case "media" if sid:
                        await self.heard(websocket, sid, message)
                    case "dtmf" if sid:
                        await self.pressed(websocket, sid, message)
                    case "stop":
                        return
        except ConnectionClosed:
            await self.dropped(sid)

    def refuse(self, _connection, _request):
        return None

    def read(self, text):
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            return {}
        return message if isinstance(message, dict) else {}

    async def started(self, websocket, sid, message):
        await self.play(websocket, sid, "/" * 216)

    async def heard(self, websocket, sid, message):
        try:
            payload = message["media"]["payload"]
            base64.b64decode(payload, validate=True)
        except (KeyError, TypeError, ValueError):
            return
        await self.play(websocket, sid, payload)

    async def pressed(self, websocket, sid, message):
        await self.say(websocket, {"event": "clear", "streamSid": sid})

    async def dropped(self, sid):
        pass

    async def play(self, websocket, sid, payload):
        await self.say(websocket, {"event": "media", "streamSid": sid, "media": {"payload": payload}})

    async def say(self, websocket, message):
        await websocket.send(json.dumps(message))


class CrashOnMissing(Echo):
    """A field that is not there is a KeyError."""

    async def heard(self, websocket, sid, message):
        message["media"]["timestamp"]
        await super().heard(websocket, sid, message)


class PoisonedForEver(Echo):
    """One call whose parameters are no object, and no later call is answered."""

    poison = False

    async def started(self, websocket, sid, message):
        start = message.get("start")
        if not isinstance(start, dict) or not isinstance(start.get("customParameters"), dict):
            self.poison = True
        if not self.poison:
            await super().started(websocket, sid, message)


class PoisonedOnce(Echo):
    """A key that is none stays in the buffer, and the next call falls over it."""

    keys = ""

    async def started(self, websocket, sid, message):
        keys, self.keys = self.keys, ""
        keys.encode()
        await super().started(websocket, sid, message)

    async def pressed(self, websocket, sid, message):
        dtmf = message.get("dtmf")
        self.keys = dtmf.get("digit") if isinstance(dtmf, dict) else ""


class LeakRefuses(Echo):
    """A call that is dropped keeps its line for ever, and there are twelve lines."""

    lines = 0

    async def started(self, websocket, sid, message):
        if self.lines >= 12:
            await websocket.close(1013)
            return
        await super().started(websocket, sid, message)

    async def dropped(self, sid):
        self.lines += 1


class LeakSlows(Echo):
    """Each call leaves something behind, and the next must walk past all of it."""

    async def started(self, websocket, sid, message):
        await asyncio.sleep(self.calls * 0.003)
        await super().started(websocket, sid, message)


class IllegalReply(Echo):
    """The answer to a key has a field that Twilio does not know."""

    async def pressed(self, websocket, sid, message):
        await self.say(websocket, {"event": "clear", "streamSid": sid, "reason": "key"})


class LateReply(IllegalReply):
    """It takes longer than an endpoint takes that has nothing else to do."""

    async def pressed(self, websocket, sid, message):
        await asyncio.sleep(0.3)
        await super().pressed(websocket, sid, message)


class IllegalGreeting(Echo):
    """So has the greeting of a caller with parameters. A greeting is waited for: no load hides this one."""

    async def started(self, websocket, sid, message):
        start = message.get("start")
        if not isinstance(start, dict) or start.get("customParameters") == {}:
            await super().started(websocket, sid, message)
        else:
            await self.say(websocket, {"event": "clear", "streamSid": sid, "reason": "greeting"})


class HangsOnOrder(Echo):
    """Audio before `start` waits for a `start` that nobody reads any more."""

    async def __call__(self, websocket):
        async for text in websocket:
            message = self.read(text)
            if message.get("event") == "media":
                await asyncio.Event().wait()
            if message.get("event") == "start" and isinstance(message.get("streamSid"), str):
                await self.started(websocket, message["streamSid"], message)
                break
        await super().__call__(websocket)


class DiesInTheEnd(Echo):
    """Takes forty calls, is slow for four, and then greets nobody any more."""

    async def started(self, websocket, sid, message):
        if self.calls > 44:
            await asyncio.Event().wait()
        if self.calls > 40:
            await asyncio.sleep(0.9)
        await super().started(websocket, sid, message)


class Vanishes(CrashOnMissing):
    """No call ends with a WebSocket close: after `stop`, or in the middle, where a field is missing."""

    async def __call__(self, websocket):
        with suppress(KeyError):
            await super().__call__(websocket)
        websocket.transport.abort()


class Supervised(CrashOnMissing):
    """It dies of a field that is missing, and is back two seconds later."""

    back_at = 0.0

    async def __call__(self, websocket):
        if asyncio.get_running_loop().time() < self.back_at:
            websocket.transport.abort()
            return
        try:
            await super().__call__(websocket)
        except KeyError:
            self.back_at = asyncio.get_running_loop().time() + 2
            websocket.transport.abort()


class Full(Echo):
    """Refuses all but the first thirty calls with a 503."""

    handshakes = 0

    def refuse(self, connection, _request):
        self.handshakes += 1
        return connection.respond(503, "full") if self.handshakes > 30 else None


class Mute(Echo):
    """Takes every call, and says nothing."""

    async def say(self, websocket, message):
        pass


GALLERY = {
    each.__name__: each
    for each in (
        Echo,
        CrashOnMissing,
        PoisonedForEver,
        PoisonedOnce,
        LeakRefuses,
        LeakSlows,
        IllegalReply,
        LateReply,
        IllegalGreeting,
        HangsOnOrder,
        DiesInTheEnd,
        Vanishes,
        Supervised,
        Full,
        Mute,
    )
}


async def main(name, inherited=None):
    new = inherited is None
    listener = socket.create_server(("127.0.0.1", 0)) if new else socket.socket(fileno=inherited)
    endpoint = GALLERY[name]()
    async with serve(endpoint, sock=listener, process_request=endpoint.refuse) as server:
        print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 -- for whoever started it
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:])))
