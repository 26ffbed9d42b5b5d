"""A call over TLS is made to a certificate that is trusted, and to no other."""

import ssl

import anyio
import pytest
import trustme
from far_end import Streams, Webhooks, hang_up

from twiliobridge.caller import (
    MockTwilioClient,
    NotConnected,
    WebhookFailed,
)


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


def test_a_call_over_tls_is_made_if_its_certificate_is_trusted(run, authority):
    """Wss and https, with the same certificates; and a wss URL that TwiML has is followed anywhere."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(server)
    client_side = ssl.create_default_context()
    authority.configure_trust(client_side)

    async def main():
        async with Streams(hang_up, tls=server).open() as streams, Webhooks().open() as app:
            app.documents["voice"] = (
                f'<Response><Connect><Stream url="wss://{streams.host}/m"/></Connect></Response>'
            )
            for url in (f"wss://{streams.host}/m", f"{app.url}/voice"):
                async with MockTwilioClient(url, ssl_context=client_side) as client:
                    await client.initiate_call_flow()
                    assert await client.wait_for_hangup(5) == 1000

    run(main)


def test_a_certificate_that_nobody_signed_is_refused(run, authority):
    """31910 for the stream, 11205 for the webhook: Twilio takes public certificates only."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(server)

    async def refuse(stream):
        async with stream:
            pass

    async def main():
        listener = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=0)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)  # noqa: S610 -- anyio, not Django
        tls = anyio.streams.tls.TLSListener(listener, server, standard_compatible=False)
        tls.handle_handshake_error = forgive
        async with tls, anyio.create_task_group() as tasks:
            tasks.start_soon(tls.serve, refuse)
            for url, kind, code in (("wss", NotConnected, 31910), ("https", WebhookFailed, 11205)):
                with pytest.raises(kind, match="certificate") as refused:
                    async with MockTwilioClient(f"{url}://127.0.0.1:{port}/m"):
                        pass
                assert refused.value.code == code
                assert "\n" not in str(refused.value)
            tasks.cancel_scope.cancel()

    run(main)


async def forgive(_error, stream):
    await anyio.aclose_forcefully(stream)
