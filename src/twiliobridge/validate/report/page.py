"""The HTML page: one file, which asks for nothing and works from a disk.

Its texts are escaped by the template engine, and its content security policy (W3C CSP Level 3, hashes of
inline scripts) lets no script run but its own: what a peer sent is shown, and does nothing.
"""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from twiliobridge.validate.metric import SAMPLES_FOR_P50, SAMPLES_FOR_P95, Metric
from twiliobridge.validate.report.lanes import described
from twiliobridge.validate.report.picture import Picture, pictures
from twiliobridge.validate.report.plain import facts
from twiliobridge.validate.report.wording import (
    ALL_CHECKS,
    WORDS,
    changes,
    cleaned,
    duration,
    extent,
    failures,
    figure,
    measured,
    metrics,
    verdict,
)
from twiliobridge.validate.report.writing import write_whole
from twiliobridge.validate.result import CheckResult, Level, Status, SuiteResult

MOST_TEXT = 600
"Letters of any one text on the page; the JSON report has the whole."
SCRIPTS = ("player.js", "timeline.js", "page.js")
BACKTICKS = re.compile(r"`([^`]+)`")
MOST_DOTS = 500
"For each metric."
CARDS = 6
"The first metrics of a run, in large figures."
STYLES = ("page.css", "lanes.css")
SIGNS = {
    "passed": "✓",
    "failed": "✗",
    "not measured": "\N{EN DASH}",
    "skipped": "\N{EN DASH}",
    "interrupted": "!",
    "SUCCESS": "✓",
    "FAILED": "✗",
    "INCOMPLETE": "\N{EN DASH}",
    "INTERRUPTED": "!",
}
"Beside each word, so that the eye finds it without its colour."


@dataclass(frozen=True)
class Measured:
    """A metric in the table: its figures, and its values as dots on an axis that has 0 on it."""

    metric: Metric
    figures: tuple[str, ...]
    dots: tuple[float, ...]
    "Percent of the axis."
    middle: float | None
    "The median, likewise."
    zero: float
    span: str
    "0 ms to 1102 ms"


def write_html(result: SuiteResult, path: Path) -> None:
    """CannotWrite if it cannot be written."""
    write_whole(path, page(cleaned(result)).encode())


def page(result: SuiteResult) -> str:
    """Of a result whose texts are `printable`."""
    script = "\n".join(_stored(name) for name in SCRIPTS)
    return (
        _environment()
        .get_template("page.html")
        .render(
            result=result,
            verdict=verdict(result),
            facts=list(facts(result))[:-1],
            failures=list(failures(result)),
            changes=list(changes(result)),
            pictures=_by_check(result, pictures(result.results)),
            measured=[_measured(each) for each in metrics(result)],
            headline=result.headline[:CARDS],
            all_checks=ALL_CHECKS,
            samples=(SAMPLES_FOR_P50, SAMPLES_FOR_P95),
            style=Markup("\n".join(map(_stored, STYLES))),  # noqa: S704 -- a file of this package
            script=Markup(script),  # noqa: S704 -- likewise
            script_hash=b64encode(sha256(script.encode()).digest()).decode(),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(_stored),
        finalize=_shortened,
    )
    environment.filters |= {"duration": duration, "figure": figure, "described": described}
    environment.filters["safe_json"] = Markup
    environment.filters["coded"] = _coded
    environment.filters["measured"] = measured
    environment.filters["extent"] = extent
    environment.tests["not_kept"] = _not_kept
    environment.globals |= {"WORDS": WORDS, "SIGNS": SIGNS, "Status": Status, "Level": Level}
    return environment


def _coded(text: str) -> Markup:
    """What stands between backticks, as code."""
    return Markup(BACKTICKS.sub(r"<code>\1</code>", str(escape(_shortened(text)))))  # noqa: S704 -- escaped


def _not_kept(check: CheckResult) -> bool:
    """A law of it was broken, or is undecided: worth being seen at once."""
    return any(each.status in {Status.FAILED, Status.INTERRUPTED} for each in check.findings)


def _stored(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _shortened(value: object) -> object:
    """Texts within MOST_TEXT; what is markup already (Markup is a str too) stays whole."""
    if type(value) is str and len(value) > MOST_TEXT:
        return f"{value[:MOST_TEXT]}… ({len(value)} letters)"
    return value


def _by_check(result: SuiteResult, drawn: Mapping[str, Picture]) -> list[tuple[str, Sequence[Picture]]]:
    """(id and name of the check, its calls), without the checks that have none."""
    grouped = [
        (f"{check.id} {check.name}", [drawn[call.name] for call in check.calls if call.name in drawn])
        for check in result.results
    ]
    return [(name, calls) for name, calls in grouped if calls]


def _measured(metric: Metric) -> Measured:
    figures = [figure(each, metric.unit) for each in (metric.p50, metric.p90, metric.p95)]
    least, most = min((0.0, *metric.values)), max((0.0, *metric.values))

    def place(value: float) -> float:
        return round(100 * (value - least) / (most - least), 2) if most > least else 0.0

    return Measured(
        metric,
        (*figures, extent(metric)),
        dots=tuple(map(place, metric.values[:MOST_DOTS])),
        middle=None if metric.p50 is None else place(metric.p50),
        zero=place(0.0),
        span=f"{figure(least, metric.unit)} to {figure(most, metric.unit)}",
    )
