"""What is known after one call: whether there is a bridge to be judged, and what all checks would meet."""

from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import trio
from broken_conversations import DiesOfBadJson
from judged import MATERIAL, bridge, failed, judge, with_status
from meddler import Meddler

from twiliobridge.agents import banking_agent
from twiliobridge.caller import HandshakeFailed, NotConnected, WebhookFailed
from twiliobridge.mediastream.errors import StreamCode, WebhookCode
from twiliobridge.validate.check import registered
from twiliobridge.validate.first_call import Outcome, first_call
from twiliobridge.validate.result import Status
from twiliobridge.validate.suite import Suite

WHOLE = [each for each in registered() if not each.microphone]


class SaysNothing(Meddler):
    def outward(self, fields):
        return None if fields["event"] == "media" else fields


class HangsUp(Meddler):
    """As soon as the stream has started."""

    def inward(self, fields):
        if fields["event"] == "start":
            raise trio.EndOfChannel
        return fields


def refusing(error, after=0.0):
    """For Target.connect."""

    @asynccontextmanager
    async def connect(*_):
        await trio.sleep(after)
        raise error
        yield

    return connect


HANDSHAKE = HandshakeFailed("wss://h/", "the handshake was answered with HTTP 403", 403)
HANGS = NotConnected("wss://h/: no answer to the handshake", StreamCode.CONNECTION_TIMEOUT)
WEBHOOK_HANGS = WebhookFailed("http://h/: no answer within 15 s", WebhookCode.CONNECTION)
NOBODY = NotConnected("wss://h/: no connection", StreamCode.CONNECTION_REFUSED, reached=False)


async def found_out(**parts):
    connect = parts.pop("connect", None)
    async with bridge(visible=False, **parts) as target:
        began = trio.current_time()
        first = await first_call(target if connect is None else replace(target, connect=connect), MATERIAL)
        return first, trio.current_time() - began


@pytest.mark.parametrize("greeting", [banking_agent().greeting, None])
async def test_a_bridge_that_greets_or_answers_is_there(autojump_clock, greeting):
    first, _ = await found_out(agent=replace(banking_agent(), greeting=greeting))
    assert (first.outcome, first.hindrance) == (Outcome.ANSWERS, None)


@pytest.mark.parametrize(
    ("parts", "outcome", "why", "hinders"),
    [
        (
            {"phone": SaysNothing},
            Outcome.MUTE,
            "the agent was not heard, neither within 8 s",
            ("", {"C1", "C2"}),
        ),
        (
            {"phone": HangsUp},
            Outcome.MUTE,
            "the agent was not heard: within 0.0 s of start,",
            ("", {"C1", "C2"}),
        ),
        (
            {"connect": refusing(HANDSHAKE)},
            Outcome.REFUSES,
            "wss://h/: the handshake was answered",
            ("C1.3", set()),
        ),
        (
            {"connect": refusing(HANGS, 10)},
            Outcome.REFUSES,
            "wss://h/: no answer to the handshake",
            ("C1.3", set()),
        ),
        (
            {"connect": refusing(WEBHOOK_HANGS, 15)},
            Outcome.REFUSES,
            "http://h/: no answer within",
            ("", set()),
        ),
        ({"connect": refusing(NOBODY)}, Outcome.UNREACHED, "wss://h/: no connection", ("C1.3", set())),
    ],
)
async def test_a_bridge_that_takes_no_call_or_says_nothing_is_found_out_in_half_a_minute(
    autojump_clock, parts, outcome, why, hinders
):
    first, took = await found_out(**parts)
    assert first.outcome is outcome
    assert first.why.startswith(why)
    assert (first.hindrance.law, first.hindrance.spares) == hinders
    assert took < 30


@pytest.mark.parametrize(
    ("parts", "told_by"),
    [
        ({"phone": SaysNothing}, "C1.10"),
        ({"phone": HangsUp}, "C1.10"),
        ({"connect": refusing(HANDSHAKE)}, "C1.3"),
        ({"connect": refusing(HANGS, 10)}, "C1.3"),
        ({"connect": refusing(WEBHOOK_HANGS, 15)}, "C1.0"),
    ],
)
async def test_what_all_checks_would_meet_is_one_failure_within_90_s(autojump_clock, parts, told_by):
    """The first check that meets it has failed of it, with the cause; those after it are skipped."""
    connect = parts.pop("connect", None)
    async with bridge(visible=False, **parts) as target:
        judged = target if connect is None else replace(target, connect=connect)
        began = trio.current_time()
        first = await first_call(judged, MATERIAL)
        result = await Suite(judged, MATERIAL, WHOLE, hindrance=first.hindrance).run()
        assert trio.current_time() - began < 90
    assert failed(result) == {told_by: first.why}
    assert {each.status for each in result.results if each.id > "C2"} == {Status.SKIPPED}
    assert not result.acceptable


async def test_a_bridge_that_is_gone_in_mid_run_is_one_failure(autojump_clock):
    """Not one for each check that is left: another call shows that none comes about."""
    calls = 0

    async with bridge(visible=False) as target:

        @asynccontextmanager
        async def connect(*arguments):
            nonlocal calls
            calls += 1
            if calls > 3:
                raise NOBODY
            async with target.connect(*arguments) as carrier:
                yield carrier

        result = await Suite(replace(target, connect=connect), MATERIAL, WHOLE).run()
    last = [call.name for each in result.results for call in each.calls][-1]
    cause = f"after the call {last} the server took no call any more: {NOBODY}"
    assert list(failed(result).values()) == [cause]
    skipped = [each.reason for each in result.results if each.status is Status.SKIPPED]
    assert len(set(skipped)) == 1
    assert skipped[0].startswith("not tried, see C")


async def test_one_call_that_does_not_come_about_leaves_the_other_checks_their_own(autojump_clock):
    calls = 0

    async with bridge(visible=False) as target:

        @asynccontextmanager
        async def connect(*arguments):
            nonlocal calls
            calls += 1
            if calls == 2:
                raise HANDSHAKE
            async with target.connect(*arguments) as carrier:
                yield carrier

        result = await Suite(replace(target, connect=connect), MATERIAL, WHOLE[:3]).run()
    assert Status.SKIPPED not in {each.status for each in result.results}


async def test_what_dies_of_one_malformed_message_is_asked_of_the_others_in_calls_of_their_own(
    autojump_clock,
):
    """And whether the caller is answered after those."""
    result = await judge("C7", phone=DiesOfBadJson)
    assert set(failed(result)) == {"C7.2"}
    assert {"C7.3", "C7.4", "C7.5"} <= set(with_status(result, Status.PASSED))
    (check,) = result.results
    calls = [each.name for each in check.calls if "nonsense" in each.name]
    assert calls == ["c7-nonsense", "c7-nonsense-2"]
