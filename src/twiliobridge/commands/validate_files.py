"""The files that `twiliobridge validate` leaves behind."""

from argparse import Namespace
from pathlib import Path

from rich.console import Console

from twiliobridge.commands.command import UsageError
from twiliobridge.validate.report import (
    CannotWrite,
    check_writable,
    write_html,
    write_json,
    write_junit,
    write_markdown,
)
from twiliobridge.validate.result import SuiteResult

WRITERS = {"output": write_json, "junit": write_junit, "html": write_html, "summary": write_markdown}
"Each flag that names a report, and what writes it."


def check_files(options: Namespace) -> None:
    """UsageError before the first call, if a file could not be written after the last."""
    paths = list(asked_for(options).values())
    for path in paths:
        if paths.count(path) > 1:
            raise UsageError(f"{path}: one file cannot be two reports")
    try:
        for path in paths:
            check_writable(path)
        options.output_dir.mkdir(parents=True, exist_ok=True)
    except CannotWrite as error:
        raise UsageError(str(error)) from None
    except FileExistsError:
        raise UsageError(f"{options.output_dir}: is a file; --output-dir names a folder") from None
    except OSError as error:
        raise UsageError(f"{options.output_dir}: {error.strerror}") from None


def write_files(options: Namespace, result: SuiteResult, console: Console) -> None:
    """Says of each file where it is. UsageError in the end, if one could not be written; the others are."""
    failed = []
    for name, path in asked_for(options).items():
        try:
            WRITERS[name](result, path)
        except CannotWrite as error:
            failed.append(str(error))
        else:
            _say(console, f"report: {path}")
    if calls := sum(len(check.calls) for check in result.results):
        _say(console, f"recordings of {calls} call{'' if calls == 1 else 's'}: {options.output_dir}")
    if failed:
        raise UsageError("; ".join(failed))


def asked_for(options: Namespace) -> dict[str, Path]:
    return {name: path for name in WRITERS if (path := getattr(options, name)) is not None}


def _say(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
