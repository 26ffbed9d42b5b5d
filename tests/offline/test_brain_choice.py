"""The bank's script answers its own agent, and a client that tells of none; a stand-in answers all others."""

import pytest
from offline_driver import Driver, Recited
from talks import offer

from twiliobridge.conversation import END_CALL
from twiliobridge.offline.brain import Request, Say
from twiliobridge.offline.brain_choice import BrainByAgent
from twiliobridge.offline.script import banking
from twiliobridge.realtime.events import CreateResponse, ResponseParams, UpdateSession
from twiliobridge.realtime.session import SessionUpdate

SCRIPT, STAND_IN = (Say("by the script"),), (Say("by the stand-in"),)
BANK = {"type": "function", "name": "get_balance"}
OWN = {"type": "function", "name": "opening_hours"}
END = {"type": "function", "name": END_CALL}


class Same(Recited):
    def __init__(self, reply):
        super().__init__()
        self.reply = reply

    def decide(self, memory, request):
        self.seen.append(request)
        return self.reply


def choosing():
    return BrainByAgent(banking(), Same(SCRIPT), Same(STAND_IN))


@pytest.mark.parametrize(
    ("session", "answered_by"),
    [
        ({}, SCRIPT),
        ({"tools": (BANK, OWN)}, SCRIPT),
        ({"tools": (BANK,), "instructions": "Be kind."}, SCRIPT),
        ({"tools": (OWN, END)}, STAND_IN),
        ({"tools": (END,)}, STAND_IN),
        ({"instructions": "Be kind."}, STAND_IN),
    ],
)
def test_a_session_is_answered_by_what_it_says_of_its_agent(session, answered_by):
    """Its tools, or else whether it has instructions of its own."""
    brain = choosing()
    driver = Driver(brain=brain)
    driver.say(UpdateSession(session=SessionUpdate(type="realtime", output_modalities=("text",), **session)))
    driver.say(CreateResponse(response=ResponseParams(instructions="Greet.")))
    asked = brain._scripted if answered_by is SCRIPT else brain._stand_in
    assert len(asked.seen) == 1


def test_a_response_without_functions_changes_nothing():
    """`tools: []` for one response, or tool_choice none: the agent is who it was."""
    brain = choosing()
    bank = Request(offers=(offer("get_balance"),), described=True)
    own = Request(offers=(offer("opening_hours"),), described=True)
    without = Request(described=True)
    assert [brain.decide((), each) for each in (bank, without, own, without)] == [
        SCRIPT,
        SCRIPT,
        STAND_IN,
        STAND_IN,
    ]
