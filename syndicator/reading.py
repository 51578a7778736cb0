"""What one crawl has read so far, record by record, and whether it may be an answer at all."""

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from syndicator.crawls import Crawl, belongs
from syndicator.errors import AnswerError, HoldError, RecordError, SourceError
from syndicator.models import Dealer, Listing, Status
from syndicator.schema import EPOCH
from syndicator.source import normalise, wire
from syndicator.source.client import Page
from syndicator.summary import Unusable

log = logging.getLogger(__name__)

SKEW = timedelta(minutes=10)  # the clocks of the API's own machines may differ
DAY = timedelta(days=1)  # a date, or a clock, that is further ahead is nonsense
SHOWN_SHARE = 0.95


class Reading(msgspec.Struct, kw_only=True):
    """One crawl's harvest.

    :ivar now: when it began, by this machine's clock.
    :ivar is_sweep: all was read; otherwise only what changed since the watermark.
    :ivar served: when it began, by the API's clock.
    :ivar newest: the latest ``updated`` that is no nonsense; :data:`EPOCH` before anything came.
    :ivar shown: ids of all records that came, also of unusable ones.
    :ivar is_clean: all pages of the last sweep agreed with each other.
    :ivar shows_reserved: the reserved ones were read, too, and their pages agreed.
    :ivar unusable_active: records that the API counts as active, and we do not.
    :ivar tries: sweeps that reached the end.
    :ivar is_unsure: the count differs and there was no time to read all.
    """

    crawl: Crawl
    now: datetime = EPOCH
    is_sweep: bool = False
    served: datetime | None = None
    newest: datetime = EPOCH
    shown: set[str] = msgspec.field(default_factory=set)
    is_clean: bool = False
    shows_reserved: bool = False
    tries: int = 0
    is_unsure: bool = False
    is_whole: bool = False  # read to its end
    error: SourceError | HoldError | None = None
    records: int = 0
    issues: Counter[str] = msgspec.field(default_factory=Counter)
    unusable: dict[str, Unusable] = {}
    nameless: int = 0
    unusable_active: int = 0
    strangers: dict[str, str] = {}  # listing id to dealer id
    dealers: dict[str, Dealer] = {}
    profile_ids: frozenset[str] | None = None
    requests: int = 0
    seconds: float = 0.0

    @property
    def when(self) -> datetime:
        """When it began by the API's clock, or the newest date in the data up to now."""
        if self.served is not None and self.served <= self.now + DAY:
            return self.served
        return self.now if self.newest == EPOCH else min(self.newest, self.now)

    @property
    def present(self) -> datetime:
        """The same, or this machine's time: which cars have been quiet until then."""
        return self.now if self.served is None else self.when

    @property
    def skipped(self) -> int:
        """Records left out."""
        return len(self.unusable) + self.nameless

    def begin_try(self) -> None:
        """A sweep starts at the first page, and counts anew."""
        self.records = self.nameless = self.unusable_active = 0
        self.issues.clear()

    def take(self, page: Page, *, counts: bool) -> Iterator[Listing]:
        """The page's usable records that belong here.

        :param counts: of a sweep; the changes show many a record again.
        """
        self.served = self.served or page.served
        self.profile_ids = page.profile_ids
        self.records += len(page.records) * counts
        for raw in page.records:
            found = self._read(raw, counts=counts)
            if found is None or not self._is_ours(found):
                continue
            listing = self._dated(found.listing, counts=counts)
            self.unusable_active += counts and listing.status is not Status.ACTIVE
            self.newest = max(self.newest, listing.updated)
            if found.dealer is not None:
                self.dealers[found.dealer.id] = found.dealer
            yield listing

    def check_strangers(self) -> None:
        """An API that ignores a filter answers with everybody's cars.

        :raises HoldError: listings of dealers that were not asked for came.
        """
        alone = self.strangers.keys() - self.shown
        for listing_id in sorted(self.strangers.keys() - alone):
            log.warning(
                "%s: %s also came as listing of dealer %s, which was left out",
                self.crawl.name,
                listing_id,
                self.strangers[listing_id],
            )
        if alone:
            raise HoldError(
                f"{self.crawl.name}: the API answered with {len(alone)} listings of other dealers",
                hint="it may have ignored the filter; nothing of them was published",
            )

    def check_total(self, total: int | None) -> None:
        """Half an answer is none; one that shows some cars twice and others not at all is.

        :raises AnswerError: far fewer records came than there are.
        """
        if total and self.records < SHOWN_SHARE * total:
            said = f"the API shows {self.records} of {total} listings"
            raise AnswerError(f"{self.crawl.name}: {said}")

    def _read(self, raw: bytes, *, counts: bool) -> normalise.Normalised | None:
        try:
            found = normalise.listing(raw)
        except RecordError as error:
            self._leave_out(error.record_id or wire.record_id(raw), str(error), counts=counts)
            return None
        if found.listing.status is Status.OTHER:
            self._set_aside(found.listing, counts=counts)
            return None
        self.unusable.pop(found.listing.id, None)
        if counts:
            self.issues.update({issue.path for issue in found.issues})
        for issue in found.issues:
            log.info("%s: %s: %s", found.listing.id, issue.path, issue.problem)
        return found

    def _set_aside(self, listing: Listing, *, counts: bool) -> None:
        """A status that nobody knows proves nothing: whether the car is on offer, lists tell.

        Among the active ones it was seen; among the changes it is not counted as seen.
        """
        reason = f"status: unknown word {listing.originals.get('status', '')!r}"
        if counts:
            self._leave_out(listing.id, reason, counts=True)
        else:
            log.info("%s: record %s: %s", self.crawl.name, listing.id, reason)

    def _leave_out(self, record_id: str, reason: str, *, counts: bool) -> None:
        log.info("%s: record %s: %s", self.crawl.name, record_id, reason)
        self.unusable_active += counts
        if record_id:
            self.unusable[record_id] = Unusable(id=record_id, reason=reason)
            self.shown.add(record_id)
        else:
            self.nameless += counts

    def _is_ours(self, found: normalise.Normalised) -> bool:
        if belongs(self.crawl, found.listing, found.dealer):
            self.shown.add(found.listing.id)
            return True
        self.strangers[found.listing.id] = found.listing.dealer_id
        return False

    def _dated(self, listing: Listing, *, counts: bool) -> Listing:
        """A date that is still to come is none: it would hide every later edit.

        Such a listing is undated, ``EPOCH``, and as good as what is known of it.
        """
        if listing.updated <= self._latest:
            return listing
        self.issues["updatedAt"] += counts
        created = listing.created if listing.created <= self._latest else EPOCH
        return msgspec.structs.replace(listing, updated=EPOCH, created=created)

    @property
    def _latest(self) -> datetime:
        return max(filter(None, (self.served, self.now))) + DAY
