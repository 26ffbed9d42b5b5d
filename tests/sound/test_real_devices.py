"""PortAudio on a real sound server, in real time; skipped where there is none."""

from pathlib import Path

import anyio
import anyio.to_thread
import numpy as np
import pytest
from headset_laws import check_headset
from sound_match import likeness

from twiliobridge.audio import read_wav, telephone, ulaw_decode, write_wav
from twiliobridge.sound import PortAudio, SoundError, list_devices, open_microphone, open_speaker

pytestmark = pytest.mark.sound_server

LINE = Path(__file__).parents[2] / "audio_samples" / "banking" / "what_is_my_balance.wav"
BACKENDS = pytest.mark.parametrize("backend", ["trio", "asyncio"])


@pytest.fixture
def speech():
    return ulaw_decode(telephone(read_wav(LINE.read_bytes())))


def test_the_real_headset_keeps_the_laws(portaudio, tmp_path):
    """The same laws as the scripted one of the tests in virtual time."""

    async def say(samples):
        path = tmp_path / "said.wav"
        path.write_bytes(write_wav(samples, 8000))
        portaudio.say(path)

    async def main():
        with portaudio.recorded() as recorded:

            async def audible():
                return recorded()

            await check_headset(PortAudio(), say, audible)

    anyio.run(main, backend="trio")


@BACKENDS
def test_speech_goes_in_and_out_unharmed(portaudio, speech, backend):
    """Of what was said or played and what arrives, the correlation is above 0.99."""

    async def main():
        async with open_microphone() as microphone, open_speaker() as speaker:
            player = portaudio.say(LINE)
            captured = []
            for start in range(0, len(speech) + 12000, 160):
                captured.append((await microphone.receive()).samples)
                if start < len(speech):
                    speaker.play(speech[start : start + 160])
            await anyio.to_thread.run_sync(player.wait)
            return np.concatenate(captured), microphone.dropped, speaker.dropped_ms

    with portaudio.recorded() as recorded:
        captured, dropped, dropped_ms = anyio.run(main, backend=backend)
        played = recorded()
    assert (dropped, dropped_ms) == (0, 0)
    assert likeness(captured[::2], speech) > 0.99
    assert likeness(played, speech) > 0.99


def test_the_devices_are_listed_and_can_be_chosen_by_name_and_number(portaudio):
    devices = list_devices()
    [default] = [each for each in devices if each.default_input]
    assert default.inputs
    assert default.default_output

    async def first_piece(device):
        async with open_microphone(device) as microphone:
            return (await microphone.receive()).samples.shape

    for device in (default.number, default.name, None):
        assert anyio.run(first_piece, device) == (320,)


@pytest.mark.parametrize("device", ["no such thing", 99])
def test_a_device_that_is_not_there_is_one_clear_line(portaudio, device):
    """With the way to those that are."""

    async def main():
        async with open_microphone(device):
            pass

    with pytest.raises(SoundError, match=r"there is no microphone .*--list-devices") as error:
        anyio.run(main)
    assert "\n" not in str(error.value)
