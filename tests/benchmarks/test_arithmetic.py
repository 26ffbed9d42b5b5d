import pytest

from benchmarks.arithmetic import BreakPoint, Spread, middle, percentile


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, 1), (0.5, 50), (0.501, 51), (0.99, 99), (0.991, 100), (1.0, 100)]
)
def test_percentile_is_the_nearest_rank(share, expected):
    """Of 1 to 100, the percentile is the smallest value that covers that share, never one in between."""
    assert percentile(range(100, 0, -1), share) == expected


@pytest.mark.parametrize("count", [1, 10, 99, 100, 101, 1000])
def test_p99_leaves_out_at_most_one_in_a_hundred(count):
    values = list(range(count))
    beyond = sum(value > percentile(values, 0.99) for value in values)
    assert beyond == count // 100


def test_percentile_of_nothing_is_refused():
    """No arrivals are no latency of zero."""
    with pytest.raises(ValueError, match="at least one"):
        percentile([], 0.99)
    assert Spread.of([]) is None


def test_spread_is_in_milliseconds():
    spread = Spread.of([0.001, 0.002, 0.004])
    assert (spread.p50, spread.p99, spread.longest, spread.count) == (2.0, 4.0, 4.0, 3)


def test_median_passes_over_rounds_without_a_figure():
    assert middle([3.0, None, 1.0, 2.0]) == 2.0
    assert middle([None]) is None


def search(breaks_at, first, **bounds):
    """What is asked until the search ends, for a bridge that holds up to `breaks_at` calls."""
    point, asked = BreakPoint(first, **bounds), []
    while (calls := point.ask) is not None:
        asked.append(calls)
        point.tell(calls, held=calls <= breaks_at)
    return point, asked


@pytest.mark.parametrize("first", [1, 10, 60, 100, 250])
@pytest.mark.parametrize("breaks_at", [0, 1, 2, 17, 61, 99, 240])
def test_break_point_is_found_from_either_side(breaks_at, first):
    """Never more than the truth, and at most 5 % or one call less, however far off the guess."""
    point, asked = search(breaks_at, first)
    assert point.calls <= breaks_at < point.failed
    assert breaks_at - point.calls <= max(1, point.calls * 0.05)
    assert len(asked) == len(set(asked)) <= 40


def test_a_good_guess_takes_few_windows():
    assert len(search(100, 75, growth=1.15, exact=0.07)[1]) <= 6


def test_a_bridge_that_holds_all_the_load_has_no_break_point():
    """Then its figure is a bound from below."""
    point, _ = search(1000, 60, most=400)
    assert (point.calls, point.failed) == (400, None)
