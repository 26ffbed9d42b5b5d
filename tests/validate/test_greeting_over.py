"""Keys are pressed when the greeting is over, and a gap in it is not its end."""

import pytest
import trio

from twiliobridge.validate.checks.faults import QUIET, _wait_quiet


class Heard:
    """A call in which the agent is heard in these stretches, in seconds from its beginning."""

    def __init__(self, *stretches):
        self.began = trio.current_time()
        self.stretches = [(self.began + begin, self.began + end) for begin, end in stretches]

    async def heard_for(self, least_ms, within):
        await trio.sleep_until(self.stretches[0][0] + least_ms / 1000)
        return True

    def heard_ms(self, begin, end):
        return sum(1000 * max(0.0, min(end, last) - max(begin, first)) for first, last in self.stretches)

    @property
    def agent_is_heard(self):
        now = trio.current_time()
        return self.heard_ms(now - 0.02, now) > 0


@pytest.mark.parametrize("gap", [0.033, 0.3, QUIET - 0.1])
async def test_a_gap_in_the_greeting_is_not_its_end(autojump_clock, gap):
    call = Heard((1.0, 2.5), (2.5 + gap, 4.0))
    assert await _wait_quiet(call)
    assert trio.current_time() - call.began == pytest.approx(4.0 + QUIET, abs=0.1)
