"""A session has a speech detector of its own, and gives it back when it ends."""

import trio
from offline_driver import Recited, Tone

from twiliobridge.conversation.vad import EnergyGate
from twiliobridge.offline.engines import Engines
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.server import open_offline_model


class Ear(EnergyGate):
    """Counts those that are open."""

    open = 0

    def __init__(self):
        super().__init__()
        Ear.open += 1

    def close(self):
        Ear.open -= 1


def listening(**knobs):
    return OfflineModel(Engines(voice=Tone(), gate=Ear, at_once=True), Recited, Knobs(**knobs))


async def test_a_session_s_detector_is_closed_once_the_client_has_left(autojump_clock):
    async with open_offline_model(listening()) as wire:
        await wire.receive()
        assert Ear.open == 1
    assert Ear.open == 0


async def test_a_session_s_detector_is_closed_once_the_session_has_expired(autojump_clock):
    async with open_offline_model(listening(session_seconds=1)) as wire:
        await wire.receive()
        await trio.sleep(2)
        assert Ear.open == 0
