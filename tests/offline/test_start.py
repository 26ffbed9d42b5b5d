"""The model with what this machine has: one line for what is missing."""

import pytest
from offline_driver import ENGINES

from twiliobridge.offline import start
from twiliobridge.offline.loading import Loaded
from twiliobridge.offline.start import load_offline_model


@pytest.fixture
def deaf(monkeypatch):
    """A machine whose engines load at once and lack something."""
    loaded = Loaded(ENGINES, bool, notice="no ears here")
    monkeypatch.setattr(start, "load_engines", lambda: loaded)


async def test_it_says_what_is_missing(deaf):
    lines = []
    await load_offline_model(say=lines.append)
    assert lines == ["no ears here"]


async def test_each_session_has_a_brain_of_its_own(deaf):
    model = await load_offline_model(say=str)
    assert model.new_brain() is not model.new_brain()
