"""Who answers for an agent that nobody has scripted: by what the session says of it, and nothing else."""

from twiliobridge.offline.stand_in.brain import StandIn

__all__ = ["StandIn"]
