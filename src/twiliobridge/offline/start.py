"""The offline model with the engines that this machine has."""

from collections.abc import Callable
from functools import partial

import trio

from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.loading import load_engines
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.script import Script, banking


async def load_offline_model(
    knobs: Knobs | None = None, script: Script | None = None, say: Callable[[str], object] = print
) -> OfflineModel:
    """The model that answers by `script`, the banking one if None is given. Takes about a second.

    `say` gets one line if this machine lacks an engine.
    """
    loaded = await trio.to_thread.run_sync(load_engines)
    if loaded.notice:
        say(loaded.notice)
    new_brain = partial(loaded.brain, script or banking())
    return OfflineModel(loaded.engines, new_brain, knobs or Knobs())
