"""Each planted bug is found, in at most five messages; a sound server is found sound."""

import subprocess
import sys

import pytest
from servers import running

from twiliobridge.fuzz import Ending, Endpoint, Law, Plan, fuzz, read_scenario, replay_scenario

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


def test_a_sound_server_is_found_sound(gallery, tmp_path):
    """Nothing is found, nothing is written, and every class was tried."""
    watched = set()
    plan = Plan(seed=3, examples=3, output=tmp_path / "out")
    report = fuzz(Endpoint(gallery("Echo")), plan, lambda name, _: watched.add(name))
    assert (report.findings, report.ending) == ([], Ending.EXAMPLES)
    assert len(watched) == 18
    assert not (tmp_path / "out").exists()


def test_what_is_found_is_found_again_by_its_file(gallery, tmp_path):
    """On a fresh server of the kind; on a sound one the same file shows nothing."""
    fuzz(Endpoint(gallery("IllegalReply")), Plan(seed=1, examples=10, classes=("valid",), output=tmp_path))
    scenario = read_scenario(tmp_path / "legal-valid.jsonl")
    assert [each.law for each in replay_scenario(Endpoint(gallery("IllegalReply")), scenario)] == [Law.LEGAL]
    assert replay_scenario(Endpoint(gallery("Echo")), scenario) == []


def test_a_leak_is_found_again_by_as_many_calls(gallery, tmp_path):
    """A scenario that told the end of an endpoint is played as often as the run had calls."""
    fuzz(Endpoint(gallery("LeakRefuses")), Plan(classes=("drop",), output=tmp_path))
    scenario = read_scenario(tmp_path / "next-call-drop.jsonl")
    assert scenario.calls >= 12
    (breach,) = replay_scenario(Endpoint(gallery("LeakRefuses")), scenario)
    assert breach.law is Law.NEXT_CALL


def test_the_written_test_fails_as_long_as_the_bug_is_there(gallery, tmp_path):
    """It is a pytest file that runs as it stands."""
    fuzz(Endpoint(gallery("CrashOnMissing")), Plan(examples=30, classes=("missing",), output=tmp_path))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)  # noqa: S603
    assert ran.returncode == 1
    assert "No call ends in an internal error" in ran.stdout


def test_the_same_seed_finds_the_same(gallery, tmp_path):
    """The same examples in the same order, as far as the endpoint answers alike."""
    found = [
        fuzz(
            Endpoint(gallery("CrashOnMissing")),
            Plan(seed=5, examples=30, classes=("missing",), output=tmp_path / run),
        )
        for run in ("first", "second")
    ]
    first, second = ([(each.example, each.scenario) for each in report.findings] for report in found)
    assert first == second


def test_an_endpoint_that_can_be_restarted_is_tested_to_the_end(tmp_path):
    """Poison is then made short too: the opening with a field missing, and nothing else."""
    with running("gallery.py", "PoisonedForEver") as (first, port):
        servers = [first]

        def restart():
            servers[-1].kill()
            servers[-1].wait()
            server = running("gallery.py", "PoisonedForEver", port)
            servers.append(server.__enter__()[0])
            opened.append(server)
            return True

        opened = []
        try:
            plan = Plan(seed=1, classes=("missing",), output=tmp_path)
            report = fuzz(Endpoint(f"ws://127.0.0.1:{port}/"), plan, restart=restart)
        finally:
            for server in opened:
                server.__exit__(None, None, None)
    assert report.ending is Ending.EXAMPLES
    (finding,) = report.findings
    assert (finding.scenario.messages, finding.note) == (1, "")
