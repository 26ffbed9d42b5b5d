"""A spoken call from beginning to end, without a key and without a telephone."""

from twiliobridge.demo.evidence import Finding
from twiliobridge.demo.narration import Terminal
from twiliobridge.demo.own_agent import Asked, Recited, recorded
from twiliobridge.demo.run import Tale, bank, run_demo
from twiliobridge.demo.story import LinesMissing

__all__ = [
    "Asked",
    "Finding",
    "LinesMissing",
    "Recited",
    "Tale",
    "Terminal",
    "bank",
    "recorded",
    "run_demo",
]
