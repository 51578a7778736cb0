"""One crawl over the API into the waiting room: all of it, or what changed since the watermark.

Page numbers are windows on a list that moves. So a sweep is repeated if its pages disagree, and
what changed meanwhile is read afterwards, until that fits on one page; of what the API shows of
the end, the count is compared with ours.
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta

import msgspec

from syndicator.bookmark import Bookmark
from syndicator.errors import AnswerError, KeyRefused, NotVisible, SourceError
from syndicator.incoming import Incoming
from syndicator.reading import Reading
from syndicator.schema import EPOCH
from syndicator.source.ahead import Ahead
from syndicator.source.body import TooLarge
from syndicator.source.client import Client, ListingQuery, Page
from syndicator.source.patience import READINGS
from syndicator.source.sweep import Sweep
from syndicator.summary import Notify

log = logging.getLogger(__name__)

PAGE_SIZE = 200
TRIES = 2  # sweeps, where the first one's pages disagree
OVERLAP = timedelta(minutes=10)  # replicas may lag, clocks may differ
BREATH = timedelta(minutes=1)  # the same, between two questions of one run
OLDEST = timedelta(days=30)  # changes before are of no use to tombstones
ROUNDS = 4  # of catching up
MOVED, MOVED_SHARE = 5, 0.05  # of them may slip away between two pages; the next round shows them
SECONDS_A_PAGE = 0.6  # at the API's pace; a guess for what there is time for


class Walk:
    """One crawl, into ``incoming`` and its own reading."""

    def __init__(
        self, client: Client, incoming: Incoming, reading: Reading, notify: Notify
    ) -> None:
        self._client = client
        self._incoming = incoming
        self._reading = reading
        self._crawl = reading.crawl
        self._notify = notify
        self._page_size = PAGE_SIZE
        self._expected_listings = 0

    def sweep(
        self, known_until: datetime | None, *, reserved: bool = True, expected: int = 0
    ) -> None:
        """Read everything on offer, twice if need be, then catch up on what changed meanwhile.

        :param known_until: when all was last known, by the API's clock: sold cars say so since.
        :param reserved: whether reserved cars are known, which might have vanished.
        :param expected: about how many listings there are.
        :raises SourceError: the walk was cut, or shows half of what there is.
        :raises HoldError: it shows what was not asked for.
        """
        reading = self._reading
        reading.is_sweep = True
        self._expected_listings = expected
        while reading.tries < TRIES and not reading.is_clean:
            sweep = self._sweep_once()
            reading.check_strangers()
            reading.is_clean = sweep.clean
            reading.tries += 1
            if reading.is_clean or reading.tries == TRIES:
                reading.check_total(sweep.total)
        since = reading.when
        if known_until is not None:
            known_until = EPOCH if known_until > since else known_until  # a date to come is none
            since = max(known_until, since - OLDEST)
        self._catch_up(since - OVERLAP)
        reading.check_strangers()
        if reserved:
            self._look_for_the_reserved()

    def follow(self, bookmark: Bookmark, ours: frozenset[str] | None) -> None:
        """Read what changed since the watermark, and compare the count; else read everything.

        :param ours: the dealers whose listings the API counts; ``None`` for all.
        """
        began = self._catch_up(bookmark.watermark - OVERLAP)
        self._reading.check_strangers()
        if bookmark.watermark > self._reading.present:
            log.warning("%s: the watermark lies in the future", self._crawl.name)
            self.sweep(bookmark.watermark)
            return
        if self._agrees(bookmark, ours):
            return
        self._catch_up(began - BREATH)  # a car may have come between the two questions
        total = self._total()
        if total is None or self._expected(bookmark, ours) == total:
            return
        log.info("%s: the API counts %d listings, we do not", self._crawl.name, total)
        if total / PAGE_SIZE * SECONDS_A_PAGE > self._client.seconds_left:
            self._reading.is_unsure = True
            return
        self._sweep_or_be_unsure(bookmark)

    def _sweep_or_be_unsure(self, bookmark: Bookmark) -> None:
        """What the changes say stays true where the sweep fails; nothing is taken for absent."""
        reading = self._reading
        try:
            self.sweep(bookmark.watermark)
        except (KeyRefused, NotVisible):
            raise
        except SourceError as error:
            reading.error = error
            reading.is_sweep, reading.is_unsure = False, True

    def _agrees(self, bookmark: Bookmark, ours: frozenset[str] | None) -> bool:
        total = self._total()
        return total is None or self._expected(bookmark, ours) == total

    def _total(self) -> int | None:
        """How many listings are on offer, by the API."""
        page = self._client.listings(self._query(page_size=1))
        return page.pagination.total_items if page.pagination else None

    def _expected(self, bookmark: Bookmark, ours: frozenset[str] | None) -> int:
        return self._incoming.active_after(self._crawl.name, ours) + bookmark.unusable

    def _sweep_once(self) -> Sweep:
        """One sweep to its end."""
        sweep, _ = self._read({}, counts=True)
        return sweep

    def _catch_up(self, since: datetime) -> datetime:
        """Every change since then, whatever the status.

        :returns: when the last question was asked, by the API's clock.
        """
        began = self._reading.when
        for _ in range(ROUNDS):
            pages = self._changes(since)
            began = pages[0] or began
            if len(pages) == 1:
                break
            since = began - BREATH  # a list of one page cannot move while it is read
        return began

    def _changes(self, since: datetime) -> list[datetime | None]:
        """One list of changes, read again where it does not show what it says there is.

        :returns: when each page was served.
        :raises AnswerError: it never does.
        """
        for _ in range(READINGS):
            sweep, pages = self._read({"status": "all", "updated_since": since}, counts=False)
            short = (sweep.total or 0) - len(sweep.ids)
            moved = 0 if len(pages) == 1 else max(MOVED, MOVED_SHARE * len(sweep.ids))
            if short <= moved + sweep.nameless:
                return pages
        raise AnswerError(f"{self._crawl.name}: {short} of {sweep.total} changes are not shown")

    def _read(
        self, query: dict[str, object], *, counts: bool
    ) -> tuple[Sweep, list[datetime | None]]:
        """A list to its end, with smaller pages where they are too large.

        :returns: the walk, and when each page was served.
        """
        while True:
            if counts:
                self._reading.begin_try()
            sweep = self._walk(query)
            try:
                return sweep, [self._keep(sweep, page, counts=counts) for page in sweep]
            except TooLarge:
                if self._page_size == 1:
                    raise
                self._page_size = max(1, self._page_size // 4)
                log.info("%s: again, %d to a page", self._crawl.name, self._page_size)

    def _look_for_the_reserved(self) -> None:
        """Only whether they are still there: what they are, the changes have said."""
        sweep = self._walk({"status": "pending"})
        with suppress(TooLarge):
            for _ in sweep:
                pass
        self._reading.shown |= sweep.ids
        self._reading.shows_reserved = sweep.clean

    def _walk(self, changes: dict[str, object]) -> Sweep:
        def fetch(number: int) -> Page:
            return self._client.listings(self._query(page=number, **changes))

        last = max(1, self._expected_listings // self._page_size)  # a full one
        self._expected_listings = 0  # from now on the list itself says
        ahead = Ahead(fetch, self._client.in_flight, self._client.now, last=last)
        return Sweep(ahead, self._page_size)

    def _query(self, **changes: object) -> ListingQuery:
        crawl = self._crawl
        query = ListingQuery(
            page_size=self._page_size,
            location_code=crawl.location_code,
            dealer_id=crawl.dealer_id,
            parent_dealer_id=crawl.parent_id,
        )
        return msgspec.structs.replace(query, **changes)

    def _keep(self, sweep: Sweep, page: Page, *, counts: bool) -> datetime | None:
        self._incoming.put(self._crawl.name, self._reading.take(page, counts=counts))
        if counts:
            self._notify(self._crawl.name, sweep.number, sweep.last)
        return page.served
