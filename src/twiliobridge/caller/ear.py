"""Waiting for what the agent says. All of it is event-driven: nothing polls, and nothing sleeps for a fixed
time.
"""

import math

import anyio

from twiliobridge.caller.errors import CallEnded, TooSlow
from twiliobridge.caller.line import PhoneLine
from twiliobridge.caller.result import Answer

QUIET_SECONDS = 0.7
"After so long without audio the agent has finished: longer than what a network delays, and a model sends the"
"pauses within its sentences as audio."

_NOW = -math.inf


class Ear:
    """What of the agent's audio has been taken as an answer, and the waits for the next."""

    def __init__(self, line: PhoneLine) -> None:
        self._line = line
        self._taken = 0  # stretches that were returned by `wait_answer`

    @property
    def first_stretch(self) -> int:
        """Where the answer now awaited begins: after what was taken, and after what was in the air at the
        last turn.
        """
        turns = self._line.turns
        return max(self._taken, turns[-1].first_stretch if turns else 0)

    async def wait_answer(self, quiet: float = QUIET_SECONDS, mark: str | None = None) -> Answer:
        """All that was heard since the last turn began, once the agent has finished: the playback buffer is
        empty and `quiet` seconds have passed, or `mark`, sent behind the answer, was played. If
        the line goes down after the answer began, the answer is what was heard.

        CallEnded if the line goes down before that, or is down.
        """
        line = self._line
        await line.bell.wait_until(lambda: self._finished_at(quiet, mark))
        first = self.first_stretch
        stretches = line.heard.stretches[first:]
        if not stretches:
            raise self._call_ended("before the agent was heard")
        self._taken = len(line.heard.stretches)
        audio = b"".join(bytes(each.audio) for each in stretches)
        asked = self._asked_at()
        began = next((each.began for each in stretches if each.began >= asked), stretches[0].began)
        return Answer(
            audio,
            stretches[0].began,
            stretches[-1].ended,
            latency_ms=(began - asked) * 1000,
            gaps_ms=line.heard.gaps_ms(first, len(line.heard.stretches)),
            talked_over_ms=sum(max(0.0, min(each.ended, asked) - each.began) for each in stretches) * 1000,
        )

    async def wait_answer_within(
        self,
        timeout: float,  # noqa: ASYNC109 -- for promised API
        quiet: float = QUIET_SECONDS,
        mark: str | None = None,
    ) -> Answer:
        """`wait_answer`, or TooSlow after `timeout` seconds, which says how much was heard until then."""
        with anyio.move_on_after(timeout):
            return await self.wait_answer(quiet, mark)
        heard = self._heard_ms()
        what = f"the agent had not finished after {heard} ms of audio" if heard else "the agent was not heard"
        raise TooSlow(f"{what} within {timeout:g} s")

    async def wait_heard(self, ms: float) -> None:
        """Returns when `ms` milliseconds of the answer to the last turn were heard. CallEnded if that
        cannot be.
        """
        line = self._line

        def due() -> float:
            at = line.heard.heard_at(ms, self.first_stretch)
            return _NOW if line.ending and math.isinf(at) else at

        await line.bell.wait_until(due)
        if math.isinf(line.heard.heard_at(ms, self.first_stretch)):
            raise self._call_ended(f"before {ms:.0f} ms were heard")

    async def wait_heard_within(self, ms: float, timeout: float) -> None:  # noqa: ASYNC109 -- for promised API
        """`wait_heard`, or TooSlow after `timeout` seconds."""
        with anyio.move_on_after(timeout):
            return await self.wait_heard(ms)
        raise TooSlow(f"{self._heard_ms()} ms were heard within {timeout:g} s, not {ms:.0f}")

    async def wait_hangup(self) -> int:
        """The close code of the server, once it has closed. CallEnded if the caller ended the call."""
        line = self._line
        await line.bell.wait_until(lambda: math.inf if line.ending is None else _NOW)
        assert line.ending is not None
        if line.ending.close_code is None:
            raise self._call_ended("before the server closed")
        return line.ending.close_code

    async def wait_hangup_within(self, timeout: float) -> int:  # noqa: ASYNC109 -- for promised API
        """`wait_hangup`, or TooSlow after `timeout` seconds."""
        with anyio.move_on_after(timeout):
            return await self.wait_hangup()
        raise TooSlow(f"the server has not hung up within {timeout:g} s")

    def _heard_ms(self) -> int:
        """Of the answer now awaited."""
        return sum(each.heard_ms for each in self._line.heard.stretches[self.first_stretch :])

    def _finished_at(self, quiet: float, mark: str | None) -> float:
        line = self._line
        if line.ending is not None:
            return _NOW
        if line.queued_ms or len(line.heard.stretches) <= self.first_stretch:
            return math.inf
        if mark is not None and line.heard.reached(mark, self._asked_at()):
            return _NOW
        return line.heard.stretches[-1].ended + quiet

    def _asked_at(self) -> float:
        """The end of the last turn: of the speech in it, if all of it was said; or else when it began."""
        if not self._line.turns:
            return self._line.began or 0.0
        turn = self._line.turns[-1]
        ended = None if isinstance(turn.said, str) else turn.said.speech_ended
        return turn.at if ended is None else ended

    def _call_ended(self, when: str) -> CallEnded:
        ending = self._line.ending
        assert ending is not None
        return CallEnded(f"{ending.text}, {when}", ending.close_code)
