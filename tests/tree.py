"""Walks a finished ``output/`` and names every dead link and every document that is not whole.

``python -m tests.tree output`` prints the counts, or the faults and exits 1.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from syndicator import deadlinks


def faults(root: Path) -> Iterator[str]:
    """One line for each thing that is wrong."""
    base = deadlinks.site_url(root)
    assert base is not None, "robots.txt names no sitemap"
    return deadlinks.faults(root, base)


def main() -> None:
    root = Path(sys.argv[1])
    found = list(faults(root))
    print("\n".join(found) or f"{sum(1 for p in root.rglob('*') if p.is_file())} files, no fault")  # noqa: T201 - a program
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
