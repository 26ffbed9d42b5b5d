"""What an endpoint that has become slow is worn by: a kind of call that makes it slower still."""

from collections.abc import Iterator
from time import monotonic

from twiliobridge.fuzz.baseline import clean_call
from twiliobridge.fuzz.examiner import Examiner
from twiliobridge.fuzz.finding import Finding
from twiliobridge.fuzz.laws import Breach
from twiliobridge.fuzz.scenario import Drop, Listen, Scenario, Steps
from twiliobridge.fuzz.search import Search

CALLS = 20
"Of one kind, between two measurements."

WEARING = 30.0
"Seconds for all of them."

SHARE = 0.25
"Of the slowdown per call in the run: what a kind of call must cause to be told as the cause."


def wearing(examiner: Examiner, search: Search, breach: Breach) -> Finding:
    """The shortest call that makes the endpoint slower; the clean one, with a note, if none is found."""
    clean = tuple(step for step in clean_call(examiner.manners.speech) if not isinstance(step, Listen))
    per_call = (examiner.speed_now() - examiner.speed_before) / examiner.calls
    until = monotonic() + WEARING
    for category, steps in _candidates(clean, search):
        before = examiner.speed_now()
        made = _wear(examiner, steps, until)
        if examiner.speed_now() - before > per_call * made * SHARE:
            return _finding(category, steps, breach, search.examples, "")
        if monotonic() > until:
            break
    note = "no kind of call, made many times, made it slower still: what did is not known"
    return _finding("valid", clean, breach, search.examples, note)


def _wear(examiner: Examiner, steps: Steps, until: float) -> int:
    """How many calls were made: CALLS, or as many as there was time for, and one at least."""
    made = 0
    while made < CALLS and (not made or monotonic() < until):
        examiner.call(steps)
        made += 1
    return made


def _candidates(clean: Steps, search: Search) -> Iterator[tuple[str, Steps]]:
    yield "valid", clean
    yield "drop", (*clean[:-1], Drop())
    yield from search.samples


def _finding(category: str, steps: Steps, breach: Breach, examples: int, note: str) -> Finding:
    scenario = Scenario(
        steps=steps, category=category, law=breach.law.value, seen=breach.seen, calls=max(examples, CALLS)
    )
    return Finding(breach.law, scenario, breach.seen, examples, note)
