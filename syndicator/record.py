"""``build.json``: what is out, for programs and people. It moves only when the data does."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, TypeVar

import msgspec

from syndicator import disk
from syndicator.catalogue import Catalogue
from syndicator.contract import Artefact, Kind
from syndicator.errors import OutputError
from syndicator.models import Showroom
from syndicator.plan import MARKER

GENERATOR: Final = "syndicator"

R = TypeVar("R", bound="_Record")
Count = Annotated[int, msgspec.Meta(ge=0)]


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with the stock of a dealer, and since when (UTC)."""

    stale_since: datetime | None = None  # last confirmed by the API then
    held_since: datetime | None = None  # kept back by a guard since then


def build_record(
    rooms: Iterable[Showroom],
    catalogue: Catalogue,
    tree: Iterable[tuple[str, str]],
    *,
    demo: bool,
    conditions: Mapping[str, Condition] = {},
) -> Artefact:
    """The record of one build.

    :param tree: path and digest of every file that will be out, in the order of their paths.
    :param conditions: by dealer id, of those with whom something is wrong.
    """
    counts = catalogue.counts()
    files, digest = tally(tree)
    facts = {
        "generator": GENERATOR,  # by this a later build knows the tree for ours
        "demo": demo,
        "digest": digest,
        "files": files,
        "targets": [_target(room, catalogue, counts, conditions) for room in rooms],
    }
    text = msgspec.json.format(msgspec.json.encode(facts), indent=2)
    return Artefact.whole(MARKER, text + b"\n", Kind.RECORD)


def holds_real_site(output: Path) -> bool:
    """Whether a build that was no demo left its record here."""
    found = _read(output, _Record)
    return found is not None and not found.demo


def published_counts(output: Path, *, demo: bool) -> dict[str, int]:
    """Dealer id to the listings on offer, as the last build of this kind says; else empty."""
    found = _read(output, _Counted)
    if found is None or found.demo is not demo:
        return {}
    return {dealer_id: n for each in found.targets for dealer_id, n in each.dealers.items()}


def tells_of_others(output: Path, tree: Iterable[tuple[str, str]]) -> bool:
    """Whether a build left its record here, and of other files than these.

    :param tree: as for :func:`build_record`.
    """
    found = _read(output, _Digested)
    return found is not None and found.digest != tally(tree)[1]


class _Record(msgspec.Struct):
    generator: str
    demo: bool = False


class _Target(msgspec.Struct):
    dealers: dict[str, Count] = {}


class _Digested(_Record):
    digest: str = ""


class _Counted(_Record):
    targets: list[_Target] = []


def _read(output: Path, kind: type[R]) -> R | None:
    """The record of ours that stands here, if there is one."""
    try:
        data = b"".join(disk.chunks(output / MARKER))
        found = msgspec.json.decode(data, type=kind)
    except (OutputError, ValueError):
        return None
    return found if found.generator == GENERATOR else None


def tally(tree: Iterable[tuple[str, str]]) -> tuple[int, str]:
    """How many files there are, and BLAKE2b over the paths with their digests, 16 bytes in hex.

    The record itself is not among them.
    """
    state = hashlib.blake2b(digest_size=16)
    count = 0
    for path, digest in tree:
        if path != MARKER:
            state.update(f"{path}\0{digest}\n".encode())
            count += 1
    return count, state.hexdigest()


def _target(
    room: Showroom,
    catalogue: Catalogue,
    counts: Mapping[str, int],
    conditions: Mapping[str, Condition],
) -> dict[str, object]:
    dealers = {each: counts.get(each, 0) for each in sorted(room.dealer_ids)}
    facts: dict[str, object] = {
        "slug": room.slug,
        "name": room.name,
        "as_of": _instant(catalogue.as_of(room.dealer_ids)),
        "listings": sum(dealers.values()),
        "dealers": dealers,
    }
    known = [conditions[each] for each in room.dealer_ids if each in conditions]
    if stale := [each.stale_since for each in known if each.stale_since]:
        facts["stale_since"] = _instant(min(stale))
    if held := [each.held_since for each in known if each.held_since]:
        facts["held_since"] = _instant(min(held))
    return facts


def _instant(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")
