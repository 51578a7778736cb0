"""All crawls of a run: from the source, past the guard, into the store.

Each listing is fetched once, however many targets want it, and nothing is asked that is known.
"""

import logging
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

import msgspec

from syndicator import bookmark, holds, settlement, shares
from syndicator.agenda import Agenda, Wish
from syndicator.bookmark import Bookmark
from syndicator.config import Target
from syndicator.crawls import (
    EVERYTHING,
    Crawl,
    Plan,
    apart,
    named,
    shown_by,
)
from syndicator.errors import (
    AnswerError,
    HoldError,
    KeyRefused,
    NotVisible,
    SourceError,
    Unreachable,
)
from syndicator.history import Changes
from syndicator.models import Dealer, Status
from syndicator.reading import Reading
from syndicator.settlement import Settled, Terms
from syndicator.source.client import Client
from syndicator.source.clock import SYSTEM, Clock
from syndicator.store import Store
from syndicator.summary import Notify
from syndicator.tree import Tree
from syndicator.walk import SECONDS_A_PAGE, Walk

log = logging.getLogger(__name__)


class Synced(msgspec.Struct, kw_only=True):
    """What the whole sync came to."""

    plan: Plan
    readings: dict[str, Reading]  # by the crawl's name
    settled: Settled
    warnings: list[str]

    @property
    def errors(self) -> list[SourceError | HoldError]:
        """Of the crawls that were cut, in their order."""
        return [each.error for each in self.readings.values() if each.error is not None]

    def of(self, target: Target) -> list[Reading]:
        """The crawls that served a target."""
        return [self.readings[name] for name in self.plan.serves[target.name]]

    def changes(self, dealer_id: str) -> Iterator[Changes]:
        """What happened to a dealer's listings."""
        for changes in self.settled.changes.values():
            if own := changes.by_dealer.get(dealer_id):
                yield own


def sync(client: Client, store: Store, wish: Wish, notify: Notify, clock: Clock = SYSTEM) -> Synced:
    """Read all targets and take over what may be published.

    :raises UsageError: nobody answers to a location code, an id or a name.
    :raises SourceError: nobody can be asked who a target is; nothing was read.
    :raises KeyRefused: the key is no good, and nothing was read with it.
    """
    return _Run(client, store, wish, notify, clock).run()


