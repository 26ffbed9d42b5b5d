"""The rows on a terminal of any width, and in a pipe; and what no row shows."""

import io

import pytest
from rich.console import Console

from twiliobridge.conversation import Agent, Endpoint, Tool
from twiliobridge.readiness import Row, Verdict, print_rows, redacted, secrets_of
from twiliobridge.readiness.report import summary
from twiliobridge.settings import Settings

ROWS = [
    Row("agent", Verdict.OK, "shop.toml, 2 tools"),
    Row(
        "model", Verdict.FAILED, "invalid_api_key: Incorrect API key provided.", "set OPENAI_API_KEY to a key"
    ),
    Row("greeting", Verdict.SKIPPED, "there is no session to say it"),
    Row("public URL", Verdict.WARNING, "https://" + "x" * 90, "look at [red]this[/red]"),
]


def printed(width, *, terminal):
    file = io.StringIO()
    print_rows(ROWS, Console(file=file, width=width, force_terminal=terminal, color_system=None))
    return file.getvalue()


def test_in_a_pipe_each_fact_is_one_line_that_is_not_broken():
    assert printed(40, terminal=False).splitlines() == [
        "ok      agent: shop.toml, 2 tools",
        "FAILED  model: invalid_api_key: Incorrect API key provided.",
        "        do: set OPENAI_API_KEY to a key",
        "skipped greeting: there is no session to say it",
        f"warning public URL: https://{'x' * 90}",
        "        do: look at [red]this[/red]",
        "NOT READY: model",
    ]


@pytest.mark.parametrize("width", [40, 60, 100])
def test_a_terminal_shows_all_of_it_however_narrow_it_is(width):
    told = printed(width, terminal=True)
    assert max(map(len, told.splitlines())) <= width
    flat = "".join(told.split())
    for row in ROWS:
        for text in (row.verdict.value, row.name, row.told, row.mend):
            assert "".join(text.split()) in flat or "x" * 20 in text
    assert told.count("x") == 90
    assert told.splitlines()[-1] == "NOT READY: model"


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        ("ok ok", "READY: a call would be answered"),
        ("ok skipped", "READY: a call would be answered"),
        ("ok warning", "READY, but see to: row 1"),
        ("FAILED warning", "NOT READY: row 0"),
        ("FAILED stopped", "INTERRUPTED: not all of it is known"),
    ],
)
def test_the_last_line_says_what_it_comes_to(verdicts, told):
    rows = [Row(f"row {place}", Verdict(word), "") for place, word in enumerate(verdicts.split())]
    assert summary(rows) == told


def test_no_secret_is_shown_whoever_repeats_it():
    """The key, tokens, headers, logins in URLs, and the headers of endpoints."""
    settings = Settings(
        openai_api_key="sk-key1",
        twilio_auth_token="token1, token22",
        model_headers="X-Extra=extra%2Cone",
        model_url="wss://u:modelpass@h.example/r?api-key=query1&model=m",
        https_proxy="http://u:proxy%20pass@p.example:1",
        public_url="https://u:publicpass@h.example",
    )
    endpoint = Endpoint("https://h.example/x", headers={"Authorization": "Bearer endpoint1"})
    agent = Agent(instructions="i", tools=(Tool("t", "d", endpoint),))
    told = "sk-key1 token1 token22 extra,one modelpass query1 proxy pass proxy%20pass publicpass"
    told += " Bearer endpoint1"
    assert set(redacted(told, secrets_of(settings, agent)).split()) == {"***"}
    assert redacted("nothing of it", secrets_of(settings, agent)) == "nothing of it"
