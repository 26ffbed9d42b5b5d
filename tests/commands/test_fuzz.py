"""`twiliobridge fuzz` as a shell sees it."""

import json
import signal
import subprocess
import sys
import time

import pytest
from leisure import LONG, at_leisure
from servers import running

from twiliobridge.cli import main
from twiliobridge.commands.fuzz_report import lines
from twiliobridge.exit_code import ExitCode
from twiliobridge.fuzz import CATEGORIES, Endpoint, Plan, Report

SHORT = ("--class", "valid", "--seed", "1", "--examples", "10", "--max-seconds", str(LONG))
"A run that shows the illegal greeting."


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    """What is found is written into the current folder."""
    at_leisure(monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TWILIO_AUTH_TOKEN", raising=False)


@pytest.fixture(scope="module")
def sound():
    with running("gallery.py", "Echo") as (_, port):
        yield f"ws://127.0.0.1:{port}/stream"


@pytest.fixture(scope="module")
def illegal():
    with running("gallery.py", "IllegalGreeting") as (_, port):
        yield f"ws://127.0.0.1:{port}/stream"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "which endpoint? give its URL"),
        (["https://example.com/stream"], "is a web page's address; give the stream's"),
        (["nonsense"], "a stream's URL is ws://host/path"),
        (["ws://[::/x"], "a stream's URL is ws://host/path"),
        (["ws://127.0.0.1:1/x"], "Connection refused (Twilio error 31902"),
        (["ws://nowhere.invalid/x"], "nowhere.invalid does not resolve"),
        (["ws://127.0.0.1:1/x", "--class", "fly"], "no class 'fly'; there are: valid, missing"),
        (["ws://127.0.0.1:1/x", "--replay", "nothing.jsonl"], "nothing.jsonl: No such file"),
        (["ws://192.0.2.1/x", "--class", "flood"], "flood can hurt an endpoint beyond this machine"),
    ],
)
def test_what_cannot_be_tested_is_one_line_and_exit_2(arguments, complaint, capsys):
    assert main(["fuzz", *arguments]) == ExitCode.USAGE
    error = capsys.readouterr().err
    assert complaint in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("flag", [["--examples", "0"], ["--max-seconds", "-1"], ["--seed", "x"]])
def test_a_wrong_number_is_argparses_word(flag, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["fuzz", "ws://127.0.0.1:1/x", *flag])
    assert exit_.value.code == ExitCode.USAGE
    assert "error: " in capsys.readouterr().err


def test_the_list_tells_classes_and_laws(capsys):
    assert main(["fuzz", "--list"]) == ExitCode.PASSED
    out = capsys.readouterr().out
    assert all(f"\n  {name} " in out for name in CATEGORIES)
    assert "The next clean call still works." in out


def test_nothing_found_is_exit_0_and_leaves_nothing(sound, capsys, tmp_path):
    """In a pipe there is no bar: one line on stdout, none on stderr."""
    assert main(["fuzz", sound, *SHORT]) == ExitCode.PASSED
    out, error = capsys.readouterr()
    assert out.startswith("Nothing found in 10 scenarios, ")
    assert (out.count("\n"), error, list(tmp_path.iterdir())) == (1, "", [])


def test_what_is_found_is_exit_1_and_can_be_replayed(illegal, capsys):
    """By the command that was printed."""
    assert main(["fuzz", illegal, *SHORT, "--output", "found here"]) == ExitCode.FAILED
    out = capsys.readouterr().out
    assert "1. legal / valid: Whatever the endpoint says is legal for Twilio." in out
    assert f"replay: twiliobridge fuzz {illegal} --replay 'found here/legal-valid.jsonl'" in out
    assert main(["fuzz", illegal, "--replay", "found here/legal-valid.jsonl"]) == ExitCode.FAILED
    assert "unknown field `reason`" in capsys.readouterr().out


def test_a_replay_of_what_was_mended_is_exit_0(illegal, sound, capsys):
    main(["fuzz", illegal, *SHORT])
    assert main(["fuzz", sound, "--replay", "fuzz_output/legal-valid.jsonl"]) == ExitCode.PASSED
    assert "Nothing is wrong with this scenario here." in capsys.readouterr().out


def test_what_was_slow_many_times_is_one_line():
    report = Report(Endpoint("ws://127.0.0.1:1/x"), Plan(), once=["answers: slow", "answers: slow", "other"])
    slow, other, _ = lines(report)
    assert slow == "Seen once, and not again, so it does not count (of 2 scenarios): answers: slow"
    assert other == "Seen once, and not again, so it does not count: other"


def test_json_is_one_object(illegal, capsys):
    assert main(["fuzz", illegal, *SHORT, "--json"]) == ExitCode.FAILED
    told = json.loads(capsys.readouterr().out)
    (finding,) = told["findings"]
    assert (told["seed"], told["ending"], finding["law"]) == (1, "examples", "legal")
    assert finding["steps"][0]["step"] == "message"


def test_an_output_that_cannot_be_written_is_said_before_the_run(sound, capsys, tmp_path):
    (tmp_path / "file").write_text("")
    assert main(["fuzz", sound, "--output", "file/folder"]) == ExitCode.USAGE
    assert "file/folder: Not a directory" in capsys.readouterr().err


@pytest.mark.parametrize("asks", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_tells_what_was_found_so_far(illegal, tmp_path, asks):
    """Exit 130, the finding on disk, and no traceback."""
    listening = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    start = f"{listening}; import sys; from twiliobridge.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", start, "fuzz", illegal, "--seed", "1", "--examples", "100000"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=tmp_path) as process:  # noqa: S603
        file = tmp_path / "fuzz_output" / "legal-valid.jsonl"
        while not file.exists():
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(asks)
        out, error = process.communicate(timeout=120)
    assert (process.returncode, error) == (ExitCode.INTERRUPTED, "")
    assert "legal / valid" in out
    assert "interrupted" in out
