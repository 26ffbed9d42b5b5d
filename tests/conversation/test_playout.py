"""The ledger of marks."""

import pytest

from twiliobridge.conversation.playout import MOST_GROWING, MOST_SEGMENTS, TWILIO_BUFFER_MS, Part, Playout

A = Part("ra", "a", 0)
B = Part("rb", "b", 0)


def sent(playout, part, ms, now=0.0):
    playout.sent(part, ms, now)
    return playout.mark()


def test_between_marks_the_clock_tells():
    """A position runs at one millisecond per millisecond from the last certain one."""
    playout = Playout()
    sent(playout, A, 400, now=10.0)
    assert playout.position(10.1) == pytest.approx(100)


def test_no_further_than_the_next_mark():
    """A stalled line does not run ahead of the mark that has not come back."""
    playout = Playout()
    sent(playout, A, 400)
    sent(playout, A, 400)
    assert playout.position(5.0) == 400


def test_a_mark_corrects_the_clock_both_ways():
    """What came back was played, however early or late it came."""
    playout = Playout()
    first, second = sent(playout, A, 400), sent(playout, A, 400)
    playout.mark_returned(first, now=0.1)
    assert playout.position(0.1) == 400
    assert playout.position(0.2) == pytest.approx(500)
    playout.mark_returned(second, now=5.0)
    assert playout.drained


def test_marks_from_before_an_interruption_are_nothing():
    """Cleared marks come back exactly as played ones do."""
    playout = Playout()
    old = sent(playout, A, 400)
    playout.interrupt(0.1)
    sent(playout, B, 400, now=0.2)
    playout.mark_returned(old, now=0.2)
    playout.mark_returned("somebody else's", now=0.2)
    assert playout.position(0.2) == 0
    assert not playout.drained


def test_time_does_not_run_while_nothing_is_queued():
    """After silence, the next item begins at its first byte."""
    playout = Playout()
    playout.mark_returned(sent(playout, A, 400), now=0.4)
    playout.ended(A.response_id)
    sent(playout, B, 400, now=60.0)
    [cut] = playout.interrupt(60.05)
    assert cut.part == B
    assert abs(cut.heard_ms - 50) <= 1


def test_nor_while_the_model_pauses_before_a_mark_was_due():
    """What it says afterwards is heard from when it is sent."""
    playout = Playout()
    playout.sent(A, 40, 0.0)
    sent(playout, A, 400, now=1.0)
    assert playout.position(1.05) == pytest.approx(90)


def test_pauses_do_not_prolong_the_wait_for_a_mark():
    """A phone that returns none by five seconds after the first should have been heard returns none."""
    playout = Playout()
    sent(playout, A, 100)
    sent(playout, A, 100, now=3.0)
    assert playout.position(5.3) == 200


def test_an_item_in_two_pieces_is_measured_from_its_first_byte():
    """A part that another one interrupts goes on counting where it left off."""
    playout = Playout()
    marks = sent(playout, A, 400), sent(playout, B, 400)
    playout.sent(A, 400, 0.0)
    playout.ended(B.response_id)
    for name in marks:
        playout.mark_returned(name, now=0.8)
    [cut] = playout.interrupt(0.9)
    assert cut.heard_ms == pytest.approx(500, abs=1)
    assert cut.sent_ms == 800


def test_heard_segments_are_forgotten_and_still_count():
    """The ledger keeps one segment of what was heard, and the part's length."""
    playout = Playout()
    for _ in range(1000):
        playout.mark_returned(sent(playout, A, 100), now=0.0)
        playout.mark_returned(sent(playout, B, 100), now=0.0)
    assert len(playout._segments) <= 2


def test_a_cut_never_exceeds_what_was_sent():
    """The service refuses a truncation beyond the audio that there is."""
    playout = Playout()
    playout.sent(A, 1 / 8, now=0.0)
    playout.mark()
    [cut] = playout.interrupt(0.0001)
    assert cut.heard_ms <= cut.sent_ms == 1 / 8


def test_ten_minutes_are_the_most_that_can_queue():
    """Beyond Twilio's buffer nothing would be heard."""
    playout = Playout()
    playout.sent(A, TWILIO_BUFFER_MS - 20, now=0.0)
    assert playout.has_room(20, now=0.0)
    assert not playout.has_room(20.125, now=0.0)


def test_an_item_resumed_after_silence_is_measured_from_its_first_byte():
    """Its first segment was heard and forgotten long ago; the part is still the same."""
    playout = Playout()
    playout.mark_returned(sent(playout, A, 400), now=0.4)
    playout.mark_returned(sent(playout, B, 400, now=0.4), now=0.8)
    playout.ended(B.response_id)
    sent(playout, A, 400, now=5.0)
    [cut] = playout.interrupt(5.1)
    assert (cut.part, cut.sent_ms) == (A, 800)
    assert cut.heard_ms == pytest.approx(500, abs=1)


def test_a_phone_that_returns_no_marks_is_believed_by_the_clock():
    """Five seconds after all should have been heard, it was: nothing old is cut, and there is room again."""
    playout = Playout()
    sent(playout, A, TWILIO_BUFFER_MS)
    playout.ended(A.response_id)
    assert not playout.has_room(20, now=600.0)
    assert playout.has_room(20, now=605.0)
    sent(playout, B, 1000, now=606.0)
    [cut] = playout.interrupt(606.1)
    assert cut.part == B


def test_what_is_heard_to_its_last_byte_is_cut_only_while_it_grows():
    """The model has generated more of a growing part than it has sent; of an ended one it has not."""
    playout = Playout()
    playout.mark_returned(sent(playout, A, 400), now=0.4)
    playout.mark_returned(sent(playout, B, 400, now=0.4), now=0.8)
    playout.ended(A.response_id, A)
    [cut] = playout.interrupt(0.8)
    assert (cut.part, cut.heard_ms, cut.sent_ms) == (B, 400, 400)


def test_the_ledger_is_bounded_whatever_the_model_generates():
    """Single bytes of ever new parts, none of which ends: what waits is limited, what was heard goes."""
    playout = Playout()
    for k in range(20_000):
        if playout.has_room(1 / 8, now=0.0):
            playout.sent(Part("r", f"i{k}", 0), 1 / 8, now=0.0)
    assert len(playout._segments) == len(playout._lengths) == MOST_SEGMENTS
    playout.mark_returned(playout.mark(), now=1.0)
    playout.sent(A, 1 / 8, now=2.0)
    assert len(playout._lengths) <= MOST_GROWING + 1


@pytest.mark.parametrize("name", ["m0", "m2", "m01", "m", "M1", "m1 ", "m\u0661", "m" + "9" * 5000, ""])
def test_a_name_that_is_no_mark_on_its_way_changes_nothing(name):
    playout = Playout()
    sent(playout, A, 400)
    playout.mark_returned(name, now=0.1)
    assert not playout.drained
    playout.mark_returned("m1", now=0.4)
    assert playout.drained
