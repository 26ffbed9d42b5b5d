import pytest
from servers import running


@pytest.fixture
def gallery():
    """Starts a server of the gallery by its name, and returns its URL."""
    opened = []

    def start(name):
        server = running("gallery.py", name)
        opened.append(server)
        return f"ws://127.0.0.1:{server.__enter__()[1]}/stream"

    yield start
    for server in opened:
        server.__exit__(None, None, None)


@pytest.fixture(scope="session")
def sample_url():
    with running("sample_server.py") as (_, port):
        yield f"ws://127.0.0.1:{port}/media-stream"
