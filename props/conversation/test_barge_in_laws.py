"""Any conversation, step by step; the laws are the invariants of `Conversations`."""

from conversations import Conversations
from hypothesis import settings

TestConversations = Conversations.TestCase
TestConversations.settings = settings(max_examples=settings().max_examples, stateful_step_count=60)
