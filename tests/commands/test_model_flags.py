"""The flags of the built-in model: one line for a wrong one, the same flags for every command that has it."""

import logging
import os
import signal
import sys
from argparse import ArgumentParser

import pytest

from twiliobridge.cli import main
from twiliobridge.commands.command import UsageError
from twiliobridge.commands.model_flags import (
    DIALLING,
    ModelPlan,
    add_model_flags,
    knob_lines,
    model_flags_given,
    model_plan,
)
from twiliobridge.exit_code import ExitCode
from twiliobridge.offline import BEHAVIOURS, Knobs, banking, described

QUIET = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "TWILIO"))}
COMMANDS = (("offline",), ("serve", "--offline"), ("demo",), ("live", "--offline"), ("validate", "--offline"))
SHOP = 'instructions = "Be kind."\ngreeting = "Hello."\n'


def plan(*flags, usual=None):
    parser = ArgumentParser()
    add_model_flags(parser)
    return model_plan(parser.parse_args(flags), usual)


def complaint(arguments, capsys):
    """The one line on stderr, after exit 2."""
    try:
        code = main(arguments)
    except SystemExit as leaving:
        code = leaving.code
    assert code == ExitCode.USAGE
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    return error


# ---------------------------------------------------------------- what they come to


def test_without_flags_everything_is_as_usual():
    usual = ModelPlan(Knobs(speed=4.0), banking())
    assert plan() == ModelPlan()
    assert plan(usual=usual) == usual


def test_single_knobs_lie_over_behaviours_and_both_over_what_is_usual():
    usual = ModelPlan(Knobs(speed=4.0, latency=0.5))
    knobs = plan("--set", "back=0.1", "--behave", "far", "--set", "latency=1", usual=usual).knobs
    assert (knobs.speed, knobs.latency, knobs.back) == (4.0, 1.0, 0.1)
    assert knobs.dial == BEHAVIOURS["far"].dial
    assert plan("--behave", "far,busy").knobs == plan("--behave", "far", "--behave", "busy").knobs


def test_the_latency_of_a_model_is_a_distance():
    knobs = plan("--model-latency", "0.2").knobs
    assert (knobs.back, knobs.dial) == (0.2, pytest.approx(DIALLING * 0.2))


def test_a_seed_and_a_script_are_taken(tmp_path):
    file = tmp_path / "script.toml"
    file.write_text('greeting = "Hi."\nfallback = ["What?"]\nfailed = "No."\nintents = {}\n')
    taken = plan("--seed", "7", "--script", str(file), usual=ModelPlan(script=banking()))
    assert (taken.knobs.seed, taken.script.greeting) == (7, "Hi.")


def test_a_script_with_a_typing_error_is_one_line_that_names_the_file(tmp_path):
    file = tmp_path / "script.toml"
    file.write_text('greting = "Hi."\n')
    with pytest.raises(UsageError, match=r"script\.toml: .*greting"):
        plan("--script", str(file))


def test_every_knob_is_listed_with_its_meaning():
    """And nothing is wider than the terminal."""
    text = "\n".join(knob_lines(60))
    for row in described():
        assert row.name.partition("=")[2] in text
        assert "".join(row.meaning.split()) in "".join(text.split())
    assert max(map(len, text.splitlines())) <= 60


def test_a_flag_that_was_given_is_named_as_it_was_written():
    parser = ArgumentParser()
    add_model_flags(parser)
    assert model_flags_given(parser.parse_args([])) == ""
    assert model_flags_given(parser.parse_args(["--model-latency", "1"])) == "--model-latency"


# ---------------------------------------------------------------- on every command


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each[0])
@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--set", "speed"), "NAME=VALUE"),
        (("--set", "speed=fast"), "speed is a number"),
        (("--set", "mood=good"), "sets no knob"),
        (("--set", "lose=1234"), "lose=1234 cannot be"),
        (("--behave", "angry"), "is none of far, busy"),
        (("--model-latency", "-1"), "a number from 0 on"),
        (("--seed", "x"), "a whole number from 0 on"),
        (("--script", "/nowhere.toml"), "/nowhere.toml: No such file or directory"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_form(command, flags, told, capsys, monkeypatch, tmp_path):
    """Before anything listens, dials or records."""
    monkeypatch.chdir(tmp_path)
    for name in set(os.environ) - set(QUIET):
        monkeypatch.delenv(name)
    assert told in complaint([*command, *flags], capsys)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each[0])
