"""The programs as processes: what a shell sees of them. Each start costs a second, so there are few."""

import os
import re
import signal
import socket
import subprocess
import sys
from functools import partial

import pytest
import trio
from judged import offline_model
from peers import Phone

from twiliobridge.cli import main
from twiliobridge.exit_code import ExitCode
from twiliobridge.offline import PATH, serve_offline
from twiliobridge.wires.hypercorn import base_url
from twiliobridge.wires.websocket import open_websocket_wire

QUIET = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "TWILIO"))}


def program(*arguments):
    return [sys.executable, "-m", "twiliobridge", *arguments]


@pytest.mark.parametrize(
    ("arguments", "environ", "complaint"),
    [
        (["serve"], {}, "twiliobridge serve: no OPENAI_API_KEY: set it, or say --offline"),
        (["serve", "--offline", "--host", "192.0.2.1"], {}, "twiliobridge serve: without TWILIO_AUTH_TOKEN"),
        (
            ["serve", "--model", "m", "--model-url", "ws://h/p?model=x"],
            {},
            "the query of model_url says the model, so 'm' has no effect",
        ),
        (["serve", "--offline"], {"PORT": "8080"}, "without TWILIO_AUTH_TOKEN anybody who reaches 0.0.0.0"),
        (["serve", "--offline"], {"PORT": "abc"}, "serve: PORT must be 0 to 65535, was 'abc'"),
        (["serve", "--offline", "--agent", "/nowhere.toml"], {}, "/nowhere.toml: No such file or directory"),
        (["serve", "--offline", "--public-url", "h"], {}, "public_url must begin with"),
        (
            ["serve", "--offline"],
            {"TWILIOBRIDGE_GRACE": "x"},
            "TWILIOBRIDGE_GRACE must be a number of seconds",
        ),
    ],
)
def test_what_is_missing_is_one_line_and_exit_2(arguments, environ, complaint, capsys, monkeypatch):
    for name in set(os.environ) - set(QUIET):
        monkeypatch.delenv(name)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert main(arguments) == ExitCode.USAGE
    error = capsys.readouterr().err
    assert complaint in error
    assert error.count("\n") == 1


ENDPOINT = """
instructions = "Be brief."
[[tools]]
name = "hours"
description = "When the shop is open."
url = "https://shop.example/hours"
headers = { Authorization = "Bearer $SHOP_KEY" }
"""


@pytest.mark.parametrize(
    ("environ", "complaint"),
    [
        ({}, "tools[0].headers.Authorization: the environment has no SHOP_KEY; set it"),
        ({"SHOP_KEY": "k", "HTTPS_PROXY": "socks5://proxy.example"}, "a proxy must be http://host:port"),
    ],
)
def test_an_endpoint_that_could_never_be_asked_is_one_line_at_start(
    environ, complaint, tmp_path, capsys, monkeypatch
):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    file = tmp_path / "agent.toml"
    file.write_text(ENDPOINT)
    assert main(["serve", "--offline", "--port", "0", "--agent", str(file)]) == ExitCode.USAGE
    error = capsys.readouterr().err
    assert complaint in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["--wrong"], ["serve", "--wrong"], ["offline", "--port", "70000"], ["fly"], []]
)
def test_a_wrong_flag_is_one_line_and_exit_2(arguments, capsys):
    """It says where to read more."""
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == ExitCode.USAGE
    error = capsys.readouterr().err
    known = ["serve", "offline"]
    program = " ".join(["twiliobridge", *(each for each in arguments[:1] if each in known)])
    assert error.startswith(f"{program}: error: ")
    assert error.endswith(f"(see {program} --help)\n")
    assert error.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--help"], ["offline", "--help"]])
