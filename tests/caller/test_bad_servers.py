"""What a server may be instead of a bridge: each is one clear error, and nothing of the call is left."""

import sys
from contextlib import asynccontextmanager

import anyio
import msgspec
import pytest
from far_end import Socket, Streams, listening, until

from twiliobridge.caller import (
    AudioFileError,
    CallEnded,
    HandshakeFailed,
    MockTwilioClient,
    NotConnected,
    WebhookFailed,
)


@asynccontextmanager
async def answering(data):
    """A server that reads a request and answers it with these bytes."""

    async def answer(stream):
        async with stream:
            try:
                await stream.receive()
                await stream.send(data)
            except anyio.BrokenResourceError:
                return  # the client had read enough

    async with listening(answer) as port:
        yield f"127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", 200, "HTTP 200"),
        (b"HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n", 302, "HTTP 302"),
        (b"\x00\x01\x02 garbage\r\n\r\n", None, "31920"),
        (b"", None, "31920"),
    ],
)
def test_an_answer_other_than_101_is_a_failed_handshake(run, answer, status, says):
    """31920 with the HTTP status, if there was one."""

    async def main():
        async with answering(answer) as host:
            with pytest.raises(HandshakeFailed, match=says) as failed:
                async with MockTwilioClient(f"ws://{host}/m"):
                    pass
        assert failed.value.status == status
        assert "\n" not in str(failed.value)

    run(main)


def test_a_server_that_never_answers_is_31901(run, monkeypatch):
    """Neither the TCP connection nor the handshake is waited for without a bound."""
    monkeypatch.setattr(sys.modules["twiliobridge.caller.dial"], "CONNECT_SECONDS", 0.1)

    async def main():
        async def say_nothing(stream):
            async with stream:
                await anyio.sleep_forever()

        async with listening(say_nothing) as port:
            with pytest.raises(NotConnected, match="31901"):
                async with MockTwilioClient(f"ws://127.0.0.1:{port}/m"):
                    pass

    run(main)


def test_a_webhook_that_never_answers_is_11205(run, monkeypatch):
    monkeypatch.setattr("twiliobridge.caller.webhooks.WITHIN", 0.1)

    async def main():
        async def say_nothing(stream):
            async with stream:
                await anyio.sleep_forever()

        async with listening(say_nothing) as port:
            with pytest.raises(WebhookFailed, match=r"no answer within 0\.1 s"):
                async with MockTwilioClient(f"http://127.0.0.1:{port}/voice"):
                    pass

    run(main)


@pytest.mark.parametrize("data", [b"SSH-2.0-OpenSSH\r\n", b"", b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (2 << 20)])
def test_a_webhook_that_speaks_no_http_or_too_much_is_11205(run, data):
    async def main():
        async with answering(data) as host:
            with pytest.raises(WebhookFailed, match="11205"):
                async with MockTwilioClient(f"http://{host}/voice"):
                    pass

    run(main)


# ---- garbage on the stream


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x83\x00", 31924),  # an opcode that RFC 6455 reserves
        (b"\xc1\x00", 31924),  # a bit of an extension that nobody offered
        (b"\x81\xff" + b"\x00" * 8, 31924),  # masked, as no server may
        (b"GET / HTTP/1.1\r\n\r\n", 31924),
        (b"\x81\x7f" + (9 << 20).to_bytes(8, "big"), 31924),  # more than ten minutes of audio in one message
    ],
)
def test_a_broken_frame_ends_the_stream_with_31924(run, data, code):
    """The phone leaves with close code 1002, and whoever waits is told what the server did."""

    async def break_frames(socket):
        await socket.stream.send(data)

    async def main():
        streams = Streams(break_frames)
        async with streams.open():
            async with MockTwilioClient(f"ws://{streams.host}/m") as client:
                await client.initiate_call_flow()
                with pytest.raises(CallEnded, match="broke the WebSocket protocol") as ended:
                    await client.wait_for_ai_response(5)
                assert ended.value.close_code == (1009 if len(data) == 10 and data[1] == 0x7F else 1002)
                await until(lambda: streams.gone)  # at once, and not when the block ends
            assert [each.code for each in client.warnings] == [code]

    run(main)


