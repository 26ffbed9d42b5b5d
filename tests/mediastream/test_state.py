"""The tables themselves, and that both ends of a stream obey them and nothing else."""

from itertools import product

import pytest

from twiliobridge.mediastream import (
    TRANSITIONS,
    UNIDIRECTIONAL,
    Clear,
    Connected,
    LocalProtocolError,
    Mark,
    Phase,
    Play,
    RemoteProtocolError,
    Role,
    Start,
    Stop,
    render,
)

TABLES = [(TRANSITIONS, True), (UNIDIRECTIONAL, False)]


@pytest.mark.parametrize("table", [TRANSITIONS, UNIDIRECTIONAL])
def test_every_phase_and_role_is_a_key(table):
    assert set(table) == set(Phase)
    assert all(set(table[phase]) == set(Role) for phase in Phase)


def test_the_server_may_say_nothing_before_start():
    for table in (TRANSITIONS, UNIDIRECTIONAL):
        assert table[Phase.NEW][Role.SERVER] == {}
        assert table[Phase.CONNECTED][Role.SERVER] == {}


def test_the_server_never_moves_the_stream():
    for table, phase in product((TRANSITIONS, UNIDIRECTIONAL), Phase):
        assert set(table[phase][Role.SERVER].values()) <= {phase}


def test_after_stop_twilio_is_silent():
    assert TRANSITIONS[Phase.STOPPED][Role.TWILIO] == UNIDIRECTIONAL[Phase.STOPPED][Role.TWILIO] == {}


def test_a_unidirectional_stream_only_takes_away():
    for phase, role in product(Phase, Role):
        assert UNIDIRECTIONAL[phase][role].items() <= TRANSITIONS[phase][role].items()


@pytest.mark.parametrize(("table", "bidirectional"), TABLES)
@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("sender", Role)
def test_an_end_may_send_exactly_what_the_table_says(table, bidirectional, phase, sender, example, ends_in):
    """An event in the table moves the sender to the phase named there; any other raises and moves nothing."""
    for kind, event in example.items():
        end = ends_in(phase, bidirectional=bidirectional)[list(Role).index(sender)]
        then = table[phase][sender].get(kind)
        if then is None:
            with pytest.raises(LocalProtocolError, match=f"{kind.__name__} from {sender.value} in phase"):
                end.send(event)
        else:
            end.send(event)
        assert end.phase is (then or phase)


@pytest.mark.parametrize(("table", "bidirectional"), TABLES)
@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("sender", Role)
def test_an_end_accepts_exactly_what_the_table_says(table, bidirectional, phase, sender, example, ends_in):
    """Written by an end that is allowed to, read by one for which the table decides."""
    for kind, event in example.items():
        text = _text_of(event, sender, ends_in)
        if text is None:
            continue
        listener = ends_in(phase, bidirectional=bidirectional)[list(Role).index(sender.peer)]
        then = table[phase][sender].get(kind)
        if then is None:
            with pytest.raises(RemoteProtocolError):
                listener.receive(text)
        else:
            assert type(listener.receive(text)) is kind
        assert listener.phase is (then or phase)


def _text_of(event, sender, ends_in):
    for phase in Phase:
        if type(event) in TRANSITIONS[phase][sender]:
            return ends_in(phase)[list(Role).index(sender)].send(event)
    return None


def test_the_rendered_table_has_a_row_for_each_phase_and_every_move():
    text = render(TRANSITIONS)
    assert [line.split("|")[1].strip() for line in text.splitlines()[2:]] == [phase.name for phase in Phase]
    assert "| CONNECTED | Start → STREAMING | nothing |" in text
    assert "| STREAMING | Media, Dtmf, Mark, Stop → STOPPED | Play, Mark, Clear |" in text


def test_each_event_has_a_place_in_the_order(example):
    for role, kinds in ((Role.SERVER, {Play, Mark, Clear}), (Role.TWILIO, set(example) - {Play, Clear})):
        assert {kind for phase in Phase for kind in TRANSITIONS[phase][role]} == kinds
    assert {Connected, Start, Stop} <= set(example)
