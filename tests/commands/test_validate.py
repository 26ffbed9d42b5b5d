"""`twiliobridge validate` as a shell sees it."""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from judged import offline_model
from threaded import bridge_in_thread

from twiliobridge.agents import banking_agent
from twiliobridge.cli import main
from twiliobridge.commands import validate
from twiliobridge.exit_code import ExitCode

QUIET = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "TWILIO"))}


@pytest.fixture
def quiet(monkeypatch, tmp_path):
    """No keys in the environment, and an empty folder to write to; other tests find the log as it was."""
    log = logging.getLogger("twiliobridge")
    before = log.level
    for name in set(os.environ) - set(QUIET):
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    log.setLevel(before)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--openai"], "--openai needs OPENAI_API_KEY"),
        (["--openai", "--offline"], "--openai and --offline exclude each other"),
        (["--listen-model", "0"], "--listen-model is for a bridge of another make"),
        (["--stream-origin", "http://h"], "--stream-origin is for a bridge of another make"),
        (["--header", "X-Tunnel: 1"], "--header is for a bridge of another make"),
        (["--ca-file", "ca.pem"], "--ca-file is for a bridge of another make"),
        (["--bridge-url", "ws://h/x", "--ca-file", "ca.pem"], "--ca-file ca.pem: No such file"),
        (["--bridge-url", "http://h/x", "--header", "Host: v"], "give https://v as that"),
        (["--bridge-url", "http://h/x", "--public-url", "v"], "public_url must begin with"),
        (["--bridge-url", "ws://h/x", "--agent", "a.toml"], "--agent is about our own bridge"),
        (["--bridge-url", "ws://h/x", "--port", "0"], "--port is about our own bridge"),
        (["--host", "192.0.2.1"], "anybody who reaches 192.0.2.1 could place calls: give --auth-token"),
        (["--only", "C9"], "there is no check 'C9'"),
        (["--explain", "C9"], "there is no check 'C9'"),
        (["--explain", ""], "there is no check ''"),
        (["--bridge-url", "ftp://h/x"], "a bridge's URL begins with ws://"),
        (["--bridge-url", "ws://h:99999/x"], "'ws://h:99999/x' is no URL: Port out of range"),
        (["--bridge-url", "ws://[::/x"], "'ws://[::/x' is no URL: "),
        (["--audio-dir", "nowhere"], "nowhere has no WAV files"),
        (["--output", "/proc/nowhere/r.json"], "/proc/nowhere/r.json: "),
        (["--output", "r", "--html", "r"], "r: one file cannot be two reports"),
        (["--output-dir", "/dev/null"], "/dev/null: is a file; --output-dir names a folder"),
        (["--agent", "nowhere.toml"], "nowhere.toml: No such file"),
        (["--baseline", "nowhere.json"], "nowhere.json: No such file"),
        (["--bridge-url", "ws://h/x", "--parameter", "k"], "a parameter is name=value"),
    ],
)
def test_what_cannot_work_is_one_line_and_exit_2(quiet, arguments, complaint, capsys):
    assert main(["validate", *arguments]) == ExitCode.USAGE
    error = capsys.readouterr().err
    assert complaint in error
    assert error.count("\n") == 1


