"""Puts a small file in the place of another at one instant."""

from pathlib import Path

from syndicator import disk


def replace(path: Path, data: bytes) -> None:
    """Whoever reads finds the old file or the new one, whole.

    :raises OutputError: it cannot be written; the old file is still there.
    """
    new = path.with_name(f"{path.name}.new")
    disk.make_folder(path.parent)
    disk.remove(new)  # left by a crash
    descriptor = disk.create(new)
    disk.write(descriptor, data, new)
    disk.finish(descriptor, new)
    disk.move(new, path)
