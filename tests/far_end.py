"""Servers for a phone to call, of a few lines each, under whichever event loop runs."""

from contextlib import asynccontextmanager

import anyio
from anyio.abc import SocketAttribute
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from twiliobridge.wires.http import Service


async def until(condition):
    """Returns when `condition()` holds; another task or thread brings that about without an event."""
    with anyio.fail_after(5):
        while not condition():  # noqa: ASYNC110 -- see above
            await anyio.sleep(0.005)


@asynccontextmanager
async def listening(serve, tls=None):
    """`serve(stream)` for each connection; yields the port."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=0)
    port = listener.extra(SocketAttribute.local_port)  # noqa: S610 -- anyio, not Django
    if tls is not None:
        listener = anyio.streams.tls.TLSListener(listener, tls, standard_compatible=False)
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, serve)
        yield port
        tasks.cancel_scope.cancel()


TOKEN = "12345"


class Webhooks:
    """Answers each path with its document, and remembers what was asked. A document may be (status, text), or
    (status, Location).
    """

    def __init__(self, **documents):
        self.documents = documents
        self.asked = []
        self.url = ""

    @asynccontextmanager
    async def open(self):
        async with listening(self.serve) as port:
            self.url = f"http://127.0.0.1:{port}"
            yield self

    async def serve(self, stream):
        async with stream:
            service = Service(stream)
            request = await service.request()
            if request is None:
                return
            self.asked.append(request)
            document = self.documents.get(request.path.strip("/"), (404, ""))
            status, text = document if isinstance(document, tuple) else (200, document)
            fields = {"Location": text} if 300 <= status < 400 else {}
            await service.answer(status, "text/xml", text.encode(), fields)

    def events(self):
        """The StreamEvents told, in order."""
        return [each.form["StreamEvent"] for each in self.asked if "StreamEvent" in each.form]


class Socket:
    """The server's end of a WebSocket: `await hear()` is a message, None at the end; `say(text)` answers."""

    def __init__(self, stream):
        self.stream = stream
        self.protocol = ServerProtocol()
        self.request = None
        self._heard = []

    async def hear(self):
        while not self._heard:
            if self.protocol.close_rcvd or self.protocol.state is State.CLOSED:
                return None
            try:
                self.protocol.receive_data(await self.stream.receive())
            except (anyio.EndOfStream, anyio.BrokenResourceError):
                return None
            for event in self.protocol.events_received():
                if isinstance(event, Frame):
                    if event.opcode is Opcode.TEXT:
                        self._heard.append(event.data.decode())
                else:
                    self.request = event
                    self.protocol.send_response(self.protocol.accept(event))
            await self.flush()
        return self._heard.pop(0)

    async def say(self, text):
        if isinstance(text, bytes):
            self.protocol.send_binary(text)
        else:
            self.protocol.send_text(text.encode())
        await self.flush()

    async def close(self, code=1000):
        self.protocol.send_close(code)
        await self.flush()

    async def flush(self):
        try:
            await self.stream.send(b"".join(self.protocol.data_to_send()))
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            return


class Streams:
    """Media Streams: `script(socket)` once the phone's `start` is there. Everything heard is kept."""

    def __init__(self, script=None, tls=None):
        self.script = script
        self.tls = tls
        self.heard = []
        self.requests = []
        self.gone = 0
        self.host = ""

    @asynccontextmanager
    async def open(self):
        async with listening(self.serve, self.tls) as port:
            self.host = f"127.0.0.1:{port}"
            yield self

    async def serve(self, stream):
        async with stream:
            socket = Socket(stream)
            while (text := await socket.hear()) is not None:
                self.heard.append(text)
                if '"event":"start"' in text:
                    self.requests.append(socket.request)
                    if self.script is not None:
                        await self.script(socket)
        self.gone += 1


async def hang_up(socket):
    """A script: the server closes."""
    await socket.close()


def verbs(client):
    return [type(each.verb) for each in client.verbs]


def twiml(*inside):
    return f"<Response>{''.join(inside)}</Response>"


def connect(url, inside="", **attributes):
    extra = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<Connect><Stream url="{url}"{extra}>{inside}</Stream></Connect>'
