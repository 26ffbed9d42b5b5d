"""Ours is a good bridge, and so are others that do as well by other means."""

from dataclasses import replace

import pytest
from broken_conversations import IgnoresKeys
from broken_messages import SpeaksPcm
from good_bridges import ResamplesRoughly, SpeaksAlaw, TurnsDown, quiet_agent
from judged import KNOBS, MATERIAL, NEAR, bridge, failed, judge, undecided
from meddler import meddled

from twiliobridge.validate.check import registered
from twiliobridge.validate.first_call import first_call
from twiliobridge.validate.result import Status
from twiliobridge.validate.suite import Suite

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


@pytest.mark.gallery
@pytest.mark.parametrize("said", [True, False], ids=["said to wait", "found to wait"])
async def test_an_agent_that_waits_for_the_caller_is_as_good(autojump_clock, said):
    """Of everything else nothing is left open: the caller speaks first."""
    checks = [each for each in registered() if not each.microphone]
    async with bridge(agent=quiet_agent()) as target:
        waits = said or (await first_call(target, MATERIAL)).waits_for_caller
        result = await Suite(replace(target, greets=not waits), MATERIAL, checks).run()
    assert failed(result) == {}
    assert undecided(result) == {"C5.1": "the agent does not speak first: there is no greeting to wait for"}
    assert result.success


@pytest.mark.gallery
async def test_an_agent_that_ignores_keys_is_as_good(autojump_clock):
    """That they have no effect is told, and fails nothing."""
    result = await judge(phone=IgnoresKeys)
    assert failed(result) == {"C7.1": "keys had no effect within 10 s"}
    assert undecided(result) == {}
    assert result.success


async def test_keys_that_are_said_to_have_no_effect_are_not_judged(autojump_clock):
    async with bridge(phone=IgnoresKeys) as target:
        checks = [each for each in registered() if each.id == "C7"]
        result = await Suite(replace(target, keys=False), MATERIAL, checks).run()
    assert undecided(result) == {"C7.1": "keys are said to have no effect on this agent"}
    assert result.acceptable
