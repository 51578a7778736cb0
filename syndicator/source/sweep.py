"""The walk over page numbers, from the first to the end, and whether it can be trusted. Pure.

A page is a window on a list that changes while we walk. So every page is compared with what the
API says of the whole; only where all agree does a listing's absence mean anything.
"""

from collections.abc import Callable, Iterator

from syndicator.errors import AnswerError, NotVisible
from syndicator.source import wire
from syndicator.source.answers import Rejected
from syndicator.source.patience import READINGS
from syndicator.source.query import MAX_PAGE_SIZE
from syndicator.source.wire import Page, Pagination

EXTRA_PAGES = 5  # that may appear while we walk
MAX_PAGES = 10_000  # where the API does not say how many there are

Fetch = Callable[[int], Page]


class Sweep:
    """One walk: iterate it once, page by page, then ask how it went.

    Iterating raises whatever ``fetch`` raises, and ``AnswerError`` for pages that cannot be true;
    ``complete`` is then false, and what was yielded before is still good.

    :ivar ids: of all listings seen, also of those that are unusable otherwise.
    :ivar nameless: how many records had no usable id.
    :ivar total: how many there are, by the newest answer; ``None`` where it does not say.
    :ivar complete: whether the end was reached.
    :ivar number: of the page that was handed on last.
    :ivar last: how many pages there are, as far as the API says so.
    """

    def __init__(self, fetch: Fetch, page_size: int = MAX_PAGE_SIZE) -> None:
        """:param page_size: what ``fetch`` asks for."""
        self.ids: set[str] = set()
        self.total: int | None = None
        self.complete = False
        self.number = 0
        self.last: int | None = None
        self._fetch = fetch
        self._asked = page_size
        self._size = page_size  # what the API gives
        self._full: int | None = None  # pages that the total makes
        self._bound = MAX_PAGES
        self._before: frozenset[str] | None = None
        self._steady = True
        self._twice = False
        self.nameless = 0

    def __iter__(self) -> Iterator[Page]:
        while not self.complete:
            number = self.number + 1
            page = self._sound(number)
            if page is None:
                self.complete = True
                return
            self._take(number, page)
            self.number = number
            yield page
            self.complete = self._ends(number, page)

    @property
    def clean(self) -> bool:
        """Whether all pages agree: what was not seen is not there, save by rare coincidence."""
        seen = len(self.ids) + self.nameless
        return self.complete and self._steady and not self._twice and seen == self.total

    def _sound(self, number: int) -> Page | None:
        """A page that shows all that it says it does; asked for again where it does not."""
        for _ in range(READINGS):
            page = self._ask(number)
            if page is None or not (fault := self._fault(number, page)):
                return page
        raise AnswerError(f"page {number}: {fault}")

    def _fault(self, number: int, page: Page) -> str:
        """What cannot be true of a page; cut where the JSON happens to be valid, it is short."""
        found, stated = len(page.records), page.pagination or Pagination()
        if found > self._asked:
            return f"{found} records where {self._asked} were asked"
        size = stated.page_size or (self._size if number > 1 else found)
        total = self.total if stated.total_items is None else stated.total_items
        if total is not None and 0 < found < size and number * size < total:
            return f"{found} records where {size} must be"
        return ""

    def _ask(self, number: int) -> Page | None:
        """A page, or ``None`` past the end, which some servers answer with 404 or 422."""
        if number > self._bound:
            raise AnswerError(f"page {number}: more pages than announced")
        try:
            return self._fetch(number)
        except (NotVisible, Rejected):
            if number > 1 and (self.last is None or number >= self.last):
                return None
            raise

    def _take(self, number: int, page: Page) -> None:
        names = [wire.record_id(raw) for raw in page.records]
        if frozenset(names) == self._before:
            raise AnswerError(f"page {number}: the same listings as on the page before")
        self._measure(number, page.pagination or Pagination(), len(names))
        if not names and number < (self._full or 1):
            self._steady = False
        known = set(filter(None, names))
        self.nameless += names.count("")
        self._twice |= len(known) + names.count("") < len(names) or not known.isdisjoint(self.ids)
        self._before = frozenset(names)
        self.ids |= known

    def _measure(self, number: int, stated: Pagination, found: int) -> None:
        """How long the walk is, by the newest answer. A size that is not stated is what came."""
        first = number == 1
        size = stated.page_size or (found or self._asked if first else self._size)
        total = self.total if stated.total_items is None else stated.total_items
        self._steady &= stated.total_items is not None and stated.page in (None, number)
        self._steady &= first or (total, size) == (self.total, self._size)
        self.total, self._size = total, size
        self._full = stated.total_pages if total is None else -(-total // size)
        if self._full is None:
            return
        self.last = max(self._full, stated.total_pages or 0)
        if first:
            self._bound = max(self._full, 1) + EXTRA_PAGES

    def _ends(self, number: int, page: Page) -> bool:
        if self.last is None:
            return not page.records
        past_full = number > (self._full or 0)
        return number >= self.last or (past_full and not page.records)
