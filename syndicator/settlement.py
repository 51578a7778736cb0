"""Judges what all crawls of a run have read, and takes over what may be published: all at once.

What is held leaves no trace in the store but the marks of the witnesses and the hold itself.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

import msgspec

from syndicator import bookmark, guard, holds
from syndicator.bookmark import Bookmark
from syndicator.errors import HoldError
from syndicator.guard import Change, Hold, Release
from syndicator.history import Changes, Known
from syndicator.holds import Confirmed
from syndicator.incoming import Incoming
from syndicator.models import Dealer
from syndicator.proposal import Proposal, propose
from syndicator.reading import SKEW, Reading
from syndicator.store import Store
from syndicator.walk import OVERLAP

LAG = timedelta(hours=1)  # no replica is further behind


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """On what terms a run is judged.

    :ivar everybody: the dealers that are known.
    :ivar wanted: those of them that are published; nobody else is held.
    :ivar forced: dealers whose holds are lifted.
    :ivar published: listings by dealer, as the output shows them.
    :ivar stated: dealers as ``/locations`` states them now.
    :ivar unread: dealers whose crawl failed.
    """

    everybody: frozenset[str]
    wanted: frozenset[str]
    forced: frozenset[str]
    published: Mapping[str, int]
    stated: Mapping[str, Dealer]
    unread: frozenset[str]
    now: datetime


class Settled(msgspec.Struct, kw_only=True):
    """What became of the run.

    :ivar held: by dealer.
    :ivar grown: dealers whose stock grew beyond belief.
    :ivar forgotten: held dealers whose stock we do not have, so that nothing can be rendered.
    """

    changes: dict[str, Changes]  # by crawl
    held: dict[str, Hold]
    grown: dict[str, Change]
    forgotten: frozenset[str]


def settle(
    store: Store, incoming: Incoming, readings: Collection[Reading], terms: Terms
) -> Settled:
    """Judge the readings that came to their end, and take over what may be published."""
    shown = {each for reading in readings for each in reading.shown}
    proposals = {
        each.crawl.name: propose(
            store,
            incoming,
            each,
            shown=shown,
            everybody=terms.everybody,
            published=terms.published,
        )
        for each in readings
    }
    silent = {
        key for each in readings if not _tells_absence(each) for key in proposals[each.crawl.name]
    }
    earlier = {dealer_id: each.hold for dealer_id, each in holds.held(store).items()}
    held = judge(proposals.values(), earlier, terms, silent)
    changes = {}
    with store.transaction():
        news = terms.stated.keys() - held.keys() - terms.unread
        store.put_dealers((terms.stated[each] for each in sorted(news)), from_location=True)
        for reading in readings:
            own = _Judged(reading=reading, proposals=proposals[reading.crawl.name], all_held=held)
            changes[reading.crawl.name] = _take_over(store, incoming, own, terms)
        if readings:
            store.purge(max(each.when for each in readings))
    everything = {key: each for own in proposals.values() for key, each in own.items()}
    return Settled(
        changes=changes,
        held=held,
        grown={
            key: each.change for key, each in everything.items() if guard.has_grown(each.change)
        },
        forgotten=frozenset(key for key in held if everything[key].is_unknown),
    )


def keep_refusals(store: Store, readings: Iterable[Reading]) -> None:
    """Note since when a whole crawl is held: one that answered with other dealers' listings."""
    for reading in readings:
        if isinstance(reading.error, HoldError):
            hold = Hold(reason=reading.error.message, release=Release.NEVER)
            ids = reading.crawl.dealer_ids or ()
            holds.replace(store, ids, dict.fromkeys(ids, hold), reading.when)


def judge(
    crawls: Iterable[Mapping[str, Proposal]],
    earlier: Mapping[str, Hold],
    terms: Terms,
    silent: Collection[str] = (),
) -> dict[str, Hold]:
    """The dealers that are held, each by itself, with the others that lose, and all together.

    :param silent: dealers of whom nothing was read that tells what is absent.
    """
    wanted = {
        key: each for proposals in crawls for key, each in proposals.items() if key in terms.wanted
    }
    judged = {key for key, each in wanted.items() if each.change.before}
    lost = {key for key, each in wanted.items() if each.is_lost}
    forced = {key for key in terms.forced if key not in silent or key in lost}
    tripped = _own_reasons(wanted)
    rest = {key: each for key, each in wanted.items() if key not in tripped}
    tripped |= _common_reason(rest)
    held = {
        dealer_id: hold
        for dealer_id, hold in tripped.items()
        if not guard.lifts(earlier.get(dealer_id), hold, forced=dealer_id in forced)
    }
    held |= {
        dealer_id: hold
        for dealer_id, hold in earlier.items()
        if hold.is_absence and dealer_id in wanted.keys() & silent - tripped.keys() - forced
    }
    if guard.is_outbreak(len(held), len(judged)):
        reason = f"{len(held)} of {len(judged)} dealers fell at once: nothing is published"
        common = Hold(reason=reason, release=Release.NEVER)
        held |= dict.fromkeys(judged - held.keys() - forced, common)
    return held


def _tells_absence(reading: Reading) -> bool:
    return reading.is_sweep and reading.is_clean and not reading.nameless


