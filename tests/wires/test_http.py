"""HTTP in small, both ends of it, under Trio and asyncio."""

import anyio
import pytest
from far_end import listening, until

from twiliobridge.wires.http import BadAnswer, Service, Url, get, post_form
from twiliobridge.wires.wire import Refused, TlsFailed, UnknownHost

BACKENDS = pytest.mark.parametrize("backend", ["trio", "asyncio"])


@BACKENDS
def test_a_form_arrives_as_it_was_sent(backend):
    """Fields, headers, path and query; repeated and empty fields, and letters beyond ASCII."""
    asked = []

    async def serve(stream):
        async with stream:
            service = Service(stream)
            asked.append(await service.request())
            await service.answer(201, "text/plain", "grüß".encode())

    async def main():
        async with listening(serve) as port:
            url = f"http://127.0.0.1:{port}"
            response = await post_form(f"{url}/a%20b?c=d", [("name", "Zoë &=+"), ("empty", "")], {"X-Y": "z"})
            assert (response.status, response.text, response.succeeded) == (201, "grüß", True)
            assert response.headers["content-type"] == "text/plain"
            await get(f"{url}?q=1", {})
        form, plain = asked
        assert (form.method, form.path, form.query) == ("POST", "/a%20b", {"c": "d"})
        assert form.form == {"name": "Zoë &=+", "empty": ""}
        assert (form.headers["x-y"], form.headers["host"]) == ("z", f"127.0.0.1:{port}")
        assert (plain.method, plain.path, plain.query, plain.body) == ("GET", "/", {"q": "1"}, b"")

    anyio.run(main, backend=backend)


@BACKENDS
def test_each_way_of_having_no_answer_has_its_error(backend):
    """One line each: nobody there, no such host, no TLS, no HTTP."""

    async def mumble(stream):
        async with stream:
            await stream.receive()
            await stream.send(b"what?\r\n\r\n")

    async def leave(stream):
        async with stream:
            await stream.receive()

    async def main():
        async with listening(mumble) as port, listening(leave) as gone:
            cases = {
                f"http://127.0.0.1:{port}": BadAnswer,
                f"https://127.0.0.1:{port}": TlsFailed,
                "http://127.0.0.1:1": Refused,
                "http://no.such.host.invalid": UnknownHost,
            }
            for url, error in cases.items():
                with pytest.raises(error) as raised:
                    await get(url, {})
                assert "\n" not in str(raised.value)
            with pytest.raises(BadAnswer, match="closed before anything was said"):
                await get(f"http://127.0.0.1:{gone}", {})

    anyio.run(main, backend=backend)


@BACKENDS
def test_a_server_that_switches_protocols_has_given_no_answer(backend):
    async def switch(stream):
        async with stream:
            await stream.receive()
            await stream.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")

    async def main():
        async with listening(switch) as port:
            with pytest.raises(BadAnswer, match="answered with no HTTP"):
                await get(f"http://127.0.0.1:{port}", {"Upgrade": "x", "Connection": "Upgrade"})

    anyio.run(main, backend=backend)


@BACKENDS
def test_a_client_that_says_no_http_is_no_request(backend):
    """And one that leaves before it has said anything is none, either."""
    answers = []

    async def serve(stream):
        async with stream:
            answers.append(await Service(stream).request())

    async def main():
        async with listening(serve) as port:
            for data in (
                b"\x16\x03\x01\r\n\r\n",
                b"",
                b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf",
            ):
                async with await anyio.connect_tcp("127.0.0.1", port) as client:
                    if data:
                        await client.send(data)
                await until(lambda: answers)
                assert answers.pop() is None

    anyio.run(main, backend=backend)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://x/",
        "http://",
        "http://x:port/",
        "//x",
        "http://[::1/",
        "http://x/é",
        "http://x/a b",
        "http://x:99999/",
    ],
)
def test_what_is_no_url_is_a_value_error(url):
    with pytest.raises(ValueError, match="not an http"):
        Url.of(url)


def test_a_url_in_parts():
    assert Url.of("https://user:pw@h:8443/p?q") == Url("https", "h", 8443, "h:8443", "/p?q")
    assert Url.of("http://[::1]") == Url("http", "::1", 80, "[::1]", "/")
