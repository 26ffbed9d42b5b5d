"""The address by which a server knows itself, and the one at which it is reached from here."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit

from twiliobridge.caller.errors import NotConnected
from twiliobridge.mediastream.errors import StreamCode


@dataclass(frozen=True)
class Route:
    """Between a public origin (`https://voice.example.com`, as the server is configured) and a local one
    (`http://127.0.0.1:8000`). URLs of other origins are left as they are. Without a public origin both are
    the same.
    """

    public_origin: str
    local_origin: str

    @classmethod
    def to(cls, url: str, public_url: str | None) -> "Route":
        """The way to the server at `url`. ValueError if `public_url` is no http(s) or ws(s) URL."""
        local = _origin(url)
        if public_url is None:
            return cls(local, local)
        public = _origin(public_url)
        if not public:
            raise ValueError(f"public_url must begin with https://host, was {public_url!r}")
        return cls(public, local)

    def public(self, url: str) -> str:
        return _moved(url, self.local_origin, self.public_origin)

    def local(self, url: str) -> str:
        return _moved(url, self.public_origin, self.local_origin)


def stream_url(base: str, url: str) -> str:
    """The absolute ws(s) URL of a <Stream>, found in a document from `base`: a relative one, and http(s), are
    made what Twilio makes of them. NotConnected 31922 unless it is wss, or leads to loopback.
    """
    absolute = urljoin(base, url) if base else url
    scheme, separator, rest = absolute.partition("://")
    scheme = {"https": "wss", "http": "ws"}.get(scheme.lower(), scheme.lower())
    if scheme != "wss" and not (scheme == "ws" and _is_loopback(rest)):
        raise NotConnected(f"the stream URL {url!r} is not wss", StreamCode.NOT_WSS)
    return scheme + separator + rest


def _origin(url: str) -> str:
    """`http` or `https`, host and port; empty if it has none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    return f"{scheme}://{parts.netloc}" if scheme in {"http", "https"} and parts.netloc else ""


def _moved(url: str, here: str, there: str) -> str:
    """Whether it is http or ws is kept; whether it is encrypted is the origin's affair."""
    if not here or _origin(url) != here:
        return url
    is_stream = url[:2].lower() == "ws"
    path = url.partition("://")[2].partition("/")
    return ("ws" + there.removeprefix("http") if is_stream else there) + path[1] + path[2]


def _is_loopback(rest: str) -> bool:
    try:
        host = urlsplit(f"//{rest}").hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
