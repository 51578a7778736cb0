"""The files that programs and templates are made of: what is read must also be digested."""

import os
from collections.abc import Iterator
from pathlib import Path


def files(folder: Path, above: frozenset[tuple[int, int]] = frozenset()) -> Iterator[Path]:
    """All files below a folder, in no order: also beyond links, and nothing hidden.

    ``Path.rglob`` follows no link to a folder. A link that leads back up is not followed here.

    :param above: the folders on the way, by device and number.
    """
    if not folder.is_dir():
        return
    found = folder.stat()
    here = found.st_dev, found.st_ino
    if here in above:
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                yield from files(folder / entry.name, above | {here})
            elif entry.is_file():
                yield folder / entry.name
