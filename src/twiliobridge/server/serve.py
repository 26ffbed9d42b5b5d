"""Listening, answering, and stopping: the app on Hypercorn."""

import logging

import trio
from hypercorn.config import Config

from twiliobridge.call import Dial, open_tool_resources
from twiliobridge.conversation import Agent
from twiliobridge.server.app import Desk, Ended, WatchCall, app_of
from twiliobridge.server.door import check_door
from twiliobridge.server.exchange import Exchange
from twiliobridge.server.proxies import proxies_of
from twiliobridge.settings import Settings
from twiliobridge.wires.hypercorn import Listeners, base_url, listen, serve_app

log = logging.getLogger(__name__)

IDLE = 2.0
"Seconds for which Hypercorn holds a connection without a request, even one whose client has left."


async def listen_for(settings: Settings) -> Listeners:
    """Binds and listens. Raises CannotListen, and ValueError for a door open to the network."""
    warning = check_door(settings)
    listeners = await listen(settings.host, settings.port)
    if warning:
        log.warning("%s", warning)
    return listeners


async def serve(
    settings: Settings,
    agent: Agent,
    dial: Dial,
    *,
    stop: trio.Event,
    listeners: Listeners | None = None,
    watch: WatchCall | None = None,
    ended: Ended | None = None,
    task_status: trio.TaskStatus[list[str]] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Serves until `stop` is set, then drains: no new calls, `settings.grace` seconds for those that are up.

    Tools that outlive their calls are waited for thereafter, each within its own time.

    Started: the base URLs that it listens on, `http://127.0.0.1:8000` and the like.
    Resource handling: closes `listeners`, its own or given.
    Cancellation: every call is cut short, every socket closed.
    """
    exchange = Exchange(settings.calls_at_once)
    listeners = listeners or await listen_for(settings)
    resources = open_tool_resources(settings.tool_threads, proxies_of(settings))
    async with resources as tools, trio.open_nursery() as nursery:
        desk = Desk(settings, agent, dial, exchange, watch, ended, tools)
        lane = desk.media_lane if settings.media_lane == "auto" else None
        nursery.start_soon(serve_app, app_of(desk), hypercorn_config(settings), listeners, lane)
        task_status.started([base_url(each) for each in listeners])
        await stop.wait()
        log.info("draining: %d calls have %g s to finish", exchange.active, settings.grace)
        await exchange.drain(settings.grace)
        nursery.cancel_scope.cancel()
        if left := len(tools.outliving.child_tasks):
            log.info("%d tools that outlive their calls are waited for", left)


def hypercorn_config(settings: Settings) -> Config:
    config = Config()
    config.errorlog = logging.getLogger("twiliobridge.hypercorn")
    config.include_server_header = False
    config.keep_alive_timeout = IDLE
    config.websocket_max_message_size = settings.phone_message
    return config
