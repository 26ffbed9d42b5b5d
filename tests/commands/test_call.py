"""`twiliobridge call`: what it prints, what it writes, and its exit codes."""

import json
import logging
import os
import signal
import subprocess
import sys

import pytest
from numbered_speech import speech
from threaded import bridge_in_thread

from twiliobridge.audio import ulaw_decode, write_wav
from twiliobridge.cli import main


@pytest.fixture(scope="module")
def url():
    with bridge_in_thread() as base:
        yield base


@pytest.fixture(autouse=True)
def quiet_again():
    """A command sets up logging for its process, which here is that of all tests."""
    loggers = [
        logging.getLogger(name) for name in (None, "twiliobridge.caller", "trio-websocket", "hpack", "quart")
    ]
    before = [(each, each.level, list(each.handlers)) for each in loggers]
    yield
    for each, level, handlers in before:
        each.setLevel(level)
        each.handlers = handlers


@pytest.fixture
def question(tmp_path):
    path = tmp_path / "question.wav"
    path.write_bytes(write_wav(ulaw_decode(speech(9, 200)), 8000))
    return str(path)


def stream(url):
    return url.replace("http", "ws") + "/twilio-agent"


def test_a_call_is_told_line_by_line_and_recorded(url, tmp_path, capsys):
    """Plain lines when piped, recordings in the folder, exit 0 when the agent was heard."""
    output = tmp_path / "new" / "folder"
    assert main(["call", f"{url}/incoming-call", "--output", str(output)]) == 0
    out = capsys.readouterr().out
    for told in ("HTTP 200", "<Connect>", "stream MZ", "was heard for 0.3 s", "the agent was heard"):
        assert told in out
    assert "\x1b" not in out
    assert (output / "call.wav").exists()


def test_json_is_one_object_and_nothing_else(url, question, capsys):
    """With the turns in the order of the command line, latencies in ms, warnings and verbs."""
    assert main(["call", stream(url), "--json", "--audio", question, "--parameter", "plan=gold=1"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert (out["success"], out["greeting_ms"], out["warnings"], out["verbs"]) == (True, 300, [], [])
    assert (out["statistics"]["heard_ms"], out["statistics"]["clears"]) == (700, 0)
    (turn,) = out["turns"]
    assert (turn["said"], turn["answered"], turn["answer_ms"]) == (question, True, 400)
    assert 0 < turn["latency_ms"] < 5000
    assert out["call_sid"].startswith("CA")


def test_a_turn_without_an_answer_is_exit_1(url, capsys):
    """Keys that nobody answers in time."""
    assert main(["call", stream(url), "--json", "--dtmf", "12#", "--timeout", "0.6"]) == 1
    out = json.loads(capsys.readouterr().out)
    assert not out["success"]
    assert [(each["said"], each["answered"]) for each in out["turns"]] == [("12#", False)]
    assert "within 0.6 s" in out["turns"][0]["error"]


def test_a_bridge_that_is_not_there_is_exit_1_with_twilio_s_code(capsys):
    assert main(["call", "ws://127.0.0.1:1/media"]) == 1
    out = capsys.readouterr().out
    assert "31902" in out
    assert len(out.splitlines()) == 1


def test_the_token_signs_and_a_wrong_one_is_exit_1(monkeypatch, capsys):
    """From the environment, or from the flag, which has the last word."""
    with bridge_in_thread(twilio_auth_token="12345") as url:
        monkeypatch.setenv("TWILIO_AUTH_TOKEN", "12345")
        assert main(["call", stream(url), "--json", "--timeout", "5"]) == 0
        assert main(["call", stream(url), "--auth-token", "wrong"]) == 1
    assert "HTTP 403" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["localhost:8000"], "begins with ws://"),
        (["ws://x/", "--audio", "missing.wav"], "missing.wav: No such file"),
        (["ws://x/", "--audio", __file__], "test_call.py"),
        (["ws://x/", "--dtmf", "12x"], "keys 0-9"),
        (["ws://x/", "--dtmf", ""], "keys 0-9"),
        (["ws://x/", "--parameter", "plan"], "name=value"),
        (["http://x/", "--parameter", "plan=gold"], "TwiML"),
        (["ws://x/", "--ca-file", "missing.pem"], "missing.pem: No such file"),
        (["ws://x/", "--ca-file", __file__], "--ca-file"),
        (["ws://x/", "--public-url", "nowhere"], "public_url must begin"),
        (["http://x/", "--stream-origin", "nowhere"], "stream_origin must begin"),
        (["ws://x/", "--stream-origin", "http://y"], "ws://x/ is a stream itself"),
        (["ws://x/", "--header", "X-Plan"], "a header field is NAME: VALUE, not 'X-Plan'"),
        (["ws://x/", "--header", "X Plan: gold"], "a header field is NAME: VALUE, not 'X Plan: gold'"),
        (
            ["ws://x/", "--header", "X-Plan: g\u00f6ld"],
            "header field X-Plan is not visible ASCII",
        ),
        (
            ["ws://x/", "--header", "Host: voice.example"],
            "that of the public URL: give https://voice.example",
        ),
        (["ws://x/", "--header", "Upgrade: h2c"], "header field Upgrade is Twilio's own"),
        (["ws://x/", "--timeout", "-1"], "positive"),
        (["ws://x/", "--timeout", "nan"], "positive"),
        (["ws://x/", "--output", __file__], "test_call.py"),
    ],
)
def test_bad_input_is_one_line_on_stderr_and_exit_2(arguments, says, capsys):
    """Before anything is dialled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TWILIO_ACCOUNT_SID", raising=False)
        try:
            code = main(["call", *arguments])
        except SystemExit as leaving:  # argparse's own way out
            code = leaving.code
    assert code == 2
    captured = capsys.readouterr()
    assert says in captured.err.splitlines()[-1]
    assert "Traceback" not in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("flags", [["--json", "--timeout", "1"], ["--timeout", "1"]])
def test_whoever_reads_may_leave(url, flags):
    """As `| head -0` does: exit 1 and no traceback."""
    command = [sys.executable, "-m", "twiliobridge", "call", stream(url), *flags]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603 -- this very interpreter
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(10) == 1
    process.stderr.close()


def test_an_api_port_in_use_is_one_line(url, capsys):
    port = url.rpartition(":")[2]
    assert main(["call", stream(url), "--api-port", port]) == 2
    assert f"127.0.0.1:{port}" in capsys.readouterr().err


def test_ctrl_c_says_stop_saves_and_is_exit_130(url, tmp_path):
    """Interrupted while it waits, the call is ended in good order and written."""
    command = [
        sys.executable,
        "-m",
        "twiliobridge",
        "call",
        stream(url),
        "--dtmf",
        "1",
        "--output",
        str(tmp_path),
    ]
    process = subprocess.Popen(  # noqa: S603 -- this very interpreter
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    )
    for line in process.stdout:
        if "presses 1" in line:
            break
    process.send_signal(signal.SIGINT)
    out = process.communicate(timeout=60)[0]
    assert process.returncode == 130
    assert "stream stopped" in out
    assert (tmp_path / "call.wav").exists()
