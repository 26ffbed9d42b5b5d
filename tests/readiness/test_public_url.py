"""Whether the public URL leads to this server is told by who answers there, over real sockets."""

import ssl
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import trio
import trustme
from far_end import listening
from served import bridge, http

from twiliobridge.readiness import public_url
from twiliobridge.readiness.port import open_port
from twiliobridge.readiness.public_url import public_row, streams_row
from twiliobridge.readiness.row import Verdict
from twiliobridge.settings import Settings
from twiliobridge.wires.http import Service

HERE = Settings(port=0)


async def judged(settings, port):
    public = await public_row(settings, port)
    return public, await streams_row(settings, port, public)


@asynccontextmanager
async def tunnel(url, *, upgrades=True, tls=None):
    """Carries whatever comes to `url`, `http://127.0.0.1:port`; perhaps all but WebSockets."""
    host, port = url.removeprefix("http://").split(":")

    async def carry(stream):
        server = await trio.open_tcp_stream(host, int(port))
        async with stream, server, trio.open_nursery() as nursery:
            nursery.start_soon(there, stream, server)
            async for data in server:
                await stream.send(data)
            nursery.cancel_scope.cancel()

    async def there(stream, server):
        async for data in stream:
            await server.send_all(data if upgrades else data.replace(b"Upgrade: websocket", b"X: y"))

    async with listening(carry, tls) as there_at:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{there_at}"


def answering(status, fields=(), body=b""):
    """A server that is no bridge."""

    async def answer(stream):
        async with stream:
            service = Service(stream)
            if await service.request():
                await service.answer(status, "text/plain", body, dict(fields))

    return listening(answer)


async def test_a_tunnel_to_a_free_port_is_answered_by_the_check_itself():
    """Both ways: the webhook's and the stream's."""
    async with open_port(HERE) as port, tunnel(f"http://{port.address}") as url:
        public, streams = await judged(replace(HERE, public_url=url), port)
    assert public.verdict is Verdict.OK
    assert f"{url} leads here" in public.told
    assert (streams.verdict, streams.told) == (Verdict.OK, f"ws{url[4:]}/twilio-agent takes WebSockets")


async def test_a_proxy_that_passes_no_websockets_is_found():
    """The webhook works, and no call would have sound."""
    async with (
        open_port(HERE) as port,
        tunnel(f"http://{port.address}", upgrades=False) as url,
    ):
        public, streams = await judged(replace(HERE, public_url=url), port)
    assert public.verdict is Verdict.OK
    assert streams.verdict is Verdict.FAILED
    assert "no WebSocket" in streams.told
    assert "Upgrade" in streams.mend


async def test_a_server_that_runs_already_answers_for_itself():
    """No stream is opened: it would be a call."""
    async with bridge() as served, tunnel(served.url) as url:
        settings = Settings(port=int(served.url.rpartition(":")[2]), public_url=url)
        async with open_port(settings) as port:
            public, streams = await judged(settings, port)
    assert (port.row.verdict, port.ours) == (Verdict.OK, False)
    assert "serves on 127.0.0.1" in port.row.told
    assert public.verdict is Verdict.OK
    assert streams.verdict is Verdict.SKIPPED
    assert served.models.models == []


async def test_another_bridge_behind_the_url_is_a_warning():
    """It may be one of several."""
    async with bridge() as served, open_port(HERE) as port:
        public, streams = await judged(replace(HERE, public_url=served.url), port)
    assert public.verdict is Verdict.WARNING
    assert "another twiliobridge" in public.told
    assert streams.verdict is Verdict.SKIPPED


async def test_a_port_of_somebody_else_fails():
    async with answering(404) as number, open_port(Settings(port=number)) as port:
        pass
    assert port.row.verdict is Verdict.FAILED
    assert "Address already in use" in port.row.told
    assert "--port" in port.row.mend