def test_help_is_exit_0(arguments, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 0
    assert "usage: twiliobridge" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "signals"),
    [
        (("serve", "--offline", "--port", "0"), signal.SIGTERM),
        (("serve", "--model-url", "ws://127.0.0.1:1", "--port", "0"), signal.SIGINT),
        (("offline", "--port", "0", "--control-port", "0"), signal.SIGTERM),
    ],
)
def test_a_server_says_where_it_listens_and_stops_in_good_order_at_a_signal(command, signals):
    with subprocess.Popen(program(*command), env=QUIET, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        said = []
        for line in process.stderr:
            said.append(line)
            if "listening on" in line:
                break
        else:
            pytest.fail("it never listened: " + "".join(said))
        if "--model-url" in command:  # which is tried beside the calls
            told = next(process.stderr)
            assert "WARNING a call would not be answered now: 127.0.0.1:1: Connection refused" in told
        process.send_signal(signals)
        rest = process.communicate(timeout=20)[1]
    assert process.returncode == ExitCode.PASSED
    assert "Traceback" not in rest
    if command[0] == "serve":
        assert any("DOOR IS OPEN" in line for line in said)
    if "--control-port" in command:
        assert any(re.search(r"next responses: http://127\.0\.0\.1:\d+/script$", line) for line in said)


def test_a_port_in_use_is_one_line_and_exit_2(capsys, monkeypatch):
    for name in set(os.environ) - set(QUIET):
        monkeypatch.delenv(name)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--offline", "--port", str(port)]) == ExitCode.USAGE
    complaint = f"twiliobridge serve: cannot listen on 127.0.0.1:{port}: Address already in use\n"
    assert capsys.readouterr().err == complaint


@pytest.mark.parametrize(("signals", "code"), [(1, ExitCode.PASSED), (2, ExitCode.INTERRUPTED)])
async def test_a_call_is_let_finish_at_the_first_signal_and_cut_at_the_second(signals, code, nursery):
    """One signal: the call ends with the grace, here a second. Two: at once, and the exit code says so.

    The model is in this process, and no engine is loaded for it.
    """
    (listener,) = await nursery.start(partial(serve_offline, offline_model(), port=0))
    model = "ws" + base_url(listener).removeprefix("http") + PATH
    command = program("serve", "--model-url", model, "--port", "0")
    environ = QUIET | {"TWILIOBRIDGE_GRACE": "1" if signals == 1 else "60"}
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as process:  # noqa: ASYNC220, S603
        line = next(line for line in process.stderr if "listening on" in line)
        url = "ws" + line.split("listening on http")[1].split(",")[0] + "/twilio-agent"
        with trio.fail_after(20):
            async with open_websocket_wire(url, backlog=1 << 20, max_message_size=1 << 22) as wire:
                phone = Phone(wire)
                phone.call()
                await phone.hear()
                for _ in range(signals):
                    process.send_signal(signal.SIGTERM)
                    await trio.sleep(0.2)
                await phone.hear_the_end()
            rest = await trio.to_thread.run_sync(process.communicate)
    nursery.cancel_scope.cancel()
    assert process.returncode == code
    assert "Traceback" not in rest[1]


def test_a_demo_that_is_interrupted_ends_without_a_traceback(tmp_path):
    """Ctrl+C in the middle of the call: an exit code, and not a word more."""
    # A shell starts its background jobs deaf to Ctrl+C, and this test may be part of one.
    listening = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    start = f"{listening}; import sys; from twiliobridge.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", start, "demo", "--output", str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=QUIET, stdout=pipe, stderr=pipe, text=True) as process:  # noqa: S603
        assert any("caller says" in line for line in process.stdout)
        process.send_signal(signal.SIGINT)
        complaint = process.communicate(timeout=30)[1]
    assert complaint == ""
    assert process.returncode == ExitCode.INTERRUPTED


def test_a_demo_is_told_to_whoever_reads():
    """Where nobody does any longer, the narration falls silent, and the call goes on."""
    script = (
        "from twiliobridge.demo import Terminal\n"
        "terminal = Terminal()\n"
        "for _ in range(3): terminal.out('x' * 100_000, highlight=False)\n"
        "raise SystemExit(7)"
    )
    command = [sys.executable, "-c", script]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:  # noqa: S603
        process.stdout.close()
        complaint = process.stderr.read()
    assert complaint == ""
    assert process.returncode == 7
