"""What a request and the proxies before us say of the URL that Twilio asked for, and whom we believe."""

from dataclasses import dataclass, field

import pytest

from twiliobridge.server.origin import origin_of
from twiliobridge.settings import Settings

PROXY = "10.1.2.3"


@dataclass
class Asked:
    headers: dict[str, str] = field(default_factory=dict)
    path: str = "/twilio-agent"
    remote_addr: str | None = "127.0.0.1"


def origin(headers, *, remote_addr="127.0.0.1", trusted=None):
    networks = (Settings() if trusted is None else Settings(trusted_proxies=trusted)).trusted_networks
    return origin_of(Asked(headers, remote_addr=remote_addr), networks).url


@pytest.mark.parametrize(
    ("proto", "scheme"),
    [
        ("https", "https"),
        ("wss", "https"),
        ("HTTPS", "https"),
        ("Wss", "https"),
        (" https ", "https"),
        ("https,http", "https"),
        ("wss, http, http", "https"),
        ("http", "http"),
        ("ws", "http"),
        ("WS", "http"),
        ("http, https", "http"),
        ("", "https"),
        ("gopher", "https"),
    ],
)
def test_a_scheme_is_understood_in_every_form_that_proxies_write(proto, scheme):
    """Of a list the first hop counts; what is no scheme says nothing, and Twilio reaches only TLS."""
    headers = {"host": "voice.example.com", "x-forwarded-proto": proto}
    assert origin(headers) == f"{scheme}://voice.example.com"


def test_a_request_to_loopback_is_plain_unless_a_proxy_says_otherwise():
    assert origin({"host": "localhost:8000"}) == "http://localhost:8000"
    assert origin({"host": "localhost:8000", "x-forwarded-proto": "wss"}) == "https://localhost:8000"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"x-forwarded-host": "voice.example.com"}, "https://voice.example.com"),
        ({"x-forwarded-host": "voice.example.com:8443, b"}, "https://voice.example.com:8443"),
        ({"x-forwarded-host": "[2001:db8::1]:443"}, "https://[2001:db8::1]:443"),
        ({"x-forwarded-host": "no host/at all"}, "https://inside"),
        ({"x-forwarded-host": "h.example", "x-forwarded-proto": "ws"}, "http://h.example"),
        ({"forwarded": "host=h.example;proto=http"}, "http://h.example"),
        ({"forwarded": 'for=192.0.2.60; Proto=HTTPS ;Host="h.example:8443"'}, "https://h.example:8443"),
        ({"forwarded": "for=192.0.2.60;proto=http;host=a.example, host=b.example"}, "http://a.example"),
        ({"forwarded": 'for="_a,b";host=a.example, host=b.example'}, "https://a.example"),
        ({"forwarded": "for=192.0.2.60", "x-forwarded-host": "h.example"}, "https://h.example"),
        ({"forwarded": "host=a.example", "x-forwarded-host": "b.example"}, "https://a.example"),
        ({"forwarded": "proto=http", "x-forwarded-proto": "https"}, "http://inside"),
        ({"forwarded": ";;==,,"}, "https://inside"),
    ],
)
def test_a_proxy_that_is_trusted_says_the_host(headers, expected):
    assert origin({"host": "inside"} | headers) == expected


@pytest.mark.parametrize("name", ["x-forwarded-host", "forwarded"])
@pytest.mark.parametrize(
    ("remote_addr", "trusted", "believed"),
    [
        ("127.0.0.1", None, True),
        ("::1", None, True),
        ("::ffff:127.0.0.1", None, True),
        (PROXY, None, False),
        (PROXY, "10.0.0.0/8", True),
        (PROXY, "192.0.2.1, 10.1.2.3", True),
        ("127.0.0.1", "10.0.0.0/8", False),
        ("127.0.0.1", "", False),
        (None, None, False),
        ("<local>", None, False),
    ],
)
def test_nobody_else_does(name, remote_addr, trusted, believed):
    value = {"x-forwarded-host": "outside", "forwarded": "host=outside"}[name]
    told = origin({"host": "inside", name: value}, remote_addr=remote_addr, trusted=trusted)
    assert told == f"https://{'outside' if believed else 'inside'}"
