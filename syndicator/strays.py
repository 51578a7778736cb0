"""What builds have left whose records are lost: with the state folder, or with its last days."""

import os
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Final

from syndicator.plan import MARKER, is_marked

NAMED: Final = 3


def may_be(output: Path, landed: Container[str]) -> bool:
    """Whether a build of ours is out that is not the last one of which there are records.

    :param landed: the paths of what is out as it was landed.
    """
    return MARKER not in landed and is_marked(output)


def warnings(output: Path, known: Container[str]) -> Iterator[str]:
    """What to say of files that nobody keeps up to date, if there are any.

    :param known: the paths of all that has been landed, or will be.
    """
    found = sorted(path for path in _visible(output) if path not in known)
    if found:
        more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
        yield (
            f"{output}: {', '.join(found[:NAMED])}{more}: in no record, so nobody keeps them up to "
            "date. They may be of an earlier build whose .syndicator is lost, and show sold cars: "
            "delete those that are not yours"
        )


def _visible(folder: Path) -> Iterator[str]:
    """Files below a folder by their paths in it, without hidden ones; no link is followed."""
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        start = Path(where).relative_to(folder)
        yield from ((start / name).as_posix() for name in names if not name.startswith("."))
