"""The caller's side of a stream: every message, and a frame every 20 ms."""

import base64

import msgspec
import pytest
import trio

from twiliobridge.audio import silence
from twiliobridge.caller import MockTwilioClient, over_wire
from twiliobridge.mediastream import Connected, Dtmf, Mark, Media, Start, Stop
from twiliobridge.wires.memory import memory_wires


async def test_three_thousand_frames_leave_on_schedule(autojump_clock, open_call):
    """Frame k leaves k * 20 ms after the first, to the microsecond, for a minute; so say its timestamps."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.server.wait_for(Media, 3000)
        frames = call.server.all(Media)
    first = frames[0][0]
    assert max(abs(at - first - k * 0.02) for k, (at, _) in enumerate(frames)) < 1e-6
    assert [event.timestamp_ms for _, event in frames] == [155 + k * 20 for k in range(len(frames))]


async def test_a_late_sender_sends_what_is_due_and_keeps_the_schedule(open_call, autojump_clock):
    """After half a second in which nothing ran, 25 frames leave at once, and the next one at its own time."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.server.wait_for(Media, 10)
        begin = call.server.all(Media)[0][0]
        autojump_clock.jump(0.5)
        late = trio.current_time()
        await call.server.wait_for(Media, 100)
        times = [at - begin for at, _ in call.server.all(Media)]
    assert sum(abs(at + begin - late) < 1e-9 for at in times) >= 25
    assert times[99] == pytest.approx(99 * 0.02)


async def test_frames_are_silence_until_something_is_said_and_after_it(autojump_clock, open_call, tone):
    """Bytes in are bytes out: speech leaves whole, in frames of 160 bytes, and 0xFF is all around it."""
    speech = tone(200)
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.server.wait_for(Media, 5)
        assert not call.client.speaking
        utterance = call.client.say(speech)
        assert call.client.speaking
        await utterance.wait_said()
        assert not call.client.speaking
        await call.server.wait_for(Media, 20)
        payloads = [base64.b64decode(event.payload) for _, event in call.server.all(Media)]
    assert {len(each) for each in payloads} == {160}
    assert b"".join(payloads[5:15]) == speech
    assert set(payloads[:5] + payloads[15:]) == {silence(20)}
    assert utterance.ended - utterance.began == pytest.approx(0.2)


async def test_the_last_frame_is_filled_up_with_silence(autojump_clock, open_call, tone):
    """Speech of 25 ms leaves as two frames, the second three quarters silent."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.client.say(tone(25)).wait_said()
        await call.server.wait_for(Media, 2)
        payloads = [base64.b64decode(event.payload) for _, event in call.server.all(Media)]
    assert b"".join(payloads[:2]) == tone(25) + silence(15)


async def test_the_stream_opens_with_connected_and_start_and_closes_with_stop(autojump_clock, open_call):
    """The order of a stream is connected, start, the rest, stop; start says who calls."""
    async with open_call(custom_parameters={"plan": "gold"}, call_sid="CA" + "5" * 32) as call:
        await call.client.initiate_call_flow()
        await call.server.wait_for(Media, 2)
    kinds = [type(event) for _, event in call.server.told]
    assert kinds[:3] == [Connected, Start, Media]
    assert kinds.index(Stop) == len(kinds) - 1
    start = call.server.told[1][1]
    assert (start.call_sid, start.custom_parameters) == ("CA" + "5" * 32, {"plan": "gold"})


async def test_one_counter_numbers_every_message(autojump_clock, open_call):
    """Sequence numbers go 1, 2, 3 over start, media, dtmf, mark and stop."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.server.wait_for(Media, 3)
        await call.client.send_dtmf("5")
        call.server.mark("m")
        await call.server.wait_for(Mark)
    messages = [msgspec.json.decode(text) for text in call.server.texts[1:]]
    assert {each["event"] for each in messages} == {"start", "media", "dtmf", "mark", "stop"}
    assert [each["sequenceNumber"] for each in messages] == [str(k + 1) for k in range(len(messages))]


async def test_every_key_of_a_phone_can_be_pressed_and_no_other(autojump_clock, open_call):
    """0-9, *, # and A-D are sent as they are; anything else is a ValueError and nothing is sent."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        for digit in "0123456789*#ABCD":
            await call.client.send_dtmf(digit)
        for wrong in (5, None, "E", "a", "", "12", " "):
            with pytest.raises(ValueError, match="keys 0-9"):
                await call.client.send_dtmf(wrong)
    assert "".join(event.digit for _, event in call.server.all(Dtmf)) == "0123456789*#ABCD"


async def test_nothing_is_said_before_the_stream_starts_nor_twice(autojump_clock, open_call, tone):
    """Speech and keys need a stream, and a stream starts once."""
    async with open_call() as call:
        with pytest.raises(RuntimeError, match="initiate_call_flow"):
            call.client.say(tone(20))
        with pytest.raises(RuntimeError, match="initiate_call_flow"):
            await call.client.send_dtmf("1")
        await call.client.initiate_call_flow()
        with pytest.raises(RuntimeError, match="comes once"):
            await call.client.initiate_call_flow()


async def test_a_server_that_does_not_read_loses_audio_with_a_warning(autojump_clock):
    """Past the bound on unread bytes a frame is dropped with warning 31930, and the call goes on."""
    near, _far = memory_wires(backlog=2000)
    async with MockTwilioClient("ws://x/", connect=over_wire(near)) as client:
        await client.initiate_call_flow()
        await trio.sleep(1)
        assert {warning.code for warning in client.warnings} == {31930}
