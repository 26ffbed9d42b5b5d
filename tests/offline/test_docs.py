"""docs/offline.md: the script that it shows does what is said of it, and its tables leave nothing out."""

import re
from pathlib import Path

import msgspec
from talks import Talk, calls, offer, words

from twiliobridge.offline.script import Intent, Script
from twiliobridge.offline.script_brain import ScriptBrain
from twiliobridge.offline.slots import Choice, Digits, YesOrNo

DOCS = (Path(__file__).parents[2] / "docs" / "offline.md").read_text("utf-8")
SCRIPTS = DOCS.partition("\n## Scripts\n")[2].partition("\n## ")[0]
TOOLS = (offer("opening_hours"), offer("end_call"))


def shown():
    return Script.from_toml(re.search(r"```toml\n(.*?)```", SCRIPTS, re.DOTALL)[1])


def test_the_script_that_the_docs_show_runs():
    """A question, a tool, its answer, and a goodbye."""
    talk = Talk(ScriptBrain(shown()), *TOOLS)
    assert words(talk.reply()) == "Velo Corner, good morning. How can I help?"
    assert words(talk.says("When are you open?")) == "Which day?"
    reply = talk.says("On Saturday.")
    assert (words(reply), calls(reply)) == ("Let me see.", [("opening_hours", {"day": "Saturday"})])
    assert words(talk.tool_answers("At four.")) == "At four. Is there anything else?"
    assert calls(talk.says("No, that's all.")) == [("end_call", {})]


def test_every_key_of_a_script_is_in_the_table():
    structs = (Script, Intent, Choice, Digits, YesOrNo)
    keys = {field.encode_name for struct in structs for field in msgspec.structs.fields(struct)}
    told = set(re.findall(r"`\[?(\w+)[\].`]", SCRIPTS))
    assert keys - {"slots", "intents"} <= told
