"""What a server does to a call through Twilio's REST API, and how the double of it refuses."""

import msgspec
import pytest
from far_end import Streams, Webhooks, connect, twiml, until, verbs

from twiliobridge.caller import (
    CallUpdated,
    MockTwilioClient,
    TooSlow,
    open_twilio_api,
)
from twiliobridge.caller.api import basic_auth
from twiliobridge.mediastream.twiml import (
    Connect,
    Dial,
    Say,
)
from twiliobridge.wires.http import post_form


async def update(api, client, status=200, **form):
    url = f"{api.url}/2010-04-01/Accounts/{api.account_sid}/Calls/{client.identity.call_sid}.json"
    login = {"Authorization": basic_auth(api.account_sid, api.auth_token)}
    response = await post_form(url, list(form.items()), login)
    assert response.status == status, response.text
    return msgspec.json.decode(response.body)


def test_a_call_completed_by_rest_stops_and_no_verb_follows(run):
    """The server hears `stop`, the phone shows the hang-up, and the fallback is not spoken."""

    async def main():
        async with Streams().open() as streams, Webhooks().open() as app, open_twilio_api() as api:
            app.documents["voice"] = twiml(connect(f"ws://{streams.host}/m"), "<Say>never</Say>")
            notes = []
            async with MockTwilioClient(
                f"{app.url}/voice", api=api, observe=lambda _, note: notes.append(note)
            ) as client:
                await client.initiate_call_flow()
                body = await update(api, client, Status="completed")
                assert (body["sid"], body["status"]) == (client.identity.call_sid, "completed")
                assert await client.wait_for_hangup(5) == 1000
                await client.wait_for_call_end(5)
                await update(api, client, status=400, Status="completed")
            await update(api, client, status=404, Status="completed")
        assert verbs(client) == [Connect]
        assert CallUpdated("Status=completed") in notes
        assert '"event":"stop"' in streams.heard[-1]
        assert client.warnings == ()

    run(main)


def test_a_call_transferred_by_rest_follows_the_new_twiml(run):
    """`Twiml=` and `Url=` replace what was to follow; the client shows which verbs ran."""

    async def main():
        async with Streams().open() as streams, Webhooks().open() as app, open_twilio_api() as api:
            app.documents["voice"] = twiml(connect(f"ws://{streams.host}/m"), "<Say>never</Say>")
            app.documents["transfer"] = twiml("<Dial>+15550123</Dial>")
            for form in (
                {"Twiml": twiml("<Say>One moment</Say><Dial>+15550123</Dial>")},
                {"Url": f"{app.url}/transfer"},
            ):
                async with MockTwilioClient(f"{app.url}/voice", api=api) as client:
                    await client.initiate_call_flow()
                    await update(api, client, **form)
                    await until(lambda: Dial in verbs(client))
                    with pytest.raises(TooSlow):  # the caller talks to somebody
                        await client.wait_for_call_end(0.02)
                assert Dial("+15550123") in [each.verb for each in client.verbs]
                assert Say("never") not in [each.verb for each in client.verbs]

    run(main)


def test_the_api_refuses_as_twilio_does(run):
    """401 without login, 404 for another call, 400 for what is no update, each with Twilio's code."""

    async def main():
        async with (
            Streams().open() as streams,
            open_twilio_api() as api,
            MockTwilioClient(f"ws://{streams.host}/m", api=api) as client,
        ):
            good = f"/2010-04-01/Accounts/{api.account_sid}/Calls/{client.identity.call_sid}.json"
            other = good.replace("CA", "CB")
            login = {"Authorization": basic_auth(api.account_sid, api.auth_token)}
            asked = [
                (good, {}, [("Status", "completed")], 401, 20003),
                (other, login, [("Status", "completed")], 404, 20404),
                (good, login, [("Status", "ringing")], 400, 20001),
                (good, login, [("Twiml", "<no")], 400, 12100),
                (good, login, [("Twiml", "x" * 4001)], 400, 32018),
                (good, login, [("Url", "mailto:x")], 400, 21205),
                (good, login, [], 400, 20001),
            ]
            for path, headers, form, status, code in asked:
                response = await post_form(api.url + path, form, headers)
                assert (response.status, msgspec.json.decode(response.body)["code"]) == (status, code)

    run(main)


def test_what_fails_while_the_api_is_open_comes_out_as_itself(run):
    """Not in a group: `pytest.raises` around the block sees it."""

    async def main():
        with pytest.raises(TooSlow):
            async with open_twilio_api():
                raise TooSlow

    run(main)
