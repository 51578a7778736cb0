"""How an answer may travel other than whole and at once. What they do is in :mod:`wire`."""

from typing import Literal

import msgspec


class Cut(msgspec.Struct, frozen=True):
    """The connection ends in the middle of the body.

    :param framing: what the head says of the body: a length, nothing at all, or that it is chunked.
    :param share: of the body that arrives.
    """

    framing: Literal["length", "none", "chunked"] = "length"
    share: float = 0.5


class Drip(msgspec.Struct, frozen=True):
    """The body comes in small steps."""

    size: int = 1  # bytes
    seconds: float = 1.0  # between two steps


class Hang(msgspec.Struct, frozen=True):
    """Nothing comes until the client hangs up."""


class Reset(msgspec.Struct, frozen=True):
    """The connection is reset (RST) after this share of the body."""

    share: float = 0.5


class CloseIdle(msgspec.Struct, frozen=True):
    """A good answer, after which the connection is closed although it said it would be kept."""


Delivery = Cut | Drip | Hang | Reset | CloseIdle