def test_knobs_are_listed_and_that_is_all(command, capsys):
    assert main([*command, "--knobs"]) == ExitCode.PASSED
    assert "latency=0.2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["serve", "--set", "speed=4"], "--set is about the built-in model: say --offline"),
        (["serve", "--script", "x.toml"], "--script is about the built-in model: say --offline"),
        (["live", "--behave", "far"], "--behave is about the bridge inside: say --offline"),
        (["live", "--agent", "x.toml"], "--agent is about the bridge inside: say --offline"),
        (["demo", "--audio", "x.wav"], "say --agent"),
        (["validate", "--bridge-url", "ws://h/", "--seed", "1"], "say --listen-model PORT"),
        (["validate", "--openai", "--seed", "1"], "say --offline"),
    ],
)
def test_a_flag_that_would_do_nothing_is_refused(arguments, told, capsys, monkeypatch):
    """It says which other flag it belongs to."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
    assert told in complaint(arguments, capsys)


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--tls", "cert.pem"), "self-signed, or two files"),
        (("--tls", "/no.pem", "/no.key"), "/no.pem"),
        (("--sessions", "0"), "from 1 on"),
    ],
)
def test_a_wrong_flag_of_the_server_is_one_line(flags, told, capsys):
    assert told in complaint(["offline", *flags], capsys)


@pytest.mark.parametrize(
    "flags", [("--agent", "shop.toml", "--audio", "/nowhere.wav"), ("--output", "shop.toml")]
)
def test_files_of_the_demo_that_are_none_are_one_line(flags, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.toml").write_text(SHOP)
    code = main(["demo", *flags])
    assert code == ExitCode.USAGE
    error = capsys.readouterr().err
    assert flags[-1] in error.splitlines()[-1]
    assert "Traceback" not in error


# ---------------------------------------------------------------- what a start says


class StopsWhatListens(logging.Handler):
    """SIGTERM for this process once it says that it listens, as from a shell."""

    def emit(self, record):
        if "listening on" in record.getMessage():
            signal.raise_signal(signal.SIGTERM)


@pytest.fixture
def said_at_start(caplog, monkeypatch):
    """Runs a program here, so that engines are loaded once for all, and returns its lines."""
    stops = StopsWhatListens()
    for name in set(os.environ) - set(QUIET):
        monkeypatch.delenv(name)
    monkeypatch.setattr(sys, "path", [*sys.path])
    caplog.set_level(logging.INFO, "twiliobridge")

    def run(*command):
        assert main([*command, "--port", "0"]) == ExitCode.PASSED, caplog.messages
        return caplog.messages

    logging.getLogger("twiliobridge").addHandler(stops)
    yield run
    logging.getLogger("twiliobridge").removeHandler(stops)


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("serve", "--offline", "--agent", "shop.toml"), True),
        (("serve", "--offline"), False),
        (("serve", "--offline", "--agent", "shop.toml", "--script", "script.toml"), False),
        (
            ("offline", "--tls", "self-signed", "--model", "mine", "--sessions", "3"),
            True,
        ),
    ],
)
def test_a_stand_in_is_told_of_in_one_line_with_the_way_to_a_script(
    flags, told, said_at_start, monkeypatch, tmp_path
):
    """Where one answers, and nowhere else."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.toml").write_text(SHOP)
    script = 'greeting = "Hi."\nfallback = ["What?"]\nfailed = "No."\nintents = {}\n'
    (tmp_path / "script.toml").write_text(script)
    said = said_at_start(*flags)
    lines = [line for line in said if "stand-in" in line and "--script FILE.toml" in line]
    assert len(lines) == told
    if flags[0] == "offline":
        assert any("listening on wss://" in line for line in said)
