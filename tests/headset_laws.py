"""What every headset does, a real or a scripted one. Each law gets a headset, and what is outside of it:

`say(samples)` speaks 16-bit samples at 8 kHz into the microphone, `audible()` is what the speaker has given
so far, at 8 kHz; both are coroutine functions.
"""

from itertools import pairwise

import anyio
import numpy as np

RATE = 16000
TONE = (8000 * np.sin(2 * np.pi * 440 * np.arange(4000) / 8000)).astype(np.int16)  # half a second


async def check_headset(headset, say, audible):
    await the_microphone_gives_every_20_ms(headset)
    await what_is_said_is_captured(headset, say)
    await a_cancelled_receive_takes_nothing(headset)
    await what_nobody_takes_is_counted(headset)
    await the_speaker_plays_and_is_silent_at_clear(headset, audible)


async def the_microphone_gives_every_20_ms(headset):
    """One second is 50 pieces of 20 ms, mono, int16, each with the time of its hand-over."""
    async with headset.open_microphone(RATE, 50) as microphone:
        began = (await microphone.receive()).at
        pieces = [await microphone.receive() for _ in range(50)]
        assert abs(pieces[-1].at - began - 1) < 0.08
        assert {(each.samples.dtype, each.samples.shape) for each in pieces} == {
            (np.dtype(np.int16), (microphone.rate // 50,))
        }
        assert all(a.at <= b.at for a, b in pairwise(pieces))
        assert abs(pieces[-1].at - anyio.current_time()) < 0.08
        assert microphone.dropped == 0


async def what_is_said_is_captured(headset, say):
    async with headset.open_microphone(RATE, 50) as microphone:
        await say(TONE)
        heard = np.concatenate([(await microphone.receive()).samples for _ in range(60)])
        loud = np.abs(heard.astype(int)) > 4000
        assert 0.3 < loud.sum() / microphone.rate < 0.4  # two thirds of a sine are above half of its peak


async def a_cancelled_receive_takes_nothing(headset):
    async with headset.open_microphone(RATE, 50) as microphone:
        first = (await microphone.receive()).at
        with anyio.move_on_after(0.005):
            await microphone.receive()
        await anyio.sleep(0.2)
        ats = [first]
        while (piece := microphone.receive_nowait()) is not None:
            ats.append(piece.at)
        assert 9 <= len(ats) <= 13


async def what_nobody_takes_is_counted(headset):
    """`pieces` wait, the others are dropped."""
    async with headset.open_microphone(RATE, 5) as microphone:
        await anyio.sleep(0.4)
        waiting = list(iter(microphone.receive_nowait, None))
        assert len(waiting) == 5
        assert 8 <= microphone.dropped <= 17


async def the_speaker_plays_and_is_silent_at_clear(headset, audible):
    """Half a second is offered, clear comes after 0.3 s; 0.1 s later it is silent, at the latest."""
    async with headset.open_speaker() as speaker:
        began = await audible()
        for start in range(0, 4000, 160):
            speaker.play(TONE[start : start + 160])
        await anyio.sleep(0.3)
        speaker.clear()
        await anyio.sleep(0.5)
        heard = (await audible())[len(began) :]
        loud = np.flatnonzero(np.abs(heard.astype(int)) > 4000)
        assert 0.1 < (loud[-1] - loud[0]) / 8000 < 0.4
