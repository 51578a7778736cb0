"""Microseconds an entry costs: our Atom and RSS beside feedgen alone, with the same members.

``python -m tests.benchmarks.make_site.feeds``. Ours is a whole job, from the state to the staged
files, as a build runs it: cars are read, and their HTML is rendered. feedgen is handed what stands
in these very documents, and makes as many.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from feedgen.feed import FeedGenerator
from lxml import etree

from syndicator.config import Config, FeedTable
from syndicator.jobs import Workshop, run
from syndicator.registry import activate
from tests.benchmarks.bench_feeds import job, workshop_in

WHOLE = FeedTable.model_validate({"pages": 1000})  # every car in them
FEEDS = tuple(
    feed
    for feed in activate(Config().feeds | {"atom": WHOLE, "rss": WHOLE})
    if feed.name in {"atom", "rss"}
)
HEAD = (
    f"{'':8}{'entries':>8}{'documents':>11}{'kB each':>10}"
    f"{'ours µs':>10}{'feedgen':>10}{'ratio':>8}"
)
NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "georss": "http://www.georss.org/georss",
    "media": "http://search.yahoo.com/mrss/",
}


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a document of ours, in feedgen's words."""

    id: str
    title: str
    link: str
    published: datetime
    updated: datetime
    author: dict[str, str]
    summary: str
    content: str
    categories: list[dict[str, str]]
    photos: list[dict[str, str]]
    enclosure: dict[str, str]
    point: str


def made(place: Workshop, feed: Any, stage: Path) -> list[Path]:
    """The documents of a job, each time in a stage of its own."""
    order = job(feed, FEEDS)
    report = run(msgspec.structs.replace(place, stage=stage), order)
    if report.error:
        raise RuntimeError(report.error)
    return sorted(path for path in stage.rglob("*") if path.is_file())


def members(document: Path) -> list[Member]:
    """What a document of ours tells."""
    root = etree.parse(document).getroot()
    if root.tag == "rss":
        return [_of_rss(node) for node in root.iterfind(".//item")]
    return [_of_atom(node) for node in root.iterfind("atom:entry", NAMES)]


def _of_atom(node: Any) -> Member:
    links = {
        each.get("rel", "alternate"): each.attrib for each in node.iterfind("atom:link", NAMES)
    }
    return Member(
        id=_text(node, "atom:id"),
        title=_text(node, "atom:title"),
        link=links["alternate"]["href"],
        published=datetime.fromisoformat(_text(node, "atom:published")),
        updated=datetime.fromisoformat(_text(node, "atom:updated")),
        author={
            "name": _text(node, "atom:author/atom:name"),
            "uri": _text(node, "atom:author/atom:uri"),
        },
        summary=_text(node, "atom:summary"),
        content=_text(node, "atom:content"),
        categories=[dict(each.attrib) for each in node.iterfind("atom:category", NAMES)],
        photos=[dict(each.attrib) for each in node.iterfind("media:content", NAMES)],
        enclosure=dict(links.get("enclosure", {})),
        point=_text(node, "georss:point"),
    )


def _of_rss(node: Any) -> Member:
    enclosure = node.find("enclosure")
    return Member(
        id=_text(node, "guid"),
        title=_text(node, "title"),
        link=_text(node, "link"),
        published=parsedate_to_datetime(_text(node, "pubDate")),
        updated=parsedate_to_datetime(_text(node, "pubDate")),
        author={"name": _text(node, "dc:creator")},
        summary=_text(node, "description"),
        content=_text(node, "content:encoded"),
        categories=[{"term": each.text} for each in node.iterfind("category")],
        photos=[dict(each.attrib) for each in node.iterfind("media:content", NAMES)],
        enclosure={} if enclosure is None else dict(enclosure.attrib),
        point=_text(node, "georss:point"),
    )


def _text(node: Any, path: str) -> str:
    return str(node.findtext(path, "", NAMES))


def plain(entries: list[Member], name: str) -> bytes:
    """The same document by feedgen and the extensions that it brings."""
    feed = FeedGenerator()
    for extension in ("media", "geo", "dc"):
        feed.load_extension(extension)
    feed.id("tag:v.example,2026:feed")
    feed.title("Groot")
    feed.description("Groot")
    feed.updated(entries[0].updated)
    feed.link(href="https://v.example/groot/", rel="alternate")
    for each in entries:
        _add(feed, each, name)
    document: bytes = feed.atom_str(pretty=True) if name == "atom" else feed.rss_str(pretty=True)
    return document


def _add(feed: FeedGenerator, member: Member, name: str) -> None:
    entry = feed.add_entry(order="append")
    entry.id(member.id)
    entry.title(member.title)
    entry.updated(member.updated)
    entry.published(member.published)
    entry.link(href=member.link)
    entry.category(member.categories)
    entry.description(member.summary, isSummary=True)
    entry.content(member.content, type="html")
    entry.geo.point(member.point)
    entry.media.content([{**photo, "group": None} for photo in member.photos])
    if name == "atom":
        entry.author(member.author)
        if member.enclosure:
            entry.link(**member.enclosure)
    else:
        entry.dc.dc_creator(member.author["name"])
        if member.enclosure:
            entry.enclosure(*(member.enclosure[key] for key in ("url", "length", "type")))


def lines(size: int, repeats: int) -> Iterator[str]:
    """A line for each feed: the medians of the rounds, and of their ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        place = workshop_in(folder, size)
        for feed in FEEDS:
            documents = made(place, feed, folder / feed.name)
            told = [members(each) for each in documents]
            rounds = [
                (
                    seconds(lambda: made(place, feed, folder / f"{feed.name}{number}")),  # noqa: B023
                    seconds(lambda: _write(told, feed.name, folder / "plain.xml")),  # noqa: B023
                )
                for number in range(repeats)
            ]
            count = sum(map(len, told))
            ours, theirs = (median(each) * 1e6 / count for each in zip(*rounds, strict=True))
            ratio = median(one / other for one, other in rounds)
            weight = sum(each.stat().st_size for each in documents) / count / 1000
            yield (
                f"{feed.name:<8}{count:>8}{len(documents):>11}{weight:>10.1f}"
                f"{ours:>10.0f}{theirs:>10.0f}{ratio:>8.2f}"
            )


def seconds(work: Callable[[], object]) -> float:
    """How long it takes, once."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _write(told: list[list[Member]], name: str, path: Path) -> None:
    for entries in told:
        path.write_bytes(plain(entries, name))


def main() -> None:
    """What the module says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="200,10000", help="entries, as 200,10000")
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    sys.stdout.write(f"{HEAD}\n")
    for size in map(int, asked.sizes.split(",")):
        for line in lines(size, asked.repeats):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
