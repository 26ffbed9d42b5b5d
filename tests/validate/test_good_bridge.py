"""Ours is a good bridge."""

from judged import failed, judge, undecided

from twiliobridge.validate.result import Status


async def test_the_good_bridge_passes_everything(autojump_clock):
    """Every sub-check of every check, and none of them for want of looking."""
    result = await judge()
    assert failed(result) == {}
    assert undecided(result) == {}
    assert result.success
    assert {each.status for each in result.results} == {Status.PASSED}
