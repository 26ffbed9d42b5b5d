"""Goodbyes end the call and not only the stream; signatures hold from the mock phone to the bridge's door."""

import anyio
import pytest
import trio
from far_end import listening
from peers import Exchange
from served import AGENT, bridge

from twiliobridge.caller import HandshakeFailed, MockTwilioClient, open_twilio_api
from twiliobridge.conversation import Agent, Ending
from twiliobridge.mediastream.twiml import Connect, Hangup, Say
from twiliobridge.server.rest import complete_by_rest
from twiliobridge.settings import Settings

TOKEN = "12345"
POLITE = Agent(instructions="Be brief.", greeting="Hello.", may_hang_up=True)


def account(api, further="", **more):
    """A server's settings for the account of `api`."""
    sids = {"twilio_account_sid": api.account_sid, "twilio_auth_token": api.auth_token + further}
    return Settings(port=0, twilio_api_url=api.url, **sids, **more)


async def goodbye(served, api, **options):
    """A call that the agent ends: the phone and what it was shown."""
    async with MockTwilioClient(f"{served.url}/incoming-call", api=api, **options) as client:
        await client.initiate_call_flow()
        await client.wait_for_hangup(5)
        await client.wait_for_call_end(5)
    return client


@pytest.mark.parametrize("further", ["", ", another-token"])
async def test_a_goodbye_ends_the_call_by_rest_and_the_fallback_is_not_spoken(further):
    """`Status=completed` with the account's login; the phone says `stop`, nothing after <Connect> runs.

    Of several tokens the first is the account's.
    """
    models = Exchange(tool_calls=[("end_call", "{}")])
    async with (
        open_twilio_api(auth_token=TOKEN) as api,
        bridge(account(api, further=further), POLITE, dial=models.dial) as served,
    ):
        client = await goodbye(served, api)
        assert await served.endings(1) == [Ending.AGENT_HUNG_UP]
    assert [type(each.verb) for each in client.verbs] == [Connect]
    assert client.warnings == ()


async def test_without_an_account_the_goodbye_closes_the_stream():
    """Then the verb after <Connect> runs, and Twilio logs 31921."""
    models = Exchange(tool_calls=[("end_call", "{}")])
    async with open_twilio_api() as api, bridge(Settings(port=0), POLITE, dial=models.dial) as served:
        client = await goodbye(served, api)
    assert [type(each.verb) for each in client.verbs] == [Connect, Say, Hangup]
    assert [each.code for each in client.warnings] == [31921]


@pytest.mark.parametrize("trouble", ["refused", "login", "silent"])
async def test_if_rest_fails_the_stream_is_closed_all_the_same(monkeypatch, caplog, trouble):
    """Nobody listens, the login is wrong, or no answer comes in time: a line in the log, and the old way."""
    monkeypatch.setattr("twiliobridge.server.rest.WITHIN", 0.1)
    models = Exchange(tool_calls=[("end_call", "{}")])

    async def say_nothing(stream):
        async with stream:
            await anyio.sleep(1)

    async with open_twilio_api(auth_token=TOKEN) as api, listening(say_nothing) as port:
        urls = {"refused": "http://127.0.0.1:1", "login": api.url, "silent": f"http://127.0.0.1:{port}"}
        token = "wrong" if trouble == "login" else TOKEN
        settings = Settings(
            port=0, twilio_api_url=urls[trouble], twilio_account_sid=api.account_sid, twilio_auth_token=token
        )
        async with bridge(settings, POLITE, dial=models.dial) as served:
            client = await goodbye(served, api, auth_token=token)
    assert [type(each.verb) for each in client.verbs] == [Connect, Say, Hangup]
    assert "could not be ended by REST" in caplog.text
    assert TOKEN not in caplog.text


async def test_a_call_sid_that_is_none_never_becomes_a_url(caplog):
    """What a stranger's stream says is its SID is checked before it is asked for."""
    async with open_twilio_api() as api:
        complete = complete_by_rest(account(api))
        assert not await complete("../Messages")
        assert not await complete("(no start yet)")
    assert "is no CallSid" in caplog.text


async def test_without_token_or_sid_nobody_is_asked():
    assert complete_by_rest(Settings(twilio_auth_token=TOKEN)) is None
    assert complete_by_rest(Settings(twilio_account_sid="AC1")) is None


# ---- the door


@pytest.mark.parametrize("path", ["ws", "http"])
async def test_the_phone_s_signature_opens_the_bridge_s_door(path):
    """With the same token on both sides a call is a call: directly, and by the webhook."""
    async with bridge(Settings(port=0, twilio_auth_token=TOKEN), AGENT) as served:
        url = (
            served.url.replace("http", "ws") + "/twilio-agent"
            if path == "ws"
            else f"{served.url}/incoming-call"
        )
        with trio.fail_after(5):
            async with MockTwilioClient(url, auth_token=TOKEN) as client:
                await client.initiate_call_flow()
                await client.wait_until_heard(20)
        assert await served.endings(1) == [Ending.CALLER_HUNG_UP]


@pytest.mark.parametrize("token", ["wrong", None])
async def test_a_wrong_token_is_403_and_costs_no_model_session(token):
    async with bridge(Settings(port=0, twilio_auth_token=TOKEN), AGENT) as served:
        for url in (served.url.replace("http", "ws") + "/twilio-agent", f"{served.url}/incoming-call"):
            with pytest.raises(Exception, match="HTTP 403") as refused:
                async with MockTwilioClient(url, auth_token=token):
                    pass
            assert refused.value.status == 403
            assert isinstance(refused.value, HandshakeFailed) == url.startswith("ws")
        assert served.models.models == []


async def test_a_bridge_that_knows_its_public_url_can_be_called_on_loopback():
    """`public_url` on both sides: signatures are for the public address, the call goes to this machine."""
    public = "https://bridge.example.com"
    async with bridge(Settings(port=0, twilio_auth_token=TOKEN, public_url=public), AGENT) as served:
        with trio.fail_after(5):
            url = f"{served.url}/incoming-call"
            async with MockTwilioClient(url, auth_token=TOKEN, public_url=public) as client:
                await client.initiate_call_flow()
                await client.wait_until_heard(20)
        assert [type(each.verb) for each in client.verbs] == [Connect]
