"""X-Twilio-Signature: that a webhook or a stream's handshake comes from Twilio.

base64(HMAC-SHA1(auth token, URL + each parameter's name and value)), parameters sorted, without repetition.
A handshake has no parameters, and its URL begins with wss. The same URL has the same signature for ever:
whoever has seen a handshake can repeat it, so what must happen once needs a one-time token in the path or a
<Parameter>.

Source: Twilio docs, Usage > Webhooks > Security, "Validating signatures from Twilio".
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

_DEFAULT_PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}
_URL = re.compile(
    r"(?P<front>(?P<scheme>[a-z][a-z0-9+.-]*)://(?:[^/?#@]*@)?(?:\[[^\]/?#]*\]|[^/?#:@\[]*))"
    r"(?P<port>:[0-9]*)?"
    r"(?P<path>(?:/[^?#]*)?)(?P<query>(?:[?#].*)?)",
    re.IGNORECASE | re.DOTALL,
)


def sign(url: str, token: str, params: Iterable[tuple[str, str]] = ()) -> str:
    """The signature of a request to `url`, exactly as written, with the form fields `params`."""
    message = url + "".join(name + value for name, value in sorted(set(params)))
    digest = hmac.digest(_bytes(token), _bytes(message), hashlib.sha1)
    return base64.b64encode(digest).decode()


def verify(signature: str, url: str, token: str, params: Iterable[tuple[str, str]] = ()) -> bool:
    """Whether `signature` is Twilio's for `url`, the public one, as it stands in the TwiML or the console.

    Twilio is not consistent about default ports and the slash at the end, so the URL counts with each of: its
    own port, the scheme's default port, no port; and, if it has no query, with and without that slash.
    Takes the same time for every signature.
    """
    fields = tuple(params)
    offered = _bytes(signature)
    matches = [hmac.compare_digest(offered, sign(each, token, fields).encode()) for each in _spellings(url)]
    return any(matches)


def verify_body(signature: str, url: str, token: str, body: bytes) -> bool:
    """`verify` for a body that is no form (JSON): the signed URL has its SHA-256 in hex as `bodySHA256`."""
    declared = parse_qs(urlsplit(url).query).get("bodySHA256", [""])[0]
    intact = hmac.compare_digest(_bytes(declared), hashlib.sha256(body).hexdigest().encode())
    return verify(signature, url, token) and intact


def _spellings(url: str) -> list[str]:
    match = _URL.fullmatch(url)
    if match is None:
        return [url]
    front, path, query = match["front"], match["path"], match["query"]
    default = _DEFAULT_PORTS.get(match["scheme"].lower())
    ports = {match["port"] or "", ""} | ({f":{default}"} if default else set())
    paths = {path} if query else {path, path.removesuffix("/"), path.removesuffix("/") + "/"}
    return [front + port + each + query for port in ports for each in paths]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")  # a header may hold anything; a surrogate matches no signature
