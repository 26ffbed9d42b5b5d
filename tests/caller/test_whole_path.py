"""A call from its webhook to its last verb: the phone is Twilio, under Trio and asyncio."""

import re

import anyio
import msgspec
import pytest
from far_end import Streams, Webhooks, hang_up, until
from twilio.request_validator import RequestValidator

from twiliobridge.caller import (
    CallUpdated,
    HandshakeFailed,
    MockTwilioClient,
    NoStream,
    NotConnected,
    StreamKind,
    TooSlow,
    WebhookFailed,
    open_twilio_api,
)
from twiliobridge.caller.api import basic_auth
from twiliobridge.mediastream.twiml import (
    Connect,
    Dial,
    Fork,
    Hangup,
    Pause,
    Play,
    Redirect,
    Say,
    UnknownVerb,
)
from twiliobridge.wires.http import post_form

TOKEN = "12345"


@pytest.fixture(params=["trio", "asyncio"])
def run(request):
    """`run(main)` under each event loop, within a bound."""

    def go(main):
        async def bounded():
            with anyio.fail_after(20):
                await main()

        anyio.run(bounded, backend=request.param)

    return go


def verbs(client):
    return [type(each.verb) for each in client.verbs]


def twiml(*inside):
    return f"<Response>{''.join(inside)}</Response>"


def connect(url, inside="", **attributes):
    extra = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<Connect><Stream url="{url}"{extra}>{inside}</Stream></Connect>'


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


def test_the_twiml_is_followed_to_the_stream_and_after_it(run):
    """Verbs run in order; parameters arrive with `start`; when the server closes, the next verb runs."""

    async def main():
        async with Streams(hang_up).open() as streams, Webhooks().open() as app:
            parameter = '<Parameter name="plan" value="gold"/>'
            app.documents["voice"] = twiml(
                "<Say>Hello</Say><Pause length='0'/><Play>/tone.wav</Play><Gather/>",
                connect(f"ws://{streams.host}/media", parameter),
                "<Say>Goodbye</Say><Redirect>/after</Redirect><Say>never</Say>",
            )
            app.documents["after"] = twiml("<Hangup/><Say>never</Say>")
            async with MockTwilioClient(f"{app.url}/voice") as client:
                await client.initiate_call_flow()
                assert await client.wait_for_hangup(5) == 1000
                await client.wait_for_call_end(5)
        assert verbs(client) == [Say, Pause, Play, UnknownVerb, Connect, Say, Redirect, Hangup]
        assert [each.verb.name for each in client.verbs if not each.followed] == ["Gather"]
        start = msgspec.json.decode(streams.heard[1])["start"]
        assert start["customParameters"] == {"plan": "gold"}
        assert start["callSid"] == app.asked[0].form["CallSid"]
        assert [each.form["CallStatus"] for each in app.asked] == ["ringing", "in-progress"]
        assert [each.path for each in app.asked] == ["/voice", "/after"]

    run(main)


def test_a_caller_who_hangs_up_ends_the_verbs_too(run):
    """After hangup() nothing of the TwiML runs; a pause under way is cut at once."""

    async def main():
        async with Streams().open() as streams, Webhooks().open() as app:
            app.documents["voice"] = twiml(connect(f"ws://{streams.host}/m"), "<Say>never</Say>")
            async with MockTwilioClient(f"{app.url}/voice") as client:
                await client.initiate_call_flow()
                await client.hangup()
                await client.wait_for_call_end(5)
            assert verbs(client) == [Connect]
            streams.script = hang_up
            app.documents["voice"] = twiml(
                connect(f"ws://{streams.host}/m"), "<Pause length='60'/><Say>never</Say>"
            )
            async with MockTwilioClient(f"{app.url}/voice") as client:
                await client.initiate_call_flow()
                await client.wait_for_hangup(5)
            assert verbs(client) == [Connect, Pause]

    run(main)


def test_a_relative_stream_is_on_the_webhook_s_host(run):
    """`/media` in a document from http://host:port is ws://host:port/media."""

    async def main():
        async with Webhooks(voice=twiml(connect("/media"))).open() as app:
            where = app.url.replace("http", "ws") + "/media"
            with pytest.raises(HandshakeFailed, match=re.escape(where + ": ")) as refused:
                async with MockTwilioClient(f"{app.url}/voice"):
                    pass
        assert refused.value.status == 404  # this server has no stream

    run(main)


