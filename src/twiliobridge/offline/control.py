"""The script of the next responses by HTTP, for tests in any language. Never on the model's own port.

POST /script    queues one response (`cue_text.py` has the JSON): 204, or 400 with one line
GET /script     what is queued, as JSON
DELETE /script  queues nothing any more: 204
"""

from http import HTTPStatus
from typing import Any

import trio
from hypercorn.config import Config
from quart import request
from quart_trio import QuartTrio

from twiliobridge.offline.cue_text import CueError, read_cue, write_cue
from twiliobridge.offline.cues import Cues
from twiliobridge.wires.hypercorn import Listeners, listen, serve_app

PATH = "/script"
LONGEST_BODY = 1024 * 1024

Answer = tuple[str | list[dict[str, Any]], int]


def create_control_app(cues: Cues) -> QuartTrio:
    app = QuartTrio(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LONGEST_BODY

    @app.post(PATH)
    async def queue() -> Answer:
        try:
            cue = read_cue(await request.get_data())
            cues.say_next(*cue.reply, after=cue.after)
        except (CueError, ValueError) as error:
            return f"{error}\n", HTTPStatus.BAD_REQUEST
        return "", HTTPStatus.NO_CONTENT

    @app.get(PATH)
    async def queued() -> Answer:
        return [write_cue(cue) for cue in cues.queued], HTTPStatus.OK

    @app.delete(PATH)
    async def clear() -> Answer:
        cues.clear()
        return "", HTTPStatus.NO_CONTENT

    return app


async def serve_control(
    cues: Cues,
    host: str = "127.0.0.1",
    port: int = 8766,
    task_status: trio.TaskStatus[Listeners] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Serves until cancelled; starts with its listeners. Port 0 takes a free one. Raises CannotListen.

    Whoever reaches it decides what the model says: it is for this machine alone.
    """
    listeners = await listen(host, port)
    task_status.started(listeners)
    await serve_app(create_control_app(cues), Config(), listeners)
