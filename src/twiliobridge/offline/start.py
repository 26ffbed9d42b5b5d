"""The offline model with the engines that this machine has."""

from collections.abc import Callable
from functools import partial

import trio

from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.loading import load_engines
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.script import Script


async def load_offline_model(
    knobs: Knobs | None = None, script: Script | None = None, say: Callable[[str], object] = print
) -> OfflineModel:
    """The model that answers by `script`. Takes about a second.

    With None, each session is answered by what it says of its agent: the banking one by the banking script,
    any other by a stand-in. `say` gets one line if this machine lacks an engine.
    """
    loaded = await trio.to_thread.run_sync(load_engines)
    if loaded.notice:
        say(loaded.notice)
    new_brain = partial(loaded.brain, script) if script else loaded.brain_by_agent
    return OfflineModel(loaded.engines, new_brain, knobs or Knobs())
