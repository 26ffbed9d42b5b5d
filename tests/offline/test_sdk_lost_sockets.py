"""OpenAI's own SDK loses its socket, or gets none: each way is seen by it."""

import asyncio
import base64
import json
from contextlib import suppress

import pytest
from offline_driver import quiet, speech
from sdk_client import CALLS, SPOKEN, TELEPHONE, asked, ending, heard, kinds, met, quick, servers
from websockets.exceptions import ConnectionClosed, InvalidStatus

from twiliobridge.offline.brain import Say


@pytest.fixture(scope="module")
def serve():
    with servers() as served:
        yield served


async def called(connection):
    """Greeting, the caller's turn, a call and silence: until the socket is lost."""
    await connection.session.update(session=TELEPHONE)
    await connection.response.create()
    events, end = await heard(connection, "response.done")
    if end is None:
        audio = quiet(300) + speech(300) + quiet(400)
        with suppress(ConnectionClosed):
            for start in range(0, len(audio), 1600):
                piece = base64.b64encode(audio[start : start + 1600]).decode()
                await connection.input_audio_buffer.append(audio=piece)
        more, end = await heard(connection, "nothing", 3.0)
        events += more
    return kinds(events), end


@pytest.mark.parametrize(
    ("lose", "code", "before"),
    [
        ("1006@greeting", 1006, "response.output_audio.delta"),
        ("1011@answer", 1011, "response.function_call_arguments.delta"),
        ("1001@caller", 1001, "input_audio_buffer.speech_started"),
        ("1006@tool", 1006, "response.done"),
        ("1012@tool", 1012, "response.done"),
    ],
)
def test_it_loses_the_socket(serve, lose, code, before):
    short = (Say("one two."),)
    answer = CALLS if "answer" not in lose else (Say("one two"),)
    names, end = met(serve(short, answer, knobs=quick(f"lose={lose}")), called)
    assert isinstance(end, ConnectionClosed)
    assert (end.rcvd.code if end.rcvd else 1006) == code
    if code == 1001:
        assert names[-1] == "error"
        names.pop()
    assert names[-1] == (before if "answer" not in lose else "response.output_audio.delta")


def test_a_socket_gone_quiet_stays_open_and_answers_nothing_not_even_a_ping(serve):
    async def talk(connection):
        pong = await connection._connection.ping()
        await asyncio.wait_for(pong, 5)
        events, end = await asked(connection, within=0.5)
        pong = await connection._connection.ping()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(pong), 0.3)
        connection._connection.transport.abort()
        return events, end

    events, end = met(serve((Say("one."),), knobs=quick("lose=quiet@greeting")), talk)
    assert isinstance(end, TimeoutError)
    assert kinds(events)[-1] == "response.output_audio.delta"


# ------------------------------------------------------------ the handshake


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 502, 503])
def test_it_is_refused_with_the_status_and_openais_error(serve, status):
    with pytest.raises(InvalidStatus) as refused:
        met(serve(knobs=quick(f"refuse={status}*1")), asked)
    answer = refused.value.response
    assert answer.status_code == status
    assert json.loads(answer.body)["error"]["message"]
    assert answer.headers.get("Retry-After") == ("1" if status in {429, 503} else None)


def test_after_two_refusals_it_is_let_in(serve):
    port = serve(SPOKEN, knobs=quick("refuse=429*2"))
    for _ in range(2):
        with pytest.raises(InvalidStatus):
            met(port, asked)
    events, _ = met(port, asked)
    assert ending(events)[0] == "completed"


@pytest.mark.parametrize("status", [302, 307])
def test_it_follows_a_redirect(serve, status):
    """To the same origin: elsewhere it does not go."""
    url = "/v1/realtime?model=gpt-realtime-2.1"
    events, _ = met(serve(SPOKEN, knobs=quick(f"refuse={status}:{url}*1")), asked)
    assert ending(events)[0] == "completed"
