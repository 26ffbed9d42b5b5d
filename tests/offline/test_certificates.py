"""The server with TLS: clients that trust its authority come in, and the Node SDK needs no more than that."""

import json
import ssl
import sys
from contextlib import asynccontextmanager
from functools import partial

import pytest
import trio
from offline_driver import ENGINES, Recited

from twiliobridge.offline.certificates import NoCertificate, from_files, self_signed
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.server import serve_offline
from twiliobridge.wires.http import get
from twiliobridge.wires.websocket import open_websocket_wire
from twiliobridge.wires.wire import TlsFailed


@asynccontextmanager
async def served(context, **knobs):
    """The server's port."""
    model = OfflineModel(ENGINES, Recited, Knobs(latency=0, **knobs))
    async with trio.open_nursery() as nursery:
        with trio.fail_after(20):
            (listener,) = await nursery.start(partial(serve_offline, model, port=0, tls=context))
            yield listener.socket.getsockname()[1]
        nursery.cancel_scope.cancel()


def dialled(port, trusting):
    url = f"wss://localhost:{port}/v1/realtime?model=gpt-realtime"
    return open_websocket_wire(url, backlog=2**20, max_message_size=2**20, ssl_context=trusting)


async def test_a_self_signed_server_is_trusted_by_its_file_and_by_no_other_means():
    with self_signed() as identity:
        trusting = ssl.create_default_context(cafile=identity.authority)
        async with served(identity.context) as port:
            async with dialled(port, trusting) as wire:
                assert json.loads(await wire.receive())["type"] == "session.created"
            assert (await get(f"https://127.0.0.1:{port}/v1/models", {}, trusting)).status == 200
            with pytest.raises(TlsFailed):
                async with dialled(port, ssl.create_default_context()):
                    pass
        assert f"NODE_EXTRA_CA_CERTS={identity.authority}" in identity.advice
        assert f"SSL_CERT_FILE={identity.authority}" in identity.advice
    assert not identity.authority.exists()


async def test_a_certificate_of_one_s_own_is_read_from_its_files(tmp_path):
    trustme = pytest.importorskip("trustme")
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    certificate.write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(key)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    async with served(from_files(certificate, key).context) as port, dialled(port, trusting) as wire:
        assert json.loads(await wire.receive())["type"] == "session.created"
    with pytest.raises(NoCertificate, match=r"cert.pem with the key .*cert.pem"):
        from_files(certificate, certificate)
    with pytest.raises(NoCertificate, match="No such file"):
        from_files(tmp_path / "none.pem", key)


async def test_a_drop_is_no_close_over_tls_either():
    with self_signed() as identity:
        trusting = ssl.create_default_context(cafile=identity.authority)
        async with served(identity.context, drop_after=2) as port, dialled(port, trusting) as wire:
            await wire.receive()
            wire.send('{"type":"input_audio_buffer.clear"}')
            await wire.receive()
            with pytest.raises(trio.BrokenResourceError, match="without a close"):
                await wire.receive()


def test_without_the_extra_one_line_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "trustme", None)
    with pytest.raises(NoCertificate, match=r"pip install 'twiliobridge\[tls\]'"), self_signed():
        pass
