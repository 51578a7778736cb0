"""What kind of offer a car is: new, used or something else, by the tags that its seller gave it."""

import enum
from collections.abc import Mapping
from functools import lru_cache

from syndicator.models import Listing

REMEMBERED = 1024  # sets of tags


class Condition(enum.StrEnum):
    """What kind of offer a car is. The API has no such field: the seller's tags tell it."""

    NEW = "new"
    DEMO = "demo"
    USED = "used"
    CLASSIC = "classic"
    DAMAGED = "damaged"


# In order of precedence: a damaged car that is also tagged as new is damaged.
TAGS: Mapping[Condition, frozenset[str]] = {
    Condition.DAMAGED: frozenset(
        ["damaged", "beschadigd", "schade", "schadewagen", "accidentée", "accidenté", "beschädigt"]
    ),
    Condition.CLASSIC: frozenset(["oldtimer", "classic", "ancêtre", "youngtimer"]),
    Condition.DEMO: frozenset(
        ["demo", "demowagen", "demo car", "démo", "démonstration", "vorführwagen"]
    ),
    Condition.USED: frozenset(
        ["used", "tweedehands", "occasion", "gebruikt", "gebraucht", "gebrauchtwagen"]
    ),
    Condition.NEW: frozenset(["new", "nieuw", "neuf", "neuve", "neu", "neuwagen"]),
}


def condition(listing: Listing) -> Condition:
    """The kind of offer by the seller's tags; used unless they say otherwise."""
    return tagged(listing) or Condition.USED


def is_new(listing: Listing) -> bool:
    """Whether the car is offered as new."""
    return condition(listing) is Condition.NEW


def tagged(listing: Listing) -> Condition | None:
    """What the tags say, if they say anything."""
    return _kind(listing.conditions)


@lru_cache(maxsize=REMEMBERED)
def _kind(conditions: tuple[str, ...]) -> Condition | None:
    tags = {tag.casefold() for tag in conditions}
    return next((kind for kind, known in TAGS.items() if not tags.isdisjoint(known)), None)
