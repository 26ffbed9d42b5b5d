"""Each tool with what was imported for it, or why nothing was; an endpoint by a connection alone."""

import os
from pathlib import Path

import pytest
from far_end import listening

from twiliobridge.agents import banking, read_agent
from twiliobridge.readiness import Imports
from twiliobridge.readiness.row import Verdict
from twiliobridge.wires.proxy import Proxies

DIRECT = Proxies()


def tools(*lines):
    entries = (
        f'[[tools]]\nname = "t{number}"\ndescription = "d"\n{line}' for number, line in enumerate(lines)
    )
    imports = Imports()
    agent = read_agent('instructions = "i"\n' + "\n".join(entries), "a.toml", find=imports.find)
    return imports, agent


async def test_a_tool_is_told_with_its_module_and_the_file_of_it():
    imports, agent = tools('run = "twiliobridge.agents.banking:get_balance"')
    row = await imports.row(agent.tools[0], DIRECT)
    assert (row.name, row.verdict) == ("tool t0", Verdict.OK)
    assert row.told.startswith("twiliobridge.agents.banking:get_balance, ")
    assert row.told.endswith(f"agents{os.sep}banking.py")


async def test_a_file_under_the_folder_where_one_stands_is_told_from_there(monkeypatch):
    monkeypatch.chdir(Path(banking.__file__).parent)
    imports, agent = tools('run = "twiliobridge.agents.banking:get_balance"')
    row = await imports.row(agent.tools[0], DIRECT)
    assert row.told.endswith("get_balance, banking.py")


async def test_one_that_cannot_be_imported_keeps_no_other_from_it(tmp_path, monkeypatch):
    (tmp_path / "broken_shop.py").write_text("raise SystemExit(3)")
    monkeypatch.syspath_prepend(tmp_path)
    imports, agent = tools(
        'run = "no_such_shop:hours"',
        'run = "broken_shop:hours"',
        'run = "twiliobridge.agents.banking:no_such"',
        'run = "twiliobridge.agents.banking:get_balance"',
    )
    rows = [await imports.row(tool, DIRECT) for tool in agent.tools]
    assert [row.verdict for row in rows] == [Verdict.FAILED] * 3 + [Verdict.OK]
    assert [row.told for row in rows[:3]] == [
        "tools[0].run: cannot import 'no_such_shop': ModuleNotFoundError: No module named 'no_such_shop'",
        "tools[1].run: cannot import 'broken_shop': SystemExit: 3",
        "tools[2].run: 'twiliobridge.agents.banking' has no 'no_such'",
    ]
    assert all(row.mend for row in rows[:3])


async def test_an_endpoint_is_connected_to_and_asked_nothing():
    heard = []

    async def hear(stream):
        async with stream:
            heard.extend([data async for data in stream])

    async with listening(hear) as port:
        imports, agent = tools(f'url = "http://127.0.0.1:{port}/hours"\nmethod = "GET"')
        row = await imports.row(agent.tools[0], DIRECT)
    assert row.verdict is Verdict.OK
    assert row.told.startswith(f"GET http://127.0.0.1:{port} takes connections")
    assert heard == []


@pytest.mark.parametrize(
    ("proxies", "url", "told"),
    [
        (DIRECT, "http://127.0.0.1:1/x", "Connection refused"),
        (DIRECT, "https://no-such-host.invalid/x", "does not resolve"),
        (Proxies(https="socks5://p"), "https://h.example/x", "a proxy must be http://host:port"),
    ],
)
async def test_one_that_is_not_there_fails_with_the_reason(proxies, url, told):
    imports, agent = tools(f'url = "{url}"')
    row = await imports.row(agent.tools[0], proxies)
    assert row.verdict is Verdict.FAILED
    assert told in row.told
    assert "`url`" in row.mend
