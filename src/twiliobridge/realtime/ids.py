"""Names of things, in the shapes that the live service gives them."""

from hashlib import blake2b
from typing import Literal

Kind = Literal["event", "sess", "item", "resp", "conv", "call"]

LENGTHS: dict[Kind, int] = {"event": 21, "sess": 21, "item": 21, "resp": 21, "conv": 21, "call": 16}
"Alphanumerics after the underscore, as seen live."


def nth_id(kind: Kind, seed: str, number: int) -> str:
    """The same arguments give the same id, others another. No secret: who knows the seed knows all."""
    digest = blake2b(f"{seed}\0{kind}\0{number}".encode(errors="surrogatepass"), digest_size=16)
    return f"{kind}_{digest.hexdigest()[: LENGTHS[kind]]}"


class Ids:
    """Ids one after the other, each once."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._number = 0

    def new(self, kind: Kind) -> str:
        self._number += 1
        return nth_id(kind, self._seed, self._number)
