"""Each planted bug is found, in at most five messages; a sound server is found sound."""

import socket
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack

import pytest
from leisure import LONG, at_leisure
from servers import running

from twiliobridge.fuzz import (
    CATEGORIES,
    Ending,
    Endpoint,
    Law,
    Plan,
    Scenario,
    fuzz,
    read_scenario,
    replay_scenario,
)
from twiliobridge.fuzz.examiner import Examiner
from twiliobridge.fuzz.phone import Phone
from twiliobridge.fuzz.scenario import Drop
from twiliobridge.mediastream import Dtmf

PLANTED = [
    ("CrashOnMissing", "missing", Law.NO_CRASH),
    ("PoisonedOnce", "missing", Law.NEXT_CALL),
    ("PoisonedForEver", "missing", Law.NEXT_CALL),
    ("LeakRefuses", "drop", Law.NEXT_CALL),
    ("IllegalReply", "valid", Law.LEGAL),
    ("HangsOnOrder", "order", Law.ANSWERS),
    ("LeakSlows", "valid", Law.AS_FAST),
]
"Server, a class that shows its bug, and the law that it breaks."


def plan_of(category, output, examples=20):
    return Plan(seed=1, examples=examples, max_seconds=LONG, classes=(category,), output=output)


@pytest.mark.gallery
@pytest.mark.parametrize(("name", "category", "law"), PLANTED)
def test_a_planted_bug_is_found_in_at_most_five_messages(name, category, law, gallery, tmp_path):
    """By the class that shows it, within the examples of a default run."""
    plan = Plan(seed=1, classes=(category,), output=tmp_path)
    report = fuzz(Endpoint(gallery(name)), plan)
    finding = next(each for each in report.findings if each.law is law)
    assert finding.scenario.category == category
    assert finding.scenario.messages <= 5


@pytest.mark.minutes
@pytest.mark.parametrize("name", [name for name, _, _ in PLANTED])
def test_a_planted_bug_is_found_within_a_minute_by_all_classes(name, gallery, tmp_path):
    """As a stranger would look for it: nothing is said but the URL."""
    law = next(law for planted, _, law in PLANTED if planted == name)
    report = fuzz(Endpoint(gallery(name)), Plan(output=tmp_path, max_seconds=45))
    assert any(each.law is law and each.scenario.messages <= 5 for each in report.findings)


@pytest.mark.gallery
def test_a_sound_server_is_found_sound(gallery, tmp_path, monkeypatch):
    """Nothing is found, nothing is written, and every class was tried."""
    at_leisure(monkeypatch)
    watched = Counter()
    plan = Plan(seed=3, examples=3, max_seconds=LONG, output=tmp_path / "out")
    report = fuzz(Endpoint(gallery("Echo")), plan, lambda name, _: watched.update([name]))
    assert (report.findings, report.ending) == ([], Ending.EXAMPLES)
    assert watched == dict.fromkeys(CATEGORIES, 3)
    assert not (tmp_path / "out").exists()


@pytest.mark.gallery
def test_what_is_found_is_found_again_by_its_file(gallery, tmp_path, monkeypatch):
    """On a fresh server of the kind; on a sound one the same file shows nothing."""
    at_leisure(monkeypatch)
    fuzz(Endpoint(gallery("IllegalGreeting")), plan_of("valid", tmp_path))
    scenario = read_scenario(tmp_path / "legal-valid.jsonl")
    again = replay_scenario(Endpoint(gallery("IllegalGreeting")), scenario)
    assert [each.law for each in again] == [Law.LEGAL]
    assert replay_scenario(Endpoint(gallery("Echo")), scenario) == []


@pytest.mark.gallery
def test_a_replay_waits_for_what_is_said_late(gallery):
    """So that it depends on no load of the machine whether something is found again."""
    phone = Phone()
    phone.open()
    phone.say(Dtmf(digit="1"))
    (breach,) = replay_scenario(Endpoint(gallery("LateReply")), Scenario(steps=tuple(phone.said())))
    assert breach.law is Law.LEGAL


@pytest.mark.gallery
def test_the_end_of_an_endpoint_is_told_with_the_number_of_calls(gallery, tmp_path, monkeypatch):
    """Twelve at least, for it has as many lines."""
    at_leisure(monkeypatch)
    report = fuzz(Endpoint(gallery("LeakRefuses")), plan_of("drop", tmp_path))
    assert report.ending is Ending.LOST
    assert read_scenario(tmp_path / "next-call-drop.jsonl").calls >= 12


