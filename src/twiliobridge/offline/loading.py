"""The engines of this machine: with the extra `[offline]` ears and a voice, without it recordings."""

import importlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from twiliobridge.offline.brain_choice import BrainByAgent
from twiliobridge.offline.engines import Engines
from twiliobridge.offline.prerendered import PrerenderedVoice
from twiliobridge.offline.script import Script, banking
from twiliobridge.offline.script_brain import ScriptBrain
from twiliobridge.offline.stand_in import StandIn

_WAY_OUT = "pip install 'twiliobridge[offline]'"
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Loaded:
    """Engines, shared by all sessions of a process, and what to tell whoever started it."""

    engines: Engines
    can_say: Callable[[str], bool]
    """What the voice can speak."""
    notice: str = ""
    """One line: what is missing, and the way out. Empty if nothing is."""

    def brain(self, script: Script) -> ScriptBrain:
        """The brain of one session; where the script gives a choice, it says what the voice can speak."""
        return ScriptBrain(script, self.can_say)

    def brain_by_agent(self) -> BrainByAgent:
        """The brain of one session for which nobody chose a script."""
        script = banking()
        return BrainByAgent(script, self.brain(script), StandIn(self.can_say))


def load_engines(model: Path | None = None) -> Loaded:
    """Loads them once for the whole process. Blocks for about 1 s, so call it in a thread.

    `model` is a folder with a Moonshine model; None is the one inside the wheel. OSError if there is none.
    """
    with _one_at_a_time:
        return _loaded(model)


@cache
def _loaded(model: Path | None) -> Loaded:
    try:
        ears = importlib.import_module("twiliobridge.offline.ears")
        voice = importlib.import_module("twiliobridge.offline.voice").HibariVoice()
    except (ImportError, OSError) as missing:
        return _scripted(missing)
    recogniser = ears.MoonshineEars(model)
    return Loaded(Engines(voice=voice, recogniser=recogniser, gate=ears.SileroGate), voice.can_say)


def _scripted(missing: ImportError | OSError) -> Loaded:
    voice = PrerenderedVoice()
    cause = f"no module {missing.name}" if isinstance(missing, ModuleNotFoundError) else str(missing)
    notice = (
        f"The offline model has no ears ({' '.join(cause.split())}): it plays recorded replies by script. "
        f"To be understood: {_WAY_OUT}"
    )
    return Loaded(Engines(voice=voice, at_once=True), voice.can_say, notice)
