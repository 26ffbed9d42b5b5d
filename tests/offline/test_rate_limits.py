"""The tokens left: less by what responses cost, and back after a minute."""

import pytest
from offline_driver import Driver

from twiliobridge.offline.brain import Say
from twiliobridge.offline.rate_limits import TOKENS_PER_MINUTE, RateLimits
from twiliobridge.realtime.events import CreateResponse, RateLimitsUpdated, ResponseDone


def tokens(limits, now):
    (limit,) = limits.told(now).rate_limits
    assert limit["name"] == "tokens"
    assert limit["limit"] == TOKENS_PER_MINUTE
    return limit["remaining"], limit["reset_seconds"]


def test_what_is_spent_is_missing_and_comes_back_by_the_second():
    limits = RateLimits(100)
    assert tokens(limits, 100) == (TOKENS_PER_MINUTE, 0)
    limits.spend(TOKENS_PER_MINUTE // 2, 100)
    assert tokens(limits, 100) == (TOKENS_PER_MINUTE // 2, 30)
    assert tokens(limits, 115) == (TOKENS_PER_MINUTE * 3 // 4, 15)
    assert tokens(limits, 900) == (TOKENS_PER_MINUTE, 0)


def test_nobody_is_told_of_less_than_nothing():
    limits = RateLimits(0)
    limits.spend(TOKENS_PER_MINUTE * 2, 0)
    assert tokens(limits, 0) == (0, 120)


def test_each_response_of_a_session_leaves_less():
    driver = Driver((Say("one two three " * 20),), (Say("one two three " * 20),))
    for _ in range(2):
        driver.say(CreateResponse())
        driver.wait(5)
    first, second = (event.rate_limits[0] for event in driver.of(RateLimitsUpdated))
    cost = driver.of(ResponseDone)[0].response.usage["total_tokens"]
    assert first["remaining"] == pytest.approx(TOKENS_PER_MINUTE - cost, abs=30), "a little has come back"
    assert first["reset_seconds"] == pytest.approx(cost * 60 / TOKENS_PER_MINUTE, abs=0.05)
    assert second["remaining"] < TOKENS_PER_MINUTE
