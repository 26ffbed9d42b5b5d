"""The leg to the model, on a real socket: who we say we are, and the bound on what we take."""

from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

import pytest
import trio
from peers import Model
from served import AGENT, bridge
from trio_websocket import ConnectionClosed, serve_websocket

from twiliobridge.conversation import Ending
from twiliobridge.server import dial_openai
from twiliobridge.settings import Settings


class ServiceEnd:
    """As much of a wire as a `Model` needs."""

    def __init__(self, connection, nursery):
        self.connection = connection
        self.sending, saying = trio.open_memory_channel(1000)
        nursery.start_soon(self.write, saying)

    def send(self, text):
        self.sending.send_nowait(text)

    async def write(self, saying):
        async for text in saying:
            await self.connection.send_message(text)

    async def receive(self):
        try:
            return await self.connection.get_message()
        except ConnectionClosed:
            raise trio.EndOfChannel from None


class Service:
    def __init__(self):
        self.headers, self.path, self.close_codes, self.connections = {}, "", [], []

    async def answer(self, request):
        self.headers, self.path = dict(request.headers), request.path
        connection = await request.accept()
        self.connections.append(connection)
        async with trio.open_nursery() as nursery:
            await Model(ServiceEnd(connection, nursery)).run()
            nursery.cancel_scope.cancel()
        self.close_codes.append(connection.closed.code)


@asynccontextmanager
async def service(agent=AGENT, **more):
    serving = Service()
    async with trio.open_nursery() as nursery:
        server = await nursery.start(partial(serve_websocket, serving.answer, "127.0.0.1", 0, None))
        settings = Settings(
            port=0, openai_api_key="sk-1", openai_base_url=f"http://127.0.0.1:{server.port}/v1", **more
        )
        async with bridge(settings, agent, dial=dial_openai(settings, agent)) as served:
            yield serving, served
        nursery.cancel_scope.cancel()


async def test_a_call_is_one_session_with_our_key_and_model_and_closes_it_with_1000():
    async with service() as (serving, served):
        async with served.phone() as phone:
            phone.call()
            await phone.hear_speech()
        assert await served.endings(1) == [Ending.CALLER_HUNG_UP]
        assert served.ended[0].duration < 1
        await trio.sleep(0.05)
        assert serving.headers[b"authorization"] == b"Bearer sk-1"
        assert b"openai-beta" not in serving.headers
        assert serving.path == "/v1/realtime?model=gpt-realtime-2.1"
        assert serving.close_codes == [1000]


async def test_a_key_goes_under_the_name_that_the_settings_say_with_the_headers_that_they_add():
    async with service(model_auth="api-key", model_headers="X-Team=a%2Cb") as (serving, served):
        async with served.phone() as phone:
            phone.call()
            await phone.hear_speech()
        assert serving.headers[b"api-key"] == b"sk-1"
        assert b"authorization" not in serving.headers
        assert serving.headers[b"x-team"] == b"a,b"


async def test_the_agent_names_the_model_and_says_whose_calls_these_are():
    """Its model wins over that of the settings."""
    agent = replace(AGENT, model="gpt-realtime-mini", safety_identifier="shop-7")
    async with service(agent, model="gpt-realtime") as (serving, served):
        async with served.phone() as phone:
            phone.call()
            await phone.hear_speech()
        assert serving.path == "/v1/realtime?model=gpt-realtime-mini"
        assert serving.headers[b"openai-safety-identifier"] == b"shop-7"


async def test_without_an_identifier_nothing_is_said_of_it():
    async with service(model="gpt-realtime") as (serving, served):
        async with served.phone() as phone:
            phone.call()
            await phone.hear_speech()
        assert serving.path == "/v1/realtime?model=gpt-realtime"
        assert b"openai-safety-identifier" not in serving.headers


def test_a_model_that_the_url_would_overrule_is_refused():
    with pytest.raises(ValueError, match=r"^the query of model_url .* 'gpt-realtime' has no effect"):
        dial_openai(Settings(model_url="wss://h/p?model=x"), replace(AGENT, model="gpt-realtime"))


async def test_a_model_message_past_4_mib_loses_the_session_of_that_call_alone():
    async with service() as (serving, served):
        async with served.phone() as other, served.phone() as phone:
            for each in (other, phone):
                each.call()
                await each.hear_speech()
            await serving.connections[1].send_message(" " * (4 * 1024 * 1024 - 2) + "{}")
            await trio.sleep(0.2)
            assert served.ended == []
            await serving.connections[1].send_message(" " * (4 * 1024 * 1024 + 1))
            with trio.fail_after(5):
                while len(serving.connections) < 3:  # noqa: ASYNC110 -- another task's list
                    await trio.sleep(0.005)
        assert await served.endings(2) == [Ending.CALLER_HUNG_UP] * 2
        sessions = sorted((summary.sessions for summary in served.ended), key=len)
        assert [len(each) for each in sessions] == [1, 2]
        assert "1009" in sessions[1][0].why
