"""The suite around its checks: nothing that goes wrong in one of them harms the others."""

import math
from contextlib import asynccontextmanager

import pytest
import trio
from judged import MATERIAL, NEAR, bridge, failed, judge

from twiliobridge.sound import SoundError
from twiliobridge.validate.check import Check, registered
from twiliobridge.validate.checks.live import _judge as judge_live
from twiliobridge.validate.law import Law
from twiliobridge.validate.report.wording import failures
from twiliobridge.validate.result import Level, SelfCheck, Status
from twiliobridge.validate.suite import Suite
from twiliobridge.wires import Unreachable


def check_of(run, check_id="C1", seconds=30, level=Level.MUST):
    law = Law(f"{check_id}.1", "It holds.", "here", "Mend it.", level)
    return Check(check_id, "a check", "A law.", Level.MUST, "here", seconds, (law,), run)


async def holds(exam):
    exam.found("C2.1", holds=True, seen="so it is")


async def raises(exam):
    raise ZeroDivisionError("a fault of the check's own")


async def hangs(exam):
    await trio.sleep_forever()


async def decides_nothing(exam):
    pass


async def run_suite(*checks, **more):
    async with bridge() as target:
        return await Suite(target, MATERIAL, checks, **more).run()


@pytest.mark.parametrize(
    ("run", "reason"),
    [(raises, "ZeroDivisionError: a fault of the check's own"), (hangs, "it was not over within 30 s")],
)
async def test_a_check_that_fails_is_a_finding_and_the_next_one_runs(autojump_clock, run, reason):
    result = await run_suite(check_of(run), check_of(holds, "C2"))
    assert [each.status for each in result.results] == [Status.FAILED, Status.PASSED]
    assert result.results[0].reason == reason
    assert result.results[0].findings[0].status is Status.NOT_APPLICABLE
    assert not result.acceptable


async def calls(exam):
    async with exam.call("nobody"):
        raise AssertionError("somebody answered")


async def calls_side_by_side(exam):
    async with trio.open_nursery() as nursery:
        nursery.start_soon(calls, exam)
        nursery.start_soon(calls, exam)


@pytest.mark.parametrize("calls", [calls, calls_side_by_side])
async def test_a_bridge_that_is_not_there_is_a_finding(autojump_clock, calls):
    """The caller's error, in one line."""
    async with bridge(answers=False) as target:
        result = await Suite(target, MATERIAL, [check_of(calls)]).run()
    assert "HTTP 403" in result.results[0].reason
    assert result.results[0].calls == ()


async def test_what_was_not_told_is_not_passed(autojump_clock):
    """A check without a verdict has not passed, though nothing in it failed."""
    result = await run_suite(check_of(decides_nothing))
    assert [each.status for each in result.results[0].findings] == [Status.NOT_APPLICABLE]
    assert result.results[0].status is Status.NOT_APPLICABLE
    assert not result.acceptable


async def test_what_failed_once_has_failed(autojump_clock):
    async def wavers(exam):
        exam.found("C1.1", holds=False, seen="once not")
        exam.found("C1.1", holds=True, seen="then it did")
        exam.not_applicable("C1.1", "or was it?")

    result = await run_suite(check_of(wavers))
    assert result.results[0].reason == "once not"


@pytest.mark.parametrize(
    ("kept", "reason"),
    [
        (3, "3 of 3 rules hold"),
        (2, "2 of 3 rules hold, 1 recommended one does not"),
        (1, "1 of 3 rules holds, 2 recommended ones do not"),
    ],
)
async def test_a_recommendation_that_is_not_followed_fails_nothing(autojump_clock, kept, reason):
    """Of one MUST and two SHOULD; the reason counts in words that fit."""

    async def lax(exam):
        for k in range(3):
            exam.found(f"C1.{k}", holds=k < kept, seen="so it is")

    levels = (Level.MUST, Level.SHOULD, Level.SHOULD)
    laws = tuple(Law(f"C1.{k}", "It holds.", "here", "Mend it.", level) for k, level in enumerate(levels))
    result = await run_suite(Check("C1", "a check", "A law.", Level.MUST, "here", 9, laws, lax))
    assert result.results[0].status is Status.PASSED
    assert result.results[0].reason == reason


async def test_how_a_bridge_is_fails_nothing_and_is_not_to_be_mended(autojump_clock):
    """An INFO that does not hold is told among the findings, and not under what to do."""

    async def odd(exam):
        exam.found("C1.0", holds=True, seen="so it is")
        exam.found("C1.1", holds=False, seen="it is otherwise")

    laws = tuple(
        Law(f"C1.{k}", "It holds.", "here", "-", level) for k, level in enumerate((Level.MUST, Level.INFO))
    )
    result = await run_suite(Check("C1", "a check", "A law.", Level.MUST, "here", 9, laws, odd))
    assert result.results[0].status is Status.PASSED
    assert result.results[0].reason == "1 of 2 rules holds"
    assert failed(result) == {"C1.1": "it is otherwise"}
    assert list(failures(result)) == []
    assert result.acceptable


async def test_a_check_whose_core_was_not_measured_has_not_passed(autojump_clock):
    """However much else of it holds; and its reason is why that was not."""

    async def about_nothing(exam):
        exam.not_applicable("C1.0", "no call was answered")
        exam.found("C1.1", holds=True, seen="no call was answered wrongly")

    laws = tuple(Law(f"C1.{k}", "It holds.", "here", "-", core=k == 0) for k in range(2))
    result = await run_suite(Check("C1", "a check", "A law.", Level.MUST, "here", 9, laws, about_nothing))
    assert result.results[0].status is Status.NOT_APPLICABLE
    assert result.results[0].reason == "no call was answered"
    assert not result.acceptable


