import pytest
import served


@pytest.fixture(params=["auto", "quart"])
def lane(request, monkeypatch):
    """The lane of the bridges of a test; one that uses this runs over both."""
    monkeypatch.setattr(served, "LANE", request.param)
    return request.param
