"""What goes wrong in one call ends that call, with a line in the log; the server and its other calls live."""

import pytest
import trio
from peers import STOP, Exchange
from served import bridge

from twiliobridge.call.faults import cause_of
from twiliobridge.conversation import Agent, Ending, Tool

pytestmark = pytest.mark.usefixtures("lane")


async def exits(arguments, call):
    raise SystemExit(2)


EXITING = Agent(
    instructions="Be brief.", greeting="Hi.", may_hang_up=False, tools=(Tool("exits", "Exits.", exits),)
)


async def hang_up(phone):
    phone.say(STOP)
    await phone.hear_the_end()


async def test_a_tool_that_exits_ends_nothing():
    """Neither the server, nor the other call, nor its own."""
    models = Exchange(tool_calls=[("exits", "{}")])
    async with bridge(agent=EXITING, dial=models.dial) as served:
        async with served.phone() as one, served.phone() as other:
            for phone in (one, other):
                phone.call()
                await phone.hear_speech()
            await hang_up(one)
            await hang_up(other)
        assert await served.endings(2) == [Ending.CALLER_HUNG_UP] * 2


class Faulty:
    """A watch that fails in the first call."""

    def __init__(self, error):
        self.errors = [error]

    def __call__(self):
        error = self.errors.pop() if self.errors else None

        def watch(leg, direction, event, now):
            if error is not None and direction == "in" and leg == "model":
                raise error

        return watch


@pytest.mark.parametrize("error", [ValueError("a fault"), SystemExit(2)], ids=repr)
async def test_a_fault_of_a_call_is_told_with_its_traceback_and_the_next_call_is_answered(error, caplog):
    async with bridge(watch=Faulty(error)) as served:
        with trio.fail_after(5):
            async with served.phone() as phone:
                phone.call()
                await phone.hear_the_end()
            async with served.phone() as phone:
                phone.call()
                await phone.hear_speech()
                await hang_up(phone)
        assert await served.endings(1) == [Ending.CALLER_HUNG_UP]
    (record,) = [each for each in caplog.records if "cut short by a fault" in each.getMessage()]
    assert type(cause_of(record.exc_info[1])) is type(error)
