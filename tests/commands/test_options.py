"""What commands make of their flags and of the environment together."""

import pytest

from twiliobridge.commands.options import settings_from, signing_token


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
