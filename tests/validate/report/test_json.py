"""The JSON report is what its schema says, and holds every timing of the run."""

import json
from pathlib import Path

import msgspec
import pytest
from validation_runs import (
    CUT_AT,
    LATENCY,
    bad_run,
    good_run,
    interrupted_run,
    microphone_run,
    spoken_call,
    worse_run,
)

from twiliobridge.validate.report import SCHEMA_VERSION, write_json
from twiliobridge.validate.report.document import ReportDocument

UPDATE = """
import msgspec, pathlib
from twiliobridge.validate.report.document import ReportDocument
schema = msgspec.json.format(msgspec.json.encode(msgspec.json.schema(ReportDocument)))
pathlib.Path("docs/validate-report.schema.json").write_bytes(schema)
"""
SCHEMA = Path(__file__).parents[3] / "docs" / "validate-report.schema.json"


def written(result, folder):
    path = folder / "out" / "results.json"
    write_json(result, path)
    return path.read_bytes()


@pytest.mark.parametrize("run", [good_run, bad_run, interrupted_run, worse_run])
def test_what_is_written_is_what_the_types_say(run, tmp_path):
    """Decoded strictly by the types that the schema is made of, and encoded again, it is the same."""
    content = written(run(), tmp_path)
    document = msgspec.json.decode(content, type=ReportDocument)
    assert json.loads(msgspec.json.encode(document)) == json.loads(content)
    assert document.schema_version == SCHEMA_VERSION


def test_the_published_schema_is_that_of_the_types():
    """Where it is not, `UPDATE` makes it so."""
    assert json.loads(SCHEMA.read_bytes()) == msgspec.json.schema(ReportDocument), UPDATE


def test_a_report_of_something_else_is_refused_by_the_types():
    """The round trip above can fail."""
    content = json.dumps({"schema_version": SCHEMA_VERSION + 1}).encode()
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(content, type=ReportDocument)


def test_the_totals_are_those_of_the_eight(tmp_path):
    """A microphone's test that passed is none of them."""
    totals = json.loads(written(microphone_run(), tmp_path))["totals"]
    assert (totals["checks"], totals["passed"], totals["rate"]) == (8, 0, 0.0)
    assert sum(totals.values()) == 8 + totals["skipped"] == 16


def test_every_timing_is_in_it(tmp_path):
    report = json.loads(written(good_run(), tmp_path))
    assert report["duration_s"] == 61.4
    assert report["metrics"][0]["values"] == list(LATENCY.values)
    assert report["metrics"][0]["p95"] == LATENCY.p95
    assert report["metrics"][1]["p95"] is None
    (call,) = report["checks"][5]["calls"]
    assert [each["time_s"] for each in call["moments"]] == [
        round(each.time_s, 6) for each in spoken_call().moments
    ]
    assert call["cut"][0]["at_s"] == CUT_AT
    assert sum(each["duration_s"] for each in call["cut"]) == pytest.approx(
        sum(len(each.audio) for each in spoken_call().cut) / 8000
    )


def test_the_result_is_said_in_words_and_in_numbers(tmp_path):
    report = json.loads(written(bad_run(), tmp_path))
    assert (report["result"], report["success"], report["interrupted"]) == ("FAILED", False, False)
    assert report["totals"] == {
        "checks": 8,
        "passed": 6,
        "failed": 1,
        "not_applicable": 1,
        "skipped": 0,
        "interrupted": 0,
        "rate": 0.75,
    }
    assert report["checks"][5]["findings"][1]["advice"]


def test_an_interrupted_run_is_a_report_too(tmp_path):
    report = json.loads(written(interrupted_run(), tmp_path))
    assert (report["result"], report["interrupted"]) == ("INTERRUPTED", True)
    assert [each["id"] for each in report["checks"]] == ["C1", "C2", "C3", "C4"]
    assert report["checks"][3]["status"] == "interrupted"
