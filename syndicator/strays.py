"""What builds have left whose records are lost: with the state folder, or with its last days."""

import os
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Final

from syndicator.manifest import Entry
from syndicator.plan import MARKER
from syndicator.record import tells_of_others

NAMED: Final = 3


def may_be(output: Path, files: Mapping[str, Entry], landed: Container[str]) -> bool:
    """Whether the last build that landed here is none of which there are records.

    :param files: all of which there are.
    :param landed: the paths of those that are out as they were landed.
    """
    tree = ((path, files[path].digest) for path in sorted(files))
    return MARKER not in landed and tells_of_others(output, tree)


def warnings(output: Path, known: Container[str]) -> Iterator[str]:
    """What to say of files that nobody keeps up to date, if there are any.

    :param known: the paths of all that has been landed, or will be.
    """
    found = sorted(path for path in _visible(output) if path not in known)
    if found:
        named = ", ".join(map(_printable, found[:NAMED]))
        more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
        yield (
            f"{output}: {named}{more}: in no record, so nobody keeps them up to date. If they are "
            "of an earlier build whose .syndicator is lost they may show sold cars: delete them, "
            "once everything that you publish has been built again"
        )


def _visible(folder: Path) -> Iterator[str]:
    """Files below a folder by their paths in it, without hidden ones; no link is followed."""
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        start = Path(where).relative_to(folder)
        yield from ((start / name).as_posix() for name in names if not name.startswith("."))


def _printable(path: str) -> str:
    """With what is no UTF-8 in a name spelled out: it is printed, and written as JSON."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
