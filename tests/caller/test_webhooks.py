"""The requests of a call: for its TwiML, and to tell how its stream goes."""

import re

import pytest
from far_end import TOKEN, Streams, Webhooks, connect, hang_up, twiml, verbs
from twilio.request_validator import RequestValidator

from twiliobridge.caller import (
    HandshakeFailed,
    MockTwilioClient,
    NoStream,
    WebhookAsked,
    WebhookFailed,
)
from twiliobridge.mediastream.twiml import (
    Connect,
    Say,
)


def test_the_webhook_is_asked_as_twilio_asks(run):
    """A POST with the fields of a voice webhook, signed so that Twilio's own validator accepts it."""

    async def main():
        async with Streams().open() as streams, Webhooks().open() as app:
            app.documents["voice"] = twiml(connect(f"ws://{streams.host}/media"))
            url = f"{app.url}/voice?tenant=7"
            async with MockTwilioClient(url, auth_token=TOKEN, from_="+15550100", to="+15550199") as client:
                sids = client.identity
        (asked,) = app.asked
        form = asked.form
        assert (asked.method, asked.headers["user-agent"]) == ("POST", "TwilioProxy/1.1")
        assert form["CallSid"] == sids.call_sid
        assert form["AccountSid"] == sids.account_sid
        assert (form["CallStatus"], form["Direction"], form["ApiVersion"]) == (
            "ringing",
            "inbound",
            "2010-04-01",
        )
        assert (form["From"], form["Caller"], form["To"], form["Called"]) == ("+15550100",) * 2 + (
            "+15550199",
        ) * 2
        assert {"FromCity", "ToState", "CallerZip", "CalledCountry"} <= form.keys()
        assert RequestValidator(TOKEN).validate(url, form, asked.headers["x-twilio-signature"])

    run(main)


@pytest.mark.parametrize(
    ("document", "code", "status"),
    [((403, ""), 11200, 403), ((500, "oops"), 11200, 500), ("not xml", 12100, 200), ("<html/>", 12100, 200)],
)
def test_a_webhook_that_fails_is_one_line_with_twilio_s_code(run, document, code, status):
    async def main():
        async with Webhooks(voice=document).open() as app:
            with pytest.raises(WebhookFailed) as failed:
                async with MockTwilioClient(f"{app.url}/voice"):
                    pass
        assert (failed.value.code, failed.value.status) == (code, status)
        assert "\n" not in str(failed.value)

    run(main)


def test_a_webhook_that_is_not_there_is_11205(run):
    async def main():
        async with Webhooks().open() as app:
            url = app.url
        with pytest.raises(WebhookFailed, match="11205") as failed:
            async with MockTwilioClient(url):
                pass
        assert "\n" not in str(failed.value)

    run(main)


def test_a_redirect_that_leads_to_itself_comes_to_an_end(run):
    """Twenty documents are followed, and then the call is over, with a warning."""

    async def main():
        async with Webhooks(voice=twiml("<Redirect>/voice</Redirect>")).open() as app:
            client = MockTwilioClient(f"{app.url}/voice")
            with pytest.raises(NoStream):
                async with client:
                    pass
        assert len(app.asked) == 20
        assert [each.code for each in client.warnings] == [11200]

    run(main)


