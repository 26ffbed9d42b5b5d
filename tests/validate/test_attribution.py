"""Whose a session is: told by its sound, by names, by the time; and where nothing tells, nobody's."""

import base64

import pytest

from twiliobridge.validate.attribution import LATE, Attribution, place
from twiliobridge.validate.model_session import ModelSession


class Run:
    """Calls and sessions in the order in which they are made."""

    def __init__(self):
        self.attribution = Attribution()

    def call(self, began, ended=None):
        call = place(f"call-{began}", len(self.attribution.calls), began)
        call.ended = ended
        self.attribution.calls.append(call)
        return call

    def session(self, dialled, *told):
        session = ModelSession(dialled)
        self.attribution.sessions.append(session)
        for text in told:
            session.note(text, by_bridge=True)
        return session

    def of(self, *calls):
        return [self.attribution.of(call) for call in calls]


@pytest.fixture
async def run(autojump_clock):
    return Run()


def append(audio):
    payload = base64.b64encode(audio).decode()
    return f'{{"type":"input_audio_buffer.append","audio":"{payload}"}}'


def sound(call):
    return append(call.noise * 2)


def words(text):
    return f'{{"type":"session.update","session":{{"type":"realtime","instructions":"{text}"}}}}'


async def test_sound_tells_two_calls_apart_that_are_up_at_once(run):
    """In whatever order their sessions were dialled."""
    one, other = run.call(0), run.call(0.1)
    second, first = run.session(0.2, sound(other)), run.session(0.3, sound(one))
    assert run.of(one, other) == [[first], [second]]


async def test_sound_is_found_when_it_comes_and_across_two_messages(run):
    one, other = run.call(0), run.call(0.1)
    session = run.session(0.2)
    assert run.of(one, other) == [[], []]
    assert run.attribution.unclear(one) == [session]
    for part in (one.noise[:80], one.noise[80:]):
        session.note(append(part), by_bridge=True)
        run.of(one)
    assert run.of(one, other) == [[session], []]
    assert run.attribution.unclear(one) == []


@pytest.mark.parametrize("name", ["call_sid", "stream_sid", "number"])
async def test_a_name_in_the_instructions_tells_where_there_is_no_sound(run, name):
    one, other = run.call(0), run.call(0.1)
    session = run.session(0.2, words(f"The caller is {getattr(other, name)}."))
    assert run.of(one, other) == [[], [session]]


async def test_sound_is_stronger_than_names(run):
    """A bridge that mixes up its instructions still has the session for the caller whom it hears."""
    one, other = run.call(0), run.call(0.1)
    session = run.session(0.2, words(other.call_sid), sound(one))
    assert run.of(one, other) == [[session], []]


async def test_a_session_that_hears_two_calls_is_of_both(run):
    one, other = run.call(0), run.call(0.1)
    session = run.session(0.2, sound(one), sound(other))
    assert run.of(one, other) == [[session], [session]]


async def test_the_only_call_that_is_up_is_the_one(run):
    """However many sessions it has; a call that has had its own may not take another."""
    earlier, call = run.call(0, 1), run.call(2)
    run.session(0.5)
    sessions = [run.session(2.5), run.session(4)]
    assert run.of(call) == [sessions]
    assert len(run.of(earlier)[0]) == 1


async def test_a_late_dial_is_of_the_call_that_is_over(run):
    """Between two calls, and during the next one, whose own session is dialled after it."""
    first, second = run.call(0, 1), run.call(4, 5)
    late = run.session(1.5)
    later = run.session(6)
    assert run.of(first, second) == [[late], [later]]


async def test_a_late_dial_during_the_next_call_is_not_taken_for_that_one_s(run):
    """At first it may be either's; the next one's own session tells, as it carries its sound."""
    over, up = run.call(0, 1), run.call(2)
    late = run.session(2.5)
    assert run.of(over, up) == [[], []]
    assert run.attribution.unclear(over) == run.attribution.unclear(up) == [late]
    own = run.session(3, sound(up))
    assert run.of(over, up) == [[late], [own]]


async def test_a_second_session_of_a_call_is_not_a_late_one_of_the_last(run):
    """After a loss of the model another is dialled: a call without any may not claim it by the time."""
    over, up = run.call(0, 1), run.call(2)
    own = run.session(2.1, sound(up))
    another = run.session(9)
    assert run.of(over, up) == [[], [own]]
    assert run.attribution.unclear(up) == [another]
    another.note(sound(up), by_bridge=True)
    assert run.of(over, up) == [[], [own, another]]


@pytest.mark.parametrize("dialled", [0.5, 3 + LATE])
async def test_a_session_without_a_call_is_nobody_s(run, dialled):
    """Dialled before the first one, or long after the last."""
    call = run.call(1, 2)
    session = run.session(dialled)
    assert run.of(call) == [[]]
    assert run.attribution.of_nobody() == [session]
    assert run.attribution.unclear(call) == []


async def test_a_session_that_was_kept_ready_is_of_the_call_that_is_heard_in_it(run):
    session = run.session(0)
    call = run.call(5)
    session.note(sound(call), by_bridge=True)
    assert run.of(call) == [[session]]


async def test_calls_are_settled_when_each_that_is_over_has_a_session(run):
    """Or had long enough."""
    run.call(0, 1)
    assert not run.attribution.settled(2)
    assert run.attribution.settled(4)
    run.session(1.5)
    assert run.attribution.settled(2)
