"""The site around the showrooms: its front page, "not found", robots.txt and the web manifest."""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Self

import msgspec

from syndicator.conditions import Conditions
from syndicator.contract import Artefact, Kind, Kit, View, Words
from syndicator.exporters import _structured as structured
from syndicator.exporters.showroom.page import Frame
from syndicator.exporters.showroom.pictures import Picture, picture
from syndicator.models import Photo, Showroom

ALL = ""  # neither a dealer's id nor a slug


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """One showroom as the front page lists it."""

    name: str
    href: str
    address: str
    towns: tuple[str, ...]
    count: int
    photo: Picture | None


class _Stock(msgspec.Struct, frozen=True, kw_only=True):
    """Per dealer id and slug of a search: the cars, and the newest one's first photo."""

    counts: Counter[str]
    photos: dict[str, Photo]

    @property
    def total(self) -> int:
        """All cars of the site."""
        return self.counts[ALL]

    @classmethod
    def of(cls, view: View) -> Self:
        """Gathered in one walk."""
        counts: Counter[str] = Counter()
        photos: dict[str, Photo] = {}
        searches = [
            (room.slug, Conditions.model_validate_json(room.search)) for room in view.site.searches
        ]
        for listing in view.listings:
            counts[ALL] += 1
            found = (slug for slug, when in searches if when.fits(listing))
            for key in (listing.dealer_id, *found):
                counts[key] += 1
                if listing.photos:
                    photos.setdefault(key, listing.photos[0])
        return cls(counts=counts, photos=photos)


def front(kit: Kit, view: View) -> Iterator[Artefact]:
    """The front page and the page for wrong addresses per language, and the site's own files."""
    frame = Frame(kit, view)
    stock = _Stock.of(view)
    for language in frame.languages:
        words = kit.speak(language)
        yield _index(frame, words, stock)
        yield _not_found(frame, words)
    yield Artefact.whole("robots.txt", _robots(view), Kind.RECORD)
    yield Artefact.whole("site.webmanifest", _manifest(frame), Kind.RECORD)


def _index(frame: Frame, words: Words, stock: _Stock) -> Artefact:
    site = frame.view.site
    doors = tuple(_door(frame, words, room, stock, room.dealer_ids) for room in site.showrooms)
    searches = tuple(_door(frame, words, room, stock, [room.slug]) for room in site.searches)
    trail = frame.top(words.language)
    total = words.text("{n} cars", n=stock.total)
    page = frame.page(
        words,
        frame.addresses(frame.links.site),
        trail,
        description=f"{frame.name} · {total}",
        styles=frame.styles("site.css"),
        image=next(iter(stock.photos.values()), None),
        data=structured.graph(structured.breadcrumb(trail)),
        sellers=(),
    )
    body = frame.render(
        "site/index.html",
        page,
        words,
        doors=doors,
        searches=searches,
        count=stock.total,
        placeholder=frame.asset("no-photo.svg"),
    )
    return Artefact.stream(frame.prefix(words.language) + "index.html", body, Kind.INDEX)


def _door(frame: Frame, words: Words, room: Showroom, stock: _Stock, keys: Collection[str]) -> Door:
    """:param keys: what the showroom's cars are counted under."""
    dealers = [frame.dealers[each] for each in keys if each in frame.dealers]
    photo = next((stock.photos[each] for each in keys if each in stock.photos), None)
    address = frame.links.at(f"{room.slug}/{frame.prefix(words.language)}")
    return Door(
        name=room.called(words.language),
        href=frame.links.href(address),
        address=address,
        towns=tuple(sorted({dealer.city for dealer in dealers if dealer.city})),
        count=sum(stock.counts[each] for each in keys),
        photo=picture(photo, frame.links) if photo else None,
    )


def _not_found(frame: Frame, words: Words) -> Artefact:
    addresses = frame.addresses(
        lambda language: frame.links.own(f"{frame.prefix(language)}404.html")
    )
    step = frame.step(words.text("Page not found"), addresses[words.language])
    trail = (*frame.top(words.language), step)
    page = frame.page(words, addresses, trail, indexed=False, sellers=())
    body = frame.render("site/404.html", page, words)
    return Artefact.stream(frame.prefix(words.language) + "404.html", body, Kind.INDEX)


def _robots(view: View) -> bytes:
    """RFC 9309. Nothing is closed: pages that want no visit say ``noindex`` themselves."""
    return f"User-agent: *\nDisallow:\n\nSitemap: {view.links.own('sitemap.xml')}\n".encode()


def _manifest(frame: Frame) -> bytes:
    """What a phone's home screen shows (W3C Web Application Manifest)."""
    home = frame.links.href(frame.links.site())
    return msgspec.json.encode(
        {
            "name": frame.name,
            "lang": frame.kit.words.locale,
            "start_url": home,
            "scope": home,
            "display": "browser",
            "icons": [{"src": frame.asset("icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
        }
    )
