"""The examples of the README do what they show, against a served bridge."""

import inspect
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import anyio
from threaded import bridge_in_thread

ROOT = Path(__file__).parents[1]
BRIDGE = "localhost:8000"
SECTION = re.compile(r"## Call a bridge from a test\n(.*?)\n## ", re.DOTALL)


def examples():
    section = SECTION.search((ROOT / "README.md").read_text("utf-8"))
    return re.findall(r"```python\n(.*?)```", section[1], re.DOTALL)


def run_example(code, backend, fixtures):
    """The example as a module, and then what pytest would run of it."""
    names = {}
    exec(compile(code, "README.md", "exec"), names)  # noqa: S102 -- our own README
    for name, test in names.items():
        if name.startswith("test_"):
            arguments = {each: fixtures[each] for each in inspect.signature(test).parameters}
            if inspect.iscoroutinefunction(test):
                anyio.run(test, backend=backend)
            else:
                test(**arguments)


def test_the_examples_of_a_call_run_as_they_stand(twilio_call, tmp_path, monkeypatch):
    """With the address of this test's bridge in place of the reader's, all at a time."""
    (tmp_path / "audio_samples").symlink_to(ROOT / "audio_samples")
    monkeypatch.chdir(tmp_path)
    with bridge_in_thread() as url, bridge_in_thread(twilio_auth_token="12345") as signed:
        codes = [
            code.replace(BRIDGE, (signed if "auth_token" in code else url).removeprefix("http://"))
            for code in examples()
        ]
        assert len(codes) == 3
        with ThreadPoolExecutor() as pool:
            backends = ["trio", "asyncio", "trio"]
            done = pool.map(
                lambda each: run_example(*each, {"twilio_call": twilio_call}),
                zip(codes, backends, strict=True),
            )
            assert list(done) == [None] * 3
    assert (tmp_path / "recordings" / "call.wav").exists()


def test_the_examples_are_short():
    """Five lines, or thereabouts: what does not fit belongs into the docs."""
    for code in examples():
        assert len([line for line in code.splitlines() if line.strip()]) <= 7
        assert "import" in code or "twilio_call" in code
