"""All crawls of a run, one after the other: from the source into the store, complete or not.

Each listing is fetched once, however many targets want it.
"""

import logging
from collections.abc import Iterable, Iterator

import msgspec

from syndicator.config import Target
from syndicator.crawls import Crawl, Plan, plan, unknown
from syndicator.errors import HoldError, KeyRefused, NotVisible, SourceError
from syndicator.introductions import meet_strangers, read_locations, strangers
from syndicator.source.client import Client
from syndicator.store import Store
from syndicator.summary import Notify
from syndicator.tree import Tree
from syndicator.walk import Outcome, Walk, read_once

log = logging.getLogger(__name__)


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
    :raises SourceError: nobody can be asked who a target is; nothing was read.
    :raises KeyRefused: the key is no good, and nothing was read with it.
    """
    warnings: list[str] = []
    trouble = read_locations(client, store, warnings) or meet_strangers(client, store, targets)
    tree = Tree(store.dealers())
    lost = strangers(targets, tree)
    if lost:
        raise trouble or unknown(lost, tree)
    todo = plan(targets, tree)
    outcomes = {crawl.name: Outcome(crawl=crawl) for crawl in todo.crawls}
    for outcome in outcomes.values():
        try:
            Walk(client, store, outcome, notify).take()
            outcome.is_read = True
        except (SourceError, HoldError) as error:
            log.info("%s: %s", outcome.crawl.name, error)
            outcome.error = access_lost(error, outcome.crawl, store)
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


def access_lost(
    error: SourceError | HoldError, crawl: Crawl, store: Store
) -> SourceError | HoldError:
    """A dealer that was read before and is hidden now has not sold out: that is held."""
    known = any(store.recall(read_once(each)) for each in crawl.dealer_ids or ())
    if isinstance(error, NotVisible) and known:
        return HoldError(f"access lost: {error}", hint="ask Okasie what this key may see")
    return error


def grievances(outcome: Outcome) -> Iterator[str]:
    """What a person should hear of a crawl that went through."""
    name = outcome.crawl.name
    if outcome.skipped:
        yield f"{name}: {outcome.skipped} unusable records were left out"
    for path, count in sorted(outcome.issues.items()):
        yield f"{name}: {path} holds what we do not know in {count} of {outcome.records} listings"
    if not outcome.is_settled and outcome.error is None:
        yield f"{name}: the stock changed while it was read; nothing was removed"
    if not outcome.records and outcome.error is None:
        yield f"{name}: no active listings"
