"""The folders on the way to a path. Pure."""

from collections.abc import Iterator


def above(path: str) -> Iterator[str]:
    """Every folder that a relative path stands in, innermost first."""
    while path := path.rpartition("/")[0]:
        yield path


class Ways:
    """Of many paths: each folder, but not again for the next path beside it.

    It remembers one way only, so a hundred thousand folders take no room; paths should come in an
    order that leaves neighbours together.
    """

    def __init__(self) -> None:
        self._last: frozenset[str] = frozenset()

    def new(self, path: str) -> list[str]:
        """The folders above a path, outermost first, without those above the path before."""
        way = tuple(above(path))
        fresh = [folder for folder in reversed(way) if folder not in self._last]
        self._last = frozenset(way)
        return fresh
