"""A connection that falls silent is neither closed nor answered."""

import trio
from trio.testing import wait_all_tasks_blocked

from twiliobridge.wires.hushable import Hushable


async def test_hushed_it_writes_nothing_and_hears_nothing_but_the_end(autojump_clock):
    near, far = map(trio.SocketStream, trio.socket.socketpair())
    heard = []
    hushable = Hushable(near)

    async def hear():
        heard.append(await hushable.receive_some())
        heard.append(await hushable.receive_some())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(hear)
        await hushable.send_all(b"before")
        assert await far.receive_some() == b"before"
        await far.send_all(b"heard")
        await wait_all_tasks_blocked()
        hushable.hush()
        await hushable.send_all(b"never")
        await far.send_all(b"unheard")
        with trio.move_on_after(10) as waited:
            await far.receive_some()
        assert waited.cancelled_caught
        assert heard == [b"heard"]
        await far.aclose()
    assert heard == [b"heard", b""]
    await hushable.aclose()
