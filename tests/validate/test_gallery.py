"""For every law there is a bridge that breaks it, and that one is found out by it."""

import pytest
from broken_bridges import NAMES, gallery
from idle_bridges import IDLE
from judged import failed, judge

from twiliobridge.validate.check import registered
from twiliobridge.validate.result import Status


@pytest.mark.gallery
@pytest.mark.parametrize("name", NAMES)
async def test_a_broken_bridge_fails_its_own_law_and_no_other(autojump_clock, name):
    broken = next(each for each in gallery() if each.name == name)
    result = await judge(*broken.only, **broken.parts)
    found = failed(result)
    assert set(found) == {broken.own, *broken.besides}, found
    assert broken.seen in found[broken.own]


@pytest.mark.gallery
@pytest.mark.parametrize("run", IDLE.values(), ids=IDLE)
@pytest.mark.parametrize("visible", [True, False], ids=["the model is visible", "a black box"])
async def test_no_check_passes_on_a_bridge_that_does_nothing(autojump_clock, run, visible):
    """Where nothing happens, nothing is wrong; and nothing is proved by that."""
    result = await judge(run=run, visible=visible)
    passed = {each.id: each.reason for each in result.results if each.status is Status.PASSED}
    assert passed == {}
    assert not result.acceptable


def test_every_law_has_a_bridge_that_breaks_it():
    """A law that none can break is not a law."""
    laws = {part.id for check in registered() if not check.microphone for part in check.parts}
    assert laws - {each.own for each in gallery()} == set()
