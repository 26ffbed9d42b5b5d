"""The README's bicycle shop on the telephone, offline: it is asked by voice, and its own tool answers."""

import re
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import trio

from twiliobridge.agents import read_agent
from twiliobridge.audio import AudioFormat
from twiliobridge.call import run_call
from twiliobridge.caller import MockTwilioClient, over_wire
from twiliobridge.conversation import Ending
from twiliobridge.offline import OfflineModel, open_offline_model
from twiliobridge.offline.loading import load_engines
from twiliobridge.offline.model import encoded
from twiliobridge.realtime.events import CreateItem, InputTranscriptCompleted, TruncateItem
from twiliobridge.wires.memory import memory_wires

README = Path(__file__).parents[2] / "README.md"
SHOP = """
HOURS = {"Saturday": "On Saturday we close at four.", "Sunday": "On Sunday we are closed."}


async def opening_hours(arguments, call):
    return HOURS.get(arguments["day"], f"On {arguments['day']} we are open from nine to six.")
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """The agent of the README, from its file, and the module beside it."""
    (tmp_path / "shop.py").write_text(SHOP)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "shop", raising=False)
    text = re.search(r"```toml\n(.*?)```", README.read_text("utf-8"), re.DOTALL)[1]
    yield read_agent(text, "agent.toml")
    sys.modules.pop("shop", None)


@pytest.fixture
def loaded():
    engines = load_engines()
    if engines.notice:
        pytest.skip(engines.notice)
    return engines


class Call:
    """What the caller does, and what came of it. In virtual time."""

    def __init__(self, phone, voice):
        self.phone = phone
        self.voice = voice
        self.passed = []
        self.summary = None

    def say(self, words):
        """With the offline voice, at telephone quality."""
        self.phone.say(b"".join(encoded(self.voice, words, AudioFormat.PCMU)))

    async def ask(self, words):
        """What the shop's tool, or the agent, answers to that."""
        self.say(words)
        return await self.answer()

    async def answer(self):
        await self.phone.wait_for_ai_response(20, 0.5)

    def note(self, leg, direction, event, now):
        self.passed.append(event)

    def outputs(self):
        """Of tools, in order."""
        items = [event.item for event in self.passed if isinstance(event, CreateItem)]
        return [item.output for item in items if item.type == "function_call_output"]

    def understood(self):
        return [event.transcript for event in self.passed if isinstance(event, InputTranscriptCompleted)]

    def said(self):
        return [line.text for line in self.summary.transcript if line.speaker.value == "agent"]


@asynccontextmanager
async def open_shop(agent, loaded):
    # In virtual time a thread would be out of step.
    model = OfflineModel(replace(loaded.engines, at_once=True), loaded.brain_by_agent)
    near, far = memory_wires(1 << 20)
    call = Call(MockTwilioClient("ws://in.process/", connect=over_wire(near)), loaded.engines.voice)

    async def answer():
        watched = call.note
        call.summary = await run_call(far, lambda: open_offline_model(model), agent, watch=watched)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(answer)
        async with call.phone:
            await call.phone.initiate_call_flow()
            await call.phone.wait_for_ai_greeting(20)
            yield call


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When do you close on Saturday?", "On Saturday we close at four."),
        ("Are you open on Sunday?", "On Sunday we are closed."),
        ("Is the shop open on Monday?", "On Monday we are open from nine to six."),
        ("What are your opening hours on Saturday?", "On Saturday we close at four."),
    ],
)
async def test_its_own_tool_answers(question, answer, shop, loaded, autojump_clock):
    """Heard over the telephone, called with the day that was said, and read out."""
    async with open_shop(shop, loaded) as call:
        await call.ask(question)
    assert call.outputs() == [answer], call.understood()
    assert call.said() == [shop.greeting, answer]


async def test_a_day_that_was_not_said_is_asked_for_and_may_be_corrected(shop, loaded, autojump_clock):
    """Keys are no day, and are told so; then it is said, and said again."""
    async with open_shop(shop, loaded) as call:
        await call.ask("What are your opening hours?")
        for digit in "42#":
            await call.phone.send_dtmf(digit)
        await call.answer()
        await call.ask("On Saturday.")
        await call.ask("No, on Sunday.")
    assert call.outputs() == ["On Saturday we close at four.", "On Sunday we are closed."]
    questions = [line for line in call.said() if "Which day?" in line]
    assert len(questions) == 2


async def test_it_can_be_interrupted_and_hangs_up_after_its_goodbye(shop, loaded, autojump_clock):
    """What was not heard of its introduction was not said; the question in the middle of it is answered."""
    async with open_shop(shop, loaded) as call:
        call.say("What can you do for me?")
        await call.phone.wait_until_heard(1000)
        await call.ask("When do you close on Saturday?")
        call.say("Thank you, goodbye.")
        await call.phone.wait_for_hangup(20)
    assert call.outputs()[0] == "On Saturday we close at four."
    assert any(isinstance(event, TruncateItem) for event in call.passed)
    assert call.summary.ending is Ending.AGENT_HUNG_UP
    assert call.said()[-1] == "Thank you for calling, goodbye."
