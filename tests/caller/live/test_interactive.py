"""A conversation by the Enter key."""

import math

import pytest
import trio
from sound_match import alignment

from twiliobridge.audio import ulaw_decode
from twiliobridge.mediastream import Stop


class ScriptedKeyboard:
    """`press` is somebody at the keys; `None` is the end of the input."""

    def __init__(self):
        self.told = []
        self._press, self._pressed = trio.open_memory_channel(math.inf)

    def press(self, line=""):
        self._press.send_nowait(line)

    def tell(self, text):
        self.told.append(text)

    async def line(self):
        line = await self._pressed.receive()
        if line is None:
            raise EOFError
        return line


@pytest.fixture
def converse(open_live_call):
    """`converse(act, **options)` holds an interactive conversation while `act(call, keyboard)` happens."""

    async def hold(act, **options):
        keyboard = ScriptedKeyboard()
        async with open_live_call(keyboard=lambda: keyboard) as call, trio.open_nursery() as nursery:

            async def after_the_greeting():
                await trio.sleep(2)
                await act(call, keyboard)

            nursery.start_soon(after_the_greeting)
            nursery.start_soon(answer, call.server)
            result = await call.client.live_conversation(**options)
            nursery.cancel_scope.cancel()
        return call, result, keyboard.told

    return hold


async def answer(server):
    while True:
        await server.wait_speech()
        await trio.sleep(0.3)
        server.play(b"\x20" * 1600)


async def test_enter_starts_enter_sends_quit_leaves(autojump_clock, converse, voice):
    """Nothing leaves before the second Enter; then the speech does, and its answer is awaited."""

    async def act(call, keyboard):
        for _ in range(2):
            keyboard.press()
            await trio.sleep(0.3)
            call.headset.microphone.speak(voice(500))
            await trio.sleep(0.9)
            said = len(call.server.speech())
            keyboard.press()
            await trio.sleep(3)
            assert len(call.server.speech()) > said
        keyboard.press("quit")

    call, result, told = await converse(act)
    assert result.success
    assert (result.turns_detected, result.turns_answered) == (2, 2)
    assert result.total_audio_chunks_sent == pytest.approx(2 * 45, abs=3)
    assert alignment(ulaw_decode(call.server.speech()), voice(450)[::2])[1] > 0.99
    assert [text for text in told if text.startswith("Answered after")]
    assert isinstance(call.server.told[-1][1], Stop)


async def test_silence_sends_a_turn_if_it_may(autojump_clock, converse, voice):
    """After `silence_threshold` seconds of it; without `auto_detect_silence`, only Enter does."""
    for auto, seconds, sent in ((True, 1.0, True), (True, 4.0, False), (False, 1.0, False)):

        async def act(call, keyboard, sent=sent):
            keyboard.press()
            call.headset.microphone.speak(voice(500))
            await trio.sleep(2.5)
            assert bool(call.server.speech()) is sent
            if not sent:
                keyboard.press()
            await trio.sleep(3)
            keyboard.press(" QUIT ")

        _, result, _ = await converse(act, auto_detect_silence=auto, silence_threshold=seconds)
        assert (result.success, result.turns_answered) == (True, 1)


async def test_the_threshold_decides_what_is_voice(autojump_clock, converse, voice):
    """What does not reach it is not sent."""
    for threshold, turns in ((0.01, 1), (0.05, 0)):

        async def act(call, keyboard):
            keyboard.press()
            call.headset.microphone.speak(voice(500, 0.03))
            await trio.sleep(1)
            keyboard.press()
            await trio.sleep(3)
            keyboard.press("quit")

        _, result, _ = await converse(act, voice_activation_threshold=threshold)
        assert result.turns_detected == turns


async def test_quit_leaves_in_the_middle_of_a_turn_too(autojump_clock, converse, voice):
    async def act(call, keyboard):
        keyboard.press()
        call.headset.microphone.speak(voice(500))
        await trio.sleep(1)
        keyboard.press("quit")
        await trio.sleep_forever()

    call, result, _ = await converse(act)
    assert not call.server.speech()
    assert result.ended_by == "the caller hung up"


async def test_what_is_told_of_a_turn_that_was_cut_is_what_left(autojump_clock, converse, voice):
    """A bridge that hangs up in the middle of a turn was sent less than was spoken."""

    async def act(call, keyboard):
        keyboard.press()
        call.headset.microphone.speak(voice(2000))
        await trio.sleep(2.5)
        keyboard.press()
        await trio.sleep(0.5)
        call.server.wire.vanish()
        await trio.sleep_forever()

    _, result, _ = await converse(act)
    assert result.total_audio_chunks_sent == pytest.approx(25, abs=2)
    assert result.turns_answered == 0


async def test_a_turn_in_which_nobody_spoke_is_not_sent(autojump_clock, converse):
    """Silence before the first word ends nothing."""

    async def act(call, keyboard):
        keyboard.press()
        await trio.sleep(5)
        keyboard.press()
        await trio.sleep(0.1)
        keyboard.press(None)

    call, result, told = await converse(act)
    assert not call.server.speech()
    assert "Nobody was heard to speak; nothing was sent." in told
    assert (result.success, result.error) == (False, "nobody was heard to speak")


async def test_without_waiting_for_the_greeting_the_keys_work_at_once(autojump_clock, converse):
    async def act(call, keyboard):
        keyboard.press("quit")

    for wait, greeting_ms in ((True, 200), (False, None)):
        _, result, told = await converse(act, wait_for_greeting=wait)
        assert result.greeting_ms == greeting_ms
        assert ("Waiting for the greeting..." in told) is wait


async def test_a_bridge_that_drops_ends_it(autojump_clock, converse):
    async def act(call, keyboard):
        call.server.wire.vanish()
        await trio.sleep_forever()

    _, result, _ = await converse(act)
    assert (result.success, result.ended_by) == (False, "the bridge dropped the line")


async def test_seconds_out_of_range_are_refused(autojump_clock, open_live_call):
    async with open_live_call(greeting=b"") as call:
        with pytest.raises(ValueError, match="silence"):
            await call.client.live_conversation(silence_threshold=0)
