"""The handshake of a Media Stream, as Twilio makes it.

The request is written here and not left to a WebSocket library, because each capitalises the names of the
headers and adds some that Twilio does not send (Origin, Sec-WebSocket-Extensions). Source: header captures
of real streams.
"""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import anyio
from anyio.abc import ByteStream
from websockets.client import ClientProtocol
from websockets.datastructures import Headers
from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI
from websockets.headers import build_host
from websockets.http11 import Request
from websockets.uri import WebSocketURI, parse_uri

from twiliobridge.caller.errors import HandshakeFailed, NotConnected
from twiliobridge.caller.websocket import WebSocket
from twiliobridge.mediastream.errors import StreamCode
from twiliobridge.mediastream.signature import sign
from twiliobridge.wires.http import NO_FIELDS
from twiliobridge.wires.tcp import open_tcp
from twiliobridge.wires.wire import Refused, TlsFailed, UnknownHost, Unreachable

CONNECT_SECONDS = 10.0
"To a connection, and from there to the 101. Twilio gives up with 31901; when, is not documented."
LARGEST_MESSAGE = 8 << 20
"Bytes: ten minutes of audio, the most that a playback buffer takes, in base64 and JSON."

_CODES = {
    UnknownHost: StreamCode.HOST_UNREACHABLE,
    Refused: StreamCode.CONNECTION_REFUSED,
    TlsFailed: StreamCode.TLS,
}


@asynccontextmanager
async def dial(
    url: str,
    auth_token: str | None = None,
    ssl_context: ssl.SSLContext | None = None,
    known_as: str | None = None,
    headers: Mapping[str, str] = NO_FIELDS,
) -> AsyncIterator[WebSocket]:
    """Connect to a `ws://` or `wss://` URL as Twilio does; a query string is dropped, as Twilio drops it.

    `known_as`: the URL by which the server knows itself, if a proxy that is not there makes the difference:
    its host is the request's. With `auth_token`, the handshake carries X-Twilio-Signature for that URL.
    `headers`: further fields, for a tunnel or a proxy in front.

    Resource handling: the TCP connection is closed on leaving the block, however that happens; the
    WebSocket's `aclose` before that says goodbye.

    Error handling: NotConnected with Twilio's code; HandshakeFailed if the answer was no plain 101.
    """
    url = bare(url)
    known_as = bare(known_as or url)
    signed = {} if auth_token is None else {"x-twilio-signature": sign(known_as, auth_token)}
    uri, public = _parse(url), _parse(known_as)
    async with _connect(url, uri, ssl_context) as stream:
        host = build_host(public.host, public.port, public.secure)
        yield await _upgrade(url, uri, stream, host, {**signed, **headers})


def bare(url: str) -> str:
    """The URL without query and fragment: all that Twilio takes of a stream's."""
    return url.partition("#")[0].partition("?")[0]


def _parse(url: str) -> WebSocketURI:
    try:
        return parse_uri(url)
    except (InvalidURI, ValueError):  # ValueError: a port that is no number
        scheme = url.partition("://")[0]
        code = StreamCode.MALFORMED_URL if scheme in {"ws", "wss"} else StreamCode.NOT_WSS
        raise NotConnected(f"{url!r} is not a ws:// or wss:// URL", code, reached=False) from None


@asynccontextmanager
async def _connect(
    url: str, uri: WebSocketURI, ssl_context: ssl.SSLContext | None
) -> AsyncIterator[ByteStream]:
    async with AsyncExitStack() as opened:
        try:
            with anyio.fail_after(CONNECT_SECONDS):
                connection = open_tcp(uri.host, uri.port, secure=uri.secure, ssl_context=ssl_context)
                stream = await opened.enter_async_context(connection)
        except TimeoutError:
            code = StreamCode.CONNECTION_TIMEOUT
            raise NotConnected(f"{url}: nobody answered", code, reached=False) from None
        except Unreachable as error:
            raise NotConnected(f"{url}: {error}", _CODES[type(error)], reached=False) from None
        yield stream


async def _upgrade(
    url: str, uri: WebSocketURI, stream: ByteStream, host: str, headers: Mapping[str, str]
) -> WebSocket:
    protocol = ClientProtocol(uri, max_size=LARGEST_MESSAGE)
    websocket = WebSocket(stream, protocol)
    try:
        with anyio.fail_after(CONNECT_SECONDS):
            await websocket.shake_hands(_request(uri.resource_name, protocol.key, host, headers))
    except TimeoutError:
        raise NotConnected(f"{url}: no answer to the handshake", StreamCode.CONNECTION_TIMEOUT) from None
    except InvalidStatus as refusal:
        status = refusal.response.status_code
        raise HandshakeFailed(url, f"the handshake was answered with HTTP {status}", status) from None
    except InvalidHandshake as error:
        raise HandshakeFailed(url, str(error)) from error
    return websocket


def _request(target: str, key: str, host: str, headers: Mapping[str, str]) -> Request:
    fields = {
        "host": host,
        "user-agent": "Twilio.TmeWs/1.0",
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": key,
        **headers,
    }
    return Request(target, Headers(fields))
