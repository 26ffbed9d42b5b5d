"""Agents from TOML files, and the example that ships."""

from importlib.resources import files

from twiliobridge.agents.agent_file import read_agent
from twiliobridge.agents.names import doubts
from twiliobridge.conversation import Agent

__all__ = ["banking_agent", "doubts", "read_agent"]


def banking_agent() -> Agent:
    """The example: a small bank, with four tools."""
    return read_agent((files(__name__) / "banking.toml").read_text("utf-8"), "banking.toml")
