"""Agents from files: the example works, and each mistake is one line with the file and the key."""

import msgspec
import pytest

from twiliobridge.agents import banking_agent, read_agent
from twiliobridge.agents.banking import spoken_dollars
from twiliobridge.conversation import Agent, CallInfo
from twiliobridge.realtime.session import SemanticVad

CALL = CallInfo("CA1", "MZ1", {})


def test_a_file_with_instructions_alone_is_an_agent():
    assert read_agent('instructions = "Be brief."', "a.toml") == Agent(instructions="Be brief.")


def test_every_key_reaches_the_agent():
    agent = read_agent(
        """
        instructions = "i"
        greeting = "g"
        voice = "cedar"
        may_hang_up = false
        turn_detection = { type = "semantic_vad", eagerness = "low" }
        [[tools]]
        name = "get_balance"
        description = "d"
        within = 2.5
        run = "twiliobridge.agents.banking:get_balance"
        """,
        "a.toml",
    )
    assert (agent.greeting, agent.voice, agent.may_hang_up) == ("g", "cedar", False)
    assert agent.turn_detection == SemanticVad(eagerness="low")
    (tool,) = agent.tools
    assert (tool.name, tool.within, tool.parameters) == (
        "get_balance",
        2.5,
        {"type": "object", "properties": {}},
    )


TOOL = 'instructions = "i"\n[[tools]]\nname = "t"\ndescription = "d"\nrun = '


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "a.toml: .*instructions"),
        ("instructions = ", "a.toml: Invalid value"),
        ('instructions = "i"\nvoce = "marin"', "a.toml: .*voce"),
        ("instructions = 7", "a.toml: instructions: must be text, was a whole number"),
        ('instructions = "i"\nturn_detection = { type = "vad" }', "a.toml: turn_detection.*vad"),
        (TOOL + "7", r"a.toml: tools\[0\].run: must be text, "),
        (TOOL + '"json"', r"a.toml: tools\[0\].run: expected module:function, was 'json'"),
        (TOOL + '"nowhere.at.all:f"', r"a.toml: tools\[0\].run: cannot import 'nowhere.at.all'"),
        (TOOL + '".json:f"', r"a.toml: tools\[0\].run: cannot import '.json'"),
        (TOOL + '"json:nothing"', r"a.toml: tools\[0\].run: 'json' has no 'nothing'"),
        (TOOL + '"json:loads"', r"a.toml: run of t must be a function of \(arguments, call\)"),
        (TOOL + '"json:__name__"', r"a.toml: run of t must be a function, was str"),
    ],
)
def test_a_mistake_is_one_line_with_the_file_and_the_key(text, complaint):
    with pytest.raises(ValueError, match=f"^{complaint}") as caught:
        read_agent(text, "a.toml")
    assert "\n" not in str(caught.value)


GET = '[[tools]]\nname = "{}"\ndescription = "d"\nrun = "twiliobridge.agents.banking:get_balance"\n'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (GET.format("get balance"), "a tool's name is .*'get balance'"),
        (GET.format("a" * 65), "a tool's name is 1 to 64"),
        (GET.format("a") + "within = 0.0", "within of a must be more than 0 seconds"),
        (GET.format("a") + GET.format("a"), "two tools are named 'a'"),
        (GET.format("end_call"), "two tools are named 'end_call' .*the bridge's own"),
        ('noise_reduction = "loud"', "noise_reduction must be near_field, far_field or off, was 'loud'"),
    ],
)
def test_what_the_service_would_refuse_in_every_call_is_refused_at_start(text, complaint):
    with pytest.raises(ValueError, match=f"^a.toml: {complaint}"):
        read_agent('instructions = "i"\n' + text, "a.toml")


def test_the_name_end_call_is_free_where_the_bridge_does_not_hang_up():
    assert read_agent('instructions = "i"\nmay_hang_up = false\n' + GET.format("end_call"), "a.toml").tools


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("def (:", "SyntaxError: invalid syntax .*line 1"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import nowhere.at.all", "ModuleNotFoundError: No module named 'nowhere'"),
        ("raise AttributeError('two\\nlines')", "AttributeError: two lines"),
    ],
)
def test_a_module_that_cannot_be_imported_is_one_line(tmp_path, monkeypatch, source, complaint):
    (tmp_path / "broken_tools.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    told = rf"^a.toml: tools\[0\].run: cannot import 'broken_tools': {complaint}"
    with pytest.raises(ValueError, match=told) as caught:
        read_agent(TOOL + '"broken_tools:f"', "a.toml")
    assert "\n" not in str(caught.value)


def test_the_example_is_a_session_that_can_be_sent():
    agent = banking_agent()
    assert {tool.name for tool in agent.tools} == {
        "get_balance",
        "last_payment",
        "replace_card",
        "update_address",
    }
    assert msgspec.json.encode(agent.session({"caller": "+1"}))


@pytest.mark.parametrize(
    ("tool", "arguments", "answer"),
    [
        ("get_balance", {"card_digits": "4271"}, "The balance is 1,250 dollars and 10 cents."),
        ("get_balance", {"card_digits": "4 2 7 1"}, "The balance is 1,250 dollars and 10 cents."),
        ("replace_card", {"card": "gold", "reason": "lost"}, "The gold card is blocked as lost"),
        ("update_address", {"confirmed": "yes"}, "The new address is noted."),
        ("update_address", {"confirmed": "no"}, "The address stays as it was."),
        ("update_address", {"confirmed": ["yes"]}, "The address stays as it was."),
        ("last_payment", {"card_digits": "9038"}, "The last payment was eighteen dollars"),
    ],
)
async def test_what_the_examples_tools_answer(tool, arguments, answer):
    assert (await banking_agent().tool(tool).run(arguments, CALL)).startswith(answer)


@pytest.mark.parametrize(
    ("tool", "arguments", "answer"),
    [
        ("get_balance", {}, "No card ends in these digits."),
        ("get_balance", {"card_digits": "0000"}, "No card ends in 0 0 0 0. Please check"),
        ("last_payment", {"card_digits": "1234"}, "No card ends in 1 2 3 4. Please check"),
        ("replace_card", {"card": "lead", "reason": "lost"}, "There is no lead card. There is a gold and"),
        ("replace_card", {"card": "gold"}, "A reason is needed: lost, stolen or damaged."),
    ],
)
async def test_what_they_cannot_answer_they_say_in_words_for_the_caller(tool, arguments, answer):
    """A caller's mistake is no fault of the program: nothing is raised, and nothing logged."""
    assert (await banking_agent().tool(tool).run(arguments, CALL)).startswith(answer)


@pytest.mark.parametrize(
    ("cents", "words"), [(0, "0 dollars"), (125_010, "1,250 dollars and 10 cents"), (100, "1 dollars")]
)
def test_money_as_words(cents, words):
    assert spoken_dollars(cents) == words
