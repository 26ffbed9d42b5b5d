"""Whatever a caller says, and however little of the replies is heard, the script has a lawful answer."""

from hypothesis import given
from hypothesis import strategies as st

from twiliobridge.offline.brain import CallTool, Offer, Request, Say
from twiliobridge.offline.script import banking
from twiliobridge.offline.script_brain import ScriptBrain
from twiliobridge.realtime.items import Content, Item

BANKING = banking()
TOOLS = ("get_balance", "replace_card", "last_payment", "update_address", "end_call")
PHRASES = (
    *BANKING.turns,
    "My silver card was stolen.",
    "When was my last payment?",
    "Actually, I moved.",
    "Yes.",
    "No.",
    "Hold on a sec.",
    "Pardon?",
    "The caller pressed 4271 on the keypad.",
    "The caller pressed # on the keypad.",
    "four to seven won",
)


def message(role, kind, words):
    text = {} if words is None else {"transcript": words}
    return Item(type="message", role=role, content=(Content(type=kind, **text),))


caller_turns = st.builds(
    message, st.just("user"), st.just("input_audio"), st.sampled_from(PHRASES) | st.text(max_size=30)
)
replies = st.builds(
    message,
    st.just("assistant"),
    st.just("output_audio"),
    st.none() | st.sampled_from(sorted(set(BANKING.replies()))) | st.text(max_size=30),
)
calls = st.builds(
    Item, type=st.just("function_call"), name=st.sampled_from((*TOOLS, "other")), call_id=st.just("call")
)
outputs = st.builds(
    Item,
    type=st.just("function_call_output"),
    call_id=st.just("call"),
    output=st.sampled_from(["Done.", "error: no", '{"balance": 1}', "[]", "{"]) | st.text(max_size=10),
)
conversations = st.lists(caller_turns | replies | calls | outputs, max_size=25)


@given(conversations, st.sets(st.sampled_from(TOOLS)))
def test_every_conversation_has_a_lawful_reply(memory, tools):
    """Words in every message, and calls of nothing but what is on offer; in whatever order the items come."""
    brain = ScriptBrain(BANKING)
    request = Request(offers=tuple(map(Offer, tools)))
    for part in brain.decide(memory, request):
        assert isinstance(part, CallTool) or part.text.strip()
        assert isinstance(part, Say) or part.name in tools
    assert brain.decide(memory, request) == brain.decide(memory, request)
    assert brain.expects(memory) in ("", *BANKING.turns)


@given(conversations)
def test_a_caller_who_speaks_is_answered(memory):
    """A turn of the caller never ends in silence."""
    heard = [*memory, message("user", "input_audio", "What is my balance?")]
    assert ScriptBrain(BANKING).decide(heard, Request(offers=tuple(map(Offer, TOOLS))))
