"""Ours is a good bridge, and so are others that do as well by other means."""

import pytest
from broken_messages import SpeaksPcm
from good_bridges import ResamplesRoughly, SpeaksAlaw, TurnsDown
from judged import KNOBS, NEAR, failed, judge, undecided
from meddler import meddled

from twiliobridge.validate.result import Status

TRANSCODING = {"24 kHz PCM": SpeaksPcm, "A-law": SpeaksAlaw, "24 kHz PCM, roughly": ResamplesRoughly}


@pytest.mark.parametrize("knobs", [KNOBS, NEAR], ids=["far", "near"])
async def test_the_good_bridge_passes_everything(autojump_clock, knobs):
    """Every sub-check of every check, none of them for want of looking, and in less than two minutes."""
    result = await judge(knobs=knobs)
    assert failed(result) == {}
    assert undecided(result) == {}
    assert result.success
    assert {each.status for each in result.results} == {Status.PASSED}
    assert result.duration_s < 120


@pytest.mark.gallery
@pytest.mark.parametrize("kind", TRANSCODING.values(), ids=TRANSCODING)
async def test_a_bridge_that_transcodes_is_as_good(autojump_clock, kind):
    """Nothing is left open, and only what it could have spared itself is recommended."""
    result = await judge(dialled=meddled(kind))
    assert set(failed(result)) == {"C2.2"}
    assert undecided(result) == {}
    assert result.success


@pytest.mark.gallery
async def test_a_bridge_that_changes_the_volume_is_as_good(autojump_clock):
    result = await judge(dialled=meddled(TurnsDown))
    assert (failed(result), undecided(result)) == ({}, {})
