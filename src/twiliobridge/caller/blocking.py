"""The mock phone for code that does not await: the same calls, each returning when it is done."""

from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from anyio.from_thread import BlockingPortal, start_blocking_portal

from twiliobridge.caller.client import (
    GREETING_SECONDS,
    RESPONSE_SECONDS,
    MockTwilioClient,
)
from twiliobridge.caller.ear import QUIET_SECONDS
from twiliobridge.caller.identity import CallIdentity
from twiliobridge.caller.notes import VerbRun, Warned
from twiliobridge.caller.phone import HEARD_SECONDS
from twiliobridge.caller.recordings import AudioFile
from twiliobridge.caller.result import Answer, ConversationResult
from twiliobridge.caller.tally import CallStatistics


class BlockingTwilioClient:
    """`with BlockingTwilioClient(url) as client` is one call. The options, the methods and their errors are
    those of `MockTwilioClient`.

    The call goes on in a thread of its own, frames and all, while this one does something else or waits. The
    thread ends with the block. For one thread at a time; `observe` is called in the call's thread.
    """

    def __init__(self, bridge_url: str, **options: Any) -> None:  # noqa: ANN401 -- typed there
        self._client = MockTwilioClient(bridge_url, **options)
        self._opened = ExitStack()
        self._portal: BlockingPortal | None = None

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            portal = opening.enter_context(start_blocking_portal("trio"))
            opening.enter_context(portal.wrap_async_context_manager(self._client))
            self._portal = portal
            self._opened = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        self._portal = None
        return self._opened.__exit__(kind, error, trace)

    @property
    def identity(self) -> CallIdentity:
        return self._client.identity

    @property
    def warnings(self) -> Sequence[Warned]:
        return self._client.warnings

    @property
    def verbs(self) -> Sequence[VerbRun]:
        return self._client.verbs

    def statistics(self) -> CallStatistics:
        return self._client.statistics()

    def initiate_call_flow(self) -> None:
        self._running.call(self._client.initiate_call_flow)

    def wait_for_ai_greeting(self, timeout: float = GREETING_SECONDS) -> Answer:
        return self._running.call(self._client.wait_for_ai_greeting, timeout)

    def send_user_audio(self, file_path: AudioFile) -> None:
        self._running.call(self._client.send_user_audio, file_path)

    def wait_for_ai_response(
        self, timeout: float = RESPONSE_SECONDS, quiet: float = QUIET_SECONDS, mark: str | None = None
    ) -> Answer:
        return self._running.call(self._client.wait_for_ai_response, timeout, quiet, mark)

    def multi_turn_conversation(self, audio_files: Sequence[AudioFile], **options: Any) -> ConversationResult:  # noqa: ANN401
        return self._running.call(partial(self._client.multi_turn_conversation, audio_files, **options))

    def save_collected_audio(self, output_dir: AudioFile) -> list[Path]:
        if self._portal is None:
            return self._client.save_collected_audio(output_dir)
        return self._portal.call(self._client.save_collected_audio, output_dir)

    def send_dtmf(self, digit: str) -> None:
        self._running.call(self._client.send_dtmf, digit)

    def say(self, audio: bytes) -> "Future[None]":
        """Say mu-law audio, 8 kHz; the future is done when its last frame has left, with CallEnded if the
        line goes down before.
        """
        utterance = self._running.call(self._client.say, audio)
        return self._running.start_task_soon(self._client.line.wait_said, utterance)

    def wait_until_heard(self, ms: float, timeout: float = HEARD_SECONDS) -> None:
        self._running.call(self._client.wait_until_heard, ms, timeout)

    def wait_for_hangup(self, timeout: float) -> int:
        return self._running.call(self._client.wait_for_hangup, timeout)

    def wait_for_call_end(self, timeout: float) -> None:
        self._running.call(self._client.wait_for_call_end, timeout)

    def hangup(self) -> None:
        self._running.call(self._client.hangup)

    def drop(self) -> None:
        self._running.call(self._client.drop)

    @property
    def _running(self) -> BlockingPortal:
        if self._portal is None:
            raise RuntimeError("the phone is not connected: use it inside `with`")
        return self._portal
