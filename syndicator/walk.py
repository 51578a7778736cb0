"""One crawl, page by page into the store, and what its end says of listings that it did not show.

A walk that was cut short changes what it saw and removes nothing. A listing that a whole walk did
not show is removed at once if the API says that it is no longer for sale, else when a second walk
misses it, too.
"""

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from syndicator.crawls import Crawl, belongs
from syndicator.errors import AnswerError, HoldError, RecordError, SourceError
from syndicator.guard import emptied
from syndicator.history import Changes
from syndicator.source import normalise
from syndicator.source.client import Client, ListingQuery, Page
from syndicator.source.sweep import Sweep
from syndicator.store import Store
from syndicator.summary import Notify

log = logging.getLogger(__name__)

PAGE_SIZE = 200
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OVERLAP = timedelta(minutes=10)
LOST_RECORDS_SHARE = 0.05


class Outcome(msgspec.Struct, kw_only=True):
    """What one crawl came to."""

    crawl: Crawl
    changes: Changes = msgspec.field(default_factory=Changes)
    issues: Counter[str] = msgspec.field(default_factory=Counter)
    records: int = 0
    skipped: int = 0
    is_read: bool = False  # to the end
    is_settled: bool = True  # all pages agreed
    held: frozenset[str] = frozenset()  # dealers of whom nothing was removed
    error: SourceError | HoldError | None = None


class Walk:
    """One crawl, page by page into the store."""

    def __init__(self, client: Client, store: Store, outcome: Outcome, notify: Notify) -> None:
        self._client = client
        self._store = store
        self._outcome = outcome
        self._crawl = outcome.crawl
        self._notify = notify
        self._served: datetime | None = None
        self._newest = EPOCH
        self._dealers: set[str] = set()  # whose listings came
        self._is_sweeping = True  # the catch-up shows many a record again

    def take(self) -> None:
        """Sweep what is on offer, catch up on what changed meanwhile, then judge absence.

        :raises SourceError: the walk was cut; what it saw is stored.
        :raises HoldError: what it saw cannot be true; nothing was removed.
        """
        before = self._live()
        sweep = Sweep(self._page)
        for pages, page in enumerate(sweep, start=1):
            self._served = self._served or page.served
            self._keep(page)
            total = page.pagination.total_pages if page.pagination else None
            self._notify(self._crawl.name, pages, total)
        self._check_records(before, sweep)
        later = self._catch_up()
        self._judge(before, sweep, later)

    def _page(self, number: int) -> Page:
        return self._client.listings(self._query(page=number))

    def _query(self, **changes: object) -> ListingQuery:
        crawl = self._crawl
        query = ListingQuery(
            page_size=PAGE_SIZE,
            location_code=crawl.location_code,
            dealer_id=crawl.dealer_id,
            parent_dealer_id=crawl.parent_id,
        )
        return msgspec.structs.replace(query, **changes)

    def _keep(self, page: Page) -> None:
        found = [(each, raw) for raw in page.records if (each := self._read(raw))]
        strangers = [each.listing for each, _ in found if not self._belongs(each)]
        if strangers:
            raise AnswerError(
                f"{self._crawl.name}: answered with listings of other dealers",
                hint="the API may have ignored the filter; nothing of them was published",
            )
        with self._store.transaction():
            self._store.put_dealers(
                (each.dealer for each, _ in found if each.dealer), from_location=False
            )
            changes = self._store.apply((each.listing, raw) for each, raw in found)
        self._outcome.changes.add(changes)
        self._dealers |= {each.listing.dealer_id for each, _ in found}
        self._newest = max([each.listing.updated for each, _ in found] + [self._newest])

    @property
    def _when(self) -> datetime:
        """When the walk began by the API's clock, or the newest date in the data up to now."""
        return self._served or min(self._newest, datetime.now(UTC))

    def _read(self, raw: bytes) -> normalise.Normalised | None:
        self._outcome.records += self._is_sweeping
        try:
            found = normalise.listing(raw)
        except RecordError as error:
            self._outcome.skipped += self._is_sweeping
            log.info("%s: record %s: %s", self._crawl.name, error.record_id, error)
            return None
        for issue in found.issues:
            self._outcome.issues[issue.path] += self._is_sweeping
            log.info("%s: %s: %s", found.listing.id, issue.path, issue.problem)
        return found

    def _belongs(self, found: normalise.Normalised) -> bool:
        return belongs(self._crawl, found.listing, found.dealer)

    def _check_records(self, before: set[str], sweep: Sweep) -> None:
        """A few records that are missing or unusable are bad luck; more are a broken answer."""
        self._outcome.is_settled = sweep.clean
        lost, all_ = self._outcome.skipped, self._outcome.records
        if sweep.total and all_ < (1 - LOST_RECORDS_SHARE) * sweep.total:
            raise AnswerError(f"{self._crawl.name}: the API shows {all_} of {sweep.total} listings")
        if before and lost > LOST_RECORDS_SHARE * all_:
            raise HoldError(
                f"{self._crawl.name}: {lost} of {all_} records were unusable",
                hint="the API may have changed; -v names the fields",
            )

    def _catch_up(self) -> set[str]:
        """Ask for all statuses since the walk began, or the last one did: sold cars say so.

        :returns: the ids of all that came.
        """
        self._is_sweeping = False
        last = self._store.recall(crawl_note(self._crawl)).get("served")
        since = min(datetime.fromisoformat(last), self._when) if last else self._when
        query = {"status": "all", "updated_since": since - OVERLAP}
        sweep = Sweep(lambda number: self._client.listings(self._query(page=number, **query)))
        for page in sweep:
            self._keep(page)
        return sweep.ids

    def _judge(self, before: set[str], sweep: Sweep, later: set[str]) -> None:
        """Whatever was on offer before, and neither shown nor seen as sold, is missed."""
        dealers = self._dealers.union(
            self._crawl.dealer_ids or (each.id for each in self._store.dealers())
        )
        shown = sweep.ids | later
        missed = before & self._live() - shown
        stock = {each: self._store.live_ids([each]) for each in sorted(dealers)}
        held = emptied(stock, missed) if sweep.clean or not shown else frozenset()
        missed -= {listing for each in held for listing in stock[each]}
        gone = missed & self._store.suspects(self._crawl.dealer_ids) if sweep.clean else set()
        with self._store.transaction():
            self._store.suspect(sorted(missed - gone))
            self._outcome.changes.add(self._store.bury(sorted(gone), self._when))
            self._store.remember(crawl_note(self._crawl), {"served": self._when.isoformat()})
            self._store.purge(self._when)
            for dealer_id in sorted(dealers - held):
                self._store.remember(read_once(dealer_id), {"crawl": self._crawl.name})
        if held:
            self._outcome.held = held
            raise self._hold({each: len(stock[each]) for each in sorted(held)})

    def _hold(self, lost: Mapping[str, int]) -> HoldError:
        names = {each.id: each.name for each in self._store.dealers()}
        said = ", ".join(f"{count} listings of {names[each]}" for each, count in lost.items())
        return HoldError(
            f"{self._crawl.name}: the API shows none of {said}",
            hint="look at the dealer on Okasie; the next build asks again",
        )

    def _live(self) -> set[str]:
        return self._store.live_ids(self._crawl.dealer_ids)


def crawl_note(crawl: Crawl) -> str:
    """The note on when a crawl last went through, by the API's clock."""
    return f"crawl:{crawl.name}"


def read_once(dealer_id: str) -> str:
    """The note that all listings of a dealer were read at least once: before, none is shown."""
    return f"read:{dealer_id}"
