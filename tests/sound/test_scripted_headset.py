"""The headset of the tests in virtual time is held to the laws of the real one."""

from headset_laws import check_headset
from scripted_headset import ScriptedHeadset


async def test_the_scripted_headset_keeps_the_laws_of_the_real_one(autojump_clock):
    headset = ScriptedHeadset()

    async def say(samples):
        headset.microphone.speak(samples.repeat(2))

    async def audible():
        return headset.speaker.audible()

    await check_headset(headset, say, audible)
