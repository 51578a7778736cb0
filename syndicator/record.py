"""``build.json``: what is out, for programs and people. It moves only when the data does."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from syndicator.catalogue import Catalogue
from syndicator.contract import Artefact, Kind
from syndicator.models import Showroom
from syndicator.plan import MARKER

GENERATOR: Final = "syndicator"


def build_record(
    rooms: Iterable[Showroom], catalogue: Catalogue, tree: Mapping[str, str], *, demo: bool
) -> Artefact:
    """The record of one build.

    :param tree: path to digest, of every file that will be out.
    """
    tree = {path: each for path, each in tree.items() if path != MARKER}
    facts = {
        "generator": GENERATOR,  # by this a later build knows the tree for ours
        "demo": demo,
        "digest": digest(tree),
        "files": len(tree),
        "targets": [_target(room, catalogue) for room in rooms],
    }
    text = msgspec.json.format(msgspec.json.encode(facts), indent=2)
    return Artefact.whole(MARKER, text + b"\n", Kind.RECORD)


def holds_real_site(output: Path) -> bool:
    """Whether a build that was no demo left its record here."""
    try:
        found = msgspec.json.decode((output / MARKER).read_bytes(), type=_Record)
    except (OSError, ValueError):
        return False
    return found.generator == GENERATOR and not found.demo


class _Record(msgspec.Struct):
    generator: str
    demo: bool = False


def digest(tree: Mapping[str, str]) -> str:
    """BLAKE2b over the sorted paths with their digests, 16 bytes in hexadecimal."""
    state = hashlib.blake2b(digest_size=16)
    for path in sorted(tree):
        state.update(f"{path}\0{tree[path]}\n".encode())
    return state.hexdigest()


def _target(room: Showroom, catalogue: Catalogue) -> dict[str, object]:
    return {
        "slug": room.slug,
        "name": room.name,
        "as_of": _instant(catalogue.as_of(room.dealer_ids)),
        "listings": len(catalogue.listings(room.dealer_ids)),
    }


def _instant(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")
