"""Bridges that take the stream, and do nothing of use with it."""

from contextlib import suppress

import trio
from meddler import encode, text_of

SILENCE = encode(b"\xff" * 160)


async def stays_silent(wire, *_arguments, **_more):
    """Reads what comes, for ever, and dials no model."""
    with suppress(trio.EndOfChannel, trio.BrokenResourceError):
        while True:
            await wire.receive()


async def closes_at_once(wire, *_arguments, **_more):
    await wire.receive()
    await wire.aclose(1000)


async def sends_silence(wire, *_arguments, **_more):
    """A frame for each of the caller's."""
    sid = ""
    with suppress(trio.EndOfChannel, trio.BrokenResourceError):
        while True:
            text = await wire.receive()
            if '"event":"start"' in text:
                sid = text.partition('"streamSid":"')[2].partition('"')[0]
            if '"event":"media"' in text:
                wire.send(text_of({"event": "media", "streamSid": sid, "media": {"payload": SILENCE}}))


IDLE = {
    "is silent for ever": stays_silent,
    "closes at once": closes_at_once,
    "sends silence": sends_silence,
}
