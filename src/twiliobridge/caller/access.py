"""What it takes to reach a server that is not simply at its URL."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from twiliobridge.caller.route import Route


@dataclass(frozen=True, kw_only=True)
class Access:
    """As `MockTwilioClient` takes each."""

    auth_token: str | None = field(default=None, repr=False)
    "Signs the webhooks and the handshake."
    public_url: str | None = None
    "By which the server knows itself."
    stream_origin: str | None = None
    "Where the streams are that its TwiML names."
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    "For a tunnel or a proxy in front of it; they may hold secrets."
    ssl_context: ssl.SSLContext | None = None

    def route(self, url: str) -> Route:
        """To the server at `url`. ValueError, one line, if something of this does not fit it."""
        return Route.to(url, self.public_url, self.stream_origin, self.headers)


DIRECT = Access()
"The server is at its URL, and nothing is signed."
