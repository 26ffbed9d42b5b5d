"""What can be told of a bridge by its webhook, over real sockets: who is let in, and what the TwiML says."""

from contextlib import asynccontextmanager

import pytest
from judged import MATERIAL, failed, offline_model, undecided
from sample_bridge import sample_bridge
from served import bridge

from twiliobridge.agents import banking_agent
from twiliobridge.caller import Access
from twiliobridge.offline import open_offline_model
from twiliobridge.settings import Settings
from twiliobridge.validate.black_box import black_box
from twiliobridge.validate.check import registered
from twiliobridge.validate.model_service import open_model_service
from twiliobridge.validate.suite import Suite
from twiliobridge.validate.tap import ModelTap

TOKEN = "of-the-account"
SIGNED = Access(auth_token=TOKEN)
NEEDS_TOKEN = {"C1.5", "C1.6", "C1.7"}
C1 = [each for each in registered() if each.id == "C1"]


@asynccontextmanager
async def our_bridge(access):
    tap, model = ModelTap(), offline_model()
    settings = Settings(port=0, twilio_auth_token=TOKEN)
    dial = tap.watched(lambda: open_offline_model(model))
    async with bridge(settings, banking_agent(), dial=dial) as served:
        yield black_box(f"{served.url}/incoming-call", access, tap=tap)


async def test_our_bridge_keeps_strangers_out_and_says_what_follows():
    async with our_bridge(SIGNED) as target:
        result = await Suite(target, MATERIAL, C1).run()
    assert failed(result) == {}
    assert undecided(result) == {}


@pytest.mark.parametrize(("access", "more"), [(SIGNED, NEEDS_TOKEN), (Access(), set())])
async def test_a_bridge_that_asks_for_no_signature_is_blamed_where_there_is_a_token(access, more):
    """The sample has nothing after <Connect>, and no /health."""
    async with open_model_service(offline_model(), "127.0.0.1", 0) as (tap, model_url):
        with sample_bridge(f"{model_url}?model=gpt-realtime") as url:
            target = black_box(f"{url}/incoming-call", access, tap=tap)
            result = await Suite(target, MATERIAL, C1).run()
    assert set(failed(result)) == {"C1.9", *more}, failed(result)
