"""Ctrl+C as a wish, not as an exception."""

import signal
import threading

import anyio


async def wait_interrupted() -> None:
    """Returns at SIGINT or SIGTERM. Never, where signals cannot be had: outside the main thread, or under
    asyncio on Windows, where Ctrl+C stays a KeyboardInterrupt.
    """
    if threading.current_thread() is threading.main_thread():
        try:
            with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
                async for _ in signals:
                    return
        except NotImplementedError:
            pass
    await anyio.sleep_forever()
