"""The handshake as Twilio makes it, under Trio and asyncio; and what is said when there is no stream."""

import base64
import socket
import ssl

import anyio
import pytest

from twiliobridge.caller import HandshakeFailed, MockTwilioClient, NotConnected
from twiliobridge.mediastream import sign

BACKENDS = pytest.mark.parametrize("backend", ["trio", "asyncio"])


@BACKENDS
def test_the_handshake_is_that_of_twilio_byte_for_byte(backend, tcp_listener):
    """Seven headers, lower-case, in the captured order: no Origin, subprotocol, extension or query."""
    requests = []

    async def answer(stream):
        async with stream:
            requests.append(await stream.receive())
            await stream.send(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")

    async def main():
        listener, port = await tcp_listener()
        async with listener, anyio.create_task_group() as tasks:
            tasks.start_soon(listener.serve, answer)
            url = f"ws://127.0.0.1:{port}/twilio-agent"
            with pytest.raises(HandshakeFailed, match=r"HTTP 403 .*31920") as refused:
                async with MockTwilioClient(url + "?token=lost", auth_token="12345"):
                    pass
            assert (refused.value.status, refused.value.code) == (403, 31920)
            tasks.cancel_scope.cancel()
        return port

    port = anyio.run(main, backend=backend)
    request, *headers = requests[0].partition(b"\r\n\r\n")[0].decode().split("\r\n")
    key = next(line for line in headers if line.startswith("sec-websocket-key: "))
    assert request == "GET /twilio-agent HTTP/1.1"
    assert headers == [
        f"host: 127.0.0.1:{port}",
        "user-agent: Twilio.TmeWs/1.0",
        "connection: Upgrade",
        "upgrade: websocket",
        "sec-websocket-version: 13",
        key,
        f"x-twilio-signature: {sign(f'ws://127.0.0.1:{port}/twilio-agent', '12345')}",
    ]
    assert len(base64.b64decode(key.partition(": ")[2], validate=True)) == 16


@BACKENDS
def test_what_cannot_be_called_is_named_with_twilio_s_code(backend):
    """Each way of not getting a stream is one line with the code that Twilio would log."""
    free = socket.socket()
    free.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
    port = free.getsockname()[1]
    urls = {
        f"ws://127.0.0.1:{port}/": 31902,
        "ftp://example.com/": 31922,
        "ws://": 31923,
        "wss://host:port/": 31923,
    }

    async def main():
        for url, code in urls.items():
            with pytest.raises(NotConnected) as refused:
                async with MockTwilioClient(url):
                    pass
            assert refused.value.code == code
            assert "\n" not in str(refused.value)

    with free:
        anyio.run(main, backend=backend)


@BACKENDS
def test_an_answer_that_is_no_handshake_is_31920(backend, tcp_listener):
    """No HTTP, and a subprotocol that Twilio never offered, are failed handshakes, too."""
    answers = [
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n",
        b"",
    ]

    async def main():
        listener, port = await tcp_listener()

        async def answer(stream):
            async with stream:
                await stream.receive()
                await stream.send(answers[0])

        async with listener, anyio.create_task_group() as tasks:
            tasks.start_soon(listener.serve, answer)
            while answers:
                with pytest.raises(HandshakeFailed, match="31920"):
                    async with MockTwilioClient(f"ws://127.0.0.1:{port}/"):
                        pass
                answers.pop(0)
            tasks.cancel_scope.cancel()

    anyio.run(main, backend=backend)


@BACKENDS
def test_a_server_without_tls_is_31910(backend, tcp_listener):
    """Wss to a server that does not speak TLS."""

    async def answer(stream):
        async with stream:
            await stream.receive()
            await stream.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async def main():
        listener, port = await tcp_listener()
        async with listener, anyio.create_task_group() as tasks:
            tasks.start_soon(listener.serve, answer)
            with pytest.raises(NotConnected, match="31910"):
                async with MockTwilioClient(
                    f"wss://127.0.0.1:{port}/", ssl_context=ssl.create_default_context()
                ):
                    pass
            tasks.cancel_scope.cancel()

    anyio.run(main, backend=backend)
