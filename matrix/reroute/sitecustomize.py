"""For a bridge that knows no other address than OpenAI's: its sessions are those of the suite's model.

Python runs this file at its start where the folder is on PYTHONPATH. The handshake keeps OpenAI's path, query
and headers.
"""

import os
from urllib.parse import urlsplit

import websockets
from websockets.asyncio.client import connect

MODEL_ORIGIN = os.environ["MODEL_ORIGIN"]
OPENAI = "api.openai.com"


def rerouted(uri: str) -> str:
    parts = urlsplit(uri)
    if parts.hostname != OPENAI:
        return uri
    return parts._replace(scheme="ws", netloc=urlsplit(MODEL_ORIGIN).netloc).geturl()


class Rerouted(connect):
    def __init__(self, uri, **options):
        super().__init__(rerouted(uri), **options)


websockets.connect = Rerouted
websockets.asyncio.client.connect = Rerouted
