"""A call from its webhook to its last verb: the phone is Twilio, under Trio and asyncio."""

import re

import anyio
import msgspec
import pytest
from far_end import Streams, Webhooks, connect, hang_up, twiml, until, verbs

from twiliobridge.caller import (
    HandshakeFailed,
    MockTwilioClient,
    NoStream,
    NotConnected,
    StreamKind,
    TooSlow,
)
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


def test_nobody_stays_on_a_call_whose_stream_failed(run):
    """What takes time after a <Connect> that failed ends the call: entering raises, and does not wait."""

    async def main():
        async with Webhooks().open() as app:
            for verb in ("<Dial>+15550123</Dial>", "<Pause length='600'/>"):
                app.documents["voice"] = twiml(connect("ws://127.0.0.1:1/m"), verb, "<Say>never</Say>")
                client = MockTwilioClient(f"{app.url}/voice")
                with anyio.fail_after(5), pytest.raises(NotConnected) as failure:
                    async with client:
                        pass
                assert failure.value.code == 31902
                assert len(verbs(client)) == 2

    run(main)


def test_before_the_stream_nobody_answers_a_dial(run):
    """<Dial> then <Connect> is an agent for calls that nobody takes; <Dial> alone has no stream."""

    async def main():
        async with Streams().open() as streams, Webhooks().open() as app:
            app.documents["voice"] = twiml("<Dial>+15550123</Dial>", connect(f"ws://{streams.host}/m"))
            with anyio.fail_after(5):
                async with MockTwilioClient(f"{app.url}/voice") as client:
                    assert verbs(client) == [Dial, Connect]
            app.documents["voice"] = twiml("<Dial>+15550123</Dial>")
            with anyio.fail_after(5), pytest.raises(NoStream, match="<Dial>"):
                async with MockTwilioClient(f"{app.url}/voice"):
                    pass

    run(main)


# ---- options


def test_what_the_twiml_says_cannot_be_an_option():
    """Parameters and track are the TwiML's where there is one."""
    for wrong in ({"custom_parameters": {"a": "b"}}, {"kind": StreamKind.BOTH}):
        with pytest.raises(ValueError, match="TwiML"):
            MockTwilioClient("http://localhost/voice", **wrong)
