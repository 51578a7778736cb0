"""The page ``build/`` of a site, for whoever runs it: what is out, and of when its data are.

It says what ``build.json`` says, to people, and like that file it moves with the stock and never
with the clock. What a guard holds back no exporter can see: that stands in ``build.json`` alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain, islice

import msgspec

from syndicator.contract import Artefact, Kind, View, Words
from syndicator.exporters._happened import cars_of, tell
from syndicator.exporters.showroom.doors import Census
from syndicator.exporters.showroom.page import Frame
from syndicator.models import Event, Listing, Showroom

NEWEST = 20  # events


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One showroom: its cars, and the newest change among them."""

    name: str
    href: str
    count: int
    as_of: datetime
    stale_since: datetime | None


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One event; ``day`` is empty where it is that of the one before, ``seller`` where all are."""

    day: str
    when: datetime
    what: str
    title: str
    href: str
    price: str
    seller: str


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """One document of the whole site for programs."""

    name: str
    media_type: str
    address: str
    href: str


def build(frame: Frame, census: Census) -> Artefact:
    """The page, in the site's first language; it lands after all that it leads to."""
    words = frame.kit.speak(frame.languages[0])
    address = frame.links.at("build/index.html")
    step = frame.step(words.text("What is online"), address)
    page = frame.page(
        words,
        {words.language: address},
        (*frame.top(words.language), step),
        indexed=False,
        sellers=(),
        styles=frame.styles("follow.css", "build.css"),
    )
    body = frame.render(
        "site/build.html",
        page,
        words,
        as_of=frame.view.as_of,
        count=census.total,
        targets=tuple(_targets(frame, words, census)),
        happenings=tuple(_happenings(frame, words)),
        feeds=tuple(_feeds(frame)),
    )
    return Artefact.stream("build/index.html", body, Kind.RECORD)


def newest(view: View, census: Census) -> dict[str, datetime]:
    """By dealer id, the newest change among his cars, those that have left included."""
    found = dict(census.updated)
    others = chain(
        ((each.dealer_id, each.updated) for each in view.pending),
        ((each.listing.dealer_id, each.when) for each in view.gone),
        ((each.dealer_id, each.when) for each in view.events),
    )
    for dealer_id, when in others:
        found[dealer_id] = max(found.get(dealer_id, when), when)
    return found


def _targets(frame: Frame, words: Words, census: Census) -> Iterator[Target]:
    known = newest(frame.view, census)
    for room in frame.view.site.showrooms:
        yield Target(
            name=room.called(words.language),
            href=frame.links.href(frame.links.at(f"{room.slug}/")),
            count=sum(census.counts[each] for each in room.dealer_ids),
            as_of=_as_of(room, known) or frame.view.as_of,
            stale_since=room.stale_since,
        )


def _as_of(room: Showroom, known: Mapping[str, datetime]) -> datetime | None:
    return max((known[each] for each in room.dealer_ids if each in known), default=None)


def _happenings(frame: Frame, words: Words) -> Iterator[Happening]:
    events = list(islice(frame.view.events, NEWEST))
    cars = cars_of(frame.view, events)
    before = ""
    for event, car in _known(events, cars):
        told = tell(event, car, words)
        day = words.day(event.when)
        yield Happening(
            day="" if day == before else day,
            when=event.when,
            what=told.what,
            title=car.title,
            href=frame.links.href(frame.links.vehicle(car, words.language)),
            price=told.price,
            seller=_seller(frame, car),
        )
        before = day


def _known(events: Iterable[Event], cars: Mapping[str, Listing]) -> Iterator[tuple[Event, Listing]]:
    return ((each, cars[each.listing_id]) for each in events if each.listing_id in cars)


def _seller(frame: Frame, car: Listing) -> str:
    """Whose car it is, on a site of several sellers."""
    dealer = frame.dealers.get(car.dealer_id)
    return dealer.name if dealer and len(frame.dealers) > 1 else ""


def _feeds(frame: Frame) -> Iterator[Feed]:
    for feed in frame.links.feeds:
        if feed.media_type != "text/html":
            address = frame.links.at(frame.links.folder + feed.path)
            yield Feed(
                name=feed.name,
                media_type=feed.media_type,
                address=address,
                href=frame.links.href(address),
            )
