"""Twilio's signatures: published vectors, and agreement with the validator of Twilio's own package."""

import hashlib
import random
from itertools import product

import pytest
from twilio.request_validator import RequestValidator

from twiliobridge.mediastream import sign, verify, verify_body

TOKEN = "12345"
FORM = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
]
VECTORS = [
    ("wss://example.com/media-stream", [], "XFfwGS2Ev7f9qAP9MmRoMS7C724="),
    ("wss://example.com/media-stream/", [], "7J0iz81itFhCXVuZK8EmM4YZwLA="),
    ("wss://example.com:443/media-stream", [], "55OA2CdDEK8djZDRLLS9pHUR+JI="),
    ("wss://example.com", [], "WhInc32piEQH5iWNct/7FHs5ew8="),
    ("wss://example.com/", [], "hoaxtdkWNBxVYCmDLq7UdjDdXIg="),
    ("https://example.com/media-stream", [], "+Nt/WUHH2g+0+t2rLN3k9fNhfEw="),
    ("https://mycompany.com/myapp.php?foo=1&bar=2", FORM, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
]


class Fields(dict):
    """A form with repeated keys, as the web frameworks hand it to Twilio's validator."""

    def getall(self, key):
        return self[key]


@pytest.mark.parametrize(("url", "params", "signature"), VECTORS)
def test_vectors(url, params, signature):
    assert sign(url, TOKEN, params) == signature
    assert verify(signature, url, TOKEN, params)


def test_the_order_and_repetition_of_fields_do_not_matter():
    url, _, signature = VECTORS[-1]
    assert sign(url, TOKEN, [*reversed(FORM), *FORM]) == signature


@pytest.mark.parametrize("port", ["", ":443", ":8443"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_url_is_accepted_with_and_without_its_port_the_default_port_and_the_last_slash(port, slash):
    signed = sign(f"wss://example.com{port}/a{slash}", TOKEN)
    assert verify(signed, f"wss://example.com{port}/a", TOKEN)
    assert verify(signed, f"wss://example.com{port}/a/", TOKEN)
    assert verify(signed, "wss://example.com:8443/a", TOKEN)
    if port != ":8443":
        assert verify(signed, "wss://example.com/a", TOKEN)


def test_a_bare_host_is_accepted_with_and_without_its_slash():
    for signed, url in product(("wss://example.com", "wss://example.com/"), repeat=2):
        assert verify(sign(signed, TOKEN), url, TOKEN)


def test_user_information_and_ipv6_hosts_keep_their_place():
    assert verify(sign("wss://u:p@[::1]:443/a", TOKEN), "wss://u:p@[::1]/a", TOKEN)


@pytest.mark.parametrize(
    ("signed", "url", "token", "params"),
    [
        ("https://example.com/a", "wss://example.com/a", TOKEN, []),
        ("wss://example.com/b", "wss://example.com/a", TOKEN, []),
        ("wss://example.org/a", "wss://example.com/a", TOKEN, []),
        ("wss://example.com/a?x=1", "wss://example.com/a", TOKEN, []),
        ("wss://example.com:8443/a", "wss://example.com/a", TOKEN, []),
        ("wss://example.com/a", "wss://example.com/a", "54321", []),
        ("wss://example.com/a", "wss://example.com/a", TOKEN, [("Digits", "1")]),
        ("https://example.com/a/?b=c", "https://example.com/a?b=c", TOKEN, []),
    ],
)
def test_another_url_token_or_form_is_refused(signed, url, token, params):
    assert not verify(sign(signed, TOKEN), url, token, params)


@pytest.mark.parametrize("signature", ["", "x", "\u00e9", "\ud800", "A" * 10_000])
def test_whatever_the_header_holds_is_refused_without_an_error(signature):
    assert not verify(signature, "wss://example.com/a", TOKEN)


def test_a_url_that_is_none_is_signed_as_it_stands():
    assert verify(sign("nonsense", TOKEN), "nonsense", TOKEN)


def test_a_json_body_is_bound_to_the_signed_url_by_its_hash():
    body = b'{"a":1}'
    url = f"https://example.com/hook?bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = sign(url, TOKEN)
    assert verify_body(signature, url, TOKEN, body)
    assert RequestValidator(TOKEN).validate(url, body.decode(), signature)
    assert not verify_body(signature, url, TOKEN, body + b" ")
    assert not verify_body(sign("https://example.com/hook", TOKEN), "https://example.com/hook", TOKEN, body)


# twilio-python 9.13 takes 80 for the default port of wss and cuts `user:password@` at its colon. It agrees
# with Twilio on wss URLs without a port, and on https: those are what is drawn here.
DRAW = random.Random(8000)  # noqa: S311 (drawing examples, not keys)
WORDS = ["a", "media-stream", "Z9", "%C3%A9", "x.y", "~", "1"]
TEXTS = ["", "1", "+14155551212", "Grüße", "電話", "\U0001f600", "a b&c=d", "\t"]


def drawn_url() -> str:
    scheme, port = DRAW.choice([("wss", ""), ("https", ""), ("https", ":443"), ("https", ":8443")])
    path = "".join("/" + DRAW.choice(WORDS) for _ in range(DRAW.randint(1, 3)))
    query = "?" + "&".join(f"{DRAW.choice(WORDS)}={n}" for n in range(2)) if scheme == "https" else ""
    return f"{scheme}://{DRAW.choice(['example.com', 'h', '10.0.0.1'])}{port}{path}{query}"


def drawn_fields() -> Fields:
    names = DRAW.choices(TEXTS, k=DRAW.randint(0, 5))
    return Fields({name: DRAW.choices(TEXTS, k=DRAW.randint(1, 4)) for name in names})


@pytest.mark.parametrize(("url", "fields"), [(drawn_url(), drawn_fields()) for _ in range(60)])
def test_twilios_own_validator_agrees(url, fields):
    """It computes the signature we compute, accepts ours, and we accept what it computes."""
    validator = RequestValidator(TOKEN)
    params = [(name, value) for name, values in fields.items() for value in values]
    signature = sign(url, TOKEN, params)
    assert signature == validator.compute_signature(url, fields)
    assert validator.validate(url, fields, signature)
    without_port = url.replace(":8443", "").replace(":443", "")
    assert verify(validator.compute_signature(without_port, fields), url, TOKEN, params)
