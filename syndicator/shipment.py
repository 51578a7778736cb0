"""What a deploy sends: the files of a finished build, each with the headers that a store keeps."""

import hashlib
from collections.abc import Iterable, Mapping
from operator import attrgetter
from pathlib import Path
from typing import Final

import msgspec

from syndicator import disk, journal
from syndicator.contract import Kind
from syndicator.errors import OutputError, UsageError
from syndicator.manifest import Manifest, intact
from syndicator.places import Places
from syndicator.serve import CONTROL, HeaderRule, header_rules, headers_for, media_type

MARK_BYTES: Final = 12
INDEX: Final = "index.html"
CACHE: Final = "public, max-age=0, must-revalidate"  # what `_headers` says of pages
STORED: Final = ("Content-Type", "Cache-Control", "Content-Disposition")  # buckets keep no other


class Item(msgspec.Struct, frozen=True, gc=False):
    """A file to be in the store. ``mark`` is a digest of its content and its headers."""

    path: str
    size: int
    kind: Kind
    mark: str
    headers: Mapping[str, str]


def tree(output: Path, places: Places) -> list[Item]:
    """What is to be in the store, in the order of sending; the lock must be held.

    :raises UsageError: no build has landed there.
    :raises OutputError: a build was cut, or files are not as it left them.
    """
    if journal.exists(places.root):
        raise OutputError("an interrupted build is not finished", hint="build once, then deploy")
    with Manifest.open(places.manifest, read_only=True) as manifest:
        files = manifest.files(output)
    if not files:
        raise nothing_built(output)
    if lost := files.keys() - intact(output, files).keys():
        raise OutputError(
            f"{output}: files are not as they were built: {len(lost)}, among them {min(lost)}",
            hint="run `syndicator check`, or build again",
        )
    control = output / CONTROL[0]
    text = b"".join(disk.chunks(control)) if disk.status(control) else b""
    rules = stored_rules(text.decode("utf-8", "replace"))
    kinds: dict[tuple[str, ...], Mapping[str, str]] = {}  # few, for very many files
    items = []
    for path, entry in files.items():
        if path not in CONTROL:
            own = headers_of(path, rules)
            headers = kinds.setdefault((*own, *own.values()), own)
            mark = _mark(entry.digest, headers)
            items.append(Item(path, entry.size, entry.kind, mark, headers))
    items.sort(key=attrgetter("kind", "path"))
    return items


def stored_rules(text: str) -> tuple[HeaderRule, ...]:
    """The rules of a ``_headers`` file, as far as they name what a store keeps."""
    kept = (
        HeaderRule(rule.pattern, tuple(each for each in rule.headers if each[0] in STORED))
        for rule in header_rules(text)
    )
    return tuple(rule for rule in kept if rule.headers)


def headers_of(path: str, rules: Iterable[HeaderRule]) -> dict[str, str]:
    """The headers that an object is to be served with; an index has the address of its folder."""
    folder, _, name = path.rpartition("/")
    address = f"/{folder}/".replace("//", "/") if name == INDEX else f"/{path}"
    return {
        "Content-Type": media_type(Path(path)),
        "Cache-Control": CACHE,
        **headers_for(rules, address),
    }


def nothing_built(output: Path) -> UsageError:
    """There is no build to send."""
    return UsageError(f"{output}: nothing is built here", hint="build first: syndicator build")


def _mark(digest: str, headers: Mapping[str, str]) -> str:
    text = "\n".join((digest, *(f"{name}: {headers[name]}" for name in sorted(headers))))
    return hashlib.blake2b(text.encode(), digest_size=MARK_BYTES).hexdigest()
