"""The table: medians over the rounds, and how each stands to the fastest peer."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from tests.benchmarks.make_site.measure import Outcome

PEERS = ("hugo", "eleventy")  # that make whole sites
HEAD = (
    f"{'':26}{'wall s':>8}{'CPU s':>8}{'peak MiB':>10}"
    f"{'files':>8}{'written':>9}{'MB':>7}{'ratio':>7}"
)


def lines(size: int, outcomes: Mapping[str, Sequence[Outcome]]) -> Iterator[str]:
    """Of one stock; ``ratio`` is the median of the rounds' ratios to the faster peer of each."""
    yield f"{size} cars"
    yield HEAD
    walls = {name: [each.cost.wall for each in found] for name, found in outcomes.items()}
    peers = [walls[name] for name in PEERS if name in walls]
    fastest = [min(each) for each in zip(*peers, strict=True)]
    for name, found in outcomes.items():
        last = found[-1]
        pairs = zip(walls[name], fastest, strict=True) if fastest else ()
        ratios = [wall / best for wall, best in pairs]
        yield (
            f"{name:26}{median(walls[name]):8.2f}"
            f"{median(each.cost.cpu for each in found):8.2f}"
            f"{median(each.cost.peak for each in found) / 2**20:10.0f}"
            f"{last.files:8}{last.written:9}{last.size / 1e6:7.0f}"
            + (f"{median(ratios):7.2f}" if ratios else "")
        )
    yield ", ".join(
        f"{name}: {found[-1].page / 1000:.1f} kB a page"
        for name, found in outcomes.items()
        if found[-1].page and "," not in name.replace(", pages only", "")
    )
