"""Client secrets: what is asked for, how long it holds, and what it says of the session."""

import json

import pytest

from twiliobridge.offline.keys import MOST_SECRETS, ClientSecrets, model_of
from twiliobridge.realtime.errors import RemoteProtocolError

EPOCH = 1_790_000_000


def made(secrets, now=0.0, **body):
    return secrets.make(json.dumps(body).encode(), now, EPOCH)


@pytest.mark.parametrize(("asked", "seconds"), [({}, 600), ({"seconds": 10}, 10), ({"seconds": 7200}, 7200)])
def test_a_secret_holds_for_the_seconds_asked_for_and_not_one_longer(asked, seconds):
    secrets = ClientSecrets()
    secret = made(secrets, now=50.0, expires_after={"anchor": "created_at", **asked})
    assert secret.expires_at == EPOCH + seconds
    assert secrets.find(secret.value, 50.0 + seconds - 0.01) is not None
    assert secrets.find(secret.value, 50.0 + seconds) is None


def test_an_empty_body_makes_a_secret_that_says_nothing_of_the_session():
    secrets = ClientSecrets()
    secret = secrets.make(b"", 0.0, EPOCH)
    assert secret.value.startswith("ek_")
    assert secrets.find(secret.value, 599.0).update is None
    assert secret.session.model == "gpt-realtime-2.1"


def test_the_session_of_a_secret_is_the_default_one_with_what_was_asked_over_it():
    """Its id is one of its own, and it does not expire: both as recorded."""
    secrets = ClientSecrets()
    wish = {"type": "realtime", "model": "gpt-realtime", "instructions": "Be brief."}
    secret = made(secrets, session=wish | {"audio": {"output": {"voice": "cedar"}}})
    assert (secret.session.model, secret.session.instructions) == ("gpt-realtime", "Be brief.")
    assert (secret.session.voice, secret.session.input_format) == ("cedar", "audio/pcm")
    assert (secret.session.expires_at, secret.session.id[:5]) == (0, "sess_")
    kept = secrets.find(secret.value, 0.0)
    assert (model_of(kept.update), kept.update.instructions) == ("gpt-realtime", "Be brief.")


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        (b"{", "invalid_json", None),
        (b"\xff", "invalid_json", None),
        (b"[]", "invalid_type", None),
        (b'{"sessions":{}}', "unknown_parameter", "sessions"),
        (b'{"expires_after":{"seconds":9}}', "integer_below_min_value", "expires_after.seconds"),
        (b'{"expires_after":{"seconds":7201}}', "integer_above_max_value", "expires_after.seconds"),
        (b'{"expires_after":{"anchor":"now"}}', "invalid_value", "expires_after.anchor"),
        (b'{"session":{}}', "missing_required_parameter", "session.type"),
        (b'{"session":{"type":"realtime","modalities":["text"]}}', "unknown_parameter", "session.modalities"),
    ],
)
def test_a_body_that_the_service_refuses_is_refused_with_its_code(body, code, param):
    with pytest.raises(RemoteProtocolError) as refused:
        ClientSecrets().make(body, 0.0, EPOCH)
    assert (refused.value.code, refused.value.param) == (code, param)


HEARD = {"transcription": {"model": "gpt-live-transcribe"}, "turn_detection": {"type": "server_vad"}}
AS_AN_UPDATE = {
    "reasoning": (
        {"type": "realtime", "model": "gpt-realtime", "reasoning": {"effort": "low"}},
        "unsupported_parameter",
        "session.reasoning",
        "Unsupported parameter: 'session.reasoning' is not supported with this model.",
    ),
    "turns": (
        {"type": "transcription", "audio": {"input": HEARD}},
        "invalid_value",
        "session.audio.input.turn_detection",
        "Turn detection is not supported for this transcription model.",
    ),
}


@pytest.mark.parametrize(("session", "code", "param", "message"), AS_AN_UPDATE.values(), ids=AS_AN_UPDATE)
def test_a_session_is_refused_as_the_update_of_one_would_be(session, code, param, message):
    """Its own model decides, and nothing of it is kept."""
    secrets = ClientSecrets()
    with pytest.raises(RemoteProtocolError) as refused:
        made(secrets, session=session)
    assert (refused.value.code, refused.value.param) == (code, param)
    assert str(refused.value) == message
    assert not secrets._kept
    assert made(secrets, session={"type": "realtime", "reasoning": {"effort": "low"}}).session.reasoning


def test_the_model_of_a_secret_s_session_may_be_any():
    for model in ("gpt-realtime", "gpt-realtime-2.1"):
        assert made(ClientSecrets(), session={"type": "realtime", "model": model}).session.model == model


def test_those_that_expired_make_room_in_whatever_order_they_do():
    secrets = ClientSecrets()
    late, early = (made(secrets, expires_after={"seconds": seconds}) for seconds in (7200, 10))
    made(secrets, now=10.0, expires_after={"seconds": 20})
    assert secrets.find(late.value, 10.0) is not None
    assert early.value not in secrets._kept
    made(secrets, now=30.0)
    assert len(secrets._kept) == 2


def test_no_more_secrets_are_kept_than_the_bound_and_none_that_expired():
    secrets = ClientSecrets()
    first = made(secrets)
    for _ in range(MOST_SECRETS):
        secrets.make(b"", 0.0, EPOCH)
    assert secrets.find(first.value, 0.0) is None
    last = secrets.make(b"", 600.0, EPOCH)
    assert secrets.find(last.value, 600.0) is not None
    assert len(secrets._kept) == 1
