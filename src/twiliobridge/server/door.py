"""Who may come in: Twilio, if there is a token to know it by."""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import urlsplit

from quart.wrappers import Request

from twiliobridge.mediastream import verify
from twiliobridge.settings import Settings

SIGNATURE = "x-twilio-signature"


class Headers(Protocol):
    def get(self, name: str, default: str, /) -> str: ...


class Asked(Protocol):
    """What the door must know of a request, on whichever lane it comes."""

    @property
    def path(self) -> str:
        """Without the query."""
        ...

    @property
    def headers(self) -> Headers:
        """To be asked in lower case."""
        ...


class Door:
    def __init__(self, settings: Settings) -> None:
        self._token = settings.twilio_auth_token
        self._public_url = settings.public_url.rstrip("/")

    def admits_webhook(self, request: Request, form: Iterable[tuple[str, str]]) -> bool:
        query = request.query_string.decode("latin1")
        url = self._origin(request) + request.path + (f"?{query}" if query else "")
        return self._admits(request, url, form)

    def admits_stream(self, asked: Asked) -> bool:
        # Twilio drops a query from a stream's URL, so it is not part of what is signed.
        return self._admits(asked, self.stream_url(asked, asked.path), ())

    def stream_url(self, request: Asked, path: str) -> str:
        """The public address of a WebSocket of this server: wss, or ws where the public URL is http."""
        return "ws" + self._origin(request).removeprefix("http") + path

    def _admits(self, request: Asked, url: str, form: Iterable[tuple[str, str]]) -> bool:
        return not self._token or verify(request.headers.get(SIGNATURE, ""), url, self._token, form)

    def _origin(self, request: Asked) -> str:
        """Scheme and host as Twilio sees them. Only a configured public URL is certain of it."""
        if self._public_url:
            return self._public_url
        host = request.headers.get("host", "")
        forwarded = request.headers.get("x-forwarded-proto", "").split(",")[0].strip()
        # Twilio itself reaches nothing but TLS; a plain request to loopback is a test's.
        secure = forwarded == "https" if forwarded else not is_loopback(_name(host))
        return f"{'https' if secure else 'http'}://{host}"


def _name(host: str) -> str:
    """Of a `Host` header, without the port; empty for what is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:  # brackets, with no IPv6 address in them
        return ""


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_door(settings: Settings) -> str | None:
    """What must be said at start about who can come in, or None.

    Raises ValueError where the door would be open to the network without anybody having asked for that.
    """
    if settings.twilio_auth_token and settings.public_url:
        return None
    if settings.twilio_auth_token:
        return "no public URL: signatures are checked against each request's Host and X-Forwarded-Proto"
    if not is_loopback(settings.host) and not settings.allow_unsigned:
        raise ValueError(
            f"without TWILIO_AUTH_TOKEN anybody who reaches {settings.host} could place calls: "
            "set it, or listen on 127.0.0.1, or say --allow-unsigned"
        )
    return "THE DOOR IS OPEN: no TWILIO_AUTH_TOKEN, so anybody who reaches this server can place calls"
