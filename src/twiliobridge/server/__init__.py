"""The bridge as a server: webhook, media socket, health and status, on Quart-Trio and Hypercorn."""

from twiliobridge.server.app import create_app
from twiliobridge.server.exchange import Exchange
from twiliobridge.server.message_log import MessageLog
from twiliobridge.server.openai import dial_openai
from twiliobridge.server.proxies import check_ways
from twiliobridge.server.serve import listen_for, serve
from twiliobridge.wires.hypercorn import CannotListen, base_url

__all__ = [
    "CannotListen",
    "Exchange",
    "MessageLog",
    "base_url",
    "check_ways",
    "create_app",
    "dial_openai",
    "listen_for",
    "serve",
]
