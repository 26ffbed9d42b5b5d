"""What the server says: heard in time, marked in time, and gone when cleared."""

from contextlib import asynccontextmanager

import pytest
import trio

from twiliobridge.caller import (
    AgentStartsBeingHeard,
    AgentStopsBeingHeard,
    Cleared,
    MarkEchoed,
    MarkReceived,
    Warned,
)
from twiliobridge.mediastream import Mark, Media


@pytest.fixture
def streaming(open_call):
    """A call whose stream has begun."""

    @asynccontextmanager
    async def start():
        async with open_call() as call:
            await call.client.initiate_call_flow()
            await call.server.wait_for(Media)
            yield call

    return start


async def test_a_mark_comes_back_exactly_when_the_audio_before_it_was_played(autojump_clock, streaming, tone):
    """A mark after 300 ms of audio is echoed 300 ms after the audio began, in order, each once."""
    async with streaming() as call:
        begin = trio.current_time()
        for number in range(5):
            call.server.play(tone(300))
            call.server.mark(f"m{number}")
        await call.server.wait_for(Mark, 5)
        echoes = [(round(at - begin, 6), event.name) for at, event in call.server.all(Mark)]
    assert echoes == [(0.3, "m0"), (0.6, "m1"), (0.9, "m2"), (1.2, "m3"), (1.5, "m4")]
    assert [note.name for _, note in call.noted(MarkReceived)] == [name for _, name in echoes]
    assert not any(note.cleared for _, note in call.noted(MarkEchoed))


async def test_a_mark_into_an_empty_buffer_comes_back_at_once(autojump_clock, streaming):
    async with streaming() as call:
        sent = trio.current_time()
        call.server.mark("now")
        await call.server.wait_for(Mark)
        assert call.server.all(Mark)[0][0] == sent


async def test_clear_returns_all_marks_at_once_and_cut_audio_is_never_heard(autojump_clock, streaming, tone):
    """After 410 ms of a second of audio, clear sends back every pending mark; 420 ms are in the recording."""
    async with streaming() as call:
        begin = trio.current_time()
        call.server.play(tone(200))
        call.server.mark("played")
        call.server.play(tone(800, seed=1))
        call.server.mark("cut 1")
        call.server.mark("cut 2")
        await trio.sleep(0.41)
        call.server.clear()
        await call.server.wait_for(Mark, 3)
        cleared = trio.current_time()
        await trio.sleep(2)
    assert [(round(at - begin, 6), e.name) for at, e in call.server.all(Mark)] == [
        (0.2, "played"),
        (0.41, "cut 1"),
        (0.41, "cut 2"),
    ]
    assert cleared == pytest.approx(begin + 0.41)
    assert [note.cleared for _, note in call.noted(MarkEchoed)] == [False, True, True]
    assert [note.cut_ms for _, note in call.noted(Cleared)] == [580]
    heard = b"".join(bytes(each.audio) for each in call.client.line.heard.stretches)
    assert heard == (tone(200) + tone(800, seed=1))[: 420 * 8]


async def test_what_was_not_heard_was_cut(autojump_clock, streaming, tone):
    """Audio heard and audio cut are all that was received, also if a clear finds packets overdue."""
    for _ in range(8):
        async with streaming() as call:
            call.server.play(tone(500))
            await call.client.wait_until_heard(60)
            call.server.clear()
            autojump_clock.jump(0.15)
            await trio.sleep(1)
        cut = sum(note.cut_ms for _, note in call.noted(Cleared))
        assert cut + sum(each.heard_ms for each in call.client.line.heard.stretches) == 500


async def test_what_follows_a_clear_is_heard_apart(autojump_clock, streaming, tone):
    """New audio at the moment of a clear begins with the next packet, as a stretch of its own."""
    async with streaming() as call:
        call.server.play(tone(500))
        await trio.sleep(0.11)
        call.server.clear()
        call.server.play(tone(100, seed=1))
        await trio.sleep(1)
    first, second = call.client.line.heard.stretches
    assert bytes(first.audio) == tone(500)[: 120 * 8]
    assert bytes(second.audio) == tone(100, seed=1)
    assert second.began == pytest.approx(first.ended)
    assert len(call.noted(AgentStartsBeingHeard)) == len(call.noted(AgentStopsBeingHeard)) == 2


async def test_the_observer_is_told_when_the_agent_is_heard(autojump_clock, streaming, tone):
    """Heard from the moment that audio arrives until the buffer is empty; a gap is the end of it."""
    async with streaming() as call:
        begin = trio.current_time()
        call.server.play(tone(100))
        await trio.sleep(0.5)
        call.server.play(tone(40))
        await trio.sleep(0.5)
        told = [(round(at - begin, 6), note) for at, note in call.notes[-4:]]
    assert told == [
        (0.0, AgentStartsBeingHeard()),
        (0.1, AgentStopsBeingHeard(100)),
        (0.5, AgentStartsBeingHeard()),
        (0.54, AgentStopsBeingHeard(40)),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nonsense", 31951),
        ('{"event":"media","streamSid":"MZ0","media":{"payload":"/w=="}}', 31951),
        ("[" * 100_000, 31951),
        (b"\x00", 31950),
    ],
)
async def test_what_is_no_message_is_a_warning_and_the_call_goes_on(
    autojump_clock, streaming, tone, text, code
):
    """Twilio ignores what it does not understand, and so does the phone; the code is Twilio's."""
    async with streaming() as call:
        send = call.server.wire.send_binary if isinstance(text, bytes) else call.server.wire.send
        send(text)
        call.server.play(tone(20))
        await call.client.wait_until_heard(20)
        assert [warning.code for warning in call.client.warnings] == [code]
        assert len(call.noted(Warned)) == 1


async def test_more_than_ten_minutes_queued_is_a_warning_and_the_rest_is_lost(
    autojump_clock, streaming, tone
):
    """The playback buffer takes 600 s; what exceeds them is dropped with warning 31931."""
    async with streaming() as call:
        for _ in range(11):
            call.server.play(tone(60_000))
            await trio.sleep(0.1)
        assert [warning.code for warning in call.client.warnings] == [31931]
