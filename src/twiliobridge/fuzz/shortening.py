"""The last pass over a scenario: step by step, what can be left out is left out."""

from collections.abc import Callable
from time import monotonic

from twiliobridge.fuzz.scenario import Steps


def shortest(steps: Steps, breaks: Callable[[Steps], object], until: float) -> Steps:
    """A scenario that still breaks the law and no longer does without any one of its steps; `until` is the
    time, by the monotonic clock, after which nothing more is tried.
    """
    number = len(steps) - 1
    while number >= 0 and monotonic() < until:
        without = (*steps[:number], *steps[number + 1 :])
        if breaks(without):
            steps = without
            number = min(number, len(steps))
        number -= 1
    return steps
