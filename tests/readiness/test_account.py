"""What Twilio says of the account and its numbers, by the double of its REST API."""

from contextlib import asynccontextmanager

import anyio
import pytest
from far_end import listening

from twiliobridge.caller import ApiNumber, open_twilio_api
from twiliobridge.readiness import account
from twiliobridge.readiness.account import account_row, judged, numbers_row
from twiliobridge.readiness.row import Verdict, ok
from twiliobridge.settings import Settings
from twiliobridge.wires.http import Service

TOKEN = "0123456789abcdef"
WEBHOOK = "https://voice.example.com/incoming-call"


def settings(api, **more):
    sids = {"twilio_account_sid": api.account_sid, "twilio_auth_token": TOKEN, "twilio_api_url": api.url}
    return Settings(**sids | {"public_url": "https://voice.example.com"} | more)


@pytest.mark.parametrize(
    ("status", "kind", "verdict", "told"),
    [
        ("active", "Full", Verdict.OK, "A double of Twilio: active"),
        ("active", "Trial", Verdict.WARNING, "A double of Twilio: active, a trial"),
        ("suspended", "Full", Verdict.FAILED, "A double of Twilio: suspended"),
        ("closed", "Full", Verdict.FAILED, "A double of Twilio: closed"),
    ],
)
async def test_an_account_is_well_if_it_is_active(status, kind, verdict, told):
    async with open_twilio_api(auth_token=TOKEN) as api:
        api.status, api.type = status, kind
        row = await account_row(settings(api))
    assert (row.verdict, row.told) == (verdict, told)
    assert bool(row.mend) == (verdict is not Verdict.OK)


@pytest.mark.parametrize(
    "wrong", [{"twilio_auth_token": "wrong-token"}, {"twilio_account_sid": "AC" + "0" * 32}]
)
async def test_a_wrong_login_is_told_as_twilio_tells_it(wrong):
    async with open_twilio_api(auth_token=TOKEN) as api:
        row = await account_row(settings(api, **wrong))
    assert row.verdict is Verdict.FAILED
    assert row.told.endswith(": Authenticate (20003)")
    assert row.told.startswith("HTTP 401 from 127.0.0.1:")
    assert "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN" in row.mend


@pytest.mark.parametrize(
    ("given", "absent"),
    [
        ({"twilio_auth_token": TOKEN}, "TWILIO_ACCOUNT_SID"),
        ({"twilio_account_sid": "AC1"}, "TWILIO_AUTH_TOKEN"),
    ],
)
async def test_without_an_account_it_says_what_is_absent_and_what_that_means(given, absent):
    row = await account_row(Settings(**given))
    assert row.verdict is Verdict.SKIPPED
    assert f"no {absent}, so goodbyes close the stream" in row.told
    numbers = await numbers_row(Settings(**given), row)
    assert numbers.verdict is Verdict.SKIPPED


@asynccontextmanager
async def answering(body):
    async def answer(stream):
        async with stream:
            service = Service(stream)
            if await service.request():
                await service.answer(200, "text/html", body)

    async with listening(answer) as port:
        yield Settings(
            twilio_account_sid="AC1", twilio_auth_token=TOKEN, twilio_api_url=f"http://127.0.0.1:{port}"
        )


async def test_a_server_that_is_not_twilios_is_told_as_that():
    async with answering(b"<html>welcome</html>") as told:
        row = await account_row(told)
    assert row.verdict is Verdict.FAILED
    assert "does not answer as Twilio's API does" in row.told
    assert "TWILIOBRIDGE_TWILIO_API_URL" in row.mend


async def test_one_that_is_not_there_or_says_nothing_is_bounded(monkeypatch):
    gone = Settings(twilio_account_sid="AC1", twilio_auth_token=TOKEN, twilio_api_url="http://127.0.0.1:1")
    assert "Connection refused" in (await account_row(gone)).told

    async def silent(stream):
        async with stream:
            await anyio.sleep_forever()

    monkeypatch.setattr(account, "WITHIN", 0.05)
    async with listening(silent) as port:
        quiet = Settings(
            twilio_account_sid="AC1", twilio_auth_token=TOKEN, twilio_api_url=f"http://127.0.0.1:{port}"
        )
        assert "did not answer within 0.05 s" in (await account_row(quiet)).told


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("numbers", "verdict", "told"),
    [
        ([ApiNumber("+15550100", WEBHOOK)], Verdict.OK, "+15550100 rings here"),
        ([ApiNumber("+15550100", WEBHOOK + "?tenant=1")], Verdict.OK, "+15550100 rings here"),
        (
            [ApiNumber("+15550100", WEBHOOK), ApiNumber("+15550101", WEBHOOK), ApiNumber("+15550102")],
            Verdict.OK,
            "+15550100, +15550101 ring here",
        ),
        (
            [ApiNumber("+15550100", WEBHOOK, "GET"), ApiNumber("+15550101", WEBHOOK)],
            Verdict.FAILED,
            f"+15550100 leads to GET {WEBHOOK}, which is not this server's webhook",
        ),
        (
            [ApiNumber("+15550100", f"{WEBHOOK}/")],
            Verdict.FAILED,
            f"+15550100 leads to POST {WEBHOOK}/, which",
        ),
        (
            [ApiNumber("+15550100", "https://voice.example.com/twilio-agent")],
            Verdict.FAILED,
            "+15550100 leads to POST https://voice.example.com/twilio-agent, which is not",
        ),
        (
            [ApiNumber("+15550100", "https://demo.twilio.com/welcome"), ApiNumber("+15550101")],
            Verdict.WARNING,
            f"none rings at {WEBHOOK}: +15550100 leads to POST https://demo.twilio.com/welcome, +15550101",
        ),
        (
            [ApiNumber("+15550100", WEBHOOK, voice_application_sid="AP1"), ApiNumber("+1", trunk_sid="TK1")],
            Verdict.WARNING,
            f"none rings at {WEBHOOK}: +15550100 leads to a TwiML App, +1 leads to a SIP trunk",
        ),
        ([], Verdict.WARNING, f"none rings at {WEBHOOK}, for there is none"),
    ],
)
async def test_which_numbers_ring_here_is_read_from_their_webhooks(numbers, verdict, told):
    """A number of this host with another path or by GET fails in every call; one that leads elsewhere may."""
    async with open_twilio_api(auth_token=TOKEN) as api:
        api.numbers = numbers
        row = await numbers_row(settings(api), ok("account", "active"))
    assert row.verdict is verdict
    assert row.told.startswith(told)
    assert (verdict is Verdict.OK) or row.mend.endswith(f"{WEBHOOK}, HTTP POST")


async def test_the_numbers_of_all_pages_are_read():
    async with open_twilio_api(auth_token=TOKEN) as api:
        api.numbers = [ApiNumber(f"+1555{each:04}") for each in range(250)] + [ApiNumber("+1999", WEBHOOK)]
        row = await numbers_row(settings(api), ok("account", "active"))
    assert row.told == "+1999 rings here"


def test_of_many_numbers_three_are_named():
    row = judged([ApiNumber(f"+{each}", "https://x.example/") for each in range(9)], WEBHOOK)
    assert row.told.endswith("+2 leads to POST https://x.example/, and 6 more")
