"""What a finding leaves behind: the scenario, and a pytest file that plays it."""

import re
from collections.abc import Iterator
from pathlib import Path

from twiliobridge.caller import Access
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
    options = "".join(_options(endpoint.access))
    text = TEST.format(
        seen=finding.seen.replace("\\", "/").replace('"', "'"),
        url=endpoint.url,
        name=_identifier(finding.file.stem),
        sentence=finding.law.sentence,
        file=finding.file.name,
        options=options,
    )
    return text.replace("from pathlib", "import os\nfrom pathlib", 1) if "os.environ" in options else text


def _options(way: Access) -> Iterator[str]:
    """How the endpoint was reached, for `replay`. What may be secret is left to the environment."""
    if way.auth_token is not None:
        yield ', auth_token=os.environ["TWILIO_AUTH_TOKEN"]'
    if way.public_url is not None:
        yield f", public_url={way.public_url!r}"
    if way.stream_origin is not None:
        yield f", stream_origin={way.stream_origin!r}"
    if way.headers:
        fields = ", ".join(f'{name!r}: os.environ["{variable(name)}"]' for name in way.headers)
        yield f", headers={{{fields}}}"


def variable(header: str) -> str:
    """Of the environment, for the value of a header field: X-Tunnel-Key in X_TUNNEL_KEY."""
    return _identifier(header).upper()


def _identifier(name: str) -> str:
    return re.sub(r"\W", "_", name)
