"""Keys become turns."""

from twiliobridge.conversation.keypad import Keypad
from twiliobridge.conversation.limits import Limits


def test_hash_ends_a_turn():
    """`#` is not part of the digits."""
    keypad = Keypad(Limits())
    assert [keypad.press(digit, 0.0) for digit in "42#"] == [None, None, "42"]
    assert keypad.deadline() is None


def test_a_pause_ends_a_turn():
    """Two seconds after the last key, whichever it was."""
    keypad = Keypad(Limits())
    keypad.press("4", 0.0)
    keypad.press("2", 1.5)
    assert keypad.deadline() == 3.5
    assert keypad.wake(3.4) is None
    assert keypad.wake(3.5) == "42"
    assert keypad.wake(9.0) is None


def test_a_lone_hash_is_a_turn():
    """Menus ask for it."""
    assert Keypad(Limits()).press("#", 0.0) == "#"


def test_endless_keys_are_bounded():
    """Nobody holds a key for ever on our memory."""
    keypad = Keypad(Limits(most_digits=4))
    assert [keypad.press("1", 0.0) for _ in range(5)] == [None, None, None, "1111", None]