@pytest.mark.gallery
@pytest.mark.parametrize(("name", "law"), [("DiesInTheEnd", Law.NEXT_CALL), ("Full", Law.NEXT_CALL)])
def test_an_endpoint_that_takes_no_call_any_more_is_a_finding(name, law, gallery, tmp_path, monkeypatch):
    """Though its last calls looked like a matter of time, or a refusal; with nothing but lawful calls."""
    monkeypatch.setattr("twiliobridge.fuzz.examiner.RETURNS_WITHIN", 1.0)
    report = fuzz(Endpoint(gallery(name)), plan_of("valid", tmp_path, examples=60))
    assert report.ending is Ending.LOST
    assert law in {each.law for each in report.findings}
    assert report.tried == {"valid": report.examples}


@pytest.mark.gallery
def test_an_endpoint_that_is_dead_when_the_examples_are_over_is_a_finding(gallery, tmp_path, monkeypatch):
    """The last clean call worked; the one after the run does not."""
    monkeypatch.setattr("twiliobridge.fuzz.examiner.RETURNS_WITHIN", 1.0)
    url = gallery("Full")
    examiner = Examiner(Endpoint(url))
    for _ in range(30 - examiner.calls):
        examiner.call(())
    examiner.look_again()
    assert examiner.lost
    assert "503" in examiner.loss.seen


@pytest.mark.gallery
def test_where_clean_calls_end_without_a_close_a_crash_is_still_found(gallery, tmp_path, monkeypatch):
    """Before `stop`; what comes after it is excused, and counted."""
    at_leisure(monkeypatch)
    report = fuzz(Endpoint(gallery("Vanishes")), plan_of("missing", tmp_path, examples=45))
    assert {each.law for each in report.findings} == {Law.NO_CRASH}
    assert report.incidents.excused > 0


@pytest.mark.gallery
def test_an_endpoint_that_comes_back_by_itself_is_tested_to_the_end(gallery, tmp_path, monkeypatch):
    """What it died of is made short; how long it was away is told."""
    at_leisure(monkeypatch, patience=0.5)
    report = fuzz(Endpoint(gallery("Supervised")), plan_of("missing", tmp_path, examples=45))
    assert report.ending is Ending.EXAMPLES
    assert any(each.scenario.messages <= 5 for each in report.findings)
    assert report.incidents.outages
    assert all(1 < each.seconds < 10 and not each.restarted for each in report.incidents.outages)


@pytest.mark.gallery
def test_of_an_endpoint_that_says_nothing_it_is_known_that_nothing_is(gallery, tmp_path):
    report = fuzz(Endpoint(gallery("Mute")), plan_of("valid", tmp_path, examples=2))
    assert (report.speech, report.findings) == (None, [])


@pytest.mark.gallery
@pytest.mark.parametrize(("calls", "laws"), [(1, []), (20, [Law.NEXT_CALL])])
def test_a_leak_is_found_again_by_as_many_calls(calls, laws, gallery, monkeypatch):
    """A replay makes as many as its file says."""
    at_leisure(monkeypatch)
    scenario = Scenario(steps=(Drop(),), calls=calls)
    assert [each.law for each in replay_scenario(Endpoint(gallery("LeakRefuses")), scenario)] == laws


@pytest.mark.gallery
def test_the_written_test_fails_as_long_as_the_bug_is_there(gallery, tmp_path, monkeypatch):
    """It is a pytest file that runs as it stands."""
    at_leisure(monkeypatch)
    fuzz(Endpoint(gallery("IllegalGreeting")), plan_of("valid", tmp_path))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)  # noqa: S603
    assert ran.returncode == 1
    assert "Whatever the endpoint says is legal for Twilio" in ran.stdout


@pytest.mark.gallery
def test_the_same_seed_finds_the_same(gallery, tmp_path, monkeypatch):
    """The same examples in the same order, as far as the endpoint answers alike."""
    at_leisure(monkeypatch)
    found = [
        fuzz(Endpoint(gallery("IllegalGreeting")), plan_of("valid", tmp_path / run)).findings
        for run in ("first", "second")
    ]
    first, second = ([(each.example, each.scenario) for each in findings] for findings in found)
    assert len(first) == 1
    assert first == second


@pytest.mark.gallery
def test_an_endpoint_that_can_be_restarted_is_tested_to_the_end(tmp_path, monkeypatch):
    """Poison is then made short too: the opening with a field missing, and nothing else."""
    at_leisure(monkeypatch, patience=0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as servers:

        def restart():
            servers.close()
            inherited = listener.fileno()
            servers.enter_context(running("gallery.py", "PoisonedForEver", inherited, inherited=[inherited]))
            return True

        restart()
        endpoint = Endpoint(f"ws://127.0.0.1:{listener.getsockname()[1]}/")
        report = fuzz(endpoint, plan_of("missing", tmp_path, examples=50), restart=restart)
    assert report.ending is Ending.EXAMPLES
    (finding,) = report.findings
    assert (finding.scenario.messages, finding.note) == (1, "")
