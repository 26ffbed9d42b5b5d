"""Every knob can be set by text, and is listed with its default and its meaning."""

from dataclasses import fields

import pytest

from twiliobridge.offline.behaviours import BEHAVIOURS, behaving
from twiliobridge.offline.faults import Loss, Noise, Odd
from twiliobridge.offline.incidents import FORM, Incident, Moment
from twiliobridge.offline.knob_text import KNOBS, described, set_knob
from twiliobridge.offline.knobs import Knobs, Transcripts

SET = {
    "dial=0.8": Knobs(dial=0.8),
    "latency=inf": Knobs(latency=float("inf")),
    "rate-limits-after=none": Knobs(rate_limits_after=None),
    "drop_after=12": Knobs(drop_after=12),
    "stragglers=2": Knobs(stragglers=2),
    "unknown=yes": Knobs(unknown=True),
    "interleaved=off": Knobs(interleaved=False),
    "delta_ms=20-21": Knobs(delta_ms=(20, 21)),
    "transcripts=never": Knobs(transcripts=Transcripts.NEVER),
    "preamble=One moment, a = b.": Knobs(preamble="One moment, a = b."),
    "respond=text*1, empty": Knobs(respond=(Incident(Odd.TEXT, times=1), Incident(Odd.EMPTY))),
    "noise=answer:300": Knobs(noise=(Incident(Noise.ANSWER, 300.0),)),
}


@pytest.mark.parametrize(("text", "knobs"), SET.items())
def test_a_knob_is_set_by_name_and_value(text, knobs):
    assert set_knob(Knobs(), text) == knobs


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("latency", "sets no knob"),
        ("lateness=1", "dial, back,"),
        ("latency=soon", "a number from 0 on, or inf"),
        ("latency=-1", "a number from 0 on, or inf"),
        ("latency=nan", "a number from 0 on, or inf"),
        ("stragglers=1.5", "a whole number"),
        ("unknown=perhaps", "yes or no"),
        ("delta_ms=500-50", "such as 50-500"),
        ("transcripts=soon", "before, during, after, never"),
        ("respond=shy", "there is no 'shy'"),
        ("lose=1006:3", "takes no detail"),
    ],
)
def test_what_cannot_be_set_is_refused_in_one_line(text, cause):
    with pytest.raises(ValueError, match=r"^[^\n]+$") as refused:
        set_knob(Knobs(), text)
    assert cause in str(refused.value)


def test_every_knob_is_listed_and_its_default_sets_it_to_what_it_is():
    rows = {row.name: row for row in described()}
    assert [name for name in rows if "=" not in name] == [field.name for field in fields(Knobs)] == [*KNOBS]
    for name, (form, meaning) in KNOBS.items():
        assert rows[name].meaning.startswith(meaning)
        assert rows[name].meaning.endswith(".")
        assert (FORM in rows[name].meaning) == bool(form.words), (
            "how it is written is said where it is no value"
        )
        assert set_knob(Knobs(), f"{name}={rows[name].default}") == Knobs()
    for row in rows.values():
        assert "\n" not in row.meaning


def test_every_word_of_a_knob_is_listed_with_its_meaning():
    words = {row.name.partition("[")[0]: row.meaning for row in described() if "=" in row.name}
    for kind, knob in ((Odd, "respond"), (Loss, "lose"), (Noise, "noise")):
        for each in kind:
            assert words[f"{knob}={each.word}"] == each.means
    assert [name for name in words if "@" in name] == [f"lose=...@{moment.word}" for moment in Moment]


def test_bundles_are_laid_over_one_another_and_a_knob_over_them():
    """Far and flaky is both; what is set afterwards wins; incidents of several bundles add up."""
    both = behaving(["far", "flaky"])
    assert (both.dial, both.back) == (0.8, 0.25)
    assert both.lose == BEHAVIOURS["flaky"].lose
    assert set_knob(both, "back=0").back == 0
    assert behaving(["busy", "flaky"]).respond == BEHAVIOURS["busy"].respond + BEHAVIOURS["flaky"].respond
    assert behaving(["far"], Knobs(latency=3.0)).latency == 3.0
    assert behaving([]) == Knobs()


def test_a_behaviour_that_there_is_not_is_named():
    with pytest.raises(ValueError, match="'rude'; there are far, busy, flaky, talkative, silent"):
        behaving(["rude"])
