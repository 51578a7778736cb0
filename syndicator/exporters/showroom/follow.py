"""The page for people that the site's own feed links lead to: what feeds there are, what for.

Browsers show a feed as source text, and stop to style it; so this page stands in its stead.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

import msgspec

from syndicator.contract import Artefact, Kind, Kit, View, Words
from syndicator.exporters import _structured as structured
from syndicator.exporters._happened import cars_of, tell
from syndicator.exporters.showroom.page import Frame
from syndicator.models import Event, Listing

NEWEST = 20  # events on the page


class News(msgspec.Struct, frozen=True, kw_only=True):
    """One event as the page lists it; ``day`` is empty where it is that of the one before."""

    day: str
    what: str
    title: str
    href: str
    price: str


def follow(kit: Kit, view: View) -> Iterator[Artefact]:
    """``feeds/index.html`` in each language, where the slice has feeds for readers."""
    frame = Frame(kit, view)
    if not frame.feeds(kit.words):
        return
    events = list(islice(view.events, NEWEST))
    cars = cars_of(view, events)
    for language in frame.languages:
        words = kit.speak(language)
        addresses = frame.addresses(frame.follow)
        step = frame.step(words.text("Follow this stock"), addresses[language])
        trail = (*frame.top(language), step)
        page = frame.page(
            words,
            addresses,
            trail,
            indexed=False,
            styles=frame.styles("follow.css"),
            data=structured.graph(structured.breadcrumb(trail)),
        )
        body = frame.render(
            "showroom/follow.html", page, words, news=tuple(_news(frame, words, events, cars))
        )
        yield Artefact.stream(f"{frame.prefix(language)}feeds/index.html", body, Kind.INDEX)


def _news(
    frame: Frame, words: Words, events: Iterable[Event], cars: Mapping[str, Listing]
) -> Iterator[News]:
    """What happened last, latest first: the feed of changes for people."""
    before = ""
    for event in events:
        if event.listing_id in cars:
            told = tell(event, cars[event.listing_id], words)
            day = words.day(event.when)
            address = frame.links.vehicle(told.listing, words.language)
            yield News(
                day="" if day == before else day,
                what=told.what,
                title=told.listing.title,
                href=frame.links.href(address),
                price=told.price,
            )
            before = day
