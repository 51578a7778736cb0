"""From targets to showrooms, and what is remembered of them between runs."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import msgspec

from syndicator import fronts
from syndicator.config import Config, Target
from syndicator.crawls import resolve
from syndicator.fronts import Front
from syndicator.holds import confirmed
from syndicator.models import Showroom, Site
from syndicator.registry import Feed, feed_addresses
from syndicator.store import Store
from syndicator.tree import Tree
from syndicator.views import Setting

REMEMBERED = "front:"


def wished(targets: Iterable[Target], tree: Tree, active: Mapping[str, int]) -> tuple[Front, ...]:
    """A front for each showroom that the targets amount to today."""
    targets = tuple(targets)
    ids = resolve(targets, tree)
    found: list[Front] = []
    for target in sorted(targets, key=lambda each: each.kind == "all"):  # a named one wins
        front = Front(
            dealer_id=ids.get(target.name, ""),
            is_group=target.kind == "parent",
            slug=target.slug,
            seller=target.seller,
            theme=target.theme,
            embed_on=target.embed_on,
        )
        if target.kind == "all":
            found += fronts.of_everything(tree, active, front)
        elif target.name in ids:
            found += fronts.of_group(front, tree, active) if front.is_group else (front,)
    return tuple(found)


def settle(
    store: Store, active: Mapping[str, int], targets: Collection[Target], *, prune: bool
) -> dict[str, Front]:
    """All fronts of the site: those wished for now and, unless pruned, those of earlier runs.

    A dealer whose listings were never read to the end has none yet.
    """
    tree = Tree(store.dealers())
    earlier = recall(store)
    wanted = fronts.merge(wished(targets, tree, active))
    kept = {} if prune else earlier
    read = confirmed(store)
    settled = fronts.merge([*wanted.values(), *(kept[key] for key in kept.keys() - wanted.keys())])
    return {
        key: front
        for key, front in settled.items()
        if key in earlier or was_read(read, tree, front)
    }


def searches(
    config: Config, dealer_ids: tuple[str, ...], stale: Mapping[str, datetime]
) -> dict[str, Showroom]:
    """A showroom for each saved search, over the cars of all dealers that are out."""
    found: dict[str, Showroom] = {}
    since = min((stale[each] for each in dealer_ids if each in stale), default=None)
    for name, table in config.searches.items():
        titles = table.title if isinstance(table.title, dict) else {}
        found[f"search:{name}"] = Showroom(
            slug=table.slug or name,
            name=table.title if isinstance(table.title, str) else titles[config.site.languages[0]],
            names={str(language): title for language, title in titles.items()},
            dealer_ids=dealer_ids,
            stale_since=since,
            search=table.when.model_dump_json(),
        )
    return found


def was_read(read: Collection[str], tree: Tree, front: Front) -> bool:
    """Whether all that the front shows has been read at least once."""
    family = tree.family(front.dealer_id) if front.is_group else (front.dealer_id,)
    return all(each in read for each in family if each in tree)


def recall(store: Store) -> dict[str, Front]:
    """The fronts of earlier runs, by key."""
    kept = store.remembered(REMEMBERED)
    found = (msgspec.json.decode(facts["front"], type=Front) for facts in kept.values())
    return {front.key: front for front in found}


def remember(store: Store, settled: Mapping[str, Front]) -> None:
    """Keep the fronts for the next run, and only these."""
    with store.transaction():
        for key in recall(store).keys() - settled.keys():
            store.forget(REMEMBERED + key)
        for key, front in settled.items():
            store.remember(REMEMBERED + key, {"front": msgspec.json.encode(front).decode()})


def setting(
    config: Config,
    feeds: Collection[Feed],
    settled: Mapping[str, Front],
    tree: Tree,
    stale: Mapping[str, datetime] = {},
) -> tuple[dict[str, Showroom], Setting]:
    """The showrooms and searches by key, and what all views have in common.

    :param stale: dealer id to when its stock was last confirmed, where that is long ago.
    """
    taken = [table.slug or name for name, table in config.searches.items()]
    rooms = fronts.showrooms(settled, tree, stale, taken)
    homes = fronts.homes(rooms, settled)
    found = searches(config, tuple(sorted(homes)), stale)
    site = Site(
        url=config.site.url,
        title=config.site.title,
        languages=config.site.languages,
        showrooms=tuple(rooms.values()),
        searches=tuple(found.values()),
        authority=config.site.tag_authority,
    )
    return rooms | found, Setting(
        site=site,
        homes=homes,
        feeds=feed_addresses(feeds),
        feed_scopes={feed.name: feed.scopes for feed in feeds},
    )
