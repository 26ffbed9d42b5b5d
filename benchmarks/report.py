"""What a run found: a table for the terminal, JSON for machines, the figures of docs/performance.md."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.arithmetic import middle
from benchmarks.measure import Plan, Result
from benchmarks.stack import Stack
from benchmarks.traffic import Window

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"

Figure = Callable[[Result], float | None]


@dataclass
class Run:
    plan: Plan
    stacks: Sequence[Stack]
    machine: dict[str, str]
    direct: list[Window] = field(default_factory=list)
    "Without a bridge, once a round."
    results: list[Result] = field(default_factory=list)

    @property
    def file_name(self) -> str:
        when = self.machine["when"].removesuffix(" UTC").replace(" ", "T").replace(":", "")
        return f"{when}.json"

    def rounds(self, stack: str, figure: Figure) -> list[float | None]:
        return [figure(result) for result in self.results if result.stack == stack]

    def median(self, stack: str, figure: Figure) -> float | None:
        return middle(self.rounds(stack, figure))

    def ratios(self, stack: str, other: str, figure: Figure) -> list[float | None]:
        """Round by round: within one, the machine is most like itself."""
        pairs = zip(self.rounds(stack, figure), self.rounds(other, figure), strict=False)
        return [a / b if a is not None and b else None for a, b in pairs]

    def notes(self, stack: str) -> list[str]:
        return list(dict.fromkeys(n for each in self.results if each.stack == stack for n in each.notes))


def cost(result: Result) -> float | None:
    return result.echo.ms_per_call_second if result.echo else None


def speech_cost(result: Result) -> float | None:
    return result.speech.ms_per_call_second if result.speech else None


def latency(way: str, name: str, load: str = "echo") -> Figure:
    def figure(result: Result) -> float | None:
        spread = getattr(getattr(result, load), way, None)
        return getattr(spread, name) if spread else None

    return figure


def kib(result: Result) -> float | None:
    return None if result.memory is None else result.memory / 1024


def capacity(result: Result) -> float | None:
    return None if result.breaks_at is None else float(result.breaks_at)


def faults(result: Result) -> float:
    return float(sum(w.lost + w.reordered + w.damaged for w in (result.echo, result.speech) if w))


def number(value: float | None, places: int = 1) -> str:
    return "-" if value is None else f"{value:.{places}f}"


def against(run: Run, other: str, figure: Figure) -> Callable[[str], str]:
    """A column: each stack's figure over that of `other` in the same round; the median of the rounds."""
    return lambda name: number(middle(run.ratios(name, other, figure)), 2)


def columns(run: Run) -> list[tuple[str, Callable[[str], str]]]:
    def p(way: str, name: str) -> Callable[[str], str]:
        return lambda stack: number(added(run, stack, way, name), 2)

    def plain(figure: Figure, places: int = 1) -> Callable[[str], str]:
        return lambda stack: number(run.median(stack, figure), places)

    return [
        ("CPU / sample", against(run, "sample", cost)),
        ("CPU / Pipecat", against(run, "pipecat", cost)),
        ("CPU / limit", against(run, "limit", cost)),
        ("calls / sample", against(run, "sample", capacity)),
        ("CPU ms/call-s", plain(cost, 2)),
        ("same, speech", plain(speech_cost, 2)),
        ("in p50", p("inward", "p50")),
        ("in p99", p("inward", "p99")),
        ("in max", p("inward", "longest")),
        ("out p50", p("outward", "p50")),
        ("out p99", p("outward", "p99")),
        ("out max", p("outward", "longest")),
        ("KiB/call", plain(kib, 0)),
        ("calls/core", plain(capacity, 0)),
        ("faults", plain(faults, 0)),
    ]


def added(run: Run, stack: str, way: str, name: str) -> float | None:
    """Milliseconds above the same percentile without a bridge; the median of the rounds."""
    measured = run.median(stack, latency(way, name))
    base = middle([getattr(spread, name) for each in run.direct if (spread := getattr(each, way))])
    return None if measured is None or base is None else max(measured - base, 0.0)


def rows(run: Run) -> list[list[str]]:
    table = columns(run)
    head = ["stack", *(title for title, _ in table)]
    return [head, *([stack.label, *(cell(stack.name) for _, cell in table)] for stack in run.stacks)]


def show(run: Run) -> None:
    table = rows(run)
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    print()
    for row in table:
        print(
            "  ".join(
                cell.ljust(width) if not i else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
        )
    for line in footnotes(run):
        print(line)


def footnotes(run: Run) -> list[str]:
    lines = [f"* {stack.label}: {note}" for stack in run.stacks for note in run.notes(stack.name)]
    lines += [f"* {stack.label}: {each}" for stack in run.stacks if (each := by_round(run, stack.name))]
    base = middle([each.p99 for each in run.direct])
    lines.append(
        f"* without a bridge, phone to model: p99 {number(base, 2)} ms; latencies above are what is added"
    )
    return lines


def by_round(run: Run, stack: str) -> str:
    """The ratios behind the first column; nothing for the sample itself."""
    ratios = [] if stack == "sample" else run.ratios(stack, "sample", cost)
    return f"CPU / sample by round: {', '.join(number(each, 2) for each in ratios)}" if ratios else ""


def write_json(run: Run, file: Path) -> None:
    ratios = {stack.name: {title: cell(stack.name) for title, cell in columns(run)} for stack in run.stacks}
    record = {
        "medians": ratios,
        "machine": run.machine,
        "plan": asdict(run.plan),
        "direct": [asdict(window) for window in run.direct],
        "rounds": [asdict(result) for result in run.results],
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    print(f"written: {file}")


def write_document(run: Run, file: Path) -> None:
    """Puts the figures between the markers; what is written around them by hand stays."""
    before, _, rest = file.read_text("utf-8").partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"{file} has no line {BEGIN} and {END} after it")
    file.write_text(f"{before}{BEGIN}\n{markdown(run)}\n{END}{after}", "utf-8")
    print(f"written: {file}")


def markdown(run: Run) -> str:
    head, *body = rows(run)
    lines = [f"| {' | '.join(head)} |", "|" + "---|" + "---:|" * (len(head) - 1)]
    lines += [f"| {' | '.join(row)} |" for row in body]
    about = ", ".join(f"{name}: {value}" for name, value in run.machine.items())
    plan = run.plan
    lines += ["", f"{plan.calls} calls; medians of {len(run.direct)} rounds. {about}.", "", *footnotes(run)]
    return "\n".join(lines)
