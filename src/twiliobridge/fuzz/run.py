"""A run: the baseline, the search, and whether the endpoint is as fast as before."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from time import monotonic

from twiliobridge.fuzz.categories import CATEGORIES, Category
from twiliobridge.fuzz.endpoint import Endpoint, Unusable
from twiliobridge.fuzz.examiner import Examiner
from twiliobridge.fuzz.files import write_finding
from twiliobridge.fuzz.finding import Finding
from twiliobridge.fuzz.incidents import Incidents
from twiliobridge.fuzz.interruption import Interruption
from twiliobridge.fuzz.scenario import key
from twiliobridge.fuzz.search import Enough, Search
from twiliobridge.fuzz.wear import wearing


class Ending(Enum):
    EXAMPLES = "all examples were tried"
    TIME = "the time was up"
    SLOW = "the endpoint became slow"
    LOST = "the endpoint takes no clean call any more"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, kw_only=True)
class Plan:
    seed: int = 0
    examples: int = 50
    "Of each class."
    max_seconds: float = 60.0
    "For the search; shortening what was found may take 20 s for each finding besides."
    classes: tuple[str, ...] = ()
    "Names of CATEGORIES; empty: all that may be tried."
    own: bool = False
    "Whether the endpoint is the user's own, and may be treated with hostility though it is not on loopback."
    output: Path = Path("fuzz_output")


@dataclass
class Report:
    endpoint: Endpoint
    plan: Plan
    ending: Ending = Ending.EXAMPLES
    findings: list[Finding] = field(default_factory=list)
    once: list[str] = field(default_factory=list)
    "Matters of time that were seen once and not again."
    skipped: list[str] = field(default_factory=list)
    "Classes that were not tried, because the endpoint is not on loopback."
    tried: dict[str, int] = field(default_factory=dict)
    "How many scenarios of each class that was to be tried."
    incidents: Incidents = field(default_factory=Incidents)
    speech: int | None = 0
    "Frames of speech that a clean call needs to be answered; None if it is answered nothing."
    examples: int = 0
    calls: int = 0
    seconds: float = 0.0
    answer_before: float = 0.0
    "Seconds from dialling to the answer, the median of clean calls."
    answer_after: float | None = None


Watch = Callable[[str, int], None]
"Is told after each example: its class, and how many findings there are."


def fuzz(
    endpoint: Endpoint,
    plan: Plan,
    watch: Watch = lambda _name, _findings: None,
    restart: Callable[[], bool] | None = None,
) -> Report:
    """Tests an endpoint. What is found is written as soon as it is found.

    Unusable if there is nothing to test; OSError if the folder cannot be written. KeyboardInterrupt ends the
    run early and is told by the report. Runs an event loop for each call, so it must not be called from one.
    """
    report = Report(endpoint, plan)
    categories = _chosen(endpoint, plan, report)
    plan.output.mkdir(parents=True, exist_ok=True)  # not to be told at the end that it cannot be
    begin = monotonic()
    try:
        with Interruption() as interruption:
            _run(report, categories, Examiner(endpoint, restart, interruption.let_in), watch)
    except* KeyboardInterrupt:
        report.ending = Ending.INTERRUPTED
    finally:
        _remove_if_empty(plan.output)
    report.seconds = monotonic() - begin
    return report


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _run(report: Report, categories: Sequence[Category], examiner: Examiner, watch: Watch) -> None:
    plan = report.plan
    report.answer_before, report.speech = examiner.speed_before, examiner.manners.speech
    search = Search(
        examiner,
        plan.seed,
        monotonic() + plan.max_seconds,
        lambda name: watch(name, len(report.findings)),
        lambda finding: _note(report, finding),
    )
    try:
        search.tell_start()
        report.ending = _search(search, categories, plan.examples)
        _finish(report, examiner, search)
    finally:
        report.examples, report.calls, report.once = search.examples, examiner.calls, search.once
        report.tried = {each.name: search.tried[each.name] for each in categories}
        report.incidents = examiner.incidents


def _search(search: Search, categories: Sequence[Category], examples: int) -> Ending:
    try:
        search.run(categories, examples)
    except Enough:
        return Ending.TIME if search.out_of_time else Ending.SLOW
    return Ending.EXAMPLES


def _finish(report: Report, examiner: Examiner, search: Search) -> None:
    """Nothing found is said of an endpoint only that takes a clean call at the end."""
    if not examiner.lost:
        examiner.look_again()
        if not examiner.lost:
            _look_for_wear(report, examiner, search)
            examiner.look_again()
        if examiner.lost:
            search.tell_loss()
    if examiner.lost:
        report.ending = Ending.LOST


def _look_for_wear(report: Report, examiner: Examiner, search: Search) -> None:
    breach = examiner.slowdown()
    report.answer_after = examiner.speed_now()
    if breach is not None:
        _note(report, wearing(examiner, search, breach))


def _note(report: Report, finding: Finding) -> None:
    same = (
        each
        for each in report.findings
        if each.law is finding.law and key(each.scenario.steps) == key(finding.scenario.steps)
    )
    if next(same, None) is None:
        report.findings.append(finding)
        write_finding(finding, report.plan.output, report.endpoint)


def _chosen(endpoint: Endpoint, plan: Plan, report: Report) -> list[Category]:
    """Unusable if a class was asked for by name that the endpoint must be spared."""
    chosen = [CATEGORIES[name] for name in plan.classes or CATEGORIES]
    hostile = [each.name for each in chosen if each.hostile]
    if not hostile or plan.own or endpoint.is_loopback():
        return chosen
    if plan.classes:
        raise Unusable(
            f"{', '.join(hostile)} can hurt an endpoint beyond this machine; "
            "say --i-own-this-endpoint if it is yours"
        )
    report.skipped = hostile
    return [each for each in chosen if not each.hostile]
