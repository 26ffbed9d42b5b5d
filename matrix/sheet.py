"""docs/matrix.html: the page with the course of the call behind each red cell. One file, without scripts."""

from collections.abc import Iterator
from html import escape
from pathlib import Path

from matrix.confirmed import Confirmations, confirmation
from matrix.page import UNCONFIRMED, counts, judging, mark, sentence
from matrix.verdicts import ROOT, Cell, Column, Matrix, Rule

SHEET = ROOT / "docs" / "matrix.html"
FRAME = Path(__file__).with_name("sheet.html")


def sheet(matrix: Matrix, known: Confirmations) -> str:
    frame = FRAME.read_text(encoding="utf-8")
    parts = {
        "<!-- bridges -->": bridges(matrix),
        "<!-- rules -->": rules(matrix),
        "<!-- behind -->": behind(matrix, known),
    }
    for place, lines in parts.items():
        frame = frame.replace(place, "\n".join(lines))
    return frame


def bridges(matrix: Matrix) -> Iterator[str]:
    for column in matrix.columns:
        told = [column.version, column.source, *counts(column), *judging(column)]
        yield f'<tr><th scope="row">{escape(column.title)}</th>{data(told)}</tr>'


def data(texts: list[str]) -> str:
    return "".join(f"<td>{escape(text)}</td>" for text in texts)


def rules(matrix: Matrix) -> Iterator[str]:
    names = "".join(f'<th scope="col">{escape(column.title)}</th>' for column in matrix.columns)
    yield f"<thead><tr><th>rule</th><th>level</th><th>it holds if</th>{names}</tr></thead><tbody>"
    for rule in matrix.rules:
        found = "".join(cell(column, rule) for column in matrix.columns)
        yield f'<tr><th scope="row">{rule.id}</th>{data([rule.level, rule.law])}{found}</tr>'
    yield "</tbody>"


def cell(column: Column, rule: Rule) -> str:
    found = column.cells.get(rule.id)
    if found is not None and found.red:
        return f'<td class="red"><a href="#{anchor(column, rule)}">red</a></td>'
    reason = escape(found.reason, quote=True) if found else "not asked"
    told = mark(found)
    return f'<td class="{"yes" if told == "yes" else "untold"}" title="{reason}">{told}</td>'


def anchor(column: Column, rule: Rule) -> str:
    return f"{column.name}-{rule.id}"


def behind(matrix: Matrix, known: Confirmations) -> Iterator[str]:
    for column in matrix.columns:
        red = [rule for rule in matrix.rules if rule.id in column.cells and column.cells[rule.id].red]
        if red:
            yield f"<h3>{escape(column.title)}, {escape(column.version)}</h3>"
        for rule in red:
            yield from counterexample(column, rule, column.cells[rule.id], known)


def counterexample(column: Column, rule: Rule, found: Cell, known: Confirmations) -> Iterator[str]:
    place = confirmation(known, column, rule.id)
    yield f'<section id="{anchor(column, rule)}">'
    yield f"<h4>{rule.id} <small>{rule.level}</small> {escape(rule.law)}</h4>"
    yield f"<p>{escape(sentence(found.reason))}</p>"
    if place:
        yield f"<p><code>{escape(place.place)}</code>: {escape(sentence(place.says))}</p>"
    else:
        yield f"<p><strong>{UNCONFIRMED}</strong></p>"
    if found.moments:
        course = escape("\n".join(found.moments))
        yield f"<details><summary>the course of the call</summary><pre>{course}</pre></details>"
    yield "</section>"
