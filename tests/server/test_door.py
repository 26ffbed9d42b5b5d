"""Who is let in: with a token, nobody but Twilio, and nobody before a model is dialled."""

from dataclasses import replace

import pytest
from served import bridge, http

from twiliobridge.mediastream import sign
from twiliobridge.settings import Settings
from twiliobridge.wires import Rejected

TOKEN = "a-token-of-twilio"
PUBLIC = "https://bridge.example.com"


def stream_signature(url="wss://bridge.example.com/twilio-agent"):
    return {"X-Twilio-Signature": sign(url, TOKEN)}


pytestmark = pytest.mark.usefixtures("lane")

SIGNED = Settings(port=0, public_url=PUBLIC, twilio_auth_token=TOKEN)
FORM = {"From": "+15550100", "To": "+15550199", "CallSid": "CA1"}


async def test_a_signed_stream_is_let_in():
    async with bridge(SIGNED) as served, served.phone(headers=stream_signature()) as phone:
        phone.call()
        await phone.hear_speech()


@pytest.mark.parametrize("proto", ["https", "wss", "WSS", "HTTPS", "https,http"])
async def test_a_stream_behind_a_proxy_is_let_in_by_the_scheme_in_any_of_its_forms(proto):
    """Twilio signs the handshake's URL with wss; the proxy says what that came as."""
    headers = stream_signature("wss://127.0.0.1/twilio-agent") | {"X-Forwarded-Proto": proto}
    async with (
        bridge(Settings(port=0, twilio_auth_token=TOKEN)) as served,
        served.phone(headers=headers) as phone,
    ):
        phone.call()
        await phone.hear_speech()


@pytest.mark.parametrize("trusted", ["127.0.0.1", "192.0.2.1"])
async def test_a_host_is_believed_of_a_proxy_that_is_named(trusted):
    settings = Settings(port=0, twilio_auth_token=TOKEN, trusted_proxies=trusted)
    headers = stream_signature() | {"X-Forwarded-Host": "bridge.example.com", "X-Forwarded-Proto": "wss"}
    async with bridge(settings) as served:
        if trusted == "127.0.0.1":
            async with served.phone(headers=headers) as phone:
                phone.call()
                await phone.hear_speech()
        else:
            with pytest.raises(Rejected, match="HTTP 403"):
                async with served.phone(headers=headers):
                    pass


@pytest.mark.parametrize("token", ["old", "new", "subaccount"])
async def test_a_signature_by_any_of_several_tokens_is_taken(token):
    settings = replace(SIGNED, twilio_auth_token="old, new,subaccount")
    signature = sign("wss://bridge.example.com/twilio-agent", token)
    async with bridge(settings) as served, served.phone(headers={"X-Twilio-Signature": signature}) as phone:
        phone.call()
        await phone.hear_speech()


@pytest.mark.parametrize(
    ("settings", "headers", "line"),
    [
        (SIGNED, {}, "(it has no X-Twilio-Signature: it is not from Twilio, or a proxy drops that header)"),
        (
            SIGNED,
            stream_signature("wss://other.example.com/twilio-agent"),
            "is not that of 'wss://bridge.example.com/twilio-agent'; it fits no token of TWILIO_AUTH_TOKEN",
        ),
        (
            SIGNED,
            stream_signature("wss://proxy.example.com/twilio-agent")
            | {"X-Forwarded-Host": "proxy.example.com"},
            "it is that of 'wss://proxy.example.com/twilio-agent': set TWILIOBRIDGE_PUBLIC_URL=https://proxy.example.com)",
        ),
        (
            Settings(port=0, twilio_auth_token=TOKEN, trusted_proxies="192.0.2.1"),
            stream_signature() | {"X-Forwarded-Host": "bridge.example.com"},
            "=https://bridge.example.com, or name the proxy, TWILIOBRIDGE_TRUSTED_PROXIES=127.0.0.1)",
        ),
    ],
)
async def test_what_is_refused_is_one_line_with_the_url_the_cause_and_the_way_out(
    settings, headers, line, caplog
):
    async with bridge(settings) as served:
        with pytest.raises(Rejected, match="HTTP 403"):
            async with served.phone(headers=headers):
                pass
    (told,) = [record.getMessage() for record in caplog.records if "refused" in record.getMessage()]
    assert told.startswith("refused a media stream (")
    assert told.endswith(" from 127.0.0.1 with 403")
    assert line in told
    assert TOKEN not in told
    assert not any(value in told for name, value in headers.items() if name == "X-Twilio-Signature")


async def test_a_webhook_that_is_refused_tells_the_url_with_its_query(caplog):
    signature = sign("http://bridge.example.com/incoming-call?a=b", TOKEN)
    async with bridge(SIGNED) as served:
        await http(served.url, "/incoming-call?a=b", FORM, [f"X-Twilio-Signature: {signature}"])
    assert (
        "a webhook (its signature is not that of 'https://bridge.example.com/incoming-call?a=b'"
        in caplog.text
    )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "forged"},
        stream_signature("https://bridge.example.com/twilio-agent"),
        stream_signature("wss://bridge.example.com/twilio-agent?a=b"),
        stream_signature("wss://elsewhere.example.com/twilio-agent"),
        {"X-Twilio-Signature": sign("wss://bridge.example.com/twilio-agent", "another token")},
    ],
)
async def test_an_unsigned_or_wrongly_signed_stream_gets_403_before_a_model_is_dialled(headers):
    async with bridge(SIGNED) as served:
        with pytest.raises(Rejected, match="HTTP 403"):
            async with served.phone(headers=headers):
                pass
        assert served.models.models == []


async def test_a_query_is_no_part_of_a_streams_signature():
    """Twilio drops it from the URL, so a client that adds one neither gains nor loses by it."""
    async with bridge(SIGNED) as served, served.phone("/twilio-agent?a=b", stream_signature()) as phone:
        phone.call()
        await phone.hear_speech()


@pytest.mark.parametrize(
    ("signature", "status"),
    [
        (sign(f"{PUBLIC}/incoming-call", TOKEN, FORM.items()), 200),
        (sign(f"{PUBLIC}/incoming-call", TOKEN), 403),
        (sign(f"{PUBLIC}/incoming-call", "another token", FORM.items()), 403),
        ("", 403),
    ],
)
async def test_only_a_signed_webhook_is_answered(signature, status):
    async with bridge(SIGNED) as served:
        answer = await http(served.url, "/incoming-call", FORM, [f"X-Twilio-Signature: {signature}"])
    assert answer[0] == status


@pytest.mark.parametrize(("signed", "status"), [("?a=b", 200), ("", 403), ("?a=c", 403)])
async def test_a_query_is_part_of_a_webhooks_signature(signed, status):
    signature = sign(f"{PUBLIC}/incoming-call{signed}", TOKEN, FORM.items())
    async with bridge(SIGNED) as served:
        answer = await http(served.url, "/incoming-call?a=b", FORM, [f"X-Twilio-Signature: {signature}"])
    assert answer[0] == status
