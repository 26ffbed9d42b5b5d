"""Ending a call through Twilio's REST API.

A server that closes its stream hands the call back to its TwiML, and what follows <Connect> is spoken: right
after a failure, wrong after a goodbye. Source: Twilio docs, Voice > API > Call resource, "Update a Call
resource", Status=completed; <Connect><Stream>, "Ending a Media Stream".
"""

import base64
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import anyio

from twiliobridge.call import Complete
from twiliobridge.settings import Settings
from twiliobridge.wires.http import post_form
from twiliobridge.wires.wire import Unreachable

log = logging.getLogger(__name__)

WITHIN = 3.0
"Seconds. The caller hears silence meanwhile; after them the stream is closed, and the TwiML says goodbye."
_CALL_SID = re.compile("CA[0-9a-f]{32}")


@dataclass(frozen=True)
class Account:
    """Whom the API is asked for."""

    sid: str
    token: str = field(repr=False)
    api: str

    @property
    def headers(self) -> Mapping[str, str]:
        login = base64.b64encode(f"{self.sid}:{self.token}".encode()).decode()
        return {"Authorization": f"Basic {login}"}

    def uri(self, tail: str) -> str:
        return f"/2010-04-01/Accounts/{self.sid}{tail}"

    def url(self, uri: str) -> str:
        return self.api.rstrip("/") + uri


def account_of(settings: Settings) -> Account | None:
    """Of several tokens the first is the account's. None without a token or a SID."""
    sid, tokens = settings.twilio_account_sid, settings.twilio_auth_tokens
    return Account(sid, tokens[0], settings.twilio_api_url) if sid and tokens else None


def complete_by_rest(settings: Settings) -> Complete | None:
    """How this server ends calls, with an account to do it for; None without one."""
    account = account_of(settings)
    if account is None:
        return None

    async def complete(call_sid: str) -> bool:
        if not _CALL_SID.fullmatch(call_sid):  # it came from the stream, and becomes part of a URL
            log.warning("%s is no CallSid, so the call cannot be ended by REST", ascii(call_sid))
            return False
        try:
            with anyio.fail_after(WITHIN):
                url = account.url(account.uri(f"/Calls/{call_sid}.json"))
                response = await post_form(url, [("Status", "completed")], account.headers)
        except (Unreachable, TimeoutError) as error:
            reason = str(error) or f"no answer within {WITHIN:g} s"
            log.warning("%s could not be ended by REST: %s", call_sid, reason)
            return False
        if not response.succeeded:
            log.warning("%s could not be ended by REST: HTTP %d", call_sid, response.status)
        return response.succeeded

    return complete
