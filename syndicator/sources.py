"""The files that programs and templates are made of: what is read must also be digested."""

from collections.abc import Iterator
from glob import iglob
from pathlib import Path


def files(folder: Path) -> Iterator[Path]:
    """All files below a folder, in no order: also beyond links, and nothing hidden.

    ``Path.rglob`` follows no links to folders before Python 3.13.
    """
    for name in iglob("**", root_dir=folder, recursive=True):  # noqa: PTH207 - as said
        path = folder / name
        if path.is_file():
            yield path