@pytest.mark.parametrize(
    ("status", "fields", "told", "mend"),
    [
        (200, {}, "HTTP 200 from {url}/health, and not from a twiliobridge", "let {url} lead to {here}"),
        (
            502,
            {},
            "HTTP 502 from {url}/health: a proxy or a tunnel finds nobody",
            "let it lead to {here}",
        ),
        (301, {"Location": "https://x.example/health"}, "redirected to https://x.example/health", "say that"),
    ],
)
async def test_who_else_answers_is_told_from_nobody(status, fields, told, mend):
    async with answering(status, fields) as number, open_port(HERE) as port:
        url = f"http://127.0.0.1:{number}"
        public, streams = await judged(replace(HERE, public_url=url), port)
    assert public.verdict is Verdict.FAILED
    assert told.format(url=url) in public.told
    assert mend.format(url=url, here=port.address) in public.mend
    assert streams.verdict is Verdict.SKIPPED


@pytest.mark.parametrize(
    ("url", "told", "mend"),
    [
        ("https://no-such-host.invalid", "does not resolve", "start the tunnel"),
        ("http://127.0.0.1:1", "Connection refused", "let it lead to {here}"),
    ],
)
async def test_a_url_that_leads_nowhere_is_told_as_that(url, told, mend):
    async with open_port(HERE) as port:
        public, _ = await judged(replace(HERE, public_url=url), port)
    assert public.verdict is Verdict.FAILED
    assert told in public.told
    assert mend.format(here=port.address) in public.mend


async def test_one_that_answers_nothing_is_not_waited_for_long(monkeypatch):
    monkeypatch.setattr(public_url, "WITHIN", 0.05)

    async def silent(stream):
        async with stream:
            await trio.sleep_forever()

    async with listening(silent) as number, open_port(HERE) as port:
        public, _ = await judged(replace(HERE, public_url=f"http://127.0.0.1:{number}"), port)
    assert "did not answer within 0.05 s" in public.told


async def test_without_a_public_url_there_is_nothing_to_ask():
    async with open_port(HERE) as port:
        public, streams = await judged(HERE, port)
    assert [public.verdict, streams.verdict] == [Verdict.SKIPPED, Verdict.SKIPPED]
    assert "--public-url" in public.mend


@pytest.mark.parametrize(("trusted", "verdict"), [(True, Verdict.OK), (False, Verdict.FAILED)])
async def test_a_certificate_must_be_one_that_is_trusted(trusted, verdict, monkeypatch, tmp_path):
    authority = trustme.CA()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    if trusted:
        file = tmp_path / "ca.pem"
        authority.cert_pem.write_to_path(str(file))
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    async with open_port(HERE) as port, tunnel(f"http://{port.address}", tls=tls) as url:
        public = await public_row(replace(HERE, public_url=url), port)
    assert public.verdict is verdict
    assert trusted or "certificate" in public.told
    assert trusted or "public authority" in public.mend


async def test_a_login_in_the_url_is_sent_as_twilio_does_and_never_shown():
    asked = []

    async def answer(stream):
        async with stream:
            service = Service(stream)
            asked.append(await service.request())
            await service.answer(401, "text/plain", b"")

    async with listening(answer) as number, open_port(HERE) as port:
        url = f"http://ann:s3cret@127.0.0.1:{number}"
        public, _ = await judged(replace(HERE, public_url=url), port)
    assert asked[0].headers["authorization"].startswith("Basic ")
    assert "s3cret" not in public.told + public.mend


async def test_calls_that_come_meanwhile_hear_that_lines_are_busy():
    async with open_port(HERE) as port:
        status, body = await http(f"http://{port.address}", "/incoming-call", form={})
    assert status == 200
    assert "lines are busy" in body


async def test_plain_http_from_outside_is_no_way_for_a_stream(monkeypatch):
    """Twilio takes wss:// alone, except where the phone is a test's, on this machine."""
    monkeypatch.setattr(public_url, "is_loopback", lambda _host: False)
    async with open_port(HERE) as port, tunnel(f"http://{port.address}") as url:
        public = await public_row(replace(HERE, public_url=url), port)
    assert public.verdict is Verdict.FAILED
    assert "without TLS" in public.told
    assert "https://" in public.mend
