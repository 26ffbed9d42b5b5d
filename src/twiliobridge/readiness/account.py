"""Twilio's account, and which of its numbers ring here, by the REST API.

Source: Twilio docs, API > Account resource, IncomingPhoneNumber resource.
"""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
import trio

from twiliobridge.readiness.mending import line
from twiliobridge.readiness.public_url import shown
from twiliobridge.readiness.row import Failing, Fault, Row, Verdict, ok, skipped, warning
from twiliobridge.server.rest import Account, account_of
from twiliobridge.settings import Settings
from twiliobridge.wires import Unreachable
from twiliobridge.wires.http import Url, get

ACCOUNT, NUMBERS = "account", "numbers"

WITHIN = 8.0
"Seconds for the account, and for its numbers."
PAGE = 200
"Numbers asked for at once, some 300 kB."
MOST_PAGES = 3
MOST_NAMED = 3
"Numbers that a line names."

CONSOLE = "in Twilio's console, Phone Numbers > the number > Voice, let `A call comes in` be Webhook"

T = TypeVar("T")


class Found(msgspec.Struct):
    status: str
    type: str = ""
    friendly_name: str = ""


class Number(msgspec.Struct):
    phone_number: str
    voice_url: str | None = None
    voice_method: str | None = None
    voice_application_sid: str | None = None
    trunk_sid: str | None = None


class Page(msgspec.Struct):
    incoming_phone_numbers: list[Number]
    next_page_uri: str | None = None


class Refusal(msgspec.Struct):
    code: int | None = None
    message: str = ""


async def account_row(settings: Settings) -> Row:
    account = account_of(settings)
    if account is None:
        absent = "TWILIO_AUTH_TOKEN" if settings.twilio_account_sid else "TWILIO_ACCOUNT_SID"
        told = f"no {absent}, so goodbyes close the stream and do not end the call"
        return skipped(ACCOUNT, told, f"set {absent}")
    try:
        found = await _in_time(account, _ask(account, account.uri(".json"), Found))
    except Failing as failing:
        return failing.fault.row(ACCOUNT)
    told = f"{line(found.friendly_name) or account.sid}: {line(found.status)}"
    if found.status != "active":
        mend = "see Twilio's console: calls of an account that is not active are not connected"
        return Row(ACCOUNT, Verdict.FAILED, told, mend)
    if found.type.lower() == "trial":
        mend = (
            "upgrade it: Twilio speaks a notice into each call of a trial, and calls verified numbers alone"
        )
        return warning(ACCOUNT, f"{told}, a trial", mend)
    return ok(ACCOUNT, told)


async def numbers_row(settings: Settings, account_found: Row) -> Row:
    account = account_of(settings)
    if account is None or account_found.verdict is Verdict.FAILED:
        return skipped(NUMBERS, "Twilio was not asked for them")
    if not settings.public_url:
        return skipped(NUMBERS, "without a public URL no number can be told to ring here")
    try:
        numbers = await _in_time(account, _numbers(account))
    except Failing as failing:
        return failing.fault.row(NUMBERS)
    return judged(numbers, shown(settings.public_url).rstrip("/") + "/incoming-call")


async def _numbers(account: Account) -> list[Number]:
    numbers: list[Number] = []
    uri: str | None = account.uri(f"/IncomingPhoneNumbers.json?PageSize={PAGE}")
    for _ in range(MOST_PAGES):
        if uri is not None and uri.startswith("/"):  # behind the host that has the login
            page = await _ask(account, uri, Page)
            numbers += page.incoming_phone_numbers
            uri = page.next_page_uri
    return numbers


async def _in_time(account: Account, work: Awaitable[T]) -> T:
    """Raises Failing."""
    try:
        with trio.fail_after(WITHIN):
            return await work
    except trio.TooSlowError:
        raise Failing(_unreachable(f"{_host(account)} did not answer within {WITHIN:g} s")) from None


