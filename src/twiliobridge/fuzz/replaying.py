"""Plays a scenario from its file again."""

import ssl
from collections.abc import Mapping
from pathlib import Path

from twiliobridge.caller import Access
from twiliobridge.fuzz.endpoint import Endpoint
from twiliobridge.fuzz.examiner import Examiner
from twiliobridge.fuzz.laws import Breach, Law
from twiliobridge.fuzz.scenario import Scenario, read_scenario
from twiliobridge.wires.http import NO_FIELDS


def replay(
    url: str,
    file: Path | str,
    auth_token: str | None = None,
    public_url: str | None = None,
    ssl_context: ssl.SSLContext | None = None,
    stream_origin: str | None = None,
    headers: Mapping[str, str] = NO_FIELDS,
) -> list[str]:
    """What is wrong, a line for each law that is broken; empty if none is.

    Unusable if there is no endpoint, ScenarioError if there is no scenario. Runs event loops of its own.
    """
    access = Access(
        auth_token=auth_token,
        public_url=public_url,
        stream_origin=stream_origin,
        headers=headers,
        ssl_context=ssl_context,
    )
    endpoint = Endpoint(url, access)
    return [
        f"{each.law.sentence} {each.seen}" for each in replay_scenario(endpoint, read_scenario(Path(file)))
    ]


def replay_scenario(endpoint: Endpoint, scenario: Scenario) -> list[Breach]:
    """The breaches of the first call that has any, and of `as-fast` after the last."""
    examiner = Examiner(endpoint)
    for left in reversed(range(scenario.calls)):
        breaches = examiner.examine(scenario.steps, patiently=not left)
        if left and breaches and all(each.by_clock for each in breaches):
            breaches = examiner.examine(scenario.steps, patiently=True)
        if breaches:
            return breaches
    slow = examiner.slowdown() if scenario.law == Law.AS_FAST.value else None
    return [slow] if slow else []
