"""What the example agent can look up and do: a bank of two cards, in memory, forgotten with the process.

The answers are whole sentences, so that a model without much wit can say them as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twiliobridge.conversation import CallInfo

Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class Account:
    card: str
    balance_cents: int
    last_payment: str


ACCOUNTS = {
    "4271": Account("gold", 125_010, "forty-two dollars and fifty cents, on the third of this month"),
    "9038": Account("silver", 8_725, "eighteen dollars, on the first of this month"),
}
"By the last four digits of the card."

CARDS = frozenset(account.card for account in ACCOUNTS.values())


async def get_balance(arguments: Arguments, _call: CallInfo) -> str:
    digits, account = _account(arguments)
    return no_card(digits) if account is None else f"The balance is {spoken_dollars(account.balance_cents)}."


async def last_payment(arguments: Arguments, _call: CallInfo) -> str:
    digits, account = _account(arguments)
    return no_card(digits) if account is None else f"The last payment was {account.last_payment}."


async def replace_card(arguments: Arguments, _call: CallInfo) -> str:
    card, reason = str(arguments.get("card", "")).lower(), str(arguments.get("reason", ""))
    if card not in CARDS:
        return f"There is no {card or 'such'} card. There is a {' and a '.join(sorted(CARDS))} card."
    if not reason:
        return "A reason is needed: lost, stolen or damaged."
    return f"The {card} card is blocked as {reason}, and a new one arrives within five days."


async def update_address(arguments: Arguments, _call: CallInfo) -> str:
    if str(arguments.get("confirmed")).lower() not in {"yes", "true"}:
        return "The address stays as it was."
    return "The new address is noted."


def _account(arguments: Arguments) -> tuple[str, Account | None]:
    """The digits that were given, and whose they are."""
    digits = "".join(filter(str.isdigit, str(arguments.get("card_digits", ""))))
    return digits, ACCOUNTS.get(digits)


def no_card(digits: str) -> str:
    """A caller's mistake is answered, not raised: it is no fault of the program."""
    ending = " ".join(digits) or "these digits"
    return f"No card ends in {ending}. Please check the last four digits of the card."


def spoken_dollars(cents: int) -> str:
    """125010 -> 1,250 dollars and 10 cents."""
    dollars, rest = divmod(cents, 100)
    return f"{dollars:,} dollars" + (f" and {rest} cents" if rest else "")
