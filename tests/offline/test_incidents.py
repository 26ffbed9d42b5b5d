"""What goes wrong, how often, and the text form of that."""

import pytest

from twiliobridge.offline.faults import Answer, Loss, Odd
from twiliobridge.offline.incidents import Draws, Incident, Moment, incidents

WRITTEN = {
    "text": Incident(Odd.TEXT),
    "text*2": Incident(Odd.TEXT, times=2),
    "text*1@3": Incident(Odd.TEXT, since=3, times=1),
    "cut:250%20": Incident(Odd.CUT, 250.0, percent=20),
    "filtered:0": Incident(Odd.FILTERED, 0.0),
    "rate_limited:0.5@2%1.5": Incident(Odd.RATE_LIMITED, 0.5, since=2, percent=1.5),
    "1006@answer": Incident(Loss.DROPPED, at=Moment.ANSWER),
    "quiet@tool@2*1%30": Incident(Loss.QUIET, at=Moment.TOOL, since=2, times=1, percent=30),
    "302:wss://there.example:9/v1/realtime*1": Incident(
        Answer.FOUND, "wss://there.example:9/v1/realtime", times=1
    ),
}


@pytest.mark.parametrize(("text", "incident"), WRITTEN.items())
def test_an_incident_is_read_as_it_is_written(text, incident):
    kind = type(incident.what)
    assert incidents(kind, text) == (incident,)
    assert incidents(kind, str(incident)) == (incident,)


def test_a_whole_number_is_a_number():
    assert Incident(Odd.CUT, 400) == Incident(Odd.CUT, 400.0)
    assert str(Incident(Odd.CUT, 400)) == "cut:400"
    assert Incident(Odd.CUT, 400).amount == 400.0


def test_several_are_separated_by_commas_and_none_is_none():
    assert incidents(Odd, "text, empty*1") == (Incident(Odd.TEXT), Incident(Odd.EMPTY, times=1))
    assert incidents(Odd, "none") == incidents(Odd, "") == ()


@pytest.mark.parametrize(
    ("kind", "text", "cause"),
    [
        (Odd, "shy", "there is no 'shy'; there are text, empty"),
        (Odd, "text:300", "'text' takes no detail"),
        (Odd, "text@answer", "'text' takes no moment"),
        (Odd, "cut:many", "'many' is no number"),
        (Odd, "cut:-3", "no number from 0 on"),
        (Odd, "text*0", "count from 1"),
        (Odd, "text%0", "more than 0"),
        (Odd, "text%101", "at most 100"),
        (Odd, "text*x", "no whole number"),
        (Odd, "text,", "is not of the form"),
        (Loss, "1006@noon", "there is no 'noon'; there are greeting, answer"),
        (Answer, "418", "there is no '418'"),
    ],
)
def test_what_cannot_be_is_refused_with_its_cause(kind, text, cause):
    with pytest.raises(ValueError, match=r"^[^\n]+$") as refused:
        incidents(kind, text)
    assert cause in str(refused.value)


def drawn(text, occasions, seed="7"):
    draws = Draws(incidents(Odd, text), seed)
    return [incident and incident.what.word for incident in (draws.next() for _ in range(occasions))]


def test_an_incident_happens_at_its_occasions():
    """Each time; the first times; from one on; and the first that is due comes first."""
    assert drawn("text", 3) == ["text"] * 3
    assert drawn("text*2", 4) == ["text", "text", None, None]
    assert drawn("text*1@3", 5) == [None, None, "text", None, None]
    assert drawn("text*1,empty", 3) == ["text", "empty", "empty"]


def test_chance_is_seeded():
    assert drawn("text%50", 40) == drawn("text%50", 40)
    assert drawn("text%50", 40) != drawn("text%50", 40, seed="8")
    assert 5 < drawn("text%50", 40).count("text") < 35


def test_what_does_not_fit_has_not_happened():
    draws = Draws(incidents(Odd, "cut_call*1"), "7")
    assert draws.next(lambda _: False) is None
    assert draws.next() == Incident(Odd.CUT_CALL, times=1)
