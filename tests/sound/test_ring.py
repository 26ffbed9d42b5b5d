from twiliobridge.sound.ring import Ring


def test_what_is_written_is_read_after_the_lead_and_then_there_is_silence():
    ring = Ring(lead=4, bound=100)
    ring.write(b"abcd")
    assert ring.read(6) == b"\0\0\0\0ab"
    ring.write(b"ef")
    assert ring.read(8) == b"cdef\0\0\0\0"
    ring.write(b"gh")
    assert ring.read(6) == b"\0\0\0\0gh"


def test_what_finds_no_room_is_counted():
    ring = Ring(lead=2, bound=6)
    ring.write(b"abcd")
    ring.write(b"ef")
    assert ring.dropped == 2
    assert ring.read(8) == b"\0\0abcd\0\0"


def test_clear_is_silence_at_once():
    ring = Ring(lead=0, bound=6)
    ring.write(b"abcd")
    ring.clear()
    assert ring.read(2) == b"\0\0"
