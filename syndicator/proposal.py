"""What a crawl would change for each dealer: numbers for the guard, ids for the settlement."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

import msgspec

from syndicator.guard import FEW, RARE, Change, Have
from syndicator.holds import was_read
from syndicator.incoming import Incoming, Row
from syndicator.models import Status
from syndicator.reading import Reading
from syndicator.store import Store


class Proposal(msgspec.Struct, kw_only=True):
    """What would become of one dealer.

    :ivar missing: ids that a sweep should have shown.
    :ivar hidden: the same, of reserved ones; they are on no list, so no guard minds.
    :ivar is_lost: the key may not see the dealer any more.
    :ivar is_unknown: we forgot its stock; ``change`` compares with what was published.
    """

    dealer_id: str
    change: Change
    missing: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    is_lost: bool = False
    is_unknown: bool = False


class _Tally:
    """The records of a crawl, counted by dealer."""

    def __init__(self, rows: Iterable[Row], on_offer: Mapping[str, str]) -> None:
        self.ids: set[str] = set()
        self.explained: Counter[str] = Counter()
        self.added: Counter[str] = Counter()
        self.active: Counter[str] = Counter()
        self.priced: Counter[str] = Counter()
        self.pictured: Counter[str] = Counter()
        for row in rows:
            self.ids.add(row.id)
            owner = on_offer.get(row.id)
            stays = row.is_active and owner == row.dealer_id
            if owner is not None and not stays:
                self.explained[owner] += 1
            if row.is_active:
                self.added[row.dealer_id] += not stays
                self.active[row.dealer_id] += 1
                self.priced[row.dealer_id] += row.is_priced
                self.pictured[row.dealer_id] += row.is_pictured

    def lacks_fields(self, dealer_id: str) -> bool:
        """Whether so many come without price or photo that it is worth a closer look.

        With a dealer of few cars it is if most cars of all dealers do.
        """
        worst = min(self.priced[dealer_id], self.pictured[dealer_id])
        return self.active[dealer_id] - worst > FEW or (
            self.active[dealer_id] > worst and self._is_stripped
        )

    @property
    def _is_stripped(self) -> bool:
        fullest = min(self.priced.total(), self.pictured.total())
        return fullest < RARE * self.active.total()


def propose(
    store: Store,
    incoming: Incoming,
    reading: Reading,
    *,
    shown: Collection[str],
    everybody: Collection[str],
    published: Mapping[str, int],
) -> dict[str, Proposal]:
    """The proposals of one crawl, by dealer.

    :param shown: ids of all records that came in this run, be it in another crawl.
    :param everybody: the dealers that an unfiltered crawl stands for.
    :param published: listings by dealer, as the output shows them.
    """
    crawl = reading.crawl
    on_offer = store.on_offer(crawl.dealer_ids)
    tally = _Tally(incoming.rows(crawl.name), on_offer)
    before = Counter(on_offer.values())
    unusable = Counter(on_offer[each] for each in reading.unusable if each in on_offer)
    missing = _missing(reading, on_offer, shown)
    hidden = _hidden(reading, store.on_offer(crawl.dealer_ids, Status.PENDING), shown)
    known = {*before, *tally.active}
    found = {}
    for dealer_id in sorted(known.union(crawl.dealer_ids or everybody)):
        proposal = Proposal(
            dealer_id=dealer_id,
            change=Change(
                before=before[dealer_id],
                added=tally.added[dealer_id],
                explained=tally.explained[dealer_id],
                missing=len(missing.get(dealer_id, ())),
                unusable=unusable[dealer_id],
            ),
            missing=frozenset(missing.get(dealer_id, ())),
            hidden=frozenset(hidden.get(dealer_id, ())),
            is_lost=_is_lost(reading, dealer_id),
        )
        if not before[dealer_id] and not was_read(store, dealer_id):
            proposal = _from_the_output(proposal, published.get(dealer_id, 0))
        elif tally.lacks_fields(dealer_id):
            proposal = _looked_into(proposal, store, tally, is_sweep=reading.is_sweep)
        found[dealer_id] = proposal
    return found


def _is_lost(reading: Reading, dealer_id: str) -> bool:
    return reading.profile_ids is not None and dealer_id not in reading.profile_ids


def _missing(
    reading: Reading, on_offer: Mapping[str, str], shown: Collection[str]
) -> dict[str, set[str]]:
    """By dealer, what the whole list does not hold.

    Only a clean list says so, or one that holds nothing; and none with records that have no id,
    which may be those of any car.
    """
    says_so = reading.is_sweep and not reading.nameless and (reading.is_clean or not reading.shown)
    absent = {key: each for key, each in on_offer.items() if key not in shown}
    return _by_dealer(
        {key: each for key, each in absent.items() if says_so or _is_lost(reading, each)}
    )


def _hidden(
    reading: Reading, reserved: Mapping[str, str], shown: Collection[str]
) -> dict[str, set[str]]:
    """The same of reserved listings, by dealer."""
    says_so = reading.shows_reserved and reading.is_clean and not reading.nameless
    absent = {key: each for key, each in reserved.items() if key not in shown}
    return _by_dealer(
        {key: each for key, each in absent.items() if says_so or _is_lost(reading, each)}
    )


def _by_dealer(owners: Mapping[str, str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for listing_id, dealer_id in owners.items():
        found.setdefault(dealer_id, set()).add(listing_id)
    return found


def _from_the_output(proposal: Proposal, published: int) -> Proposal:
    """Our memory is lost, but the output still says how many there were."""
    now = proposal.change.added
    change = Change(
        before=published,
        added=max(0, now - published),
        missing=max(0, published - now),
    )
    return msgspec.structs.replace(proposal, change=change, is_unknown=published > 0)


def _looked_into(proposal: Proposal, store: Store, tally: _Tally, *, is_sweep: bool) -> Proposal:
    """How many listings had, and would have, a price and a photo."""
    dealer_id = proposal.dealer_id
    rest = store.have(dealer_id, but=tally.ids)
    kept = Have(cars=0, priced=0, pictured=0) if is_sweep else rest
    has = Have(
        cars=kept.cars + tally.active[dealer_id],
        priced=kept.priced + tally.priced[dealer_id],
        pictured=kept.pictured + tally.pictured[dealer_id],
    )
    change = msgspec.structs.replace(proposal.change, had=store.have(dealer_id), has=has)
    return msgspec.structs.replace(proposal, change=change)
