"""However a call ends: `stop` when it can be said, and nothing is left."""

import pytest
import trio
import trio.testing
from far_end import Streams, until

from twiliobridge.caller import (
    AgentStopsBeingHeard,
    ConnectionDropped,
    MockTwilioClient,
    ServerClosed,
    StreamStopped,
    over_wire,
)
from twiliobridge.mediastream import Connected, Media, Stop
from twiliobridge.wires.memory import memory_wires

PLAY = '{"event":"media","streamSid":"MZ","media":{"payload":"AAAA"}}'


def task_count() -> int:
    """Tasks below this one's: what a block has left behind if it differs from before."""
    return sum(len(nursery.child_tasks) for nursery in trio.lowlevel.current_task().child_nurseries)


async def test_leaving_the_block_says_stop_and_closes(autojump_clock, open_call):
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.server.wait_for(Media, 3)
    assert isinstance(call.server.told[-1][1], Stop)
    assert call.server.told[-1][1].call_sid == call.client.identity.call_sid
    assert call.server.farewell is trio.EndOfChannel
    assert len(call.noted(StreamStopped)) == 1


async def test_without_a_stream_there_is_no_stop(autojump_clock, open_call):
    """A phone that connected and never started closes without a word."""
    async with open_call() as call:
        pass
    assert call.server.told == []
    assert call.server.farewell is trio.EndOfChannel


async def test_hangup_stops_once_and_drop_never(autojump_clock, open_call):
    """hangup() is a stop and a close, however often; drop() is neither: the server finds the phone gone."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.client.hangup()
        await call.client.hangup()
    assert len(call.server.all(Stop)) == 1
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.client.drop()
        await call.client.hangup()
    assert not call.server.all(Stop)
    assert call.server.farewell is trio.BrokenResourceError
    assert len(call.noted(ConnectionDropped)) == 1


async def test_after_the_server_closed_no_frame_and_no_stop_follow(autojump_clock, open_call):
    """The end of the server is the end of the call, with warning 31921; a server that vanished is 31903."""
    for vanish, code, warning in ((False, 1000, 31921), (True, 1006, 31903)):
        async with open_call() as call:
            await call.client.initiate_call_flow()
            await call.server.wait_for(Media, 3)
            if vanish:
                call.server.wire.vanish()
            else:
                await call.server.wire.aclose()
            assert await call.client.wait_for_hangup(1) == code
            told = len(call.server.told)
            await trio.sleep(1)
        assert len(call.server.told) == told
        assert [each.code for each in call.client.warnings] == [warning]
        assert [note.code for _, note in call.noted(ServerClosed)] == [code]


@pytest.mark.parametrize("ending", ["exit", "hangup", "drop", "server", "vanish"])
async def test_every_ending_takes_its_tasks_with_it(autojump_clock, ending, tone):
    """No task is left after the block, whoever ended the call; speech under way is given up."""
    near, far = memory_wires()
    before = task_count()
    async with MockTwilioClient("ws://x/", connect=over_wire(near)) as client:
        await client.initiate_call_flow()
        utterance = client.say(tone(5000))
        await trio.sleep(0.5)
        match ending:
            case "hangup":
                await client.hangup()
            case "drop":
                await client.drop()
            case "server":
                await far.aclose()
            case "vanish":
                far.vanish()
    with trio.fail_after(1):
        await utterance.wait_said()
    assert utterance.ended is None
    assert task_count() == before == 0


async def test_a_call_cancelled_anywhere_ends_whole(autojump_clock, server_for, tone):
    """Cancelled before its nth step, for each n until it is over: a start is followed by a stop."""
    steps, finished = 0, False
    while not finished:
        near, far = memory_wires()
        async with trio.open_nursery() as nursery:
            server = server_for(far)
            nursery.start_soon(server.run)
            with trio.CancelScope() as scope:
                async with MockTwilioClient("ws://x/", connect=over_wire(near)) as client:
                    finished = await go_through(client, server, scope, steps, tone)
            await trio.testing.wait_all_tasks_blocked()
            assert not nursery.child_tasks  # the server's end has met the end of the phone's
        assert server.farewell is trio.EndOfChannel
        assert not server.told or isinstance(server.told[-1][1], Stop)
        assert task_count() == 0
        steps += 1
    assert steps > 8


async def go_through(client, server, scope, steps, tone) -> bool:
    """A small call; `scope` is cancelled before action number `steps`. Whether it came to its end."""
    actions = [
        client.initiate_call_flow,
        lambda: server.wait_for(Connected),
        lambda: server.wait_for(Media, 2),
        lambda: client.line.say_all(tone(60)),
        lambda: client.send_dtmf("1"),
        lambda: client.wait_until_heard(60),
        lambda: client.wait_for_ai_response(3),
        client.hangup,
    ]
    for number, action in enumerate(actions):
        if number == steps:
            scope.cancel()
        if number == 5:
            server.play(tone(100))
        await action()
    await trio.lowlevel.checkpoint()
    return True


async def test_an_exception_of_the_block_comes_out_as_itself(autojump_clock, open_call):
    """Not in an exception group: `except TooSlow` around a call works."""
    near, _far = memory_wires()
    error = LookupError("mine")
    with pytest.raises(LookupError) as caught:  # noqa: PT012 -- the block is what raises
        async with MockTwilioClient("ws://x/", connect=over_wire(near)) as client:
            await client.initiate_call_flow()
            raise error
    assert caught.value is error


async def test_an_exception_of_the_observer_ends_the_call(autojump_clock):
    """What goes wrong in the user's own observer comes out of the block, and is not lost in a task."""

    def observe(now, note):
        raise ZeroDivisionError(type(note).__name__)

    near, _far = memory_wires()
    with pytest.raises(ZeroDivisionError, match="StreamStarted"):
        async with MockTwilioClient("ws://x/", connect=over_wire(near), observe=observe) as client:
            await client.initiate_call_flow()


async def test_an_exception_of_the_observer_in_a_task_wakes_the_block(autojump_clock, open_call, tone):
    """Likewise while the block waits for something else."""

    def observe(now, note):
        if isinstance(note, AgentStopsBeingHeard):
            raise ZeroDivisionError

    near, far = memory_wires()
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 -- likewise
        async with MockTwilioClient("ws://x/", connect=over_wire(near), observe=observe) as client:
            await client.initiate_call_flow()
            far.send(PLAY.replace("MZ", client.identity.stream_sid))
            await trio.sleep_forever()


async def test_a_phone_is_used_inside_its_block(autojump_clock):
    near, _far = memory_wires()
    client = MockTwilioClient("ws://x/", connect=over_wire(near))
    with pytest.raises(RuntimeError, match="async with"):
        client.say(b"x")
    async with client:
        pass


def test_a_phone_is_good_for_one_call(run):
    """A second `async with`, and a second start of the stream, are one line that says what to do."""

    async def main():
        async with Streams().open() as streams:
            client = MockTwilioClient(f"ws://{streams.host}/m")
            async with client:
                await client.initiate_call_flow()
                with pytest.raises(RuntimeError, match="comes once"):
                    await client.initiate_call_flow()
                with pytest.raises(RuntimeError, match="good for one call"):
                    await client.__aenter__()
                await until(lambda: len(streams.heard) > 3)
            with pytest.raises(RuntimeError, match="good for one call"):
                await client.__aenter__()

    run(main)
