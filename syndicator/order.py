"""What a pass over a site is asked to render."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from syndicator.places import Places
from syndicator.record import Condition
from syndicator.registry import Feed
from syndicator.views import Setting, Slice

if TYPE_CHECKING:
    from syndicator.cluster import Cluster


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be rendered, and where."""

    output: Path
    places: Places
    feeds: tuple[Feed, ...]
    slices: tuple[Slice, ...]
    setting: Setting
    images: str  # as the configuration names it
    templates: Path | None
    only: tuple[str, ...]
    rerender: bool
    prune: bool
    dry_run: bool
    workers: int | None  # none: as many as pay
    cluster: "Cluster | None" = None  # whose workers run all jobs, in place of our own
    forbidden: frozenset[bytes]  # byte strings that no file may hold
    conditions: Mapping[str, Condition] = {}  # by dealer id, of those with whom something is wrong
