"""Only the writing: ``python floor.py INDEX OUTPUT``, constant bytes of given sizes, one process.

A line of the index is a size and a path; :func:`index` makes it of a folder.
"""

import os
import sys
from pathlib import Path


def index(folder: Path) -> str:
    """Every file of a folder: its size and its path."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return "".join(f"{each.stat().st_size} {each.relative_to(folder)}\n" for each in found)


def main() -> None:
    """What the module says."""
    listed, output = sys.argv[1:]
    files = [line.split(" ", 1) for line in Path(listed).read_text().splitlines()]
    constant = memoryview(b"x" * max(int(size) for size, _ in files))
    for size, path in files:
        place = f"{output}/{path}"
        os.makedirs(place.rpartition("/")[0], exist_ok=True)  # noqa: PTH103 - faster
        file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.write(file, constant[: int(size)])
        os.close(file)


if __name__ == "__main__":
    main()
