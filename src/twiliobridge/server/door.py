"""Who may come in: Twilio, if there is a token to know it by."""

from collections.abc import Callable, Iterable

from quart.wrappers import Request

from twiliobridge.mediastream import verify
from twiliobridge.server.origin import Asked, is_loopback, origin_of, told_origins
from twiliobridge.settings import Settings

SIGNATURE = "x-twilio-signature"

ANOTHER_ACCOUNT = (
    "it fits no token of TWILIO_AUTH_TOKEN: set the token of the account that calls "
    "(a subaccount has its own), or TWILIOBRIDGE_PUBLIC_URL, if Twilio has another URL"
)

Form = tuple[tuple[str, str], ...]
Spelled = Callable[[str], str]
"From `https://host` to the whole URL that is signed."


class Door:
    def __init__(self, settings: Settings) -> None:
        self._tokens = settings.twilio_auth_tokens
        self._trusted = settings.trusted_networks
        self._public_url = settings.public_url.rstrip("/")

    def admits_webhook(self, request: Request, form: Iterable[tuple[str, str]]) -> bool:
        return self.objection_to_webhook(request, form) is None

    def admits_stream(self, asked: Asked) -> bool:
        return self.objection_to_stream(asked) is None

    def objection_to_webhook(self, request: Request, form: Iterable[tuple[str, str]]) -> str | None:
        """Why it is not let in: the URL that was checked, the cause, the way out. None: it is let in."""
        query = request.query_string.decode("latin1")
        target = request.path + (f"?{query}" if query else "")
        return self._objection(request, lambda origin: origin + target, tuple(form))

    def objection_to_stream(self, asked: Asked) -> str | None:
        """Likewise."""
        # Twilio drops a query from a stream's URL, so it is not part of what is signed.
        return self._objection(asked, lambda origin: _websocket(origin) + asked.path, ())

    def stream_url(self, request: Asked, path: str) -> str:
        """The public address of a WebSocket of this server: wss, or ws where the public URL is http."""
        return _websocket(self._origin(request)) + path

    def _objection(self, asked: Asked, spelled: Spelled, form: Form) -> str | None:
        if not self._tokens:
            return None
        signature = asked.headers.get(SIGNATURE, "")
        checked = spelled(self._origin(asked))
        if self._signed(signature, checked, form):
            return None
        if not signature:
            return "it has no X-Twilio-Signature: it is not from Twilio, or a proxy drops that header"
        cause = self._other_origin(asked, spelled, signature, form) or ANOTHER_ACCOUNT
        return f"its signature is not that of {checked!a}; {cause}"

    def _other_origin(self, asked: Asked, spelled: Spelled, signature: str, form: Form) -> str | None:
        """Which URL Twilio did sign, if it is one of those that the request names."""
        told = told_origins(asked)
        signed = [each for each in told if self._signed(signature, spelled(each.url), form)]
        if not signed:
            return None
        (origin, *_) = signed
        advice = f"set TWILIOBRIDGE_PUBLIC_URL={origin.url}"
        if not self._public_url and origin.host != asked.headers.get("host", ""):
            advice += f", or name the proxy, TWILIOBRIDGE_TRUSTED_PROXIES={asked.remote_addr}"
        return f"it is that of {spelled(origin.url)!a}: {advice}"

    def _signed(self, signature: str, url: str, form: Form) -> bool:
        """Every token is tried, so that all requests take the same time."""
        fits = [verify(signature, url, token, form) for token in self._tokens]
        return any(fits)

    def _origin(self, request: Asked) -> str:
        """`https://host` as Twilio sees it. Only a configured public URL is certain of it."""
        return self._public_url or origin_of(request, self._trusted).url


def _websocket(url: str) -> str:
    return "ws" + url.removeprefix("http")


def check_door(settings: Settings) -> str | None:
    """What must be said at start about who can come in, or None.

    Raises ValueError where the door would be open to the network without anybody having asked for that.
    """
    if settings.twilio_auth_tokens and settings.public_url:
        return None
    if settings.twilio_auth_tokens:
        return "no public URL: signatures are checked against what each request and its proxy say of the host"
    if not is_loopback(settings.host) and not settings.allow_unsigned:
        raise ValueError(
            f"without TWILIO_AUTH_TOKEN anybody who reaches {settings.host} could place calls: "
            "set it, or say --host 127.0.0.1 (where the cloud sets PORT, the default is 0.0.0.0), "
            "or say --allow-unsigned"
        )
    return "THE DOOR IS OPEN: no TWILIO_AUTH_TOKEN, so anybody who reaches this server can place calls"
