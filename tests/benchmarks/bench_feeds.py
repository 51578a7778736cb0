"""All feeds of one dealer by the size of his stock: time, and the memory of a process of its own.

``pip install -e ".[test,bench]"``, then::

    pytest tests/benchmarks/bench_feeds.py --benchmark-columns=min,median,rounds

Each row is one feed job from the state to the staged file, as a build runs it. After the table
stand, per feed, the ratio of ten times the stock and the resident memory.
"""

import itertools
import multiprocessing
import resource
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from syndicator.config import Config, FeedTable
from syndicator.contract import Scope
from syndicator.jobs import Job, Workshop, run
from syndicator.manifest import Manifest
from syndicator.models import Listing, Showroom, Site
from syndicator.registry import Feed, activate, feed_addresses
from syndicator.store import Store
from syndicator.testing import DEALER_ID, sample_dealer, sample_listing
from syndicator.views import Setting, Slice

SIZES = (10_000, 100_000)
KIBIBYTE = 1 if sys.platform != "darwin" else 1 / 1024  # in what ru_maxrss counts
WHOLE = dict.fromkeys(("atom", "rss", "jsonfeed"), FeedTable(pages=1000))  # every car in them
FEEDS = tuple(
    feed
    for feed in activate(Config().feeds | WHOLE | {"trovit": FeedTable()})
    if feed.name not in ("showroom", "hosting", "report")
)
ROOM = Showroom(slug="groot", name="Groot", dealer_ids=(DEALER_ID,))

numbers = itertools.count()
medians: dict[tuple[str, int], float] = {}
resident: dict[tuple[str, int], float] = {}


def stock(size: int) -> Iterator[Listing]:
    pattern = sample_listing()
    for number in range(size):
        yield msgspec.structs.replace(
            pattern,
            id=f"large-{number:06}",
            reference=f"L-{number}",
            description=f"Wagen {number}, eerste eigenaar. " * 20,
            created=pattern.created - timedelta(minutes=number),
        )


@pytest.fixture(scope="module", params=SIZES)
def size(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def workshop(size: int, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return workshop_in(tmp_path_factory.mktemp(f"stock{size}"), size)


def workshop_in(folder: Path, size: int) -> Workshop:
    """Of one dealer with so many cars, whose stock is stored in this folder."""
    with Store.open(folder / "state.db") as store:
        store.put_dealers([sample_dealer()], from_location=True)
        store.apply(stock(size))
    with Manifest.open(folder / "manifest.db"):
        pass
    return Workshop(
        state=folder / "state.db",
        manifest=folder / "manifest.db",
        output=folder / "output",
        stage=folder / "stage",
        templates=None,
        images="remote",
    )


def job(feed: Feed, feeds: tuple[Feed, ...]) -> Job:
    cut = Slice(key=f"dealer:{DEALER_ID}", scope=Scope.SHOWROOM, showroom=ROOM)
    setting = Setting(
        site=Site(url="https://v.example", title="V", languages=("nl",), showrooms=(ROOM,)),
        homes={DEALER_ID: ROOM.slug},
        feeds=feed_addresses(feeds),
        feed_scopes={feed.name: feed.scopes for feed in feeds},
    )
    return Job(id=f"{feed.name}@{cut.key}", key="", feed=feed.recipe(), slice=cut, setting=setting)


def fresh(workshop: Workshop, order: Job) -> tuple[tuple[Workshop, Job], dict[str, Any]]:
    """The arguments of a run that stages into a folder of its own."""
    stage = workshop.stage / str(next(numbers))
    return (msgspec.structs.replace(workshop, stage=stage), order), {}


def remember(workshop: Workshop, order: Job, results: Any) -> None:
    report = run(workshop, order)
    assert not report.error
    results.put(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIBIBYTE / 1024)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_feed(benchmark: Any, workshop: Workshop, feed: Feed, size: int) -> None:
    order = job(feed, FEEDS)
    rounds = 3 if size == min(SIZES) else 1
    report = benchmark.pedantic(run, setup=lambda: fresh(workshop, order), rounds=rounds)
    assert not report.error
    medians[feed.name, size] = benchmark.stats.stats.median
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    process = context.Process(target=remember, args=(*fresh(workshop, order)[0], results))
    process.start()
    resident[feed.name, size] = results.get(timeout=600)
    process.join()


@pytest.fixture(scope="module", autouse=True)
def _table() -> Iterator[None]:
    yield
    small, large = SIZES
    for feed in FEEDS:
        if (feed.name, small) in medians and (feed.name, large) in medians:
            ratio = medians[feed.name, large] / medians[feed.name, small]
            print(  # noqa: T201 - what the benchmark is for
                f"\n{feed.name:<12} {medians[feed.name, large]:7.2f} s for {large}, "
                f"{ratio:5.2f} times {small}, {resident[feed.name, large]:.0f} MiB resident",
                end="",
            )
