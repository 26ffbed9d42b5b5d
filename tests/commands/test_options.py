"""What commands make of their flags and of the environment together."""

import json
from argparse import Namespace

import pytest
from rich.console import Console

from twiliobridge.audio import RATE, read_wav, silence, telephone, ulaw_decode, write_wav
from twiliobridge.commands.command import UsageError
from twiliobridge.commands.model_flags import ModelPlan
from twiliobridge.commands.options import agent_from, sessions_of, settings_from, signing_token
from twiliobridge.commands.validate import Run
from twiliobridge.conversation import Agent
from twiliobridge.offline import load_offline_model
from twiliobridge.realtime import DEFAULT_MODEL
from twiliobridge.settings import Settings


@pytest.mark.parametrize(
    ("environ", "flags", "host", "port"),
    [
        ({"PORT": "9000"}, {}, "0.0.0.0", 9000),  # noqa: S104 -- what clouds reach
        ({"PORT": "9000"}, {"port": None, "host": "192.0.2.1"}, "192.0.2.1", 9000),
        ({"PORT": "9000"}, {"port": 8001}, "127.0.0.1", 8001),
        ({"PORT": "abc"}, {"port": 8001}, "127.0.0.1", 8001),
        ({"TWILIOBRIDGE_PORT": "8002"}, {"port": 8001}, "127.0.0.1", 8001),
    ],
)
def test_a_port_by_flag_is_not_the_clouds(environ, flags, host, port):
    settings = settings_from(environ, **flags)
    assert (settings.host, settings.port) == (host, port)


@pytest.mark.parametrize(
    ("flag", "environ", "token"),
    [
        (None, {}, None),
        (None, {"TWILIO_AUTH_TOKEN": "first, second"}, "first"),
        ("by-flag", {"TWILIO_AUTH_TOKEN": "first"}, "by-flag"),
    ],
)
def test_a_command_that_plays_twilio_signs_with_the_first_token(flag, environ, token):
    assert signing_token(flag, environ) == token


FILE = 'instructions = "i"\nwaiting = "sounds/keys.wav"\n'


def test_a_sound_is_looked_for_beside_the_agents_file(tmp_path):
    wav = write_wav(ulaw_decode(silence(500)), RATE)
    (tmp_path / "sounds").mkdir()
    (tmp_path / "sounds" / "keys.wav").write_bytes(wav)
    (tmp_path / "agent.toml").write_text(FILE)
    assert agent_from(str(tmp_path / "agent.toml"), {}).waiting == telephone(read_wav(wav))


def test_one_that_is_not_there_is_one_line(tmp_path):
    (tmp_path / "agent.toml").write_text(FILE)
    with pytest.raises(UsageError, match=r"agent.toml: waiting: .*/sounds/keys.wav: No such file") as caught:
        agent_from(str(tmp_path / "agent.toml"), {})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("named", "answers"), [("gpt-realtime-mini", "gpt-realtime-mini"), ("", DEFAULT_MODEL)]
)
async def test_the_built_in_model_answers_by_the_name_that_the_agent_says(named, answers):
    dial = sessions_of(await load_offline_model(), Agent(instructions="i", model=named))
    async with dial() as wire:
        created = json.loads(await wire.receive())
    assert created["session"]["model"] == answers


async def test_so_it_does_where_a_bridge_is_judged():
    options = Namespace(offline=True, baseline=None)
    run = Run(options, {}, ModelPlan(), Console())
    dial, _ = await run._dial(Settings(), Agent(instructions="i", model="gpt-realtime-mini"))
    async with dial() as wire:
        assert json.loads(await wire.receive())["session"]["model"] == "gpt-realtime-mini"
