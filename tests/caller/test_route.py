"""From the address by which a server knows itself to where it is reached: its own streams, and no others."""

import pytest
from far_end import TOKEN, Streams, Webhooks, connect, hang_up, listening, twiml
from twilio.request_validator import RequestValidator

from twiliobridge.caller import MockTwilioClient, NotConnected, StreamDialled
from twiliobridge.caller.route import Route

HERE = "http://localhost:5050/incoming-call"
LOCAL = "ws://localhost:5050/media"
PUBLIC = "https://voice.example.com"

OWN = [
    (None, "wss://localhost/media", LOCAL),  # request.hostname: the port is lost
    (None, "wss://localhost:5050/media", LOCAL),  # request.headers.host
    (None, "wss://127.0.0.1/media", LOCAL),
    (None, "ws://[::1]:5050/media", LOCAL),
    (None, "ws://localhost:5050/media", LOCAL),
    (None, "wss://LocalHost/media", LOCAL),
    (None, "https://localhost/status?a=b", "http://localhost:5050/status?a=b"),
    (None, "wss://localhost?a=b", "ws://localhost:5050?a=b"),
    (PUBLIC, "wss://voice.example.com/media", LOCAL),
    (PUBLIC, "wss://voice.example.com:443/media", LOCAL),
    (PUBLIC + ":8443/", "wss://voice.example.com:8443/media", LOCAL),
    (PUBLIC + ":8443/", "wss://voice.example.com/media", LOCAL),
]
"Public URL, what the TwiML says, where that is. The webhook is at HERE."

OTHERS = [
    (None, "ws://localhost:6060/media"),  # another server on this machine
    (None, "wss://localhost:443/media"),
    (None, "wss://voice.example.com/media"),
    (PUBLIC, "wss://localhost/media"),  # Twilio would not come back to a name that it did not ask for
    (PUBLIC, "wss://voice.example.com:8443/media"),
    (PUBLIC, "wss://media.voice.example.com/media"),
    (None, "wss://localhost:port/media"),
]


@pytest.mark.parametrize(("public", "named", "where"), OWN)
def test_the_host_that_the_webhook_was_asked_as_is_where_the_webhook_is(public, named, where):
    assert Route.to(HERE, public).local(named) == where


@pytest.mark.parametrize(("public", "named"), OTHERS)
def test_another_host_or_port_is_left_as_it_is(public, named):
    assert Route.to(HERE, public).local(named) == named


@pytest.mark.parametrize("named", ["wss://voice.example.com/media?x=1", "wss://localhost/media?x=1"])
def test_an_origin_of_the_streams_is_where_each_is(named):
    assert Route.to(HERE, None, "http://10.0.0.7:81").local_stream(named) == "ws://10.0.0.7:81/media?x=1"
    assert Route.to(HERE, None, "wss://10.0.0.7").local_stream(named) == "wss://10.0.0.7/media?x=1"


@pytest.mark.parametrize(
    ("url", "fields"),
    [
        ("ws://localhost:5050/media", {"X-Tunnel": "1"}),
        ("https://streams.example/x", {"X-Tunnel": "1"}),
        ("wss://voice.example.com/media", {}),
        ("http://localhost:6060/", {}),
    ],
)
def test_header_fields_go_to_the_server_and_to_no_other(url, fields):
    """They may be the key to a tunnel."""
    route = Route.to(HERE, None, "wss://streams.example", {"X-Tunnel": "1"})
    assert route.fields_for(url) == fields


class Bridge(Webhooks, Streams):
    """A bridge on one port: a webhook that names its host as `write` does, and the stream."""

    def __init__(self, write):
        Webhooks.__init__(self, status="")
        Streams.__init__(self, hang_up)
        self.write = write

    async def serve(self, stream):
        first = await stream.receive()
        asked = first.partition(b"host: ")[2] or first.partition(b"Host: ")[2]
        host = asked.partition(b"\r\n")[0].decode()
        named = connect(self.write(host), statusCallback=f"https://{host}/status")
        self.documents["voice"] = twiml(named)
        serve = Streams.serve if first.startswith(b"GET /media") else Webhooks.serve
        await serve(self, Resumed(stream, first))


