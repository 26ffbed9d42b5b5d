"""Both roles of a WebSocket."""

import pytest
import trustme
from framing_end import End


@pytest.fixture(params=["server", "client"])
def role(request):
    return request.param


@pytest.fixture(params=[None, 1, 7], ids=["whole", "byte by byte", "in sevens"])
def end(request, role):
    return End(role, request.param)


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()