async def _ask(account: Account, uri: str, kind: type[T]) -> T:
    """Raises Failing."""
    where = _host(account)
    try:
        response = await get(account.url(uri), account.headers)
    except Unreachable as failure:
        raise Failing(_unreachable(line(str(failure)))) from None
    if not response.succeeded:
        raise Failing(_refused(response.status, response.body, where))
    try:
        return msgspec.json.decode(response.body, type=kind)
    except msgspec.MsgspecError as error:
        told = f"{where} does not answer as Twilio's API does: {line(str(error))}"
        raise Failing(_unreachable(told)) from None


def _host(account: Account) -> str:
    return Url.of(account.api).authority


def _unreachable(told: str) -> Fault:
    return Fault(told, "see that this machine reaches it; TWILIOBRIDGE_TWILIO_API_URL says where it is")


def _refused(status: int, body: bytes, where: str) -> Fault:
    try:
        said = msgspec.json.decode(body, type=Refusal)
    except msgspec.MsgspecError:
        said = Refusal()
    told = f"HTTP {status} from {where}"
    if said.message:
        told += f": {line(said.message)}" + (f" ({said.code})" if said.code else "")
    if status in {401, 403, 404}:
        return Fault(
            told,
            "set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN to those of one account "
            "(of several tokens, the first); signatures are checked by that token, too",
        )
    return Fault(told, "check again in a moment, or see status.twilio.com")


# ---------------------------------------------------------------- which numbers ring here


@dataclass(frozen=True)
class _Sorted:
    here: Sequence[Number]
    amiss: Sequence[Number]
    "At this host, but not at its webhook."
    elsewhere: Sequence[Number]


def judged(numbers: Sequence[Number], webhook: str) -> Row:
    found = _sorted(numbers, webhook)
    if found.amiss:
        told = f"{_named(found.amiss)}, which is not this server's webhook"
        return Row(NUMBERS, Verdict.FAILED, told, f"{CONSOLE}, {webhook}, HTTP POST")
    if found.here:
        return ok(NUMBERS, f"{_listed(found.here)} ring{'s' * (len(found.here) == 1)} here")
    told = f"none rings at {webhook}" + (f": {_named(found.elsewhere)}" if numbers else ", for there is none")
    return warning(NUMBERS, told, f"{CONSOLE}, {webhook}, HTTP POST")


def _sorted(numbers: Sequence[Number], webhook: str) -> _Sorted:
    direct = [each for each in numbers if not (each.voice_application_sid or each.trunk_sid)]
    at_host = [each for each in direct if _place(each)[0] == urlsplit(webhook).netloc.lower()]
    here = [each for each in at_host if _is_at(each, webhook)]
    amiss = [each for each in at_host if each not in here]
    return _Sorted(here, amiss, [each for each in numbers if each not in at_host])


def _place(number: Number) -> tuple[str, str]:
    parts = urlsplit(shown(number.voice_url or ""))
    return parts.netloc.lower(), parts.path


def _is_at(number: Number, webhook: str) -> bool:
    url = number.voice_url or ""
    same = _place(number)[1] == urlsplit(webhook).path and url.partition(":")[0] == webhook.partition(":")[0]
    return same and (number.voice_method or "POST").upper() == "POST"


def _named(numbers: Sequence[Number]) -> str:
    named = [f"{each.phone_number} leads to {_way(each)}" for each in numbers[:MOST_NAMED]]
    more = len(numbers) - MOST_NAMED
    return ", ".join(named) + (f", and {more} more" if more > 0 else "")


def _way(number: Number) -> str:
    if number.trunk_sid:
        return "a SIP trunk"
    if number.voice_application_sid:
        return "a TwiML App"
    if not number.voice_url:
        return "nowhere"
    return f"{(number.voice_method or 'POST').upper()} {line(shown(number.voice_url))}"


def _listed(numbers: Sequence[Number]) -> str:
    named = ", ".join(each.phone_number for each in numbers[:MOST_NAMED])
    more = len(numbers) - MOST_NAMED
    return named + (f" and {more} more" if more > 0 else "")
