"""`[[tools]]` in an agent's file: a function or a URL, and each mistake is one line that names the key."""

from pathlib import Path

import pytest

from twiliobridge.agents import read_agent
from twiliobridge.agents.tool_entry import ToolEntry
from twiliobridge.conversation import Endpoint

TOOL = """
instructions = "i"
[[tools]]
name = "t"
description = "d"
parameters = { type = "object", properties = { day = { type = "string" } } }
"""
URL = TOOL + 'url = "https://shop.example/hours/{day}"\n'
RUN = TOOL + 'run = "twiliobridge.agents.banking:get_balance"\n'


def tool_of(text, **environ):
    (tool,) = read_agent(text, "a.toml", environ).tools
    return tool


def test_every_key_reaches_the_tool():
    tool = tool_of(RUN + 'loop = "asyncio"\nfinish = true\nwithin = 2')
    assert (tool.loop, tool.finish, tool.within) == ("asyncio", True, 2.0)
    tool = tool_of(RUN)
    assert (tool.loop, tool.finish, tool.within) == ("trio", False, 10.0)


def test_the_docs_have_every_key():
    docs = (Path(__file__).parents[2] / "docs" / "agents.md").read_text("utf-8")
    assert [key for key in ToolEntry.__struct_fields__ if f"| `{key}` |" not in docs] == []


def test_a_plain_function_is_a_tool(tmp_path, monkeypatch):
    (tmp_path / "plain_tools.py").write_text("def hours(arguments, call): return 'open'")
    monkeypatch.syspath_prepend(tmp_path)
    assert tool_of(TOOL + 'run = "plain_tools:hours"').run({}, None) == "open"


def test_a_url_is_an_endpoint_whose_headers_may_be_of_the_environment():
    text = (
        URL + 'method = "GET"\nheaders = { Authorization = "Bearer $SHOP_KEY", Price = "${TWO}$$", A = "b" }'
    )
    assert tool_of(text, SHOP_KEY="k", TWO="2").run == Endpoint(
        "https://shop.example/hours/{day}", "GET", {"Authorization": "Bearer k", "Price": "2$", "A": "b"}
    )
    assert tool_of(URL).run == Endpoint("https://shop.example/hours/{day}", "POST")


WHERE = r"^a.toml: tools\[0\]"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (TOOL, f"{WHERE}: exactly one of run and url is needed$"),
        (URL + 'run = "json:loads"', f"{WHERE}: exactly one of run and url is needed$"),
        (RUN + 'method = "GET"', rf"{WHERE}\.method: has a meaning beside url alone$"),
        (RUN + "headers = {}", rf"{WHERE}\.headers: has a meaning beside url alone$"),
        (URL + 'loop = "asyncio"', "^a.toml: loop of t has no meaning for a url$"),
        (URL + 'method = "get"', f"{WHERE}: method must be one of GET, .* was 'get'$"),
        (
            URL + 'headers = { A = "$NO_KEY" }',
            rf"{WHERE}\.headers\.A: the environment has no NO_KEY; set it$",
        ),
        (URL + 'headers = { A = "$EMPTY" }', rf"{WHERE}\.headers\.A: the environment has no EMPTY; set it$"),
        (
            URL + 'headers = { A = "5 $" }',
            rf"{WHERE}\.headers\.A: a \$ stands before a name .*a dollar is \$\$$",
        ),
        (URL + 'headers = { A = "$LINES" }', f"{WHERE}: the header A must be printable ASCII"),
        (URL + "headers = { A = 1 }", rf"{WHERE}\.headers.*: must be text, was"),
        (
            URL.replace("{day}", "{week}"),
            "^a.toml: the url of t names {week}, which is none of its parameters$",
        ),
        (RUN + 'loop = "uvloop"', "^a.toml: loop of t must be trio or asyncio, was 'uvloop'$"),
        (RUN + "finish = 1", rf"{WHERE}\.finish: must be true or false, was a whole number"),
        (RUN + "retries = 1", rf"{WHERE}\.retries is no key; there are: "),
    ],
)
def test_a_mistake_is_one_line_and_tells_no_secret(text, told):
    with pytest.raises(ValueError, match=told) as raised:
        tool_of(text, EMPTY="", LINES="secret\nsecret")
    assert "\n" not in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_module_that_exits_at_import_is_one_line(tmp_path, monkeypatch):
    """A script without a guard, say."""
    (tmp_path / "script_tools.py").write_text("raise SystemExit(1)")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match=r"cannot import 'script_tools': SystemExit: 1$"):
        tool_of(TOOL + 'run = "script_tools:hours"')
