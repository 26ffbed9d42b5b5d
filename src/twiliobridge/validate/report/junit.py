"""JUnit XML, as Jenkins, GitLab and GitHub's report actions read it: a suite for each check, a case for each
law.

A SHOULD that was not kept is a skipped case with a message, because a failed case fails the build and a
SHOULD does not; so is an INFO that does not hold. Precedent for the form: the schema of the Jenkins xUnit
plugin.
"""

from pathlib import Path
from xml.etree import ElementTree as ET

from twiliobridge.validate.comparison import Comparison
from twiliobridge.validate.report.wording import cleaned, measured
from twiliobridge.validate.report.writing import write_whole
from twiliobridge.validate.result import CheckResult, Finding, Level, Status, SuiteResult


def write_junit(result: SuiteResult, path: Path) -> None:
    """CannotWrite if it cannot be written."""
    root = _suites(cleaned(result))
    ET.indent(root)
    write_whole(path, ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")


def _suites(result: SuiteResult) -> ET.Element:
    root = ET.Element("testsuites", name="twiliobridge validate", time=f"{result.duration_s:.3f}")
    for check in result.results:
        suite = _suite(check, result)
        root.append(suite)
    if result.comparison is not None:
        root.append(_compared(result.comparison))
    if result.interrupted:
        root.append(_interrupted(result))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(each.get(name, "0")) for each in root)))
    return root


def _suite(check: CheckResult, result: SuiteResult) -> ET.Element:
    suite = ET.Element(
        "testsuite",
        name=f"{check.id} {check.name}",
        timestamp=result.started.isoformat(timespec="seconds"),
        time=f"{check.duration_s:.3f}",
    )
    suite.append(_properties(check, result))
    if check.skipped or not check.findings:
        suite.append(_bare(check))
    else:
        suite.extend(_case(each, check) for each in check.findings)
    return _counted(suite)


def _properties(check: CheckResult, result: SuiteResult) -> ET.Element:
    named = {"server": result.server, "model": result.model, "mode": result.mode.value}
    named |= {each.name: measured(each) for each in check.metrics}
    properties = ET.Element("properties")
    for name, value in named.items():
        ET.SubElement(properties, "property", name=name, value=value)
    return properties


def _case(finding: Finding, check: CheckResult) -> ET.Element:
    case = ET.Element("testcase", classname=f"validate.{check.id}", name=f"{finding.id} {finding.law}")
    text = "\n".join(filter(None, (finding.reason, finding.advice, f"Source: {finding.source}")))
    match finding.status, finding.level:
        case Status.PASSED, _:
            ET.SubElement(case, "system-out").text = finding.reason
        case Status.FAILED, Level.MUST:
            ET.SubElement(case, "failure", message=finding.reason, type=finding.level.value).text = text
        case Status.FAILED, Level.SHOULD:
            ET.SubElement(case, "skipped", message=f"SHOULD, not kept: {finding.reason}").text = text
        case Status.FAILED, Level.INFO:
            ET.SubElement(case, "skipped", message=f"INFO, not so: {finding.reason}")
        case Status.INTERRUPTED, _:
            ET.SubElement(case, "error", message=finding.reason or "interrupted", type="interrupted")
        case status, _:
            ET.SubElement(case, "skipped", message=f"{status.value}: {finding.reason}")
    return case


def _bare(check: CheckResult) -> ET.Element:
    """Of a check that came to no finding."""
    case = ET.Element("testcase", classname=f"validate.{check.id}", name=f"{check.id} {check.law}")
    if check.status is Status.SKIPPED:
        ET.SubElement(case, "skipped", message=check.reason)
    else:
        ET.SubElement(case, "error", message="nothing was found", type=check.status.value)
    return case


def _compared(comparison: Comparison) -> ET.Element:
    """A case for each regression; one that passes, if there is none."""
    suite = ET.Element("testsuite", name=f"against {comparison.baseline}", time="0")
    for each in comparison.regressions:
        name = f"{each.subject} is not worse than before"
        case = ET.SubElement(suite, "testcase", classname="validate.baseline", name=name)
        ET.SubElement(case, "failure", message=str(each), type="regression")
    if not comparison.regressions:
        ET.SubElement(suite, "testcase", classname="validate.baseline", name="nothing is worse than before")
    return _counted(suite)


def _interrupted(result: SuiteResult) -> ET.Element:
    suite = ET.Element("testsuite", name="the whole run", time=f"{result.duration_s:.3f}")
    case = ET.SubElement(suite, "testcase", classname="validate", name="the run came to its end")
    ET.SubElement(case, "error", message="interrupted: the report is partial", type="interrupted")
    return _counted(suite)


def _counted(suite: ET.Element) -> ET.Element:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in cases)))
    return suite
