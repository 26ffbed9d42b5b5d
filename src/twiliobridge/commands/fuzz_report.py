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
from twiliobridge.fuzz.files import companion, variable
from twiliobridge.fuzz.scenario import AnyStep

ANSWERS = {None: "nothing", 0: "start", 1: "a frame of speech"}
"To what a clean call is answered; otherwise it takes more speech."

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
    yield from _limits(report)
    if report.ending is Ending.LOST:
        yield "The run is over: the endpoint takes no clean call any more. --restart COMMAND lets it go on."
    yield _last_line(report)


def _limits(report: Report) -> Iterator[str]:
    """What the run cannot say, and what it let pass."""
    met = report.incidents
    if report.speech is None:
        yield (
            "The endpoint said nothing in any clean call, to speech neither: whether it answers as before, "
            "and whether what it says is legal, was not tested."
        )
    if met.excused:
        yield (
            f"Excused: {met.excused} calls ended without a WebSocket close (1006) after `stop`, "
            "as clean calls do here; before `stop` that is a finding."
        )
    if met.refused:
        yield (
            f"Not tried: {len(met.refused)} calls of scenarios, whose handshake was refused; the last: "
            f"{met.refused[-1]}"
        )
    for each in met.outages:
        how = "after a restart" if each.restarted else "by itself"
        yield f"Away for {each.seconds:.1f} s after call {each.scenario} of a scenario, and back {how}."
    if untried := [name for name, count in report.tried.items() if not count]:
        yield f"Not tried at all, for {report.ending.value}: {', '.join(untried)}."


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
    """What may be secret is in the environment."""
    way = endpoint.access
    flags = {"--public-url": way.public_url, "--stream-origin": way.stream_origin}
    given = [f" {name} {shlex.quote(value)}" for name, value in flags.items() if value]
    given += [f' --header "{name}: ${variable(name)}"' for name in way.headers]
    return f"twiliobridge fuzz {shlex.quote(endpoint.url)}{''.join(given)} --replay {shlex.quote(str(file))}"


def _last_line(report: Report) -> str:
    found, seconds = len(report.findings), f"{report.seconds:.0f} s"
    after = "" if report.answer_after is None else f", after it {report.answer_after * 1000:.0f} ms"
    what = "clean handshake" if report.speech is None else "clean call"
    return (
        f"{found or 'Nothing'} found in {report.examples} scenarios, {report.calls} calls, {seconds} "
        f"(seed {report.plan.seed}; {report.ending.value}). "
        f"A {what} is answered after {report.answer_before * 1000:.0f} ms before the run{after}."
    )


def summary(report: Report) -> dict[str, Any]:
    met = report.incidents
    return {
        "url": report.endpoint.url,
        "seed": report.plan.seed,
        "ending": report.ending.name.lower(),
        "scenarios": report.examples,
        "calls": report.calls,
        "seconds": round(report.seconds, 3),
        "answer_ms_before": round(report.answer_before * 1000, 1),
        "answer_ms_after": None if report.answer_after is None else round(report.answer_after * 1000, 1),
        "answers": ANSWERS.get(report.speech, "speech"),
        "tried": report.tried,
        "planned_of_each": report.plan.examples,
        "refused": {"calls": len(met.refused), "last": met.refused[-1] if met.refused else None},
        "excused_after_stop": met.excused,
        "outages": [
            {"after_call": each.scenario, "seconds": round(each.seconds, 1), "restarted": each.restarted}
            for each in met.outages
        ],
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