def test_a_port_in_use_is_one_line_and_exit_2(quiet, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        arguments = ["validate", "--host", "127.0.0.1", "--port", port, "--offline", "--only", "C1"]
        assert main(arguments) == ExitCode.USAGE
    assert capsys.readouterr().err == (
        f"twiliobridge validate: cannot listen on 127.0.0.1:{port}: Address already in use\n"
    )


def test_the_checks_are_listed_and_explained(quiet, capsys):
    """Every law with its source and what to do."""
    assert main(["validate", "--list"]) == ExitCode.PASSED
    listed = capsys.readouterr().out
    assert all(f"C{number}  " in listed for number in range(1, 9))
    assert main(["validate", "--explain", "c5"]) == ExitCode.PASSED
    explained = capsys.readouterr().out
    assert "conversation.item.truncate" in explained
    assert explained.count("if not: ") == explained.count("done: ") > 9


def test_one_rule_is_explained_alone(quiet, capsys):
    """What is done on the line, what to do about it, and who says so."""
    assert main(["validate", "--explain", "c5.6"]) == ExitCode.PASSED
    explained = capsys.readouterr().out
    assert explained.startswith("C5  Session management\n\nC5.6  ")
    assert [explained.count(each) for each in ("done: ", "source: ", "if not: ")] == [1, 1, 1]


def test_a_rule_that_there_is_not_is_told_with_those_that_there_are(quiet, capsys):
    assert main(["validate", "--explain", "c6.9"]) == ExitCode.USAGE
    assert "C6 has no rule 'c6.9'; it has: C6.1, C6.2" in capsys.readouterr().err


def test_a_part_of_the_suite_that_passes_is_exit_0(quiet, capsys):
    """The report says what was left out; recordings and the JSON report are where it says they are."""
    arguments = ["validate", "--port", "0", "--only", "C1", "--output", "r.json", "--output-dir", "sound"]
    assert main(arguments) == ExitCode.PASSED
    told = capsys.readouterr().out
    assert "no OPENAI_API_KEY: the built-in offline model answers" in told
    assert "the microphone tests were left out" in told
    assert told.endswith("\nreport: r.json\nrecordings of 2 calls: sound\n")
    report = json.loads((quiet / "r.json").read_text())
    assert not report["success"]
    assert (quiet / "sound" / "c1-upgrade" / "call.wav").exists()


def test_a_run_is_compared_with_an_earlier_one(quiet, capsys):
    """The same checks of the same bridge, on the same machine; repeated, its figures are pooled."""
    arguments = ["validate", "--port", "0", "--only", "C1"]
    assert main([*arguments, "--output", "before.json"]) == ExitCode.PASSED
    again = ["--repeat", "2", "--baseline", "before.json", "--output", "now.json", "--summary", "s.md"]
    assert main([*arguments, *again]) == ExitCode.PASSED
    told = capsys.readouterr().out
    assert "Baseline: no regressions against before.json" in told
    now = json.loads((quiet / "now.json").read_text())
    assert now["comparison"]["regressions"] == []
    assert [each["name"] for each in now["checks"][0]["calls"]] == [
        "run1-c1-upgrade",
        "run1-c1-far-model",
        "run2-c1-upgrade",
        "run2-c1-far-model",
    ]
    assert (quiet / "validation_output" / "run2" / "c1-upgrade" / "call.wav").exists()
    assert (quiet / "s.md").read_text().startswith("## twiliobridge validate: ")


def test_a_baseline_of_another_run_is_one_line_before_the_first_call(quiet, capsys):
    assert main(["validate", "--port", "0", "--only", "C1", "--output", "before.json"]) == ExitCode.PASSED
    capsys.readouterr()
    other = ["validate", "--port", "0", "--test", "dtmf", "--baseline", "before.json"]
    assert main(other) == ExitCode.USAGE
    told, error = capsys.readouterr()
    assert told == ""
    assert error == (
        "twiliobridge validate: the baseline is of another run: its tests is all, this one's is dtmf\n"
    )


def test_a_report_that_can_no_longer_be_written_keeps_no_other_from_it(quiet, capsys, monkeypatch):
    """What has become impossible during the run is one line, after the report, and exit 2."""
    blocked = quiet / "r.json"
    monkeypatch.setattr(validate, "print_report", lambda *_: blocked.mkdir())
    arguments = ["validate", "--port", "0", "--only", "C1", "--output", "r.json", "--junit", "r.xml"]
    assert main(arguments) == ExitCode.USAGE
    told, error = capsys.readouterr()
    assert error == "twiliobridge validate: r.json: Is a directory\n"
    assert "report: r.xml" in told
    assert (quiet / "r.xml").exists()


@pytest.mark.parametrize("scheme", ["ws", "http"])
def test_a_bridge_that_is_not_there_is_one_line_and_exit_2(quiet, scheme, capsys):
    """Nothing was judged: there is no report."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    arguments = ["validate", "--bridge-url", f"{scheme}://127.0.0.1:{port}/voice", "--output", "r.json"]
    assert main(arguments) == ExitCode.USAGE
    error = capsys.readouterr().err
    assert f"no connection to 127.0.0.1:{port}: Connection refused" in error
    assert "nothing was judged" in error
    assert error.count("\n") == 1
    assert not (quiet / "r.json").exists()


def test_a_bridge_that_refuses_is_one_failure_and_exit_1(quiet, capsys):
    """The cause stands in one check, and once under what to do; the others say where."""
    with bridge_in_thread(twilio_auth_token="12345") as url:
        arguments = ["validate", "--bridge-url", f"{url}/incoming-call", "--auth-token", "wrong"]
        assert main([*arguments, "--output", "r.json"]) == ExitCode.FAILED
    checks = json.loads((quiet / "r.json").read_text())["checks"]
    statuses = [each["status"] for each in checks]
    assert statuses == ["failed", *["skipped"] * 7]
    cause = f"{url}/incoming-call answered with HTTP 403"
    seen = [each["reason"] for each in checks if cause in each["reason"]]
    assert len(seen) == 1
    told = capsys.readouterr().out
    assert told.count("not tried, see C1") == 7


def test_a_bridge_whose_twiml_names_its_public_host_says_what_to_pass(quiet, capsys):
    """The line begins with it; with that it is judged."""
    own = {"agent": banking_agent(), "answered_by": lambda *_: offline_model()}
    with bridge_in_thread(public_url="https://voice.invalid", **own) as url:
        arguments = ["validate", "--bridge-url", f"{url}/incoming-call", "--only", "C1"]
        assert main(arguments) == ExitCode.USAGE
        told = capsys.readouterr().err
        assert told.startswith("twiliobridge validate: say --public-url https://voice.invalid if ")
        assert main([*arguments, "--public-url", "https://voice.invalid"]) == ExitCode.PASSED


@pytest.mark.parametrize("asks", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_reports_what_it_has(tmp_path, asks):
    """In the middle of C4: exit 130, and the partial report. Before, health and status answer."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    listening = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    start = f"{listening}; import sys; from twiliobridge.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", start, "validate", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--only", "C1", "--only", "C4", "--output", "r.json", "--junit", "r.xml", "--html", "r.html"]
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603
        command, env=QUIET, cwd=tmp_path, stdout=pipe, stderr=pipe, text=True
    ) as process:
        assert any("C1" in line for line in process.stdout)
        assert fetch(port, "/health") == "open\n"
        assert json.loads(fetch(port, "/status"))["phase"] == "open"
        time.sleep(1.0)
        process.send_signal(asks)
        told, complaint = process.communicate(timeout=30)
    assert process.returncode == ExitCode.INTERRUPTED
    assert complaint == ""
    assert "INTERRUPTED" in told
    files = ["report: r.json", "report: r.xml", "report: r.html", "recordings of 3 calls: validation_output"]
    assert told.splitlines()[-4:] == files
    assert "This report is partial." in (tmp_path / "r.html").read_text()
    statuses = {
        each["id"]: each["status"] for each in json.loads((tmp_path / "r.json").read_text())["checks"]
    }
    assert statuses["C1"] == "passed"
    assert statuses["C4"] == "interrupted"


def test_a_run_that_is_stopped_before_it_began_says_so(quiet, capsys, monkeypatch):
    """While the speech engines load, say."""

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(validate, "find_material", stopped)
    assert main(["validate", "--port", "0"]) == ExitCode.INTERRUPTED
    told, error = capsys.readouterr()
    assert told == "INTERRUPTED: stopped before the first check, so there is no report\n"
    assert error == ""


def fetch(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.read().decode()
