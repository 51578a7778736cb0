"""What may be published: no stock gets emptier because something failed. Pure.

Each dealer is judged by itself, then all dealers of a run together. A listing that was seen with
another status has left for a known reason; one that a sweep did not show has not.
"""

import enum
from collections.abc import Iterable

import msgspec

FEW = 5  # cars: so many may vanish from any stock
SMALL = 10  # cars: below, shares say nothing
STOCK = 20  # cars: below, a dealer may sell out in a day
SHARE, HALF, MOST = 0.20, 0.50, 0.80
USUAL, RARE = 0.90, 0.50  # shares of cars that have a price or a photo
LOST_SHARE, LOST = 0.05, 3  # unusable records
AGREEMENT = 0.10
GROWTH = 4.0


class Release(enum.StrEnum):
    """What lifts a hold."""

    AGREEMENT = "agreement"  # a second clean sweep, or --force
    FORCE = "force"  # --force alone
    NEVER = "never"  # only a better answer


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """Why a dealer's stock stays as it was last published.

    :ivar after: how many cars would be left; a second sweep that says nearly the same agrees.
    :ivar is_absence: it is about what a sweep did not show, so only a clean one can end it.
    :ivar is_lost: the key may not see the dealer any more; no sweep can say anything of it.
    """

    reason: str
    release: Release
    after: int = 0
    is_absence: bool = False
    is_lost: bool = False


class Have(msgspec.Struct, frozen=True, kw_only=True):
    """How many of the cars on offer have a price and a photo."""

    cars: int
    priced: int
    pictured: int


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a run would do to the stock of one dealer; all are numbers of cars.

    :ivar explained: seen with another status, or at another dealer.
    :ivar missing: not shown by a sweep that should have shown them.
    :ivar unusable: their records could not be read.
    """

    before: int
    added: int = 0
    explained: int = 0
    missing: int = 0
    unusable: int = 0
    had: Have | None = None  # only where the fields may have been lost
    has: Have | None = None

    @property
    def after(self) -> int:
        """How many would be on offer."""
        return self.before + self.added - self.explained - self.missing


def judge(change: Change) -> Hold | None:
    """The gravest reason to hold a dealer, if there is one."""
    if not change.before:
        return None
    return _vanished(change) or _unreadable(change) or _stripped(change) or _sold(change)


def loses(change: Change) -> bool:
    """Whether any car leaves, or the fields of one."""
    return bool(change.missing or change.explained or change.had)


def together(changes: Iterable[Change]) -> Change:
    """What happens to several dealers as if they were one."""
    changes = tuple(changes)
    had = [(each.had, each.has) for each in changes if each.had and each.has]
    return Change(
        before=sum(each.before for each in changes),
        added=sum(each.added for each in changes),
        explained=sum(each.explained for each in changes),
        missing=sum(each.missing for each in changes),
        unusable=sum(each.unusable for each in changes),
        had=_sum(before for before, _ in had),
        has=_sum(after for _, after in had),
    )


def _sum(parts: Iterable[Have]) -> Have:
    parts = tuple(parts)
    return Have(
        cars=sum(each.cars for each in parts),
        priced=sum(each.priced for each in parts),
        pictured=sum(each.pictured for each in parts),
    )


def lifts(earlier: Hold | None, now: Hold, *, forced: bool) -> bool:
    """Whether what would be held may be published."""
    if now.release is Release.NEVER:
        return False
    agrees = (
        now.release is Release.AGREEMENT
        and earlier is not None
        and earlier.release is Release.AGREEMENT
        and abs(now.after - earlier.after) <= AGREEMENT * earlier.after
    )
    return forced or agrees


def is_outbreak(tripped: int, judged: int) -> bool:
    """Whether it is the API rather than the dealers: more than half of several fell at once."""
    return judged > 1 and 2 * tripped > judged


def has_grown(change: Change) -> bool:
    """Whether a stock grew so much that a filter may have been ignored."""
    return change.before >= SMALL and change.after > GROWTH * change.before


def _vanished(change: Change) -> Hold | None:
    gone, before = change.missing, change.before
    said, release = f"{gone} of {before} listings vanished without a trace", Release.FORCE
    if gone and not change.after:
        said = f"the API shows none of {before} listings"
    elif gone > FEW and SHARE * before < gone and (before < SMALL or gone <= HALF * before):
        release = Release.AGREEMENT
    elif before < SMALL or gone <= HALF * before:
        return None
    return Hold(reason=said, release=release, after=change.after, is_absence=True)


def _unreadable(change: Change) -> Hold | None:
    if change.unusable < LOST or change.unusable <= LOST_SHARE * change.before:
        return None
    reason = f"the records of {change.unusable} of {change.before} listings cannot be read"
    return Hold(reason=f"{reason}; did the API change?", release=Release.FORCE)


def _stripped(change: Change) -> Hold | None:
    """A write feed that replaces records without their fields makes them null."""
    had, has = change.had, change.has
    if had is None or has is None or min(had.cars, has.cars) <= FEW:
        return None
    for word, before, after in (
        ("prices", had.priced / had.cars, has.priced / has.cars),
        ("photos", had.pictured / had.cars, has.pictured / has.cars),
    ):
        if before > USUAL and after < RARE:
            reason = f"fields lost: {word} of {1 - after:.0%} of the listings are gone"
            return Hold(reason=reason, release=Release.FORCE, after=change.after)
    return None


def _sold(change: Change) -> Hold | None:
    if change.before < STOCK or change.explained <= MOST * change.before:
        return None
    reason = f"{change.explained} of {change.before} listings were taken off at once"
    return Hold(reason=reason, release=Release.AGREEMENT, after=change.after)