def _own_reasons(proposals: Mapping[str, Proposal]) -> dict[str, Hold]:
    found = {}
    for dealer_id, proposal in proposals.items():
        if proposal.is_lost and proposal.change.before:
            reason = "access lost: this key may not see the dealer any more"
            found[dealer_id] = Hold(reason=reason, release=Release.FORCE, is_lost=True)
        elif hold := guard.judge(proposal.change):
            found[dealer_id] = hold
    return found


def _common_reason(proposals: Mapping[str, Proposal]) -> dict[str, Hold]:
    """Many small losses that no dealer's own numbers betray: only the losers are held."""
    losing = {key: each.change for key, each in proposals.items() if guard.loses(each.change)}
    hold = guard.judge(guard.together(each.change for each in proposals.values()))
    if hold is None or len(losing) <= 1:
        return {}
    reason = f"of all dealers together {hold.reason}"
    return {
        key: msgspec.structs.replace(hold, reason=reason, after=change.after)
        for key, change in losing.items()
    }


class _Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One crawl with what it would change."""

    reading: Reading
    proposals: Mapping[str, Proposal]
    all_held: Mapping[str, Hold]

    @property
    def held(self) -> dict[str, Hold]:
        """The dealers of this crawl that are held."""
        return {key: each for key, each in self.all_held.items() if key in self.proposals}

    @property
    def passed(self) -> frozenset[str]:
        """The other ones."""
        return frozenset(self.proposals.keys() - self.all_held.keys())

    @property
    def missing(self) -> set[str]:
        """What a sweep should have shown, of dealers that it could show."""
        seen = [own for own in self.proposals.values() if not own.is_lost]
        return {each for own in seen for each in own.missing | own.hidden}


def _take_over(store: Store, incoming: Incoming, judged: _Judged, terms: Terms) -> Changes:
    """Store what one crawl read, but for held dealers, and what its end says of absence."""
    reading, held = judged.reading, judged.held
    met = [reading.dealers[each] for each in sorted(judged.passed & reading.dealers.keys())]
    store.put_dealers(met, from_location=False)
    changes = store.apply(
        incoming.news(reading.crawl.name, held),
        overrules=lambda known: _is_overruled(known, reading),
        seen=reading.when,
    )
    gone = _gone(store, judged, terms.forced)
    suspects = judged.missing - gone if reading.is_clean else set()
    store.clear(sorted(reading.shown))
    store.suspect(sorted(suspects))
    changes.add(store.bury(sorted(gone), reading.when))
    is_stuck = any(not judged.proposals[key].is_lost for key in held)
    _write_down(store, reading, terms.now, is_stuck=is_stuck, is_due=bool(suspects))
    if not reading.is_unsure:
        seen = [key for key in sorted(judged.passed) if not judged.proposals[key].is_lost]
        holds.confirm(store, seen, Confirmed(served=reading.when, checked=terms.now))
    holds.replace(store, judged.proposals, held, reading.when)
    return changes


def _is_overruled(known: Known, reading: Reading) -> bool:
    """Whether even an older record wins: over one dated to the future, or that no replica lacks."""
    if known.updated > reading.when + SKEW:
        return True
    return reading.is_clean and known.updated < reading.when - LAG


def _gone(store: Store, judged: _Judged, forced: Collection[str]) -> set[str]:
    """What two witnesses, or the operator, say is gone; what is on the move is none of it.

    A dealer that was lost, and is not held, is nobody's any more.
    """
    reading, missing = judged.reading, judged.missing
    gone: set[str] = set()
    if reading.is_clean and missing:
        # of two runs: what breaks in mid-sweep tells both sweeps of one run the same lie
        gone = (missing & store.suspects()) - store.fresher_than(reading.present - OVERLAP)
    for dealer_id in judged.held:
        gone -= judged.proposals[dealer_id].missing | judged.proposals[dealer_id].hidden
    for dealer_id in judged.passed:
        own = judged.proposals[dealer_id]
        if own.is_lost or (dealer_id in forced and reading.is_clean):
            gone |= own.missing | own.hidden
    return gone


def _write_down(
    store: Store, reading: Reading, now: datetime, *, is_stuck: bool, is_due: bool
) -> None:
    """Move the watermark up to what is stored, and not beyond the API's clock.

    :param is_stuck: a dealer is held: the changes that it did not take must be read again.
    """
    before = bookmark.find(store, reading.crawl)
    if before is None:
        if not is_stuck:
            bookmark.keep(store, reading.crawl, _first(reading, now, is_due=is_due))
        return
    mark, swept, unusable = before.watermark, before.swept, before.unusable
    if not is_stuck:
        mark = min(reading.when, max(mark, reading.newest))
    if reading.is_sweep:
        unusable = reading.unusable_active
    if reading.is_sweep and reading.is_clean:
        swept = now
    is_due = is_due or is_stuck or _wants_more(reading)
    after = Bookmark(watermark=mark, swept=swept, unusable=unusable, is_due=is_due)
    bookmark.keep(store, reading.crawl, after)


def _first(reading: Reading, now: datetime, *, is_due: bool) -> Bookmark:
    return Bookmark(
        watermark=min(reading.when, reading.newest),
        swept=now,
        unusable=reading.unusable_active,
        is_due=is_due or _wants_more(reading),
    )


def _wants_more(reading: Reading) -> bool:
    """Whether all must be read again next time."""
    return reading.is_unsure or (reading.is_sweep and not reading.is_clean)
