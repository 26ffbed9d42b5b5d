"""Who is let in: with a token, nobody but Twilio, and nobody before a model is dialled."""

import pytest
from served import bridge, http

from twiliobridge.mediastream import sign
from twiliobridge.settings import Settings
from twiliobridge.wires import Rejected

TOKEN = "12345"
PUBLIC = "https://bridge.example.com"


def stream_signature(url="wss://bridge.example.com/twilio-agent"):
    return {"X-Twilio-Signature": sign(url, TOKEN)}


pytestmark = pytest.mark.usefixtures("lane")

SIGNED = Settings(port=0, public_url=PUBLIC, twilio_auth_token=TOKEN)


async def test_a_signed_stream_is_let_in():
    async with bridge(SIGNED) as served, served.phone(headers=stream_signature()) as phone:
        phone.call()
        await phone.hear_speech()


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


FORM = {"From": "+15550100", "To": "+15550199", "CallSid": "CA1"}


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
