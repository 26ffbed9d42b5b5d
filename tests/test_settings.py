"""The settings: what the environment says, or one line that names the variable."""

import pytest

from twiliobridge.conversation import Limits
from twiliobridge.settings import VARIABLES, Settings


def test_an_empty_environment_is_the_defaults():
    assert Settings.from_environ({}) == Settings()
    assert Settings.from_environ({"TWILIOBRIDGE_PORT": "", "PATH": "/bin"}) == Settings()


def test_every_field_can_be_set():
    settings = Settings.from_environ(
        {
            "OPENAI_API_KEY": "sk-1",
            "TWILIO_AUTH_TOKEN": "token",
            "TWILIO_ACCOUNT_SID": "AC1",
            "TWILIOBRIDGE_HOST": "192.0.2.1",
            "TWILIOBRIDGE_PORT": "0",
            "TWILIOBRIDGE_ALLOW_UNSIGNED": "Yes",
            "TWILIOBRIDGE_PUBLIC_URL": "https://h",
            "TWILIOBRIDGE_GRACE": "2.5",
            "TWILIOBRIDGE_CALLS_AT_ONCE": "7",
            "TWILIOBRIDGE_LONGEST_CALL": "60",
            "TWILIOBRIDGE_TRUSTED_PROXIES": "10.0.0.0/8",
            "TWILIOBRIDGE_MODEL_AUTH": "api-key",
            "TWILIOBRIDGE_MODEL_HEADERS": "A=b",
        }
    )
    assert settings == Settings(
        openai_api_key="sk-1",
        twilio_auth_token="token",
        twilio_account_sid="AC1",
        host="192.0.2.1",
        port=0,
        allow_unsigned=True,
        public_url="https://h",
        grace=2.5,
        calls_at_once=7,
        limits=Limits(longest_call=60.0),
        trusted_proxies="10.0.0.0/8",
        model_auth="api-key",
        model_headers="A=b",
    )


@pytest.mark.parametrize(
    ("environ", "host", "port"),
    [
        ({"PORT": "9000"}, "0.0.0.0", 9000),  # noqa: S104 -- what clouds reach
        ({"PORT": "9000", "TWILIOBRIDGE_HOST": "192.0.2.1"}, "192.0.2.1", 9000),
        ({"PORT": "9000", "TWILIOBRIDGE_PORT": "8001"}, "127.0.0.1", 8001),
        ({"PORT": "not ours", "TWILIOBRIDGE_PORT": "8001"}, "127.0.0.1", 8001),
        ({"PORT": ""}, "127.0.0.1", 8000),
    ],
)
def test_a_cloud_says_the_port_and_is_then_listened_to_from_everywhere(environ, host, port):
    settings = Settings.from_environ(environ)
    assert (settings.host, settings.port) == (host, port)


@pytest.mark.parametrize(
    ("given", "headers"),
    [
        ({}, {}),
        ({"openai_api_key": "k"}, {"Authorization": "Bearer k"}),
        ({"openai_api_key": "k", "model_auth": "api-key"}, {"api-key": "k"}),
        (
            {"openai_api_key": "k", "model_url": "wss://a.openai.azure.com/openai/v1/realtime"},
            {"api-key": "k"},
        ),
        (
            {"openai_api_key": "k", "openai_base_url": "https://A.OpenAI.Azure.com/openai/v1"},
            {"api-key": "k"},
        ),
        (
            {"openai_api_key": "k", "model_url": "wss://a.openai.azure.com/r", "model_auth": "bearer"},
            {"Authorization": "Bearer k"},
        ),
        (
            {"openai_api_key": "k", "model_url": "wss://openai.azure.com.example/r"},
            {"Authorization": "Bearer k"},
        ),
        (
            {"openai_api_key": "k", "model_headers": "X-Team = a%2Cb , X-Rate=50%25,X-Empty="},
            {"Authorization": "Bearer k", "X-Team": "a,b", "X-Rate": "50%", "X-Empty": ""},
        ),
        ({"openai_api_key": "k", "model_headers": "authorization=Token t"}, {"authorization": "Token t"}),
    ],
)
def test_the_headers_of_the_models_handshake(given, headers):
    assert dict(Settings(**given).model_handshake) == headers


