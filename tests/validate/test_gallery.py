"""For every law there is a bridge that breaks it, and that one is found out by it."""

import pytest
from broken_bridges import NAMES, gallery
from judged import failed, judge

from twiliobridge.validate.check import registered


@pytest.mark.gallery
@pytest.mark.parametrize("name", NAMES)
async def test_a_broken_bridge_fails_its_own_law_and_no_other(autojump_clock, name):
    broken = next(each for each in gallery() if each.name == name)
    result = await judge(*broken.only, **broken.parts)
    found = failed(result)
    assert set(found) == {broken.own, *broken.besides}, found
    assert broken.seen in found[broken.own]


def test_every_law_has_a_bridge_that_breaks_it():
    """A law that none can break is not a law."""
    laws = {part.id for check in registered() if not check.microphone for part in check.parts}
    assert laws - {each.own for each in gallery()} == set()
