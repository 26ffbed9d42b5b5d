"""`twiliobridge serve --check` as a shell sees it: a table, an exit code, and no secret."""

import logging
import os
import signal
import socket
import subprocess
import sys
from contextlib import asynccontextmanager

import pytest
import trio
import trio.testing
from far_end import listening
from whole_call import ENGINES, Orator

from twiliobridge.cli import main
from twiliobridge.commands import serve
from twiliobridge.conversation import Agent
from twiliobridge.exit_code import ExitCode
from twiliobridge.offline import OfflineModel, open_offline_model
from twiliobridge.settings import Settings

QUIET = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "TWILIO"))}

SHOP = """
instructions = "You answer the telephone of a bicycle shop."
greeting = "Velo Corner, good morning."

[[tools]]
name = "hours"
description = "When the shop is open."
run = "velo_shop:hours"
"""


@pytest.fixture
def shop(monkeypatch, tmp_path):
    """The path of an agent's file, and no keys in the environment; other tests find the log as it was."""
    log = logging.getLogger("twiliobridge")
    before = log.level
    for name in set(os.environ) - set(QUIET):
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "velo_shop.py").write_text("def hours(arguments, call):\n    return 'nine to six'\n")
    (tmp_path / "shop.toml").write_text(SHOP)
    yield "shop.toml"
    log.setLevel(before)


def check(*arguments):
    return main(["serve", "--check", "--port", "0", *arguments])


def row_of(told, name):
    return next(line for line in told.splitlines() if line.split(":")[0].endswith(f" {name}"))


def test_offline_all_that_a_call_needs_is_there_and_exit_0(shop, capsys):
    assert check("--offline", "--agent", shop) == ExitCode.PASSED
    told, error = capsys.readouterr()
    assert error == ""
    assert row_of(told, "agent") == "ok      agent: shop.toml, 1 tool"
    assert row_of(told, "tool hours").startswith("ok      tool hours: velo_shop:hours, ")
    assert row_of(told, "model").startswith("ok      model: gpt-realtime-2.1 (the built-in model)")
    assert row_of(told, "greeting").startswith("ok      greeting: heard after ")
    assert told.splitlines()[-1] == "READY, but see to: signatures"


def test_a_fault_of_the_model_is_a_row_and_exit_1(shop, capsys):
    assert check("--offline", "--agent", shop, "--set", "respond=text") == ExitCode.FAILED
    told = capsys.readouterr().out
    assert "FAILED  greeting: the answer was text without sound" in told
    assert told.splitlines()[-1] == "NOT READY: greeting"


def test_what_is_missing_is_a_row_and_keeps_no_other_from_it(shop, capsys, tmp_path):
    """Where `serve` would say one thing and leave: no key, and no module."""
    (tmp_path / shop).write_text(SHOP.replace("velo_shop", "no_such_shop"))
    assert check("--agent", shop) == ExitCode.FAILED
    told = capsys.readouterr().out
    assert row_of(told, "model") == "FAILED  model: there is no OPENAI_API_KEY"
    assert "No module named 'no_such_shop'" in row_of(told, "tool hours")
    assert told.splitlines()[-1] == "NOT READY: tool hours, model"


def test_a_model_that_the_url_would_overrule_is_a_row(shop, capsys):
    assert check("--model", "m", "--model-url", "ws://127.0.0.1:1/p?model=x") == ExitCode.FAILED
    assert "FAILED  model: the query of model_url says the model" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--agent", "/nowhere.toml"), "/nowhere.toml: No such file or directory"),
        (("--public-url", "h"), "public_url must begin with"),
        (("--set", "speed=1"), "--set is about the built-in model"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(arguments, complaint, shop, capsys):
    assert check(*arguments) == ExitCode.USAGE
    told, error = capsys.readouterr()
    assert told == ""
    assert complaint in error
    assert error.count("\n") == 1


def test_no_secret_is_printed(shop, capsys, monkeypatch):
    """Nobody listens anywhere, and what is said of that holds neither key nor token."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret1")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "secret2")
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "1" * 32)
    monkeypatch.setenv("TWILIOBRIDGE_TWILIO_API_URL", "http://127.0.0.1:1")
    assert check("--agent", shop, "--public-url", "http://ann:secret3@127.0.0.1:1", "--verbose") == 1
    told, error = capsys.readouterr()
    assert told.count("FAILED") == 3
    assert "secret" not in told + error


@pytest.mark.parametrize("asks", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_check_prints_what_it_knows(asks, tmp_path):
    """The model says nothing; the other rows are there, and the exit code is 130."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"ws://127.0.0.1:{silent.getsockname()[1]}/v1/realtime"
        # A shell starts its background jobs deaf to Ctrl+C, and this test may be part of one.
        listening = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
        start = f"{listening}; import sys; from twiliobridge.cli import main; sys.exit(main(sys.argv[1:]))"
        command = [sys.executable, "-c", start, "serve", "--check", "--port", "0", "--model-url", url]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, env=QUIET, stdout=pipe, stderr=pipe, text=True) as process:  # noqa: S603
            silent.settimeout(20)
            caller, _ = silent.accept()  # the check is under way
            with caller:
                process.send_signal(asks)
                told, complaint = process.communicate(timeout=20)
    assert complaint == ""
    assert process.returncode == ExitCode.INTERRUPTED
    assert row_of(told, "model") == "stopped model: interrupted before it was known"
    assert row_of(told, "agent").startswith("ok")
    assert told.splitlines()[-1] == "INTERRUPTED: not all of it is known"


# ---------------------------------------------------------------- at the start of a server


def dial_offline(said):
    model = OfflineModel(ENGINES, Orator)

    @asynccontextmanager
    async def dial():
        async with open_offline_model(model) as wire:
            send = wire.send
            wire.send = lambda text: (said.append(text), send(text))
            yield wire

    return dial


async def test_a_server_tries_the_model_at_start_and_asks_for_no_response(caplog):
    said = []
    with caplog.at_level(logging.INFO, logger="twiliobridge"):
        await serve.tell_of_model(dial_offline(said), Settings(), Agent(instructions="i", greeting="Hello."))
    assert [record.levelname for record in caplog.records] == ["INFO"]
    assert "takes the agent's session" in caplog.text
    assert [text for text in said if "response.create" in text] == []


@pytest.mark.parametrize("tried", [True, False])
async def test_that_can_be_left_out(tried):
    """`check_model`: nobody dials the model before there is a call."""
    dialled = trio.Event()

    async def answer(stream):
        async with stream:
            dialled.set()

    async with listening(answer) as port, trio.open_nursery() as nursery:
        settings = Settings(port=0, model_url=f"ws://127.0.0.1:{port}/", check_model=tried)
        nursery.start_soon(serve.answer_calls, settings, Agent(instructions="i"), None)
        if tried:
            with trio.fail_after(10):
                await dialled.wait()
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
    assert dialled.is_set() == tried


async def test_a_model_that_refuses_is_one_warning_without_the_key(caplog):
    agent = Agent(instructions="i", voice="sk-secret1")  # refused, and repeated in the refusal
    with caplog.at_level(logging.INFO, logger="twiliobridge"):
        await serve.tell_of_model(dial_offline([]), Settings(openai_api_key="sk-secret1"), agent)
    [record] = caplog.records
    assert record.levelname == "WARNING"
    assert "a call would not be answered now: " in record.getMessage()
    assert record.getMessage().endswith("To mend it, change `voice` in the agent's file")
    assert "secret" not in record.getMessage()
