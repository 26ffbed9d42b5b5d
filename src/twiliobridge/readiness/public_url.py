"""The public URL: whether what Twilio will ask for leads here, the webhook's way as the stream's."""

import base64
from contextlib import suppress
from urllib.parse import unquote, urlsplit

import trio

from twiliobridge.readiness.mending import line
from twiliobridge.readiness.port import Port
from twiliobridge.readiness.row import Row, Verdict, ok, skipped, warning
from twiliobridge.server.app import INSTANCE, STREAM_PATHS
from twiliobridge.server.origin import is_loopback
from twiliobridge.server.proxies import proxies_of
from twiliobridge.settings import Settings
from twiliobridge.wires import Unreachable
from twiliobridge.wires.http import Response, Url, send_request
from twiliobridge.wires.websocket import Address, open_websocket_wire
from twiliobridge.wires.wire import Refused, Rejected, TlsFailed, UnknownHost

PUBLIC, STREAMS = "public URL", "streams"

WITHIN = 8.0
"Seconds; Twilio waits 15 for a webhook."

MISSING = "say --public-url, or set TWILIOBRIDGE_PUBLIC_URL, to how Twilio reaches this server"
NOT_TLS = "say --public-url https://...: the stream's wss:// is made of it, and Twilio takes no other"
UPGRADES = "have the proxy pass WebSockets on (nginx: proxy_http_version 1.1, and Upgrade and Connection)"

GATEWAY = frozenset({502, 503, 504, 530})
"Statuses by which a proxy or a tunnel says that nobody is behind it; 530 is Cloudflare's."


async def public_row(settings: Settings, port: Port) -> Row:
    if not settings.public_url:
        told = "none is set, so it is made of what each request says"
        return skipped(PUBLIC, told, MISSING)
    url = shown(settings.public_url).rstrip("/")
    began = trio.current_time()
    try:
        with trio.fail_after(WITHIN):
            health = await _health(settings)
    except trio.TooSlowError:
        mend = f"start the tunnel or the proxy, and let it lead to {port.address}"
        return Row(PUBLIC, Verdict.FAILED, f"{url}/health did not answer within {WITHIN:g} s", mend)
    except (Unreachable, ValueError) as failure:
        return Row(PUBLIC, Verdict.FAILED, line(str(failure)), _way_to(failure, port.address))
    if fault := _elsewhere(health, port, url):
        return fault
    if not (settings.public_url.startswith("https:") or is_loopback(_host(settings))):
        return Row(PUBLIC, Verdict.FAILED, f"{url} leads here, but without TLS", NOT_TLS)
    return ok(PUBLIC, f"{url} leads here, in {1000 * (trio.current_time() - began):.0f} ms")


async def _health(settings: Settings) -> Response:
    url = Url.of(settings.public_url)
    proxy = proxies_of(settings).to(url.host, url.port, secure=url.secure)
    headers = {"User-Agent": "twiliobridge"} | _login(settings.public_url)
    return await send_request("GET", f"{settings.public_url.rstrip('/')}/health", headers, proxy=proxy)


def _login(url: str) -> dict[str, str]:
    """Twilio sends what stands before the @ of a webhook's URL."""
    parts = urlsplit(url)
    if parts.username is None:
        return {}
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}


def shown(url: str) -> str:
    """Without a login."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _host(settings: Settings) -> str:
    return urlsplit(settings.public_url).hostname or ""


def _way_to(failure: Exception, here: str) -> str:
    match failure:
        case UnknownHost():
            return "start the tunnel, or take the name that it has now; a new record of DNS takes a while"
        case TlsFailed():
            return "give the host a certificate of a public authority: Twilio takes no other"
        case Refused():
            return f"start the tunnel or the proxy, and let it lead to {here}"
        case _:
            return MISSING


def _elsewhere(health: Response, port: Port, url: str) -> Row | None:
    """What is wrong with who answered; None: it is this server."""
    here = port.address
    if (instance := health.headers.get(INSTANCE, "")) and instance == port.instance:
        return None
    if instance:
        told = f"another twiliobridge than the one on {here} answers at {url}"
        return warning(PUBLIC, told, f"if it is not one of several on purpose, let {url} lead to {here}")
    if 300 <= health.status < 400:
        there = line(health.headers.get("location", "nowhere"))
        told = f"{url}/health is redirected to {there} (HTTP {health.status})"
        return Row(PUBLIC, Verdict.FAILED, told, "say that address as --public-url, if it leads here")
    told = f"HTTP {health.status} from {url}/health, and not from a twiliobridge"
    mend = f"let {url} lead to {here}, with all paths under it"
    if health.status in GATEWAY:
        told = f"HTTP {health.status} from {url}/health: a proxy or a tunnel finds nobody behind it"
        mend = f"let it lead to {here}"
    return Row(PUBLIC, Verdict.FAILED, told, mend)


async def streams_row(settings: Settings, port: Port, public: Row) -> Row:
    """A WebSocket by the way that Twilio's take. Only this check's own server is asked for one."""
    if public.verdict is not Verdict.OK:
        return skipped(STREAMS, "they take the way of the public URL")
    if not port.ours:
        return skipped(STREAMS, "the server that runs would take one for a call")
    url = f"ws{settings.public_url.removeprefix('http').rstrip('/')}{STREAM_PATHS[0]}"
    try:
        with trio.fail_after(WITHIN):
            answered = await _first_words(settings, url)
    except trio.TooSlowError:
        answered = f"nothing within {WITHIN:g} s"
    except Rejected as refused:
        return Row(STREAMS, Verdict.FAILED, f"no WebSocket: {line(str(refused))}", UPGRADES)
    except (Unreachable, ValueError) as failure:
        return Row(STREAMS, Verdict.FAILED, line(str(failure)), UPGRADES)
    if port.instance not in answered:
        return Row(STREAMS, Verdict.FAILED, f"{shown(url)} leads elsewhere than /health", UPGRADES)
    return ok(STREAMS, f"{shown(url)} takes WebSockets")


async def _first_words(settings: Settings, url: str) -> str:
    there = Address.of(url)
    proxy = proxies_of(settings).to(there.host, there.port, secure=True)
    opening = open_websocket_wire(
        url, _login(url), backlog=settings.phone_backlog, max_message_size=settings.phone_message, proxy=proxy
    )
    async with opening as wire:
        with suppress(trio.EndOfChannel, trio.BrokenResourceError):
            return str(await wire.receive())
    return ""
