"""What a run has to read: which crawls, and which of them only need to read what changed."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from syndicator import bookmark, holds
from syndicator.bookmark import Bookmark
from syndicator.config import Target
from syndicator.crawls import Plan, named, pages, plan, unknown
from syndicator.introductions import meet_strangers, read_locations, strangers
from syndicator.models import Dealer
from syndicator.source.client import Client
from syndicator.source.clock import Clock
from syndicator.store import Store
from syndicator.tree import Tree

if TYPE_CHECKING:
    from syndicator.errors import SourceError, Unreachable

CHEAP = 3  # requests more that a sweep of the whole run may cost than the changes


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a sync is to read.

    :ivar force: names of targets or dealers whose holds are lifted.
    :ivar published: listings by dealer, as the output shows them.
    """

    targets: tuple[Target, ...]
    full: bool = False
    full_every: timedelta = timedelta(hours=6)
    force: tuple[str, ...] = ()
    published: Mapping[str, int] = {}


class Agenda:
    """Made from what is known and, where that is not enough, from what the API says of itself.

    :ivar trouble: why nobody could say who there is.
    :ivar stated: dealers as ``/locations`` states them now, by id.
    :ivar warnings: what a person should hear.
    """

    def __init__(self, client: Client, store: Store, wish: Wish, clock: Clock) -> None:
        self.trouble: Unreachable | None = None
        self.stated: dict[str, Dealer] = {}
        self.warnings: list[str] = []
        self._client = client
        self._store = store
        self._wish = wish
        self._clock = clock
        self._has_asked_who = False

    def plan(self) -> tuple[Plan, dict[str, Bookmark]]:
        """The crawls, and the bookmarks of those that only need to read what changed.

        Before anything is read anew, the API says who there is.
        """
        targets = self._wish.targets
        if self._wish.full or any(each.kind == "all" for each in targets):
            self._ask_who()
        if strangers(targets, self.tree()):
            self._ask_who()
            self._meet(strangers(targets, self.tree()))
        todo = plan(targets, self.tree())
        follows = self._follows(todo)
        if len(follows) < len(todo.crawls) and not self._has_asked_who:
            self._ask_who()
            todo = plan(targets, self.tree())
            follows = self._follows(todo)
        return todo, follows

    def _ask_who(self) -> None:
        if self._has_asked_who:
            return
        self._has_asked_who = True
        stated, self.trouble = read_locations(self._client, self.warnings)
        known = {each.id for each in self._store.dealers()}
        new = [each for each in stated if each.id not in known]
        self._store.put_dealers(new, from_location=True)
        self.stated = {each.id: each for each in stated}

    def _meet(self, lost: tuple[Target, ...]) -> None:
        """:raises UsageError: nobody answers to one of these targets.

        :raises SourceError: nobody could be asked.
        """
        trouble: SourceError | None = self.trouble
        if lost and trouble is None:
            trouble = meet_strangers(self._client, self._store, lost)
        if lost := strangers(lost, self.tree()):
            raise trouble or unknown(lost, self.tree())

    def tree(self, met: Collection[Dealer] = ()) -> Tree:
        """Who is known; what a listing says of its dealer is often partial, and comes last."""
        return Tree([*met, *self._store.dealers(), *self.stated.values()])

    def _follows(self, todo: Plan) -> dict[str, Bookmark]:
        """Crawls that need not read everything, unless all of it is as cheap."""
        if self._wish.full:
            return {}
        now, tree = self._clock.utc(), self.tree()
        awaited = named(self._wish.force, self._wish.targets, tree).union(
            key for key, each in holds.held(self._store).items() if not each.is_lost
        )
        found = {}
        for crawl in todo.crawls:
            mark = bookmark.find(self._store, crawl)
            is_awaited = bool(awaited if crawl.dealer_ids is None else awaited & crawl.dealer_ids)
            if mark and not is_awaited and mark.allows_following(now, self._wish.full_every):
                found[crawl.name] = mark
        costs = [
            pages(len(self._store.on_offer(crawl.dealer_ids))) + 1
            for crawl in todo.crawls
            if crawl.name in found
        ]
        asks = int(not self._has_asked_who)
        return {} if sum(costs) + asks <= 2 * len(found) + CHEAP else found
