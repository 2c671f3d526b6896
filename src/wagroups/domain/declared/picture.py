"""Pictures of groups: what is declared, what was seen, what is remembered, and when two are the same.

WhatsApp encodes every picture anew, so bytes are never compared with bytes.  What stays is the likeness: a coarse
drawing of light and dark, and the average colour, because two plain crests differ in nothing else.
"""

from typing import Final, Literal, NamedTuple

from wagroups.domain._base import Value

SHAPE_BITS: Final = 10
"""Bits of the 64 by which the shapes of one picture may differ.  Chosen: encoding anew turns 0 to 3 of them, another
picture about 30."""

COLOUR_STEPS: Final = 24
"""How far each part of the average colour may move, of 255.  Chosen: encoding anew moves it by 1 or 2."""

NO_PICTURE: Final[Literal["none"]] = "none"
"""What a manifest writes where a group is to have no picture."""


class Likeness(Value):
    """How a picture looks, told so that encoding it anew changes little."""

    digest: str
    """SHA-256 of the file, in hex: equal files are equal pictures, and nothing follows from a difference."""
    shape: str
    """64 bits in hex, row by row: whether a spot is lighter than the one to its right (a difference hash)."""
    colour: str
    """The average colour, `rrggbb` in hex."""

    def looks_like(self, other: "Likeness") -> bool:
        """Whether the two are the same picture to an eye."""
        if self.digest == other.digest:
            return True
        bits = (int(self.shape, 16) ^ int(other.shape, 16)).bit_count()
        steps = max(abs(a - b) for a, b in zip(_parts(self.colour), _parts(other.colour), strict=True))
        return bits <= SHAPE_BITS and steps <= COLOUR_STEPS


def _parts(colour: str) -> bytes:
    return bytes.fromhex(colour)


class Picture(Value):
    """A declared picture: a file of the project.  Its bytes are read when they are sent."""

    path: str
    """Relative to the project's root, with `/`."""
    likeness: Likeness
    """Of the file; how it looks after it was cut square."""


class Glimpse(NamedTuple):
    """What a look at a live group's picture gave."""

    likeness: Likeness | None = None
    """`None`: none was shown, which is no proof that there is none: gateways say so too when they fail to fetch it."""
    trouble: str = ""
    """Why nothing can be said, in words; `""` when the gateway did say something."""
    there: bool = False
    """A picture is shown, whether or not it could be looked at: an address that cannot be fetched is proof enough."""


class PictureMemory(Value):
    """What the ledger keeps of one group's picture."""

    source: str | None
    """Digest of the declared file that was put up; `None` when the picture was taken away."""
    shown: Likeness | None = None
    """How it looked when it was read back; `None` when no read has shown it yet."""
    attempts: int = 0
    """How often it was put up without being seen since."""
