"""A voice webhook, asked as Twilio asks it, and as somebody else does."""

from typing import Protocol
from urllib.parse import urlsplit

from twiliobridge.caller import Access
from twiliobridge.caller.identity import CallIdentity
from twiliobridge.caller.journal import Journal
from twiliobridge.caller.route import Route
from twiliobridge.caller.webhooks import Document, Webhooks


class AskWebhook(Protocol):
    async def __call__(self, host: str, token: str | None) -> Document:
        """The TwiML for a new call. `host`: as which it is asked, with a port or without one. `token`: signs
        the request; None: it is not signed. Raises WebhookFailed.
        """
        ...


def asks_webhook(url: str, access: Access) -> AskWebhook:
    """Of the bridge at `url`, reached by `access`."""

    async def ask(host: str, token: str | None) -> Document:
        scheme = urlsplit(access.route(url).public_origin).scheme
        route = Route.to(url, f"{scheme}://{host}", headers=access.headers)
        identity = CallIdentity()
        webhooks = Webhooks(identity, Journal(identity.call_sid), route, token, access.ssl_context)
        return await webhooks.document(route.public(url), "ringing")

    return ask
