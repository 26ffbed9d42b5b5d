"""What the server under test answers by: the bank's script, with a desk to be put through to.

Nothing is said before `last_payment` is called, so that a preamble can be.
"""

from msgspec.structs import replace

from twiliobridge.offline.script import Intent, Script, banking

DESK = Intent(
    patterns=[r"\bcards? desk\b"],
    call="transfer_to_cards",
    say=["One moment."],
    then=["You are at the cards desk. What can I do for you?"],
)


def reception() -> Script:
    bank = banking()
    wordless = replace(bank.intents["last_payment"], say=[])
    return replace(bank, intents={"cards_desk": DESK, **bank.intents, "last_payment": wordless})