def test_the_query_of_a_stream_is_dropped_with_a_warning(run):
    """Twilio connects to the bare path; the phone warns of what the server will miss, without its value."""

    async def main():
        async with Streams().open() as streams, Webhooks().open() as app:
            app.documents["voice"] = twiml(connect(f"ws://{streams.host}/media?token=secret"))
            for url in (f"{app.url}/voice", f"ws://{streams.host}/media?token=secret"):
                async with MockTwilioClient(url) as client:
                    await client.initiate_call_flow()
                assert streams.requests[-1].path == "/media"
                (warning,) = client.warnings
                assert warning.code == 31920
                assert "query" in warning.text
                assert "secret" not in warning.text

    run(main)


@pytest.mark.parametrize("url", ["ws://example.com/media", "ws://10.0.0.1/media", "ftp://example.com/m"])
def test_a_stream_that_is_not_wss_is_refused_unless_it_is_on_loopback(run, url):
    """31922, and no connection is tried."""

    async def main():
        async with Webhooks(voice=twiml(connect(url))).open() as app:
            with pytest.raises(NotConnected, match="not wss") as refused:
                async with MockTwilioClient(f"{app.url}/voice"):
                    pass
        assert refused.value.code == 31922

    run(main)


def test_a_call_without_a_stream_says_what_its_twiml_was(run):
    """Busy in words is no error of the webhook; it is no stream either."""

    async def main():
        async with Webhooks(voice=twiml("<Say>All lines are busy.</Say><Hangup/>")).open() as app:
            client = MockTwilioClient(f"{app.url}/voice")
            with pytest.raises(NoStream, match="<Say>, <Hangup>") as none:
                async with client:
                    pass
        assert none.value.code is None
        assert [each.verb for each in client.verbs] == [Say("All lines are busy."), Hangup()]

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
            async with MockTwilioClient(f"{app.url}/voice"):
                pass
        assert app.asked[1].method == "GET"
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


def test_start_stream_only_listens_while_the_verbs_go_on(run):
    """<Start><Stream track="both_tracks">: both tracks, no marks; what the server says is 31924; it ends with
    the TwiML, here with a caller who leaves the party they were connected to.
    """

    async def speak(socket):
        await socket.say('{"event":"clear","streamSid":"MZ"}'.replace("MZ", sid))

    async def main():
        nonlocal sid
        async with Streams(speak).open() as streams, Webhooks().open() as app:
            stream = connect(f"ws://{streams.host}/m", track="both_tracks").replace("Connect", "Start")
            app.documents["voice"] = twiml(stream, "<Dial>+15550123</Dial><Say>never</Say>")
            client = MockTwilioClient(f"{app.url}/voice")
            sid = client.identity.stream_sid
            async with client:
                await client.initiate_call_flow()
                await until(lambda: client.warnings)
                with pytest.raises(TooSlow):
                    await client.wait_for_call_end(0.05)
        assert [each.code for each in client.warnings] == [31924]
        assert verbs(client) == [Fork, Dial]
        media = [
            each["media"]["track"] for each in map(msgspec.json.decode, streams.heard) if "media" in each
        ]
        assert media[:4] == ["inbound", "outbound", "inbound", "outbound"]
        assert '"event":"stop"' in streams.heard[-1]

    sid = ""
    run(main)


def test_connect_has_no_other_track_than_inbound(run):
    """Both tracks of a <Connect> are 31941: no stream, and the next verb."""

    async def main():
        async with Webhooks(
            voice=twiml(connect("wss://x/", track="both_tracks"), "<Say>on</Say>")
        ).open() as app:
            client = MockTwilioClient(f"{app.url}/voice")
            with pytest.raises(NoStream):
                async with client:
                    pass
        assert [each.code for each in client.warnings] == [31941]
        assert verbs(client) == [Connect, Say]

    run(main)


# ---- Twilio's REST API


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


# ---- options


def test_what_the_twiml_says_cannot_be_an_option():
    """Parameters and track are the TwiML's where there is one."""
    for wrong in ({"custom_parameters": {"a": "b"}}, {"kind": StreamKind.BOTH}):
        with pytest.raises(ValueError, match="TwiML"):
            MockTwilioClient("http://localhost/voice", **wrong)


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