@pytest.mark.parametrize(
    ("status", "method"), [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")]
)
def test_a_webhook_that_moved_is_asked_where_it_went(run, status, method):
    """With the same fields, signed for the new URL; and relative URLs begin there."""

    async def main():
        async with Streams().open() as streams, Webhooks().open() as app:
            app.documents["voice"] = (status, "/moved/voice")
            app.documents["moved/voice"] = twiml("<Redirect>next</Redirect>")
            app.documents["moved/next"] = twiml(connect(f"ws://{streams.host}/media"))
            async with MockTwilioClient(f"{app.url}/voice", auth_token=TOKEN) as client:
                call_sid = client.identity.call_sid
        first, moved, following = app.asked
        assert [first.method, moved.method, following.method] == ["POST", method, "POST"]
        assert (moved.form or moved.query)["CallSid"] == call_sid
        signature = moved.headers["x-twilio-signature"]
        assert RequestValidator(TOKEN).validate(app.url + moved.target, moved.form, signature)

    run(main)


def test_a_webhook_that_moves_for_ever_has_failed(run):
    """After ten moves, with the status of the last."""

    async def main():
        async with Webhooks(voice=(302, "/voice")).open() as app:
            with pytest.raises(WebhookFailed, match="HTTP 302"):
                async with MockTwilioClient(f"{app.url}/voice"):
                    pass
        assert len(app.asked) == 11

    run(main)


def test_a_redirect_says_how_it_is_asked(run):
    async def main():
        async with Streams().open() as streams, Webhooks().open() as app:
            app.documents["voice"] = twiml('<Redirect method="GET">/next?a=1</Redirect>')
            app.documents["next"] = twiml(connect(f"ws://{streams.host}/media"))
            notes = []
            async with MockTwilioClient(f"{app.url}/voice", observe=lambda _, note: notes.append(note)):
                pass
        assert app.asked[1].method == "GET"
        assert [each.method for each in notes if isinstance(each, WebhookAsked)] == ["POST", "GET"]
        assert app.asked[1].query["a"] == "1"
        assert app.asked[1].query["CallStatus"] == "in-progress"

    run(main)


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_status_callbacks_tell_of_the_stream(run, method):
    """stream-started and stream-stopped, with the stream's name, signed for the URL as it is asked."""

    async def main():
        async with Streams(hang_up).open() as streams, Webhooks(status="").open() as app:
            attributes = {
                "statusCallback": f"{app.url}/status",
                "statusCallbackMethod": method,
                "name": "one",
            }
            app.documents["voice"] = twiml(connect(f"ws://{streams.host}/m", **attributes))
            async with MockTwilioClient(f"{app.url}/voice", auth_token=TOKEN) as client:
                await client.initiate_call_flow()
                await client.wait_for_call_end(5)
        told = [each for each in app.asked if each.path == "/status"]
        forms = [each.form if method == "POST" else dict(each.query) for each in told]
        assert [each["StreamEvent"] for each in forms] == ["stream-started", "stream-stopped"]
        assert {each["StreamName"] for each in forms} == {"one"}
        assert {each["StreamSid"] for each in forms} == {client.identity.stream_sid}
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", forms[0]["Timestamp"])
        for each, form in zip(told, forms, strict=True):
            url, fields = (f"{app.url}/status", form) if method == "POST" else (f"{app.url}{each.target}", {})
            assert RequestValidator(TOKEN).validate(url, fields, each.headers["x-twilio-signature"])

    run(main)


def test_a_stream_that_fails_is_told_and_the_next_verb_runs(run):
    """stream-error goes to the status callback, the verb after <Connect> runs, and the test is told."""

    async def main():
        async with Webhooks(status="").open() as app:
            gone = f"{app.url.replace('http', 'ws')}/media"
            app.documents["voice"] = twiml(
                connect(gone, statusCallback=f"{app.url}/status"), "<Say>Sorry</Say>"
            )
            client = MockTwilioClient(f"{app.url}/voice")
            with pytest.raises(HandshakeFailed):
                async with client:
                    pass
        assert app.events() == ["stream-error"]
        assert "31920" in next(each.form["StreamError"] for each in app.asked if each.path == "/status")
        assert verbs(client) == [Connect, Say]

    run(main)


def test_a_bad_status_callback_is_a_warning(run):
    async def main():
        async with Streams(hang_up).open() as streams, Webhooks(status=(500, "")).open() as app:
            app.documents["voice"] = twiml(connect(f"ws://{streams.host}/m", statusCallback="/status"))
            async with MockTwilioClient(f"{app.url}/voice") as client:
                await client.initiate_call_flow()
                await client.wait_for_call_end(5)
        assert sorted(each.code for each in client.warnings) == [11200, 11200, 31921]

    run(main)


def test_a_public_url_is_what_is_signed_and_the_local_one_what_is_reached(run):
    """A server configured with its public address is called on loopback, and accepts the signatures."""
    public = "https://voice.example.com"

    async def main():
        async with Streams(hang_up).open() as streams, Webhooks().open() as app:
            app.documents["voice"] = twiml(connect(f"ws://{streams.host}/m"))
            async with MockTwilioClient(f"{app.url}/voice", auth_token=TOKEN, public_url=public):
                pass
            async with MockTwilioClient(
                f"ws://{streams.host}/m", auth_token=TOKEN, public_url=public
            ) as client:
                await client.initiate_call_flow()
                await client.wait_for_hangup(5)
        signature = app.asked[0].headers["x-twilio-signature"]
        assert RequestValidator(TOKEN).validate(f"{public}/voice", app.asked[0].form, signature)
        signature = streams.requests[-1].headers["x-twilio-signature"]
        assert RequestValidator(TOKEN).validate("wss://voice.example.com/m", {}, signature)

    run(main)