class _Run:
    def __init__(
        self, client: Client, store: Store, wish: Wish, notify: Notify, clock: Clock
    ) -> None:
        self._client = client
        self._store = store
        self._wish = wish
        self._notify = notify
        self._clock = clock
        self._incoming = store.incoming()
        self._agenda = Agenda(client, store, wish, clock)
        self._warnings = self._agenda.warnings

    def run(self) -> Synced:
        todo, follows = self._agenda.plan()
        readings = self._read_all(todo.crawls, follows)
        if (common := readings.get(EVERYTHING)) and common.is_sweep and common.is_whole:
            shares.check(self._client, self._incoming, common, self._agenda.stated)
        todo, readings = self._apart_if_broken(todo, readings)
        _refuse_if_nothing_was_read(readings.values())
        whole = [each for each in readings.values() if each.is_whole]
        if whole and self._agenda.trouble:
            self._warnings.append(f"locations could not be read: {self._agenda.trouble}")
        tree = self._agenda.tree(_met(whole))
        terms = self._terms(tree, readings.values())
        settled = settlement.settle(self._store, self._incoming, whole, terms)
        settlement.keep_refusals(self._store, readings.values())
        for reading in readings.values():
            if isinstance(reading.error, HoldError):  # ask who there is, and read everything
                bookmark.postpone(self._store, reading.crawl)
        for reading in readings.values():
            self._warnings += _grievances(reading)
        self._warnings += _growth(settled, tree)
        return Synced(plan=todo, readings=readings, settled=settled, warnings=self._warnings)

    def _read_all(
        self, crawls: Collection[Crawl], follows: Mapping[str, Bookmark]
    ) -> dict[str, Reading]:
        now = self._clock.utc()
        readings = {crawl.name: Reading(crawl=crawl, now=now) for crawl in crawls}
        ended: SourceError | HoldError | None = None
        if not self._client.answers:
            ended = self._agenda.trouble
        for reading in sorted(readings.values(), key=lambda each: each.crawl.name in follows):
            if ended is not None:
                reading.error = ended
                continue
            self._read(reading, follows.get(reading.crawl.name))
            if isinstance(reading.error, KeyRefused) or self._is_away(reading):
                ended = reading.error
        return readings

    def _is_away(self, reading: Reading) -> bool:
        """Whether nobody has answered a single question of this run: more of them are no use."""
        return isinstance(reading.error, Unreachable) and not self._client.answers

    def _read(self, reading: Reading, follow: Bookmark | None) -> None:
        requests, began = self._client.requests, self._clock.now()
        walk = Walk(self._client, self._incoming, reading, self._notify)
        try:
            if follow is not None:
                walk.follow(follow, self._visible(reading.crawl))
            else:
                reserved = self._store.live_ids(reading.crawl.dealer_ids, Status.PENDING)
                walk.sweep(
                    self._known_until(reading.crawl),
                    reserved=bool(reserved),
                    expected=self._expected(reading.crawl),
                )
            reading.is_whole = True
        except NotVisible as error:
            self._note_hidden(reading, error)
        except (SourceError, HoldError) as error:
            log.info("%s: %s", reading.crawl.name, error)
            reading.error = error
        reading.requests = self._client.requests - requests
        reading.seconds = self._clock.now() - began

    def _known_until(self, crawl: Crawl) -> datetime | None:
        """When the crawl's dealers were last read, be it by another crawl."""
        if mark := bookmark.find(self._store, crawl):
            return mark.watermark
        served = {key: each.served for key, each in holds.confirmed(self._store).items()}
        own = served.keys() if crawl.dealer_ids is None else served.keys() & crawl.dealer_ids
        return min((served[each] for each in own), default=None)

    def _expected(self, crawl: Crawl) -> int:
        """About how many listings a crawl will show, by the API's counts, or by ours."""
        tree = self._agenda.tree()
        counts = [tree.active(each) for each in crawl.dealer_ids or tree.ids if each in tree]
        return sum(filter(None, counts)) or len(self._store.on_offer(crawl.dealer_ids))

    def _visible(self, crawl: Crawl) -> frozenset[str] | None:
        """Whose listings the API counts: what we keep of lost dealers is not among them."""
        lost = {key for key, each in holds.held(self._store).items() if each.is_lost}
        if not lost:
            return crawl.dealer_ids
        return (crawl.dealer_ids or frozenset(self._agenda.tree().ids)) - lost

    def _note_hidden(self, reading: Reading, error: NotVisible) -> None:
        """A dealer that was read before and is hidden now has not sold out: that is held."""
        ids = reading.crawl.dealer_ids or ()
        known = {each for each in ids if holds.was_read(self._store, each)}
        known.update(each for each in ids if self._wish.published.get(each))
        if known & self._agenda.stated.keys():  # then it is not the access that is lost
            reading.error = HoldError(f"access lost, though the dealer is a location: {error}")
        elif known:
            reading.profile_ids = frozenset()
            reading.is_sweep = False
            reading.is_whole = True
        else:
            reading.error = error

    def _apart_if_broken(
        self, todo: Plan, readings: dict[str, Reading]
    ) -> tuple[Plan, dict[str, Reading]]:
        """What breaks the one walk over everything must not cost every dealer."""
        common = readings.get(EVERYTHING)
        if common is None or common.is_whole or not isinstance(common.error, AnswerError):
            return todo, readings
        separate = apart(self._wish.targets, self._agenda.tree())
        seconds = len(separate.crawls) * SECONDS_A_PAGE
        if not separate.crawls or seconds > self._client.seconds_left:
            return todo, readings
        self._warnings.append(f"{common.error}; each dealer was read apart")
        return separate, self._read_all(separate.crawls, {})

    def _terms(self, tree: Tree, readings: Collection[Reading]) -> Terms:
        wanted = frozenset().union(*(shown_by(each, tree) for each in self._wish.targets))
        return Terms(
            everybody=frozenset(tree.ids),
            wanted=wanted.union(self._wish.published),
            forced=named(self._wish.force, self._wish.targets, tree),
            published=self._wish.published,
            stated=self._agenda.stated,
            unread=frozenset().union(
                *(
                    tree.ids if each.crawl.dealer_ids is None else each.crawl.dealer_ids
                    for each in readings
                    if not each.is_whole
                )
            ),
            now=self._clock.utc(),
        )


def _met(readings: Collection[Reading]) -> list[Dealer]:
    return [dealer for reading in readings for dealer in reading.dealers.values()]


def _refuse_if_nothing_was_read(readings: Collection[Reading]) -> None:
    """:raises KeyRefused: the key opened nothing."""
    refused = next((each.error for each in readings if isinstance(each.error, KeyRefused)), None)
    if refused is not None and not any(each.is_whole for each in readings):
        raise refused


def _grievances(reading: Reading) -> Iterator[str]:
    """What a person should hear of a crawl that went through."""
    name = reading.crawl.name
    if not reading.is_whole:
        return
    if reading.nameless:
        yield f"{name}: {reading.nameless} records have no usable id; nothing is taken for absent"
    if reading.skipped:
        yield f"{name}: {reading.skipped} unusable records were left out"
    for path, count in sorted(reading.issues.items()):
        yield f"{name}: {path} holds what we do not know in {count} of {reading.records} listings"
    if reading.is_sweep and not reading.is_clean:
        yield f"{name}: unsettled: the stock changed while it was read; nothing was removed"
    if reading.is_unsure:
        yield f"{name}: the API counts other listings than we do; all are read next time"
    if reading.is_sweep and not reading.records:
        yield f"{name}: no active listings"


def _growth(settled: Settled, tree: Tree) -> Iterator[str]:
    for dealer_id, change in sorted(settled.grown.items()):
        yield (
            f"{tree.name(dealer_id)}: grew from {change.before} to {change.after} listings; "
            "did the API ignore a filter?"
        )
