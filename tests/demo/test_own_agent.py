"""The demo's call to an agent of one's own: it asks for what the tools do, or says recordings."""

import io
from dataclasses import replace

import pytest
import trio
from rich.console import Console

from twiliobridge.call import run_call
from twiliobridge.caller import MockTwilioClient, over_wire
from twiliobridge.conversation import Agent, Ending, Tool
from twiliobridge.demo.event_log import EventLog
from twiliobridge.demo.evidence import Evidence
from twiliobridge.demo.narration import Narration
from twiliobridge.demo.own_agent import Asked, Recited, recorded
from twiliobridge.demo.run import Stage
from twiliobridge.demo.story import recording
from twiliobridge.demo.wishes import MOST_WISHES, wish, wishes
from twiliobridge.offline import OfflineModel, open_offline_model
from twiliobridge.offline.brain import Offer
from twiliobridge.offline.fitting import fitting
from twiliobridge.offline.loading import load_engines
from twiliobridge.offline.stand_in.errand import Errand
from twiliobridge.offline.stand_in.needs import needs
from twiliobridge.wires.memory import memory_wires

TEXT = {"type": "string"}


async def answers(arguments, call):
    return f"It is {' and '.join(map(str, arguments.values()))}."


def tool(name, description="", /, **properties):
    required = [each for each in properties if each != "unit"]
    return Tool(
        name, description, answers, {"type": "object", "properties": properties, "required": required}
    )


HOURS = tool("opening_hours", "When the shop is open on a given day.", day=TEXT)
WEATHER = tool(
    "get_weather",
    "The weather for a city.",
    city=TEXT,
    unit={"type": "string", "enum": ["celsius", "kelvin"]},
)
BOOKING = tool("book_table", "Book a table.", people={"type": "integer", "minimum": 2}, name=TEXT)
REPAIR = tool("repair_status", "How a repair goes.", ticket={"type": "string", "pattern": "^[0-9]{4}$"})
RETURN = tool(
    "return_bicycle",
    "Take a bicycle back.",
    sure={"type": "boolean"},
    date={"type": "string", "format": "date"},
)
SHOP = Agent(instructions="A shop.", greeting="Velo Corner, good morning.", tools=(HOURS, RETURN))


@pytest.mark.parametrize("own", [HOURS, WEATHER, BOOKING, REPAIR], ids=lambda each: each.name)
def test_a_wish_asks_for_the_tool_and_tells_all_it_needs(own):
    """In words that the stand-in takes for that tool's, and no other's."""
    offers = [
        Offer(each.name, each.description, each.parameters) for each in (HOURS, WEATHER, BOOKING, REPAIR)
    ]
    offer = next(each for each in offers if each.name == own.name)
    assert fitting(offers, wish(offer)) == (offer,)
    errand = Errand(offer, needs(offer))
    errand.begin(wish(offer))
    assert errand.missing is None, wish(offer)


def test_a_demo_has_an_end():
    """Of many tools the first few are asked for."""
    agent = Agent(instructions="Be brief.", tools=tuple(tool(f"thing_{n}") for n in range(9)))
    assert len(wishes(agent)) == MOST_WISHES


@pytest.fixture
def loaded():
    engines = load_engines()
    if engines.notice:
        pytest.skip(engines.notice)
    return engines


async def place_call(agent, loaded, story):
    """The call over memory wires, in virtual time; returns the stage on which it was played."""
    stage = Stage(Narration(Console(file=io.StringIO(), soft_wrap=True)), Evidence(), EventLog())
    told = story(stage.evidence)
    # In virtual time a thread would be out of step.
    model = OfflineModel(replace(loaded.engines, at_once=True), loaded.brain_by_agent)
    near, far = memory_wires(1 << 20)
    phone = MockTwilioClient("ws://in.process/", connect=over_wire(near), observe=stage.noted)

    async def answer():
        stage.ended(await run_call(far, lambda: open_offline_model(model), agent, watch=stage.passed))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(answer)
        async with phone:
            await told.call(phone, stage.said)
    return told.findings(stage.evidence), stage.evidence


async def test_the_tools_are_asked_for_and_the_agent_is_interrupted(loaded, autojump_clock):
    """A tool that wants a yes gets one; every finding holds."""
    engines = loaded.engines
    findings, evidence = await place_call(SHOP, loaded, lambda seen: Asked(SHOP, engines.voice, seen))
    assert [finding for finding in findings if not finding.holds] == []
    assert evidence.tools["opening_hours"] == "It is Saturday."
    assert "return_bicycle" in evidence.tools
    assert evidence.ending is Ending.AGENT_HUNG_UP


async def test_recordings_are_said_instead_and_then_the_caller_hangs_up(loaded, autojump_clock):
    """Each is answered; what the agent makes of them is its own affair."""
    lines = recorded([recording("i_lost_it"), recording("tell_me_about_your_bank")])
    findings, evidence = await place_call(SHOP, loaded, lambda _: Recited(SHOP, lines))
    assert [finding.holds for finding in findings] == [True]
    assert len(evidence.latencies) == 2
    assert evidence.ending is Ending.CALLER_HUNG_UP


def test_an_agent_that_did_nothing_is_found_out():
    """Without answers, tools or a goodbye no finding holds."""
    story = Asked(SHOP, None, Evidence())
    assert not any(finding.holds for finding in story.findings(Evidence()))
