"""The JUnit report, as a build server reads it."""

from xml.etree import ElementTree as ET

import pytest
from validation_runs import bad_run, check, good_run, interrupted_run, worse_run

from twiliobridge.validate.report import write_junit


def written(result, folder):
    path = folder / "results.xml"
    write_junit(result, path)
    return ET.fromstring(path.read_bytes())  # noqa: S314 -- our own


def case(root, number):
    (found,) = [each for each in root.iter("testcase") if each.get("name").startswith(number)]
    return found


@pytest.mark.parametrize("run", [good_run, bad_run, interrupted_run, worse_run])
def test_the_counts_are_those_of_the_cases(run, tmp_path):
    root = written(run(), tmp_path)
    for element in (root, *root.findall("testsuite")):
        assert int(element.get("tests")) == len(list(element.iter("testcase")))
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(element.get(name)) == len(list(element.iter(tag)))


def test_every_law_is_a_case(tmp_path):
    root = written(good_run(), tmp_path)
    names = [each.get("name").split()[0] for each in root.iter("testcase")]
    assert names == [each.id for check in good_run().results for each in check.findings]
    assert root.get("failures") == root.get("errors") == root.get("skipped") == "0"


def test_a_broken_must_fails_the_build_and_says_what_to_do(tmp_path):
    failure = case(written(bad_run(), tmp_path), "C6.3").find("failure")
    assert failure.get("message").startswith("1,840 ms of it were heard")
    assert "Discard the response's deltas" in failure.text
    assert "Source: Twilio" in failure.text


def test_a_broken_should_and_what_does_not_apply_are_skipped_and_never_passed(tmp_path):
    root = written(bad_run(), tmp_path)
    assert case(root, "C6.4").find("skipped").get("message").startswith("SHOULD, not kept: every mark")
    assert case(root, "C2.1").find("skipped").get("message") == "not measured: the model is not visible"
    assert root.get("failures") == "1"


def test_a_check_that_was_not_run_is_one_skipped_case(tmp_path):
    run = bad_run()
    left_out = check("C8", findings=(), skipped="not asked for")
    root = written(type(run)(**{**vars(run), "results": (left_out,)}), tmp_path)
    assert [each.find("skipped").get("message") for each in root.iter("testcase")] == ["not asked for"]


def test_an_interrupted_run_is_an_error(tmp_path):
    root = written(interrupted_run(), tmp_path)
    assert root.get("errors") == "2"
    assert case(root, "C4.2").find("error").get("message") == "interrupted"
    assert case(root, "the run").find("error").get("message") == "interrupted: the report is partial"


def test_letters_that_xml_forbids_are_escaped(tmp_path):
    """The peer's message has NUL, ESC and a lone surrogate in it; the file parses, and shows them."""
    message = case(written(bad_run(), tmp_path), "C6.3").find("failure").get("message")
    assert "\\x1b[2J\\x00\\u202e\\ud800" in message


def test_what_is_worse_than_before_fails_the_build(tmp_path):
    root = written(worse_run(), tmp_path)
    failure = case(root, "response latency").find("failure")
    assert failure.get("message") == "response latency: 892 ms (n=24), and 400 ms (n=9) before"
    assert root.get("failures") == "1"
