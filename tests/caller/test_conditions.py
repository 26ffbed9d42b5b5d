"""Lines that are not good, and streams that only listen: what the server then sees."""

import base64
import gc
import math
import tracemalloc
from array import array

import msgspec
import pytest
import trio

from twiliobridge.audio import silence
from twiliobridge.caller import LineConditions, MockTwilioClient, StreamKind, over_wire
from twiliobridge.mediastream import Connected, LocalProtocolError, Mark, Media, Start
from twiliobridge.wires.memory import memory_wires

CLEAR = '{"event":"clear","streamSid":"MZ"}'


def frames(call, track="inbound"):
    """(seconds since the first, event) of a track."""
    media = [(at, event) for at, event in call.server.all(Media) if event.track == track]
    return [(at - media[0][0], event) for at, event in media]


def numbers(call):
    """The sequence numbers on the wire."""
    return [int(each["sequenceNumber"]) for each in map(msgspec.json.decode, call.server.texts[1:])]


async def test_start_may_come_late(autojump_clock, open_call):
    """`connected` at once, `start` when the line lets it; what a server says between the two is 31951."""
    async with open_call(conditions=LineConditions(start_delay=0.15)) as call:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(call.client.initiate_call_flow)
            await call.server.wait_for(Connected)
            call.server.wire.send(CLEAR.replace("MZ", call.client.identity.stream_sid))
        await call.server.wait_for(Media)
        (connected, _), (start, _) = (call.server.all(kind)[0] for kind in (Connected, Start))
        assert start - connected == pytest.approx(0.15)
        assert [each.code for each in call.client.warnings] == [31951]


async def test_silence_may_be_suppressed(autojump_clock, open_call, tone):
    """DTX: nothing is sent while the caller is silent. Speech is whole; the timestamps jump by what was not
    sent, and the sequence numbers do not.
    """
    async with open_call(conditions=LineConditions(silence_suppressed=True)) as call:
        await call.client.initiate_call_flow()
        for seed in (0, 1):
            await trio.sleep(2)
            await call.client.say(tone(100, seed)).wait_said()
        await trio.sleep(1)
    sent = frames(call)
    assert b"".join(base64.b64decode(each.payload) for _, each in sent) == tone(100, 0) + tone(100, 1)
    stamps = [each.timestamp_ms for _, each in sent]
    assert stamps[5] - stamps[4] == pytest.approx(2000, abs=40)
    assert numbers(call) == list(range(1, len(call.server.texts)))
    assert [stamp - stamps[0] for stamp in stamps] == pytest.approx([at * 1000 for at, _ in sent])


