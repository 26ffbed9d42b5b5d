"""A pytest plugin: installed with the package, it gives every test two fixtures, a phone and a model.

    def test_my_bridge_greets(twilio_call, offline_openai):
        offline_openai.say_next("Good morning.")
        start_my_bridge(offline_openai.url)
        with twilio_call("ws://localhost:8000/media-stream") as phone:
            phone.initiate_call_flow()
            assert phone.wait_for_ai_greeting(5)

`async with` and `await` in a test that runs under pytest-trio, pytest-asyncio or anyio's plugin.

A package of its own, because pytest imports it at every start, also where no test calls anything: within
`twiliobridge` that would take half a second more.
"""

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from twiliobridge.caller import BlockingTwilioClient, MockTwilioClient
    from twiliobridge.offline import ServerThread


class TwilioCall:
    """A call that is placed by `with` or by `async with`."""

    def __init__(self, bridge_url: str, options: dict[str, Any]) -> None:
        self._url = bridge_url
        self._options = options
        self._blocking: BlockingTwilioClient | None = None
        self._client: MockTwilioClient | None = None

    def __enter__(self) -> "BlockingTwilioClient":
        from twiliobridge.caller import BlockingTwilioClient  # noqa: PLC0415 -- see above

        self._blocking = BlockingTwilioClient(self._url, **self._options)
        return self._blocking.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        assert self._blocking is not None
        return self._blocking.__exit__(kind, error, trace)

    async def __aenter__(self) -> "MockTwilioClient":
        from twiliobridge.caller import MockTwilioClient  # noqa: PLC0415

        self._client = MockTwilioClient(self._url, **self._options)
        return await self._client.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        assert self._client is not None
        return await self._client.__aexit__(kind, error, trace)


@pytest.fixture
def twilio_call() -> Callable[..., TwilioCall]:
    """`twilio_call(url, **options)`: a call to any bridge, as Twilio places it; the options are those of
    MockTwilioClient.
    """

    def call(bridge_url: str, **options: Any) -> TwilioCall:  # noqa: ANN401 -- typed by MockTwilioClient
        return TwilioCall(bridge_url, options)

    return call


@pytest.fixture
def offline_openai() -> "Iterator[ServerThread]":
    """A Realtime server without OpenAI, for this test: its `url`, and `say_next(...)` for its responses."""
    from twiliobridge.offline import open_server_thread  # noqa: PLC0415 -- see above

    with open_server_thread() as server:
        yield server
