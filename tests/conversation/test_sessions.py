"""The sessions of a call: when one is left for another, and when there is to be none."""

from dataclasses import replace

import pytest
from exchange import AGENT, PCMU_BOTH_WAYS, START, Exchange

from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.limits import Limits
from twiliobridge.conversation.phase import Phase
from twiliobridge.mediastream.events import Connected, Stop
from twiliobridge.realtime import events as model
from twiliobridge.realtime.session import Session


def test_an_expired_session_is_replaced():
    call = Exchange().open()
    call.model(model.Error(error=model.ErrorDetail(code="session_expired", message="60 minutes")))
    assert len(call.dialled_at) == 1
    call.open_again()
    call.wait(10)
    assert call.ending is None


def test_a_session_is_replaced_before_it_expires_in_a_quiet_moment():
    call = Exchange(limits=Limits(model_silence=10_000)).open()
    call.relay.session_expires(3600)
    call.wait(3299)
    call.says("r", 10_000, "A long story.")
    call.wait(5)
    assert not call.dialled_at
    call.wait(6)
    assert len(call.dialled_at) == 1
    assert call.heard_ms("r") == 10_000


def test_where_there_is_no_quiet_moment_it_is_replaced_all_the_same():
    call = Exchange(limits=Limits(model_silence=10_000)).open()
    call.relay.session_expires(3600)
    call.wait(3290)
    call.caller_speaks()
    call.wait(279)
    assert not call.dialled_at
    call.wait(2)
    assert len(call.dialled_at) == 1


def test_a_call_that_is_closing_dials_no_more():
    call = Exchange().open()
    call.says("r", 4000, "Goodbye.")
    call.function_call("r", "c", "end_call")
    call.lose_model()
    assert not call.dialled_at
    call.wait(4.1)
    assert call.ending.ending is Ending.AGENT_HUNG_UP


def test_a_session_in_another_format_is_no_session():
    call = Exchange().open()
    call.lose_model()
    call.model(model.SessionCreated(session=Session()))
    call.model(model.SessionUpdated(session=Session()))
    assert call.ending.ending is Ending.MODEL_REFUSED


def test_the_first_session_may_take_several_attempts():
    """As long as the first ten seconds last."""
    call = Exchange()
    call.phone(Connected())
    call.phone(START)
    for _ in range(3):
        call.lose_model()
        call.wait(2)
    assert len(call.dialled_at) == 3
    call.open_again()
    call.wait(20)
    assert call.ending is None


@pytest.mark.parametrize("created", [False, True], ids=["dialled", "described"])
def test_a_first_attempt_that_hangs_leaves_time_for_a_second(created):
    """A handshake, or a `session.update`, that is never answered: it has four seconds of the ten."""
    call = Exchange()
    call.phone(Connected())
    call.phone(START)
    if created:
        call.model(model.SessionCreated(session=Session()))
    call.wait(3.9)
    assert not call.dialled_at
    call.wait(0.7)
    assert len(call.dialled_at) == 1
    assert "no session within 4 s" in call.relay.sessions[0].why
    call.wait(3.3)
    call.open_again()
    call.wait(20)
    assert call.ending is None


def test_a_session_that_waits_for_the_phones_start_is_no_failed_attempt():
    """It can be described only then."""
    call = Exchange()
    call.phone(Connected())
    call.model(model.SessionCreated(session=Session()))
    call.wait(9)
    call.phone(START)
    call.wait(0.5)
    call.model(model.SessionUpdated(session=PCMU_BOTH_WAYS))
    call.wait(1)
    assert not call.dialled_at
    assert call.relay.phase is Phase.TALKING


@pytest.mark.parametrize(
    "fails", [("stalled", "model", "full"), ("unreadable", "model", "nonsense", 1000)], ids=lambda how: how[0]
)
def test_a_model_that_no_longer_reads_or_makes_no_sense_is_replaced(fails):
    """As one whose socket breaks is: what it was asked for, the next session is asked for."""
    call = Exchange(replace(AGENT, greeting="Hello.")).open()
    how, *what = fails
    call.carry_out(getattr(call.relay, how)(*what, call.now))
    assert call.ending is None
    assert len(call.dialled_at) == 1
    call.open_again()
    assert isinstance(call.to_model[-1], model.CreateResponse)


def test_a_model_that_would_refuse_again_is_not_dialled_again():
    call = Exchange()
    call.phone(Connected())
    call.phone(START)
    call.lose_model(transient=False)
    assert call.ending.ending is Ending.MODEL_LOST


def test_the_caller_may_hang_up_meanwhile():
    call = Exchange().open()
    call.lose_model()
    call.phone(Stop(account_sid=START.account_sid, call_sid=START.call_sid))
    assert call.ending.ending is Ending.CALLER_HUNG_UP


def test_confirmations_of_other_updates_open_nothing():
    call = Exchange().open()
    call.lose_model()
    call.model(model.SessionCreated(session=Session()))
    call.model(model.SessionUpdated(session=PCMU_BOTH_WAYS))
    told = len(call.to_model)
    call.model(model.SessionUpdated(session=PCMU_BOTH_WAYS))
    assert len(call.to_model) == told
    assert call.relay.sessions[-1].ready_at == 0
    assert AGENT.greeting is None


def test_a_service_that_drops_each_session_at_once_is_not_dialled_for_ever():
    call = Exchange(limits=Limits(model_silence=10_000)).open()
    call.wait(60)
    call.lose_model()
    for _ in range(3):
        call.open_again()
        call.lose_model()
        call.wait(2)
    assert len(call.dialled_at) == 3
    assert call.ending.ending is Ending.MODEL_LOST


def test_a_short_session_has_half_of_its_time():
    """Else each would be replaced as soon as it stands."""
    call = Exchange(limits=Limits(model_silence=10_000)).open()
    call.relay.session_expires(100)
    call.wait(49)
    assert not call.dialled_at
    call.wait(2)
    assert len(call.dialled_at) == 1


def test_a_session_that_is_said_to_have_expired_already_is_kept():
    """The clocks of both sides differ."""
    call = Exchange(limits=Limits(model_silence=10_000)).open()
    call.relay.session_expires(-60)
    call.wait(60)
    assert not call.dialled_at