async def test_frames_may_be_lost_before_twilio_has_them(autojump_clock, open_call):
    """Lost frames leave holes in the timestamps, none in the numbers; the seed decides which, every time."""
    runs = []
    for seed in (7, 7, 8):
        async with open_call(conditions=LineConditions(loss=0.2, seed=seed)) as call:
            await call.client.initiate_call_flow()
            await trio.sleep(10.01)
        assert numbers(call) == list(range(1, len(call.server.texts)))
        runs.append([(each.timestamp_ms - 155) // 20 for _, each in frames(call)])
    assert runs[0] == runs[1] != runs[2]
    assert 350 < len(runs[0]) < 450


async def test_jitter_delays_each_frame_and_moves_none_for_good(autojump_clock, open_call):
    """Up to 60 ms late, never early, never out of order; after a minute no later than at first."""
    async with open_call(conditions=LineConditions(jitter_ms=60, seed=3)) as call:
        begin = trio.current_time()
        await call.client.initiate_call_flow()
        await trio.sleep(60)
    late = [at - begin - k * 0.02 for k, (at, _) in enumerate(call.server.all(Media))]
    assert all(-1e-9 <= each <= 0.06 for each in late)
    assert max(late[-500:]) == pytest.approx(max(late[:500]), abs=0.01)
    assert min(late) < 0.005
    assert [each.timestamp_ms for _, each in frames(call)] == [155 + k * 20 for k in range(len(late))]


async def test_bursts_are_frames_that_leave_together(autojump_clock, open_call):
    """100 ms of audio every 100 ms."""
    async with open_call(conditions=LineConditions(burst_ms=100)) as call:
        await call.client.initiate_call_flow()
        await trio.sleep(1.05)
    times = [round(at, 6) for at, _ in frames(call)]
    assert times == [round(burst * 0.1, 6) for burst in range(10) for _ in range(5)]


async def test_marks_may_fail_to_come_back(autojump_clock, open_call, tone):
    """So that a server shows what it does about it; the phone itself knows that they were reached."""
    async with open_call(conditions=LineConditions(echoes_marks=False)) as call:
        await call.client.initiate_call_flow()
        await call.server.wait_for(Media)
        call.server.play(tone(100))
        call.server.mark("end")
        assert len(await call.client.wait_for_ai_response(5, mark="end")) == 5
        await trio.sleep(1)
    assert call.server.all(Mark) == []


async def test_a_mark_ends_an_answer_at_once(autojump_clock, open_call, tone):
    """With the name of the agent's mark behind its answer no quiet is awaited; cleared, it ends nothing."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.server.wait_for(Media)
        begin = trio.current_time()
        call.server.play(tone(300))
        call.server.mark("end")
        await call.client.wait_for_ai_response(5, mark="end")
        assert trio.current_time() == pytest.approx(begin + 0.3)
        call.client.say(tone(20))
        await trio.sleep(0.1)
        begin = trio.current_time()
        call.server.play(tone(300))
        call.server.mark("end")
        await trio.sleep(0.11)
        call.server.clear()
        answer = await call.client.wait_for_ai_response(5, mark="end")
        assert trio.current_time() == pytest.approx(begin + 0.12 + 0.7)
        assert answer.duration_ms == 120


async def test_a_slow_reader_takes_one_message_after_the_other(autojump_clock, open_call, tone):
    """50 ms for each: audio that was sent at once is there bit by bit."""
    async with open_call(conditions=LineConditions(reading_ms=50)) as call:
        await call.client.initiate_call_flow()
        await call.server.wait_for(Media)
        begin = trio.current_time()
        for seed in range(3):
            call.server.play(tone(20, seed))
        await call.client.wait_until_heard(60)
        assert trio.current_time() == pytest.approx(begin + 3 * 0.05 + 0.02)


async def test_a_phone_may_stop_reading_for_a_while(autojump_clock, open_call, tone):
    """What is said meanwhile waits, and is heard afterwards."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.server.wait_for(Media)
        with call.client.line.not_reading():
            call.server.play(tone(20))  # awaited already: still taken
            await trio.sleep(1)
            call.server.play(tone(100, 1))
            await trio.sleep(3)
            assert call.client.line.heard.stretches[-1].heard_ms == 20
        await call.client.wait_until_heard(120)


# ---- streams that only listen


@pytest.mark.parametrize(
    ("kind", "tracks"),
    [
        (StreamKind.INBOUND, ("inbound",)),
        (StreamKind.OUTBOUND, ("outbound",)),
        (StreamKind.BOTH, ("inbound", "outbound")),
    ],
)
async def test_a_one_way_stream_carries_its_tracks(autojump_clock, open_call, tone, kind, tracks):
    """`start` names them; each counts its chunks, all share the numbers; the server's words are 31924."""
    async with open_call(kind=kind) as call:
        await call.client.initiate_call_flow()
        call.client.line.other_party.say(tone(100, 1))
        call.client.say(tone(100, 0))
        await trio.sleep(0.5)
        call.server.wire.send(CLEAR.replace("MZ", call.client.identity.stream_sid))
        await trio.sleep(0.1)
        with pytest.raises(LocalProtocolError, match="unidirectional"):
            await call.client.send_dtmf("1")
        assert [each.code for each in call.client.warnings] == [31924]
    assert call.server.all(Start)[0][1].tracks == tracks
    voices = {"inbound": tone(100, 0), "outbound": tone(100, 1)}
    for track in tracks:
        audio = b"".join(base64.b64decode(each.payload) for _, each in frames(call, track))
        assert audio.replace(silence(20), b"") == voices[track]
        on_wire = [each["media"] for each in map(msgspec.json.decode, call.server.texts) if "media" in each]
        chunks = [int(each["chunk"]) for each in on_wire if each["track"] == track]
        assert chunks == list(range(1, len(chunks) + 1))
    assert {each.track for _, each in call.server.all(Media)} == set(tracks)
    assert numbers(call) == list(range(1, len(call.server.texts)))


# ---- what is no line


@pytest.mark.parametrize(
    "wrong",
    [{"loss": 1.1}, {"loss": -0.1}, {"jitter_ms": -1}, {"burst_ms": math.inf}, {"start_delay": math.nan}],
)
def test_what_no_line_does_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        LineConditions(**wrong)


# ---- ten minutes


async def test_ten_minutes_are_thirty_thousand_frames_on_time_and_flat(autojump_clock):
    """The last frame of a 10-minute call leaves on its schedule to the microsecond. What the phone holds does
    not grow: neither in objects, from the first minute to the last, nor in bytes.
    """
    near, far = memory_wires()
    times = array("d")

    async def hear():
        while True:
            await far.receive()
            times.append(trio.current_time())

    async with trio.open_nursery() as nursery, MockTwilioClient("ws://x/", connect=over_wire(near)) as client:
        nursery.start_soon(hear)
        await client.initiate_call_flow()
        begin = trio.current_time()
        await trio.sleep(60)
        objects = len(gc.get_objects())
        await trio.sleep(529)
        tracemalloc.start()
        await trio.sleep(1)
        size = tracemalloc.get_traced_memory()[0]
        await trio.sleep(10)
        assert (
            tracemalloc.get_traced_memory()[0] - size < 50_000
        )  # a frame is 350 bytes on the wire, and these are 500
        tracemalloc.stop()
        assert len(gc.get_objects()) - objects < 200
        nursery.cancel_scope.cancel()
    assert len(times) == pytest.approx(30_002, abs=2)
    assert max(abs(at - begin - k * 0.02) for k, at in enumerate(times[2:])) < 1e-6


NOISE = b"\xfe\x7e" * 80


async def test_a_line_may_have_a_noise_of_its_own(autojump_clock, open_call, tone):
    """It leaves while nobody speaks; speech is whole, and so is the silence within it."""
    said = tone(100, 0) + silence(40) + tone(100, 1)
    async with open_call(conditions=LineConditions(noise=NOISE)) as call:
        await call.client.initiate_call_flow()
        await trio.sleep(0.1)
        await call.client.say(said).wait_said()
        await trio.sleep(0.1)
    sent = b"".join(base64.b64decode(each.payload) for _, each in frames(call))
    before, _, after = sent.partition(said)
    assert len(before) >= 5 * 160
    assert len(after) >= 5 * 160
    assert set(before) | set(after) == set(NOISE)


async def test_a_line_that_suppresses_silence_sends_some_noise_before_it(autojump_clock, open_call, tone):
    """Three frames, each time."""
    async with open_call(conditions=LineConditions(noise=NOISE, silence_suppressed=True)) as call:
        await call.client.initiate_call_flow()
        await trio.sleep(2)
        await call.client.say(tone(100, 0)).wait_said()
        await trio.sleep(1)
    sent = b"".join(base64.b64decode(each.payload) for _, each in frames(call))
    assert sent == NOISE * 3 + tone(100, 0) + NOISE * 3


def test_the_noise_of_a_line_is_one_frame():
    with pytest.raises(ValueError, match="one frame of 160 bytes, not 3"):
        LineConditions(noise=b"abc")
