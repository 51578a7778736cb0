"""Who the targets are: dealers by their locations, or by a listing that names them."""

import logging
from collections.abc import Iterable, Iterator

from syndicator.config import Target
from syndicator.crawls import resolve
from syndicator.errors import (
    KeyRefused,
    NotVisible,
    RecordError,
    ScopeDenied,
    SourceError,
    Unreachable,
)
from syndicator.models import Dealer
from syndicator.source import normalise
from syndicator.source.answers import Rejected
from syndicator.source.client import Client, ListingQuery, LocationQuery
from syndicator.store import Store
from syndicator.tree import Tree

log = logging.getLogger(__name__)


def read_locations(
    client: Client, warnings: list[str]
) -> tuple[tuple[Dealer, ...], Unreachable | None]:
    """Ask who there is; a key without that scope still reads listings, which name their dealer.

    :returns: also why it makes no sense to go on asking, if so.
    """
    try:
        page = client.locations(LocationQuery())
    except ScopeDenied as error:
        warnings.append(f"this key may not read locations: {error}")
    except KeyRefused:
        raise
    except Unreachable as error:
        return (), error
    except SourceError as error:
        warnings.append(f"locations could not be read: {error}")
    else:
        dealers, issues = normalise.locations(page.records)
        for issue in issues:
            log.info("location: %s: %s", issue.path, issue.problem)
        return dealers, None
    return (), None


def strangers(targets: tuple[Target, ...], tree: Tree) -> tuple[Target, ...]:
    """The targets that no dealer we know answers to."""
    known = resolve(targets, tree)
    return tuple(each for each in targets if each.kind != "all" and each.name not in known)


def meet_strangers(client: Client, store: Store, targets: tuple[Target, ...]) -> SourceError | None:
    """Ask for one listing of each target that no location answers to: it names its dealer.

    :returns: why one of them could not be asked for, if so.
    """
    trouble: SourceError | None = None
    for target in strangers(targets, Tree(store.dealers())):
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
        except (NotVisible, Rejected) as error:
            log.info("%s: %s", target.name, error)
        except SourceError as error:
            trouble = error
        else:
            store.put_dealers(embedded(records), from_location=False)
    return trouble


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