def test_every_check_has_a_core():
    """What it is about above all, and without which it does not pass."""
    assert all(any(law.core for law in each.parts) for each in registered() if not each.microphone)


async def test_a_run_that_is_stopped_says_what_it_has(autojump_clock):
    """What was found stays; what was under way is interrupted; the rest did not run."""
    checks = [check_of(holds, "C2"), check_of(hangs, "C3"), check_of(holds, "C4")]
    async with bridge() as target:
        suite = Suite(target, MATERIAL, checks)
        with trio.move_on_after(5):
            await suite.run()
    result = suite.result(interrupted=True)
    assert [each.status for each in result.results] == [Status.PASSED, Status.INTERRUPTED, Status.SKIPPED]
    assert result.duration_s == 5
    assert not result.success
    assert not result.acceptable


async def test_the_recordings_of_a_call_are_written(autojump_clock, tmp_path):
    async def calls(exam):
        async with exam.call("one") as call:
            await call.heard_for(100, 5)
            exam.found("C1.1", holds=True, seen="heard")

    result = await run_suite(check_of(calls), output=tmp_path)
    (record,) = result.results[0].calls
    assert record.name == "c1-one"
    assert len(record.agent) > 800
    assert (tmp_path / "c1-one" / "call.wav").exists()


@pytest.mark.parametrize(("p99", "trusted"), [(1.0, True), (40.0, True), (40.1, False)])
def test_a_suite_that_is_late_itself_gives_no_latency(p99, trusted):
    check = SelfCheck(frames=10, median_ms=0, p99_ms=p99, worst_ms=p99, limit_ms=40)
    assert check.trusted is trusted
    assert ("no latency is given" in check.line) is not trusted


async def test_the_calls_of_the_suite_leave_in_time(autojump_clock):
    """In virtual time the pacing is exact; every frame of every call was looked at."""

    async def calls(exam):
        async with exam.call("one"):
            await trio.sleep(1)
        exam.found("C1.1", holds=True, seen="heard")

    result = await run_suite(check_of(calls))
    assert result.self_check.frames in {50, 51}
    assert math.isclose(result.self_check.worst_ms, 0, abs_tol=1e-6)


async def test_a_suite_that_was_too_slow_to_tell_has_not_seen_it_pass(autojump_clock):
    """Unlike what a bridge does not let one see, which leaves the rest to be judged."""

    async def slow(exam):
        exam.found("C1.1", holds=True, seen="yes")
        exam.inconclusive("C1.2", "too busy")

    async def blind(exam):
        exam.found("C1.1", holds=True, seen="yes")
        exam.not_applicable("C1.2", "not visible")

    laws = tuple(Law(f"C1.{k}", "It holds.", "here", "Mend it.") for k in (1, 2))
    for run, status in ((slow, Status.NOT_APPLICABLE), (blind, Status.PASSED)):
        result = await run_suite(Check("C1", "a check", "A law.", Level.MUST, "here", 9, laws, run))
        assert result.results[0].status is status
    assert not result.success


async def test_a_model_that_cannot_be_reached_is_named_with_the_reason(autojump_clock):
    """The bridge's own record of the call has it."""

    def dialled(dial):
        @asynccontextmanager
        async def nobody():
            raise Unreachable("model.example: Connection refused")
            yield

        return nobody

    result = await judge("C2", dialled=dialled)
    seen = "no session was dialled; model unreachable: model.example: Connection refused"
    assert failed(result)["C2.1"] == seen


async def test_a_machine_without_a_microphone_is_not_the_bridge_s_fault(autojump_clock):
    """Somebody asked for the tests by microphone all the same: nothing could be told."""

    async def no_microphone():
        raise SoundError("this machine has no microphone")

    async def live(exam):
        await judge_live(exam, "M1.1", no_microphone())

    result = await run_suite(check_of(live, "M1"))
    assert result.results[0].status is Status.NOT_APPLICABLE
    assert result.results[0].reason == "this machine has no microphone"
    assert not result.acceptable


class DialsLate:
    """The model is dialled after 2.5 s, whether or not the call is still up; what nobody wants is closed."""

    def __init__(self, dial):
        self.dial = dial

    async def hold(self, ready, up, over):
        await trio.sleep(2.5)
        async with self.dial() as wire:
            ready.append(wire)
            up.set()
            with trio.move_on_after(1 if over.is_set() else math.inf):
                await over.wait()
                await trio.sleep(0.2)

    @asynccontextmanager
    async def __call__(self):
        ready, up, over = [], trio.Event(), trio.Event()
        trio.lowlevel.spawn_system_task(self.hold, ready, up, over)
        try:
            await up.wait()
            yield ready[0]
        finally:
            over.set()


async def test_a_late_session_of_one_call_is_not_judged_as_that_of_the_next(autojump_clock):
    """C1 hangs up at once, and its sessions come while C2 has its call up, and waits for its own."""
    result = await judge("C1", "C2", dialled=DialsLate, knobs=NEAR)
    assert failed(result) == {}
    (confirmed,) = [each.reason for check in result.results for each in check.findings if each.id == "C2.1"]
    assert confirmed.startswith("the session was confirmed after 3.2")  # 2.5 s late, and held back for 0.7 s
    assert result.notes == ()
