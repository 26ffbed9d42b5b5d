"""An agent's file of a few keys, and what it comes to."""

from twiliobridge.agents import read_agent

HOURS = """
[[tools]]
name = "hours"
description = "d"
run = "twiliobridge.agents.banking:get_balance"
"""


def agent_of(keys, read=None, tools=""):
    return read_agent(f'instructions = "Be brief."\n{keys}\n{tools}', "a.toml", {}, *([read] if read else []))
