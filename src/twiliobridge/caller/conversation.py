"""A conversation from recordings: say one, wait for the answer, say the next."""

from collections.abc import Sequence
from pathlib import Path

from twiliobridge.caller.ear import Ear
from twiliobridge.caller.errors import CallEnded, TooSlow
from twiliobridge.caller.line import PhoneLine
from twiliobridge.caller.result import ConversationResult, TurnResult


class Conversation:
    """Goes through recordings and their mu-law audio, in order, and gives the agent `response` seconds for
    each.

    A turn without an answer does not end the conversation; a line that goes down does. That the agent hangs
    up after the last answer is no failure.
    """

    def __init__(
        self, line: PhoneLine, ear: Ear, files: Sequence[tuple[Path, bytes]], response: float
    ) -> None:
        self._line = line
        self._ear = ear
        self._files = files
        self._response = response
        self._turns: list[TurnResult] = []
        self._sent = 0

    async def hold(self, greeting: float | None) -> ConversationResult:
        """`greeting`: how many seconds to wait for the agent to speak first; None does not wait.

        Without a greeting in time the caller speaks all the same, and the conversation has not succeeded.
        """
        greeting_ms, error = None, None
        try:
            if greeting is not None:
                greeting_ms = (await self._ear.wait_answer_within(greeting)).duration_ms
        except (TooSlow, CallEnded) as failure:
            error = f"no greeting: {failure}"
        for path, audio in self._files:
            if self._line.ending is not None:
                error = error or f"{self._line.ending.text}, after {len(self._turns)} turns"
                break
            self._turns.append(await self._turn(path, audio))
        return self._result(greeting_ms, error)

    async def _turn(self, path: Path, audio: bytes) -> TurnResult:
        try:
            await self._line.say_all(audio)
            self._sent += 1
            answer = await self._ear.wait_answer_within(self._response)
        except (TooSlow, CallEnded) as failure:
            return TurnResult(path, answered=False, latency_ms=None, answer_ms=0, error=str(failure))
        return TurnResult(path, True, answer.latency_ms, answer.duration_ms, None, answer.talked_over_ms)

    def _result(self, greeting_ms: float | None, error: str | None) -> ConversationResult:
        answered = sum(turn.answered for turn in self._turns)
        return ConversationResult(
            success=error is None and answered == len(self._files),
            turns_planned=len(self._files),
            turns_sent=self._sent,
            turns_answered=answered,
            turns=tuple(self._turns),
            greeting_ms=greeting_ms,
            error=error,
        )