class Resumed:
    """A stream of which something was read already."""

    def __init__(self, stream, first):
        self._stream, self._first = stream, first

    async def receive(self, size=65536):
        first, self._first = self._first, b""
        return first or await self._stream.receive(size)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self._stream.aclose()

    def __getattr__(self, name):
        return getattr(self._stream, name)


WAYS = {
    "request.hostname": lambda host: f"wss://{host.partition(':')[0]}/media",
    "request.headers.host": lambda host: f"wss://{host}/media",
    "configured": lambda _: "wss://voice.example.com/media",
}


@pytest.mark.parametrize(
    ("way", "public"),
    [
        ("request.hostname", None),
        ("request.headers.host", None),
        ("request.hostname", PUBLIC),
        ("request.headers.host", PUBLIC),
        ("configured", PUBLIC),
    ],
)
def test_a_bridge_on_this_machine_is_called_by_its_webhook_whatever_it_writes(run, way, public):
    """The handshake and the status callbacks reach it, too; each is signed for the URL that it has written,
    and asks for the host in that.
    """

    async def main():
        bridge, notes = Bridge(WAYS[way]), []
        async with listening(bridge.serve) as port:
            client = MockTwilioClient(
                f"http://127.0.0.1:{port}/voice",
                auth_token=TOKEN,
                public_url=public,
                headers={"X-Tunnel": "open"},
                observe=lambda _, note: notes.append(note),
            )
            async with client:
                await client.initiate_call_flow()
                await client.wait_for_call_end(5)
        (dialled,) = [each for each in notes if isinstance(each, StreamDialled)]
        assert dialled.where == f"ws://127.0.0.1:{port}/media"
        (handshake,) = bridge.requests
        host = "voice.example.com" if public else "127.0.0.1"
        assert handshake.headers["host"].partition(":")[0] == host
        assert dialled.url == f"wss://{handshake.headers['host']}/media"
        signature = handshake.headers["x-twilio-signature"]
        assert RequestValidator(TOKEN).validate(dialled.url, {}, signature)
        assert bridge.events() == ["stream-started", "stream-stopped"]
        assert {each.headers["host"].partition(":")[0] for each in bridge.asked} == {host}
        assert (
            {each.headers["x-tunnel"] for each in bridge.asked} == {"open"} == {handshake.headers["x-tunnel"]}
        )

    run(main)


def test_where_a_host_is_not_to_be_had_the_answer_begins_with_what_to_pass(run):
    async def main():
        async with Webhooks(voice=twiml(connect("wss://voice.invalid/media"))).open() as app:
            with pytest.raises(NotConnected) as failed:
                async with MockTwilioClient(f"{app.url}/voice"):
                    pass
        host = app.url.removeprefix("http://")
        advice, _, cause = str(failed.value).partition("; ")
        assert advice == (
            "say --public-url https://voice.invalid if that is how the bridge is known, "
            f"or --stream-origin {app.url} if the streams are there, too: the webhook was asked as {host}, "
            "and its TwiML leads to wss://voice.invalid/media"
        )
        assert cause.startswith("wss://voice.invalid/media: voice.invalid does not resolve")
        assert not failed.value.reached

    run(main)


@pytest.mark.parametrize(
    ("public", "named", "begin"),
    [
        (PUBLIC, "wss://localhost:1/media", "say --stream-origin http://127.0.0.1:"),
        (PUBLIC, "wss://voice.example.com/media", "ws://127.0.0.1:"),
        (None, "/media", "ws://127.0.0.1:"),
    ],
)
def test_nothing_is_advised_that_was_said_or_would_not_help(run, public, named, begin):
    """A public URL that was given already, or for a stream of the server's own, which it refuses."""

    async def main():
        async with Webhooks(voice=twiml(connect(named))).open() as app:
            with pytest.raises(NotConnected) as failed:
                async with MockTwilioClient(f"{app.url}/voice", public_url=public):
                    pass
        assert str(failed.value).startswith(begin)

    run(main)
