"""Where a list stands among its pages. Pure."""

from itertools import chain, pairwise

import msgspec

AROUND = 2  # page numbers on either side of the current one


class Pages(msgspec.Struct, frozen=True, kw_only=True):
    """``None`` among the numbers is a gap."""

    number: int
    hrefs: tuple[str, ...]  # of all pages

    @property
    def last(self) -> int:
        """How many there are."""
        return len(self.hrefs)

    @property
    def numbers(self) -> tuple[int | None, ...]:
        """Those worth a link: the ends, and what is near."""
        near = range(self.number - AROUND, self.number + AROUND + 1)
        shown = sorted({1, self.last} | {number for number in near if 1 <= number <= self.last})
        gaps = ((None, b) if b - a > 1 else (b,) for a, b in pairwise(shown))
        return (shown[0], *chain.from_iterable(gaps))


def folder(number: int) -> str:
    """Of a page, below the list's first."""
    return "" if number == 1 else f"page/{number}/"
