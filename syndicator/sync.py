"""One crawl after the other: from the source into the store, complete or not.

A crawl that was cut short changes what it saw and removes nothing. A listing that a whole crawl did
not show is removed at once if the API says that it is no longer for sale, else when a second crawl
misses it, too.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from syndicator.config import Target
from syndicator.crawls import Crawl, Plan, belongs, plan, resolve, unknown
from syndicator.errors import (
    AnswerError,
    HoldError,
    KeyRefused,
    RecordError,
    ScopeDenied,
    SourceError,
)
from syndicator.guard import check_not_emptied
from syndicator.history import Changes
from syndicator.models import Dealer
from syndicator.source import normalise
from syndicator.source.client import Client
from syndicator.source.query import ListingQuery, LocationQuery
from syndicator.source.sweep import Sweep
from syndicator.source.wire import Page
from syndicator.store import Store
from syndicator.tree import Tree

log = logging.getLogger(__name__)

PAGE_SIZE = 200
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OVERLAP = timedelta(minutes=10)
LOST_RECORDS_SHARE = 0.05

Notify = Callable[[str, int, int | None], None]


class Outcome(msgspec.Struct, kw_only=True):
    """What one crawl came to."""

    crawl: Crawl
    changes: Changes = msgspec.field(default_factory=Changes)
    issues: Counter[str] = msgspec.field(default_factory=Counter)
    records: int = 0
    skipped: int = 0
    is_read: bool = False  # to the end
    error: SourceError | HoldError | None = None


class Synced(msgspec.Struct, kw_only=True):
    """What the whole sync came to."""

    plan: Plan
    outcomes: dict[str, Outcome]  # by the crawl's name
    warnings: list[str]

    @property
    def errors(self) -> list[SourceError | HoldError]:
        """Of the crawls that were cut or held, in their order."""
        return [each.error for each in self.outcomes.values() if each.error is not None]

    def of(self, target: Target) -> Outcome:
        """The crawl that served a target."""
        return self.outcomes[self.plan.serves[target.name]]


def sync(client: Client, store: Store, targets: tuple[Target, ...], notify: Notify) -> Synced:
    """Read all targets.

    :raises UsageError: nobody answers to a location code or an id.
    :raises KeyRefused: the key is no good, and nothing was read with it.
    """
    warnings: list[str] = []
    read_locations(client, store, warnings)
    meet_strangers(client, store, targets)
    tree = Tree(store.dealers())
    lost = [
        each for each in targets if each.kind != "all" and each.name not in resolve(targets, tree)
    ]
    if lost:
        raise unknown(tuple(lost), tree)
    todo = plan(targets, tree)
    outcomes = {crawl.name: Outcome(crawl=crawl) for crawl in todo.crawls}
    for outcome in outcomes.values():
        try:
            Walk(client, store, outcome, notify).take()
            outcome.is_read = True
        except (SourceError, HoldError) as error:
            log.info("%s: %s", outcome.crawl.name, error)
            outcome.error = error
            if isinstance(error, KeyRefused):
                break
        warnings += grievances(outcome)
    skip_rest(outcomes.values())
    return Synced(plan=todo, outcomes=outcomes, warnings=warnings)


def skip_rest(outcomes: Iterable[Outcome]) -> None:
    """After a refused key nothing more is asked; the targets that were read are published.

    :raises KeyRefused: none was.
    """
    refused = next((each.error for each in outcomes if isinstance(each.error, KeyRefused)), None)
    if refused is None:
        return
    if not any(each.is_read for each in outcomes):
        raise refused
    for outcome in outcomes:
        if not outcome.is_read and outcome.error is None:
            outcome.error = refused


def read_locations(client: Client, store: Store, warnings: list[str]) -> None:
    """Ask who there is; a key without that scope still reads listings, which name their dealer."""
    try:
        page = client.locations(LocationQuery())
    except ScopeDenied as error:
        warnings.append(f"this key may not read locations: {error}")
    except KeyRefused:
        raise
    except SourceError as error:
        warnings.append(f"locations could not be read: {error}")
    else:
        dealers, issues = normalise.locations(page.records)
        for issue in issues:
            log.info("location: %s: %s", issue.path, issue.problem)
        store.put_dealers(dealers, from_location=True)


def meet_strangers(client: Client, store: Store, targets: tuple[Target, ...]) -> None:
    """Ask for one listing of each target that no location answers to: it names its dealer."""
    known = resolve(targets, Tree(store.dealers()))
    for target in targets:
        if target.kind != "all" and target.name not in known:
            query = ListingQuery(
                page_size=1,
                status="all",
                location_code=target.value if target.kind == "location" else None,
                dealer_id=target.value if target.kind == "dealer" else None,
                parent_dealer_id=target.value if target.kind == "parent" else None,
            )
            try:
                records = client.listings(query).records
            except KeyRefused:
                raise
            except SourceError as error:
                log.info("%s: %s", target.name, error)
                continue
            store.put_dealers(embedded(records), from_location=False)


def embedded(records: Iterable[bytes]) -> Iterator[Dealer]:
    """The dealers that come inside listings."""
    for raw in records:
        try:
            dealer = normalise.listing(raw).dealer
        except RecordError as error:
            log.info("record %s: %s", error.record_id, error)
        else:
            if dealer is not None:
                yield dealer


def grievances(outcome: Outcome) -> Iterator[str]:
    """What a person should hear of a crawl that went through."""
    name = outcome.crawl.name
    if outcome.skipped:
        yield f"{name}: {outcome.skipped} unusable records were left out"
    for path, count in sorted(outcome.issues.items()):
        yield f"{name}: {path} was unusable in {count} of {outcome.records} listings"
    if not outcome.records and outcome.error is None:
        yield f"{name}: no active listings"


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
        self._check_records()
        self._catch_up()
        self._judge(before, sweep)

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
        self._newest = max([each.listing.updated for each, _ in found] + [self._newest])

    @property
    def _when(self) -> datetime:
        """When the walk began by the API's clock, or the newest date in the data."""
        return self._served or self._newest

    def _read(self, raw: bytes) -> normalise.Normalised | None:
        self._outcome.records += 1
        try:
            found = normalise.listing(raw)
        except RecordError as error:
            self._outcome.skipped += 1
            log.info("%s: record %s: %s", self._crawl.name, error.record_id, error)
            return None
        for issue in found.issues:
            self._outcome.issues[issue.path] += 1
            log.info("%s: %s: %s", found.listing.id, issue.path, issue.problem)
        return found

    def _belongs(self, found: normalise.Normalised) -> bool:
        return belongs(self._crawl, found.listing, found.dealer)

    def _check_records(self) -> None:
        """More than a few unusable records are a changed API, not bad luck."""
        lost, all_ = self._outcome.skipped, self._outcome.records
        if self._live() and lost > LOST_RECORDS_SHARE * all_:
            raise HoldError(
                f"{self._crawl.name}: {lost} of {all_} records were unusable",
                hint="the API may have changed; -v names the fields",
            )

    def _catch_up(self) -> None:
        """Ask for all statuses since the walk began, or the last one did: sold cars say so."""
        last = self._store.recall(self._note).get("served")
        since = datetime.fromisoformat(last) if last else self._when
        query = {"status": "all", "updated_since": since - OVERLAP}
        for page in Sweep(lambda number: self._client.listings(self._query(page=number, **query))):
            self._keep(page)

    def _judge(self, before: set[str], sweep: Sweep) -> None:
        """Whatever was on offer before, and neither shown nor seen as sold, is missed."""
        shown = set(sweep.ids)
        check_not_emptied(self._crawl.name, before & self._live(), shown)
        missed = before & self._live() - shown
        gone = missed & self._store.suspects(self._crawl.dealer_ids) if sweep.clean else set()
        with self._store.transaction():
            self._store.suspect(missed - gone)
            self._outcome.changes.add(self._store.bury(gone, self._when))
            self._store.remember(self._note, {"served": self._when.isoformat()})
            self._store.purge(self._when)
            for dealer_id in self._crawl.dealer_ids or [each.id for each in self._store.dealers()]:
                self._store.remember(read_once(dealer_id), {"crawl": self._crawl.name})

    @property
    def _note(self) -> str:
        return f"crawl:{self._crawl.name}"

    def _live(self) -> set[str]:
        return self._store.live_ids(self._crawl.dealer_ids)


def read_once(dealer_id: str) -> str:
    """The note that all listings of a dealer were read at least once: before, none is shown."""
    return f"read:{dealer_id}"
