"""The speaker of a live conversation."""

import numpy as np
import pytest
import trio
from sound_match import alignment

from twiliobridge.audio import ulaw_decode


async def test_a_greeting_under_way_is_heard_from_where_it_is(autojump_clock, open_live_call, tone):
    """The speaker of a call that was started before joins in; what was heard before is not repeated."""
    async with open_live_call(greeting=tone(1000)) as call, trio.open_nursery() as nursery:
        await call.client.initiate_call_flow()
        await call.client.wait_until_heard(400)

        async def stop():
            await trio.sleep(3)
            heard.append(call.headset.speaker.audible())
            await call.client.stop_microphone_recording()

        heard = []
        nursery.start_soon(stop)
        result = await call.client.live_realtime_conversation()
    expected = ulaw_decode(tone(1000))[-560 * 8 :]  # but for the packet of the moment
    assert np.count_nonzero(heard[0]) == pytest.approx(600 * 8, abs=160)
    assert alignment(heard[0], expected)[1] > 0.99
    assert result.total_audio_chunks_heard == pytest.approx(30, abs=1)
