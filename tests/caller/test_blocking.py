"""The phone without `await`, and the pytest fixture, against a served bridge."""

import threading

import anyio
import pytest
from numbered_speech import numbers_in, speech
from threaded import bridge_in_thread

from twiliobridge.audio import ulaw_decode, write_wav
from twiliobridge.caller import BlockingTwilioClient, CallEnded, HandshakeFailed, NotConnected, TooSlow


@pytest.fixture(scope="module")
def url():
    with bridge_in_thread() as base:
        yield base.replace("http", "ws") + "/twilio-agent"


@pytest.fixture
def question(tmp_path):
    path = tmp_path / "question.wav"
    path.write_bytes(write_wav(ulaw_decode(speech(9, 200)), 8000))
    return path


def test_a_whole_call_without_await(url, question, tmp_path):
    """Greeting, a recording, its answer, a key, the recordings: each call returns when it is done."""
    with BlockingTwilioClient(url) as phone:
        phone.initiate_call_flow()
        assert numbers_in(b"".join(phone.wait_for_ai_greeting(5))) == [1]
        phone.send_user_audio(question)
        answer = phone.wait_for_ai_response(5, quiet=0.2)
        assert numbers_in(b"".join(answer)) == [2]
        phone.send_dtmf("5")
        phone.say(speech(8, 40)).result(5)
        assert phone.warnings == phone.verbs == ()
        phone.hangup()
        with pytest.raises(CallEnded, match="the caller hung up"):
            phone.wait_for_hangup(1)
        phone.wait_for_call_end(5)
    assert {each.name for each in phone.save_collected_audio(tmp_path)} >= {"call.wav", "turn_01_agent.wav"}


def test_the_thread_ends_with_the_block_and_errors_come_out_as_they_are(url):
    """No thread is left, whatever ended the call; what MockTwilioClient raises is raised here."""
    before = threading.active_count()
    with pytest.raises(TooSlow), BlockingTwilioClient(url) as phone:  # noqa: PT012 -- the block is what raises
        phone.initiate_call_flow()
        phone.wait_for_hangup(0.05)
    with pytest.raises(HandshakeFailed), BlockingTwilioClient(url + "/nowhere"):
        pass
    with pytest.raises(NotConnected), BlockingTwilioClient("ws://127.0.0.1:1/"):
        pass
    with pytest.raises(ValueError, match="call_sid"):
        BlockingTwilioClient(url, call_sid="CA1")
    assert threading.active_count() == before
    with pytest.raises(RuntimeError, match="inside `with`"):
        phone.hangup()


def test_what_a_hangup_cuts_was_not_said(url):
    """The future of `say` is a CallEnded then."""
    with BlockingTwilioClient(url) as phone:
        phone.initiate_call_flow()
        speaking = phone.say(speech(8, 10_000))
        phone.hangup()
        with pytest.raises(CallEnded):
            speaking.result(5)


def test_the_fixture_calls_without_await(twilio_call, url):
    with twilio_call(url) as phone:
        phone.initiate_call_flow()
        phone.wait_until_heard(20)
        phone.drop()


async def test_the_fixture_calls_under_pytest_trio(twilio_call, url):
    async with twilio_call(url) as phone:
        await phone.initiate_call_flow()
        await phone.wait_until_heard(20)


def test_the_fixture_calls_under_asyncio(twilio_call, url):
    async def main():
        async with twilio_call(url) as phone:
            await phone.initiate_call_flow()
            await phone.wait_until_heard(20)

    anyio.run(main, backend="asyncio")