def test_several_tokens_stand_between_commas():
    assert Settings(twilio_auth_token=" one, two,\n").twilio_auth_tokens == ("one", "two")
    assert Settings().twilio_auth_tokens == ()


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        ("TWILIOBRIDGE_PORT", "http", "must be a whole number, was 'http'"),
        ("TWILIOBRIDGE_PORT", "70000", "must be 0 to 65535, was 70000"),
        ("TWILIOBRIDGE_CALLS_AT_ONCE", "0", "must be at least 1, was 0"),
        ("TWILIOBRIDGE_GRACE", "-1", "must be a number of seconds, was '-1'"),
        ("TWILIOBRIDGE_LONGEST_CALL", "nan", "must be a number of seconds, was 'nan'"),
        ("TWILIOBRIDGE_ALLOW_UNSIGNED", "maybe", "must be yes or no, was 'maybe'"),
        ("TWILIOBRIDGE_PUBLIC_URL", "example.com", "must begin with http://host or https://host"),
        ("TWILIOBRIDGE_MODEL_URL", "https://h", "must begin with ws://host or wss://host"),
        ("TWILIOBRIDGE_MEDIA_LANE", "fast", "must be auto or quart, was 'fast'"),
        ("OPENAI_API_KEY", "sk-1\n", "must be printable ASCII"),
        ("OPENAI_BASE_URL", "https://bücher.example/v1", "must be printable ASCII .* xn-- form"),
        ("TWILIO_ACCOUNT_SID", "AC1 ", "must be printable ASCII without blanks"),
        ("OPENAI_BASE_URL", "https://[", "must begin with http://host or https://host"),
        ("TWILIOBRIDGE_PROT", "1", "is no setting"),
        ("PORT", "abc", "must be 0 to 65535, was 'abc'; TWILIOBRIDGE_PORT wins over it"),
        ("PORT", "70000", "must be 0 to 65535, was '70000'"),
        ("TWILIO_AUTH_TOKEN", " , ", "has commas, and no token between them"),
        ("TWILIO_AUTH_TOKEN", "one two", "must be printable ASCII without blanks; a blank, perhaps"),
        ("TWILIOBRIDGE_TRUSTED_PROXIES", "10.0.0.0/8, traefik", "must be .* networks, had 'traefik'"),
        ("TWILIOBRIDGE_MODEL_AUTH", "basic", "must be auto, bearer, api-key, was 'basic'"),
        ("TWILIOBRIDGE_MODEL_HEADERS", "X-Team", "must be Name=value,Name=value; .* %2C"),
        ("TWILIOBRIDGE_MODEL_HEADERS", "X Team=a", "must be Name=value"),
        ("TWILIOBRIDGE_MODEL_HEADERS", "Sec-WebSocket-Key=a", "must not have Sec-WebSocket-Key"),
        ("TWILIOBRIDGE_MODEL_HEADERS", "X-Team=a%0D%0Ab", "must have printable ASCII .* X-Team"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_variable(variable, value, complaint):
    with pytest.raises(ValueError, match=f"^{variable} {complaint}") as caught:
        Settings.from_environ({variable: value})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "endpoint"),
    [
        ({}, "wss://api.openai.com/v1/realtime?model=gpt-realtime-2.1"),
        (
            {"openai_base_url": "http://localhost:8765/v1/"},
            "ws://localhost:8765/v1/realtime?model=gpt-realtime-2.1",
        ),
        ({"model_url": "ws://h/p", "model": "a b"}, "ws://h/p?model=a%20b"),
        ({"model_url": "wss://h/p?deployment=x"}, "wss://h/p?deployment=x"),
    ],
)
def test_the_url_that_is_dialled(given, endpoint):
    assert Settings(**given).model_endpoint == endpoint


def test_secrets_are_not_shown():
    shown = repr(
        Settings(openai_api_key="sk-secret", twilio_auth_token="secret-token", model_headers="A=sk-secret")
    )
    assert "sk-secret" not in shown
    assert "secret-token" not in shown


def test_every_variable_is_the_projects_own_or_a_known_one():
    known = ("TWILIOBRIDGE_", "OPENAI_", "TWILIO_", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
    assert all(name.startswith(known) for name in VARIABLES)
