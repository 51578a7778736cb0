"""Which showrooms the site has, and under which address. Pure.

A *front* is the wish for one showroom. It is remembered, so that a run for one dealer forgets no
other; the :class:`~syndicator.models.Showroom` is what the front amounts to with today's dealers.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import msgspec

from syndicator.links import distinct_slugs, token
from syndicator.look import Theme
from syndicator.models import Seller, Showroom
from syndicator.tree import Tree


class Front(msgspec.Struct, frozen=True, kw_only=True):
    """One showroom that was asked for: a dealer's, or a parent's with all its locations."""

    dealer_id: str
    is_group: bool = False
    slug: str | None = None  # configured; otherwise made from the code or the name
    seller: Seller = Seller()
    theme: Theme = Theme()
    embed_on: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What the front is remembered by, and what its jobs are called after."""
        return f"{'group' if self.is_group else 'dealer'}:{self.dealer_id}"


def of_group(front: Front, tree: Tree, active: Mapping[str, int]) -> tuple[Front, ...]:
    """The group's own front, and one for each of its locations that has listings."""
    below = (dealer_id for dealer_id in tree.locations(front.dealer_id) if active.get(dealer_id))
    return (
        front,
        *(
            Front(dealer_id=each, seller=front.seller, theme=front.theme, embed_on=front.embed_on)
            for each in below
        ),
    )


def of_everything(
    tree: Tree, active: Mapping[str, int], look: Front | None = None
) -> tuple[Front, ...]:
    """A front per dealer that has listings, and per parent with two or more visible locations.

    :param look: whose seller, theme and hosts they all have.
    """
    look = look or Front(dealer_id="")
    groups = [parent for parent in tree.parents if len(tree.locations(parent)) > 1]
    dealers = [dealer_id for dealer_id in tree.ids if active.get(dealer_id)]
    return tuple(
        msgspec.structs.replace(look, dealer_id=dealer_id, is_group=is_group)
        for ids, is_group in ((groups, True), (dealers, False))
        for dealer_id in ids
    )


def merge(fronts: Iterable[Front]) -> dict[str, Front]:
    """By key, in key order: the first one with an own look or name wins, then the first.

    A head dealer's own cars live in the group's folder, so the group's front replaces his own.
    """
    merged: dict[str, Front] = {}
    for front in fronts:
        known = merged.get(front.key)
        plain = Front(dealer_id=front.dealer_id, is_group=front.is_group)
        if known is None or known == plain:
            merged[front.key] = front
    heads = {front.dealer_id for front in merged.values() if front.is_group}
    return {
        key: merged[key]
        for key in sorted(merged)
        if merged[key].is_group or merged[key].dealer_id not in heads
    }


def slugs(fronts: Mapping[str, Front], tree: Tree, taken: Collection[str] = ()) -> dict[str, str]:
    """Dealer id to folder, for everybody who is known, so that no address depends on the run.

    :param taken: folders of saved searches, which give way to nobody.
    """
    fixed = {
        front.dealer_id: front.slug
        for front in fronts.values()
        if front.slug and front.slug not in taken
    }
    everybody = {*tree.ids, *tree.parents, *(front.dealer_id for front in fronts.values())}
    made = distinct_slugs(
        {each: tree.code(each) or tree.name(each) for each in sorted(everybody - fixed.keys())}
    )
    given = {*fixed.values(), *taken}
    clear = {
        each: f"{slug}-{token(each)}" if slug in given else slug for each, slug in made.items()
    }
    return clear | fixed


def showrooms(
    fronts: Mapping[str, Front],
    tree: Tree,
    stale: Mapping[str, datetime] = {},
    taken: Collection[str] = (),
) -> dict[str, Showroom]:
    """Front key to showroom, in the order of the fronts.

    :param stale: dealer id to when its stock was last confirmed, where that is long ago.
    :param taken: folders that are not to be had.
    """
    folders = slugs(fronts, tree, taken)
    families = {
        key: tree.family(front.dealer_id) if front.is_group else (front.dealer_id,)
        for key, front in fronts.items()
    }
    return {
        key: Showroom(
            slug=folders[front.dealer_id],
            name=tree.name(front.dealer_id),
            dealer_ids=families[key],
            is_group=front.is_group,
            seller=front.seller,
            theme=front.theme,
            embed_on=front.embed_on,
            stale_since=min((stale[each] for each in families[key] if each in stale), default=None),
        )
        for key, front in fronts.items()
    }


def homes(rooms: Mapping[str, Showroom], fronts: Mapping[str, Front]) -> dict[str, str]:
    """Dealer id to the folder that holds the pages of its cars."""
    return {fronts[key].dealer_id: room.slug for key, room in rooms.items()}
