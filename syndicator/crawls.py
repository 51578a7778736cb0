"""Which walks over the API serve the targets of a run. Pure.

Targets overlap: a location stands below a parent, the same dealer is named by id and by code. Each
listing is fetched once.
"""

import difflib
from collections.abc import Collection, Mapping

import msgspec

from syndicator.config import Target
from syndicator.errors import UsageError
from syndicator.models import Dealer, Listing
from syndicator.tree import Tree

EVERYTHING = "everything"
PAGE = 200  # listings
FORCEABLE = "name a target as the report does, such as 'location DEX-GENT', or a code or an id"


class Crawl(msgspec.Struct, frozen=True, kw_only=True):
    """One walk; at most one of the filters is set, none means everything the key can see."""

    name: str
    location_code: str | None = None
    dealer_id: str | None = None
    parent_id: str | None = None
    dealer_ids: frozenset[str] | None = None  # whose listings it shows; None: anybody's


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The walks of a run, and which of them serve which target, by name."""

    crawls: tuple[Crawl, ...]
    serves: Mapping[str, tuple[str, ...]]


def resolve(targets: tuple[Target, ...], tree: Tree) -> dict[str, str]:
    """Target name to dealer id, for the targets that name one and are known."""
    found = {}
    for target in targets:
        dealer_id = tree.by_code(target.value) if target.kind == "location" else target.value
        if target.kind != "all" and dealer_id is not None and is_known(dealer_id, tree):
            found[target.name] = dealer_id
    return found


def is_known(dealer_id: str, tree: Tree) -> bool:
    """Whether the API spoke of this dealer, if only as somebody's parent."""
    return dealer_id in tree or dealer_id in tree.parents


def shown_by(target: Target, tree: Tree) -> frozenset[str]:
    """The dealers whose listings a target stands for."""
    if target.kind == "all":
        return frozenset(tree.ids)
    dealer_id = resolve((target,), tree).get(target.name)
    if dealer_id is None:
        return frozenset()
    return frozenset(tree.family(dealer_id) if is_parent(target) else (dealer_id,))


def named(names: Collection[str], targets: tuple[Target, ...], tree: Tree) -> frozenset[str]:
    """The dealers that an operator means: by a target's name, a code, an id or a slug.

    :raises UsageError: nobody is called so.
    """
    meant: set[str] = set()
    ids = {each.casefold(): each for each in tree.ids}
    for name in names:
        asked = name.strip().casefold()
        known = {each.name.casefold(): shown_by(each, tree) for each in targets} | {
            each.slug: shown_by(each, tree) for each in targets if each.slug
        }
        if asked in known:
            meant |= known[asked]
        elif dealer_id := tree.by_code(asked) or ids.get(asked):
            meant.add(dealer_id)
        else:
            raise UsageError(f"--force {name!r}: nobody is called so", hint=FORCEABLE)
    return frozenset(meant)


def plan(targets: tuple[Target, ...], tree: Tree) -> Plan:
    """The fewest requests: everything at once where that is cheaper, else parents, else dealers.

    :param targets: all resolved, see :func:`resolve`.
    """
    if any(target.kind == "all" for target in targets):
        return _at_once(targets)
    separate = _apart(targets, tree)
    return _at_once(targets) if _is_cheaper_at_once(separate.crawls, tree) else separate


def apart(targets: tuple[Target, ...], tree: Tree) -> Plan:
    """A walk for each dealer, so that what breaks one walk costs one dealer."""
    shown = {target.name: sorted(shown_by(target, tree)) for target in targets}
    everybody = sorted({each for ids in shown.values() for each in ids if each in tree})
    crawls = {each: _of_dealer(each) for each in everybody}
    return Plan(
        crawls=tuple(crawls.values()),
        serves={
            name: tuple(crawls[each].name for each in ids if each in crawls)
            for name, ids in shown.items()
        },
    )


def _of_dealer(dealer_id: str) -> Crawl:
    name = f"dealer {dealer_id}"
    return Crawl(name=name, dealer_id=dealer_id, dealer_ids=frozenset([dealer_id]))


def _at_once(targets: tuple[Target, ...]) -> Plan:
    return Plan(
        crawls=(Crawl(name=EVERYTHING),),
        serves={target.name: (EVERYTHING,) for target in targets},
    )


def _is_cheaper_at_once(crawls: tuple[Crawl, ...], tree: Tree) -> bool:
    """By the API's own counts; without them nobody knows what else the key can see."""
    counts = {each: tree.active(each) for each in tree.ids}
    wanted = [[counts.get(each) for each in crawl.dealer_ids or ()] for crawl in crawls]
    if any(all(count is None for count in each) for each in wanted):
        return False
    separately = sum(pages(sum(filter(None, each))) for each in wanted)
    return pages(sum(filter(None, counts.values()))) < separately


def pages(listings: int) -> int:
    """How many requests it takes to read so many."""
    return max(1, -(-listings // PAGE))


def _apart(targets: tuple[Target, ...], tree: Tree) -> Plan:
    ids = resolve(targets, tree)
    crawls: dict[str, Crawl] = {}
    serves: dict[str, tuple[str, ...]] = {}
    families = {each.name: set(tree.family(ids[each.name])) for each in targets if is_parent(each)}
    for target in sorted(targets, key=lambda each: -len(families.get(each.name, ()))):
        dealer_id = ids[target.name]
        serving = next((each for each in crawls.values() if covers(each, target, dealer_id)), None)
        if serving is None:
            serving = crawl_for(target, dealer_id, tree)
            crawls[serving.name] = serving
        serves[target.name] = (serving.name,)
    return Plan(crawls=tuple(crawls.values()), serves=serves)


def is_parent(target: Target) -> bool:
    """Whether the target takes in everybody below a dealer."""
    return target.kind == "parent"


def covers(crawl: Crawl, target: Target, dealer_id: str) -> bool:
    """Whether a walk that is planned shows all that the target wants."""
    if crawl.dealer_ids is None or dealer_id not in crawl.dealer_ids:
        return False
    return crawl.parent_id is not None or not is_parent(target)


def crawl_for(target: Target, dealer_id: str, tree: Tree) -> Crawl:
    """The walk for one target alone."""
    if is_parent(target):
        family = frozenset(tree.family(dealer_id))
        return Crawl(name=target.name, parent_id=dealer_id, dealer_ids=family)
    alone = frozenset([dealer_id])
    if target.kind == "location":
        return Crawl(name=target.name, location_code=target.value, dealer_ids=alone)
    return Crawl(name=target.name, dealer_id=dealer_id, dealer_ids=alone)


def belongs(crawl: Crawl, listing: Listing, dealer: Dealer | None) -> bool:
    """Whether a record is an answer to what was asked; an ignored filter shows everybody's cars."""
    if crawl.dealer_ids is None or listing.dealer_id in crawl.dealer_ids:
        return True
    if crawl.parent_id is None or dealer is None:
        return False
    return crawl.parent_id in (dealer.parent_id, dealer.parent.id if dealer.parent else None)


def unknown(targets: tuple[Target, ...], tree: Tree) -> UsageError:
    """One error for all targets that nobody answers to, each with the nearest code."""
    said = []
    for target in targets:
        near = difflib.get_close_matches(
            target.value.casefold(), {code.casefold() for code in tree.codes}, n=1
        )
        known = {code.casefold(): code for code in tree.codes}
        guess = f"; did you mean {known[near[0]]!r}?" if near else ""
        said.append(f"{target.kind} {target.value!r} is unknown to this key{guess}")
    return UsageError("\n".join(said), hint="`syndicator locations` lists what this key can see")
