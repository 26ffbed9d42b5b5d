"""A phone with a scripted headset, in a call with a server in the same process, in virtual time."""

from contextlib import asynccontextmanager

import numpy as np
import pytest
import trio
from scripted_headset import ScriptedHeadset

from twiliobridge.mediastream import Start


@pytest.fixture
def open_live_call(open_call):
    """As `open_call`, with `call.headset`; the server greets with `greeting` bytes of mu-law."""

    @asynccontextmanager
    async def opened(greeting=b"\x10" * 1600, headset=None, **options):
        headset = headset or ScriptedHeadset()
        async with open_call(headset=headset, **options) as call, trio.open_nursery() as nursery:
            call.headset = headset
            if greeting:
                nursery.start_soon(greet, call.server, greeting)
            yield call

    return opened


async def greet(server, greeting):
    await server.wait_for(Start)
    server.play(greeting)


@pytest.fixture
def voice():
    """Of so many ms at 16 kHz: a 440 Hz tone whose RMS is `level` of full scale."""

    def sound(ms, level=0.1):
        wave = np.sin(2 * np.pi * 440 * np.arange(ms * 16) / 16000)
        return (wave * level * 2**0.5 * 32767).astype(np.int16)

    return sound
