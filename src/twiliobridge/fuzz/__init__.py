"""Plays Twilio against any Media Streams endpoint, lawfully and not, and says which laws it breaks."""

from twiliobridge.fuzz.categories import CATEGORIES, Category
from twiliobridge.fuzz.endpoint import Endpoint, Unusable
from twiliobridge.fuzz.finding import Finding
from twiliobridge.fuzz.laws import Breach, Law
from twiliobridge.fuzz.replaying import replay, replay_scenario
from twiliobridge.fuzz.run import Ending, Plan, Report, fuzz
from twiliobridge.fuzz.scenario import Scenario, ScenarioError, read_scenario, write_scenario

__all__ = [
    "CATEGORIES",
    "Breach",
    "Category",
    "Ending",
    "Endpoint",
    "Finding",
    "Law",
    "Plan",
    "Report",
    "Scenario",
    "ScenarioError",
    "Unusable",
    "fuzz",
    "read_scenario",
    "replay",
    "replay_scenario",
    "write_scenario",
]
