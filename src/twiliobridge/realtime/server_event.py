"""What every event of the server has, and what is left of one that is not known here."""

import msgspec


class ServerEvent(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    event_id: str = ""


class Unknown(msgspec.Struct, frozen=True, kw_only=True):
    """A well-formed event of a type that this version does not know."""

    type: str
