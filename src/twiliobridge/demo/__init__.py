"""A spoken call from beginning to end, without a key and without a telephone."""

from twiliobridge.demo.evidence import Finding
from twiliobridge.demo.narration import Terminal
from twiliobridge.demo.run import run_demo
from twiliobridge.demo.story import LinesMissing

__all__ = ["Finding", "LinesMissing", "Terminal", "run_demo"]
