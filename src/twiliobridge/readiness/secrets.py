"""What must not be printed, whoever says it: services and proxies repeat what they were sent."""

from collections.abc import Iterator
from urllib.parse import quote, unquote, urlsplit

from twiliobridge.conversation import Agent, Endpoint
from twiliobridge.settings import Settings

SHORTEST = 4
"Characters. What is shorter is no secret, and is part of many words."

HIDDEN = "***"


def secrets_of(settings: Settings, agent: Agent) -> list[str]:
    """The longest first, because one may be part of another."""
    found = {each for secret in _secrets(settings, agent) for each in (secret, quote(secret, safe=""))}
    return sorted((each for each in found if len(each) >= SHORTEST), key=len, reverse=True)


def _secrets(settings: Settings, agent: Agent) -> Iterator[str]:
    yield settings.openai_api_key
    yield from settings.twilio_auth_tokens
    yield from settings.model_handshake.values()
    for url in (settings.https_proxy, settings.all_proxy, settings.public_url, settings.twilio_api_url):
        yield unquote(urlsplit(url if "://" in url else f"http://{url}").password or "")
    for url in (settings.model_url, settings.openai_base_url):
        parts = urlsplit(url)
        yield unquote(parts.password or "")
        yield from (pair.partition("=")[2] for pair in parts.query.split("&") if "key" in pair.lower())
    for tool in agent.tools:
        if isinstance(tool.run, Endpoint):
            yield from tool.run.headers.values()


def redacted(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text
