"""A conversation as on a telephone: the microphone is open, and who speaks is heard."""

import anyio

from twiliobridge.caller.live.result import LiveResult
from twiliobridge.caller.live.session import LiveSession
from twiliobridge.caller.live.take import Take
from twiliobridge.caller.live.turns import LiveTurns


async def hold_realtime(
    session: LiveSession, threshold: float, silence: float, greeting: float | None
) -> LiveResult:
    """`threshold` and `silence` decide only what is told as a turn: every frame leaves, loud or not.

    `greeting`: seconds to wait for the agent to speak first, with the microphone shut; None does not.
    """
    turns = LiveTurns(session.line, threshold, silence)
    take = Take(session.line, session.microphone, turns.hear)

    async def converse() -> None:
        if greeting is not None:
            await session.greet(greeting)
        with take.live():
            await anyio.sleep_forever()

    await session.run(converse, take.read, turns.keep)
    turns.finish()
    return session.result(take.result(), turns.turns, every_turn=False)
