"""Whether an exporter has told of every car: its documents are counted while they are staged.

An exporter that means to tell of all says how that can be seen, by ``mark`` or ``has_pages`` of
:class:`~syndicator.contract.Exporter`; what it leaves out on purpose its ``audit`` tells.
"""

from collections.abc import Callable, Collection, Iterable, Iterator

from syndicator.contract import Exporter, ExporterOptions, View
from syndicator.errors import OutputError
from syndicator.records import Occurrences

HINT = "nothing was published: the exporter, or a template of it, loses cars or invents them"


class Census:
    """The cars in the documents of one exporter on one slice."""

    def __init__(self, exporter: Exporter) -> None:
        self._mark: bytes = getattr(exporter, "mark", b"")
        self._has_pages: bool = getattr(exporter, "has_pages", False)
        self._told = Occurrences(self._mark)

    def counted(self, chunks: Iterable[bytes]) -> Iterable[bytes]:
        """The same chunks; the marks in them are counted as they pass."""
        return self._passing(chunks) if self._mark else chunks

    def check(
        self,
        who: str,
        seen: View,
        options: ExporterOptions,
        paths: Collection[str],
        left_out: Callable[[], int],
    ) -> None:
        """Compare with the stock, once everything is staged.

        :param who: the feed and the dealer, for people.
        :param paths: in ``output/``, of all that was staged.
        :param left_out: counts the cars that are left out on purpose; asked where some are missing.
        :raises OutputError: names both numbers.
        """
        if self._mark:
            self._check_documents(who, seen, options, left_out)
        if self._has_pages and seen.showroom:
            _check_pages(who, seen, seen.showroom.slug, paths)

    def _passing(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._told.look(chunk)
            yield chunk

    def _check_documents(
        self, who: str, seen: View, options: ExporterOptions, left_out: Callable[[], int]
    ) -> None:
        offered, most = len(seen.listings), options.told_at_most
        due = offered if most is None else min(offered, most)
        told = self._told.count
        if told < due:
            due -= left_out()
        if told != due:
            raise OutputError(
                f"{who}: its documents hold {told} cars, by the stock they must hold {due}",
                hint=HINT,
            )


def _check_pages(who: str, seen: View, slug: str, paths: Collection[str]) -> None:
    """Each car whose home is this showroom, for sale or not now, has its page in each language."""
    due = missing = 0
    for page in _pages(seen, slug):
        due += 1
        missing += page not in paths
    if missing:
        raise OutputError(
            f"{who}: {due - missing} pages of cars were made, by the stock there must be {due}",
            hint=HINT,
        )


def _pages(seen: View, slug: str) -> Iterator[str]:
    for listings in (seen.listings, seen.pending):
        for listing in listings:
            if seen.links.dealers.get(listing.dealer_id) == slug:
                for language in seen.links.languages:
                    yield f"{seen.links.vehicle_path(listing, language)}index.html"
