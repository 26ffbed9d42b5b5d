"""A server for tests that block: in a thread, on a free port, and gone at the end of its block."""

import threading

from offline_driver import ENGINES, Recited
from openai import OpenAI

from twiliobridge.offline import CallTool, Knobs, OfflineModel, open_server_thread
from twiliobridge.offline.brain import Say

QUICK = Knobs(latency=0, speed=100)


def replied(server):
    """The output of one response, by a client that blocks."""
    client = OpenAI(api_key="sk-test", websocket_base_url=server.websocket_base_url)
    with client, client.realtime.connect(model="gpt-realtime-2.1") as connection:
        connection.response.create()
        for event in connection:
            if event.type == "response.done":
                return event.response.output
    raise AssertionError("the connection ended first")


def test_a_client_that_blocks_hears_what_was_scripted():
    model = OfflineModel(ENGINES, lambda: Recited((Say("of my own"),)), QUICK)
    with open_server_thread(model=model) as server:
        assert server.url == f"{server.websocket_base_url}/realtime"
        server.say_next("One moment.", CallTool("look", {"where": "here"}))
        message, call = replied(server)
        assert message.content[0].transcript == "One moment."
        assert (call.name, call.arguments) == ("look", '{"where":"here"}')
        assert replied(server)[0].content[0].transcript == "of my own"
    assert "offline model" not in [thread.name for thread in threading.enumerate()]


def test_every_test_may_have_one(offline_openai):
    offline_openai.say_next("Good morning.")
    assert replied(offline_openai)[0].content[0].transcript == "Good morning."
