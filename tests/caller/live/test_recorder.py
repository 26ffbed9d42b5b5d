"""The microphone between two calls of a method."""

import pytest
import trio


async def test_one_microphone_speaks_once_at_a_time(autojump_clock, open_live_call):
    """A second stream of it would take every other frame of the first: it is refused."""
    async with open_live_call(greeting=b"") as call, trio.open_nursery() as nursery:
        await call.client.initiate_call_flow()
        results = []

        async def stream():
            results.append(await call.client.stream_microphone_audio(1))

        nursery.start_soon(stream)
        await trio.sleep(0.3)
        with pytest.raises(RuntimeError, match="already"):
            await call.client.stream_microphone_audio(1)
    assert results[0].chunks_sent == pytest.approx(48, abs=2)
