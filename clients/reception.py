"""What the server under test answers by: the bank's script, with a desk to be put through to."""

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
    return replace(bank, intents={"cards_desk": DESK, **bank.intents})
