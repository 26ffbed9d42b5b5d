"""What a finding leaves behind: the scenario, and a pytest file that plays it."""

import re
from pathlib import Path

from twiliobridge.fuzz.endpoint import Endpoint
from twiliobridge.fuzz.finding import Finding
from twiliobridge.fuzz.scenario import write_scenario

TEST = '''"""Written by `twiliobridge fuzz`. Seen: {seen}"""

from pathlib import Path

from twiliobridge.fuzz import replay

URL = {url!r}


def test_{name}():
    """{sentence}"""
    assert replay(URL, Path(__file__).with_name({file!r}){options}) == []
'''


def write_finding(finding: Finding, folder: Path, endpoint: Endpoint) -> None:
    """OSError if the folder cannot be written. A finding that became shorter is written over."""
    folder.mkdir(parents=True, exist_ok=True)
    finding.file = folder / f"{finding.name}.jsonl"
    write_scenario(finding.scenario, finding.file)
    companion(finding.file).write_text(_test(finding, endpoint), "utf-8")


def companion(scenario: Path) -> Path:
    return scenario.with_name(f"test_{_identifier(scenario.stem)}.py")


def _test(finding: Finding, endpoint: Endpoint) -> str:
    assert finding.file is not None
    signed = "" if endpoint.access.auth_token is None else ', auth_token=os.environ["TWILIO_AUTH_TOKEN"]'
    text = TEST.format(
        seen=finding.seen.replace("\\", "/").replace('"', "'"),
        url=endpoint.url,
        name=_identifier(finding.file.stem),
        sentence=finding.law.sentence,
        file=finding.file.name,
        options=signed,
    )
    return text.replace("from pathlib", "import os\nfrom pathlib", 1) if signed else text


def _identifier(name: str) -> str:
    return re.sub(r"\W", "_", name)
