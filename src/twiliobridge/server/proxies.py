"""The ways out of a server, to its model and to the endpoints of its tools."""

from twiliobridge.conversation import Agent, Endpoint
from twiliobridge.settings import Settings
from twiliobridge.wires.http import Url
from twiliobridge.wires.proxy import Proxies


def proxies_of(settings: Settings) -> Proxies:
    return Proxies(settings.https_proxy, settings.all_proxy, settings.no_proxy)


def check_ways(settings: Settings, agent: Agent) -> None:
    """ValueError, one line, if an endpoint would have to be asked through a proxy that is none of ours."""
    for tool in agent.tools:
        if isinstance(tool.run, Endpoint):
            there = Url.of(tool.run.url)
            proxies_of(settings).to(there.host, there.port, secure=there.secure)
