"""What one server is told, from Python or from its environment. Every default is stated here, once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from twiliobridge.conversation import Limits
from twiliobridge.realtime import DEFAULT_MODEL

PREFIX = "TWILIOBRIDGE_"

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off"})

MEDIA_LANES = ("auto", "quart")
MODEL_AUTHS = ("auto", "bearer", "api-key")
AZURE = ".openai.azure.com"
"Ends the names of the hosts that take a key as `api-key`. Source: Azure OpenAI, GPT Realtime API."

BORROWED = {
    "OPENAI_API_KEY": "openai_api_key",
    "OPENAI_BASE_URL": "openai_base_url",
    "TWILIO_ACCOUNT_SID": "twilio_account_sid",
    "TWILIO_AUTH_TOKEN": "twilio_auth_token",
    "HTTPS_PROXY": "https_proxy",
    "ALL_PROXY": "all_proxy",
    "NO_PROXY": "no_proxy",
}
"Variables that other programs of a user's machine read too; all others begin with TWILIOBRIDGE_."

CLOUD_PORT = "PORT"
"Where Cloud Run, Heroku, Render and the like say what they forward to. TWILIOBRIDGE_PORT wins."
CLOUD_HOST = "0.0.0.0"  # noqa: S104 -- they reach no loopback; `check_door` asks for a token

LOWER_CASE = ("https_proxy", "all_proxy", "no_proxy")

AT_LEAST_ONE = (
    "calls_at_once",
    "tool_threads",
    "phone_message",
    "model_message",
    "phone_backlog",
    "model_backlog",
)


@dataclass(frozen=True)
class Settings:
    """Raises ValueError, one line that names the field, for a value that cannot work."""

    host: str = "127.0.0.1"
    port: int = 8000
    "0: any free port."
    public_url: str = ""
    "What Twilio reaches this server by, `https://` and host. Empty: taken from each request's headers."
    trusted_proxies: str = "127.0.0.0/8, ::1"
    """Addresses and networks, between commas: whose `Forwarded` and `X-Forwarded-Host` say the host that
    Twilio asked for, where `public_url` does not."""
    media_lane: str = "auto"
    """`auto`: a media stream over plain HTTP/1.1 is served straight from its socket, all else by Hypercorn.
    `quart`: everything is."""
    allow_unsigned: bool = False
    "Whether to listen beyond loopback without `twilio_auth_token`, that is to anybody."

    openai_api_key: str = field(default="", repr=False)
    openai_base_url: str = "https://api.openai.com/v1"
    model: str = DEFAULT_MODEL
    model_url: str = ""
    "A Realtime WebSocket in place of the one under `openai_base_url`."
    model_auth: str = "auto"
    "How the key is sent: `bearer`, `api-key`, or `auto`, which is `api-key` to the hosts of Azure alone."
    model_headers: str = field(default="", repr=False)
    """Further headers of the model's handshake, `Name=value,Name=value`; a comma in a value is %2C, a percent
    sign %25. They win over the bridge's own."""

    https_proxy: str = field(default="", repr=False)
    "`http://user:password@host:port`: the way out to the model, unless it is on loopback or in `no_proxy`."
    all_proxy: str = field(default="", repr=False)
    "Likewise, where `https_proxy` is empty."
    no_proxy: str = ""
    "Names of hosts and what ends in them, addresses, networks, `*`; between commas."

    twilio_account_sid: str = ""
    twilio_auth_token: str = field(default="", repr=False)
    """Signs Twilio's requests. Several, between commas, for subaccounts and while a token changes: any of
    them may have signed, and the REST API is told the first. Empty: nobody's signature is checked."""
    twilio_api_url: str = "https://api.twilio.com"
    "Where calls are ended, with an account SID and a token: after the agent's goodbye."

    calls_at_once: int = 100
    "About what a core carries straight from the sockets, and three times what it carries through Quart."
    tool_threads: int = 100
    "Tools that are plain functions, at once; further ones wait, within their time."
    grace: float = 20.0
    "Seconds that calls have to finish after the first signal; systemd and Kubernetes kill after 90 and 30."
    phone_message: int = 64 * 1024
    "Longest message from a phone, bytes. Twilio's media messages have about 330."
    model_message: int = 4 * 1024 * 1024
    "Longest message from a model, characters. A minute of audio in one delta would be 640,000."
    phone_backlog: int = 1024 * 1024
    "Bytes that may wait for a phone: over a minute of speech, as a model says it at once."
    model_backlog: int = 512 * 1024
    "Bytes that may wait for a model: half a minute of what a caller says."
    check_model: bool = True
    "Whether `serve` tries at start if the model takes the agent's session. No response is asked for."
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise ValueError(f"port must be 0 to 65535, was {self.port}")
        if self.media_lane not in MEDIA_LANES:
            raise ValueError(f"media_lane must be {' or '.join(MEDIA_LANES)}, was {self.media_lane!r}")
        if self.model_auth not in MODEL_AUTHS:
            raise ValueError(f"model_auth must be {', '.join(MODEL_AUTHS)}, was {self.model_auth!r}")
        for name in AT_LEAST_ONE:
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, was {getattr(self, name)}")
        _check_visible("openai_api_key", self.openai_api_key, "a line end, perhaps, is part of it")
        _check_visible("twilio_account_sid", self.twilio_account_sid, "a line end, perhaps, is part of it")
        if self.twilio_auth_token.strip() and not self.twilio_auth_tokens:
            raise ValueError("twilio_auth_token has commas, and no token between them")
        for token in self.twilio_auth_tokens:
            _check_visible("twilio_auth_token", token, "a blank, perhaps, stands where a comma belongs")
        _check_networks("trusted_proxies", self.trusted_proxies)
        if self.grace < 0:
            raise ValueError(f"grace must not be negative, was {self.grace:g}")
        _check_url("public_url", self.public_url, {"http", "https"})
        _check_url("twilio_api_url", self.twilio_api_url, {"http", "https"})
        _check_url("openai_base_url", self.openai_base_url, {"http", "https"})
        _check_url("model_url", self.model_url, {"ws", "wss"})
        _own_headers(self.model_headers)

    @property
    def model_endpoint(self) -> str:
        """The URL to dial: `model_url` with its own query, if it has one, else with `?model=`."""
        url = self.model_url or "ws" + self.openai_base_url.removeprefix("http").rstrip("/") + "/realtime"
        return url if urlsplit(url).query else f"{url}?model={quote(self.model)}"

    @cached_property
    def model_handshake(self) -> Mapping[str, str]:
        """The headers of the model's handshake: the key, and `model_headers`."""
        own = _own_headers(self.model_headers)
        key, said = self.openai_api_key, {name.lower() for name in own}
        host = (urlsplit(self.model_endpoint).hostname or "").rstrip(".")
        azure = self.model_auth == "auto" and host.endswith(AZURE)
        name = "api-key" if azure or self.model_auth == "api-key" else "Authorization"
        if not key or name.lower() in said:
            return own
        return {name: key if name == "api-key" else f"Bearer {key}"} | own

    @cached_property
    def twilio_auth_tokens(self) -> tuple[str, ...]:
        return listed(self.twilio_auth_token)

    @cached_property
    def trusted_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return tuple(ip_network(each, strict=False) for each in listed(self.trusted_proxies))

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Reads the variables of `BORROWED` and TWILIOBRIDGE_<FIELD>, a field of this class or of `Limits`.

        And `PORT`, in whose presence 0.0.0.0 is listened on, unless TWILIOBRIDGE_HOST says another.

        An empty variable counts as absent; the proxies' are read in lower case first, as curl does. Raises
        ValueError, one line that names the variable.
        """
        given = {name: value for name, value in environ.items() if value}
        given |= {name.upper(): given[name] for name in LOWER_CASE if name in given}
        for name in given:
            if name.startswith(PREFIX) and name not in VARIABLES:
                raise ValueError(f"{name} is no setting; there are: {', '.join(sorted(VARIABLES))}")
        values = _cloud(given) | _read(given, cls) | {"limits": Limits(**_read(given, Limits))}
        try:
            return cls(**values)
        except ValueError as error:
            raise _naming_the_variable(error) from None


def listed(text: str) -> tuple[str, ...]:
    """What stands between commas, without blanks around it."""
    return tuple(each.strip() for each in text.split(",") if each.strip())


THE_SOCKETS = re.compile("host|connection|upgrade|content-length|transfer-encoding|sec-websocket-.*")
"Headers without which, or with others of which, there is no handshake."


def _own_headers(text: str) -> dict[str, str]:
    """Values may be secrets, so no complaint repeats one."""
    headers = {}
    for each in listed(text):
        name, equals, value = (part.strip() for part in each.partition("="))
        if not equals or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            raise ValueError("model_headers must be Name=value,Name=value; a comma in a value is %2C")
        if THE_SOCKETS.fullmatch(name.lower()):
            raise ValueError(f"model_headers must not have {name}, which is the handshake's own")
        headers[name] = unquote(value)
        if not re.fullmatch("[ -~]*", headers[name]):
            raise ValueError(f"model_headers must have printable ASCII as the value of {name}")
    return headers


def _cloud(given: Mapping[str, str]) -> dict[str, Any]:
    if CLOUD_PORT not in given or f"{PREFIX}PORT" in given:
        return {}
    port = given[CLOUD_PORT]
    if not re.fullmatch(r"\d+", port, re.ASCII) or int(port) > 65535:
        raise ValueError(f"{CLOUD_PORT} must be 0 to 65535, was {port!r}; TWILIOBRIDGE_PORT wins over it")
    return {"port": int(port), "host": CLOUD_HOST}


def _read(given: Mapping[str, str], kind: type[Any]) -> dict[str, Any]:
    values = {}
    for variable, (owner, name, parse) in VARIABLES.items():
        if owner is kind and variable in given:
            try:
                values[name] = parse(given[variable])
            except ValueError:
                raise ValueError(f"{variable} must be {KINDS[parse]}, was {given[variable]!r}") from None
    return values


def _truth(text: str) -> bool:
    if text.lower() not in YES | NO:
        raise ValueError(text)
    return text.lower() in YES


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 <= number < float("inf"):
        raise ValueError(text)
    return number


KINDS: dict[Callable[[str], Any], str] = {
    int: "a whole number",
    _seconds: "a number of seconds",
    str: "text",
    _truth: "yes or no",
}


def _variables() -> dict[str, tuple[type[Any], str, Callable[[str], Any]]]:
    parsers: dict[Any, Callable[[str], Any]] = {int: int, float: _seconds, str: str, bool: _truth}
    borrowed = {name: variable for variable, name in BORROWED.items()}
    return {
        borrowed.get(each.name, PREFIX + each.name.upper()): (kind, each.name, parsers[each.type])
        for kind in (Settings, Limits)
        for each in fields(kind)
        if each.type in parsers
    }


VARIABLES = _variables()
"Each variable with the class and field that it sets, and how its text is read."


def _naming_the_variable(error: ValueError) -> ValueError:
    name, _, rest = str(error).partition(" ")
    return ValueError(f"{next(v for v, (_, field, _) in VARIABLES.items() if field == name)} {rest}")


def _check_visible(name: str, value: str, advice: str) -> None:
    """It becomes part of a request, which can carry nothing else."""
    if not re.fullmatch("[!-~]*", value):
        raise ValueError(f"{name} must be printable ASCII without blanks; {advice}")


def _check_networks(name: str, text: str) -> None:
    for each in listed(text):
        try:
            ip_network(each, strict=False)
        except ValueError:
            raise ValueError(f"{name} must be addresses or networks, had {each!r}") from None


def _check_url(name: str, url: str, schemes: set[str]) -> None:
    if not url:
        return
    _check_visible(name, url, "a host's name goes in its xn-- form")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        expected = " or ".join(f"{scheme}://host" for scheme in sorted(schemes))
        raise ValueError(f"{name} must begin with {expected}, was {url!r}")