def test_after_a_broken_frame_nobody_waits_for_a_server_that_stays(run):
    """It neither answers the close nor leaves; the call is over all the same."""

    async def break_a_frame_and_stay(socket):
        await socket.stream.send(b"\x83\x00")
        await anyio.sleep_forever()

    async def main():
        async with (
            Streams(break_a_frame_and_stay).open() as streams,
            MockTwilioClient(f"ws://{streams.host}/m") as client,
        ):
            await client.initiate_call_flow()
            assert await client.wait_for_hangup(1) == 1002

    run(main)


def test_messages_that_are_none_are_warnings_and_the_call_goes_on(run):
    """Each warning is typed: Twilio's code and its meaning, what is wrong, and the message in question."""
    said = [
        "nonsense",
        '{"event":"media","streamSid":"%s","media":{"payload":"AAAA","track":"outbound"}}',
        '{"event":"mark","streamSid":"%s","mark":{}}',
        '{"event":"bye","streamSid":"%s"}',
        '{"event":"clear","streamSid":"MZ0"}',
        b"\x01\x02",
    ]

    async def talk(socket):
        sid = msgspec.json.decode(streams.heard[1])["streamSid"]
        for text in said:
            await socket.say(text.replace("%s", sid) if isinstance(text, str) else text)
        await socket.close(4000)

    async def main():
        async with streams.open(), MockTwilioClient(f"ws://{streams.host}/m") as client:
            await client.initiate_call_flow()
            assert await client.wait_for_hangup(5) == 4000
        assert [each.code for each in client.warnings] == [31951] * 5 + [31950, 31921]
        assert client.warnings[0].message == "nonsense"
        assert '"track":"outbound"' in client.warnings[1].message
        assert client.warnings[5].message == "01 02"
        assert "binary" in client.warnings[5].meaning
        assert "bye" in client.warnings[3].text

    streams = Streams(talk)
    run(main)


def test_a_server_that_never_reads_costs_a_bounded_backlog_and_a_bounded_goodbye(run, monkeypatch):
    """Its TCP window fills, then the phone's backlog; frames are dropped with 31930, and leaving takes two
    seconds at most.
    """
    monkeypatch.setattr("twiliobridge.caller.websocket.BACKLOG", 4096)
    monkeypatch.setattr("twiliobridge.caller.line.GRACE_SECONDS", 0.1)

    async def main():
        heard = anyio.Event()

        async def never_read(stream):
            async with stream:
                socket = Socket(stream)
                raw = stream.extra(anyio.abc.SocketAttribute.raw_socket)  # noqa: S610 -- anyio, not Django
                raw.setsockopt(1, 8, 2048)  # SO_RCVBUF: as small as it gets
                await socket.hear()  # the handshake and the first message, and then nothing more
                heard.set()
                await anyio.sleep_forever()

        async with listening(never_read) as port, MockTwilioClient(f"ws://127.0.0.1:{port}/m") as client:
            await client.initiate_call_flow()
            await heard.wait()
            client.line._carrier._unsent += b"x" * (8 << 20)  # what TCP takes without a reader, and more
            await until(lambda: client.warnings)
            assert client.warnings[0].code == 31930
            begin = anyio.current_time()
            await client.hangup()
            assert anyio.current_time() - begin < 1

    run(main)


# ---- TLS


# ---- recordings


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "No such file"),
        (b"", "empty"),
        (b"no sound at all, but long enough to be read", "WAV"),
        ("wav", "empty|no audio|no samples"),
    ],
)
def test_a_recording_that_cannot_be_said_is_one_line_with_its_name(run, tmp_path, content, says):
    """Missing, not a WAV, or one without a sample: and the call can go on."""
    path = tmp_path / "question.wav"
    if content == "wav":
        content = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\0\0\0\0"
    if content is not None:
        path.write_bytes(content)

    async def main():
        async with Streams().open() as streams, MockTwilioClient(f"ws://{streams.host}/m") as client:
            await client.initiate_call_flow()
            with pytest.raises(AudioFileError, match=r"question\.wav") as error:
                await client.send_user_audio(path)
            assert "\n" not in str(error.value)
            assert client.line.turns == []

    run(main)
