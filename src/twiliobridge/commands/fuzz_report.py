"""What `twiliobridge fuzz` says: the bar while it runs, the findings, the same as JSON."""

import shlex
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from twiliobridge.exit_code import ExitCode
from twiliobridge.fuzz import (
    CATEGORIES,
    Ending,
    Endpoint,
    Finding,
    Law,
    Plan,
    Report,
    Scenario,
    fuzz,
    replay_scenario,
)
from twiliobridge.fuzz.files import companion
from twiliobridge.fuzz.scenario import AnyStep

LONGEST_LINE = 150
"Characters of a step; the file has the rest."


def listing() -> ExitCode:
    out = _console()
    out.print("Classes of mutation, in the order in which they are tried:")
    for each in CATEGORIES.values():
        hostile = "  (hostile: loopback only, or --i-own-this-endpoint)" if each.hostile else ""
        out.print(f"  {each.name:12} {each.what}{hostile}", markup=False)
    out.print("\nLaws:")
    for law in Law:
        out.print(f"  {law.value:12} {law.sentence}", markup=False)
    return ExitCode.PASSED


def replayed(endpoint: Endpoint, scenario: Scenario) -> ExitCode:
    out = _console()
    breaches = replay_scenario(endpoint, scenario)
    for each in breaches:
        out.print(f"{each.law.value}: {each.law.sentence}\n  seen: {each.seen}", markup=False)
    if not breaches:
        out.print("Nothing is wrong with this scenario here.")
    return ExitCode.FAILED if breaches else ExitCode.PASSED


def told(endpoint: Endpoint, plan: Plan, restart: Callable[[], bool] | None, *, as_json: bool) -> ExitCode:
    """Runs, and tells."""
    with _bar(plan, silent=as_json) as watch:
        report = fuzz(endpoint, plan, watch, restart)
    if as_json:
        sys.stdout.write(msgspec.json.encode(summary(report)).decode() + "\n")
    else:
        for line in lines(report):
            _console().print(line, markup=False)
    if report.ending is Ending.INTERRUPTED:
        return ExitCode.INTERRUPTED
    return ExitCode.FAILED if report.findings else ExitCode.PASSED


@contextmanager
def _bar(plan: Plan, *, silent: bool) -> Iterator[Callable[[str, int], None]]:
    """On stderr, and only if that is a terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description:12}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[found]} found"),
    )
    with Progress(
        *columns, console=console, transient=True, disable=silent or not console.is_terminal
    ) as bar:
        count = len(plan.classes or CATEGORIES) * plan.examples
        task = bar.add_task("baseline", total=count, found=0)

        def watch(name: str, found: int) -> None:
            bar.update(task, advance=1, description=name, found=found)

        yield watch


def lines(report: Report) -> Iterator[str]:
    for number, each in enumerate(report.findings, 1):
        yield from _finding(number, each, report.endpoint)
    for seen, times in Counter(report.once).items():
        of = f" (of {times} scenarios)" if times > 1 else ""
        yield f"Seen once, and not again, so it does not count{of}: {seen}"
    if report.skipped:
        skipped = ", ".join(report.skipped)
        yield f"Not tried, for the endpoint is not on loopback: {skipped}."
        yield "Say --i-own-this-endpoint if it is yours."
    if report.ending is Ending.LOST:
        yield "The run is over: the endpoint takes no clean call any more. --restart COMMAND lets it go on."
    yield _last_line(report)


def _finding(number: int, finding: Finding, endpoint: Endpoint) -> Iterator[str]:
    scenario = finding.scenario
    yield f"{number}. {finding.law.value} / {scenario.category}: {finding.law.sentence}"
    yield f"   seen: {finding.seen}"
    if finding.note:
        yield f"   but: {finding.note}"
    times = f", {scenario.calls} calls of it" if scenario.calls > 1 else ""
    yield f"   {scenario.messages} message{'' if scenario.messages == 1 else 's'}{times}:"
    for step in scenario.steps:
        yield f"     {_step(step)}"
    if finding.file is not None:
        yield f"   replay: {command(endpoint, finding.file)}"
        yield f"   pytest: {companion(finding.file)}"
    yield ""


def _step(step: AnyStep) -> str:
    text = msgspec.json.encode(step).decode()
    return text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 3]}..."


def command(endpoint: Endpoint, file: Path) -> str:
    return f"twiliobridge fuzz {shlex.quote(endpoint.url)} --replay {shlex.quote(str(file))}"


def _last_line(report: Report) -> str:
    found, seconds = len(report.findings), f"{report.seconds:.0f} s"
    after = "" if report.answer_after is None else f", after it {report.answer_after * 1000:.0f} ms"
    return (
        f"{found or 'Nothing'} found in {report.examples} scenarios, {report.calls} calls, {seconds} "
        f"(seed {report.plan.seed}; {report.ending.value}). "
        f"A clean call is answered after {report.answer_before * 1000:.0f} ms before the run{after}."
    )


def summary(report: Report) -> dict[str, Any]:
    return {
        "url": report.endpoint.url,
        "seed": report.plan.seed,
        "ending": report.ending.name.lower(),
        "scenarios": report.examples,
        "calls": report.calls,
        "seconds": round(report.seconds, 3),
        "answer_ms_before": round(report.answer_before * 1000, 1),
        "answer_ms_after": None if report.answer_after is None else round(report.answer_after * 1000, 1),
        "skipped": report.skipped,
        "seen_once": report.once,
        "findings": [_as_json(each, report.endpoint) for each in report.findings],
    }


def _as_json(finding: Finding, endpoint: Endpoint) -> dict[str, Any]:
    return {
        "law": finding.law.value,
        "class": finding.scenario.category,
        "sentence": finding.law.sentence,
        "seen": finding.seen,
        "note": finding.note,
        "scenario": finding.example,
        "messages": finding.scenario.messages,
        "calls": finding.scenario.calls,
        "steps": msgspec.to_builtins(finding.scenario.steps),
        "file": None if finding.file is None else str(finding.file),
        "replay": None if finding.file is None else command(endpoint, finding.file),
    }


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)
