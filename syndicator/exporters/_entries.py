"""The newest cars of a slice as feed readers want them, whatever the feed's format. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby, islice
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import urlsplit

import msgspec
from pydantic import Field

from syndicator.contract import ExporterOptions, Kit, View, Words
from syndicator.errors import UsageError
from syndicator.exporters._xml import records
from syndicator.facts import facts, price_text, summary, vat_text
from syndicator.links import slugify, tag
from syndicator.models import Body, FeatureCategory, Fuel, Listing, Photo

IMAGE_TYPES: Mapping[str, str] = {  # not the mimetypes module: it reads the machine's own table
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}


class FeedOptions(ExporterOptions):
    """``limit``: so many of the newest cars; ``language``: one of the site's, else its first."""

    limit: int = Field(default=200, ge=1, le=1000)
    language: Literal["", "nl", "fr", "de", "en"] = ""


class Author(msgspec.Struct, frozen=True, kw_only=True):
    """Who sells, and the address of the showroom."""

    name: str
    uri: str


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """A stable word for machines on the axis ``scheme``, and its label for people."""

    scheme: str
    term: str
    label: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One car. ``summary`` is plain text, ``content`` HTML, ``point`` latitude and longitude."""

    id: str
    title: str
    updated: datetime
    published: datetime
    address: str
    author: Author
    summary: str
    content: str
    categories: tuple[Category, ...]
    photos: tuple[Photo, ...]  # with a media type wherever it can be told
    point: str | None


class Removal(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that is no more."""

    id: str
    when: datetime


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """A feed; ``address`` is its own, ``home`` the page it stands for."""

    id: str
    title: str
    subtitle: str
    address: str
    home: str
    updated: datetime
    locale: str
    author: Author
    entries: tuple[Entry, ...]
    removals: tuple[Removal, ...]


def channel(view: View, kit: Kit, options: FeedOptions) -> Channel:
    """The newest cars of the slice and what stands around them."""
    words = _words(view, kit, options)
    name = view.showroom.name if view.showroom else view.site.title
    home = view.links.home(words.language)
    newest = islice(view.listings, options.limit)
    entries = tuple(records(newest, _Maker(view, kit, words, Author(name=name, uri=home)).entry))
    removals = tuple(
        Removal(id=_entry_id(view, each.listing), when=each.when)
        for each in islice(view.gone, options.limit)
    )
    moments = (each.updated for each in entries), (each.when for each in removals)
    return Channel(
        id=_feed_id(view, words.language),
        title=words.text("{name}: stock", name=name),
        subtitle=words.text("The newest cars of {name}", name=name),
        address=view.links.own(options.filename),
        home=home,
        updated=max((view.as_of, *moments[0], *moments[1])),
        locale=words.locale,
        author=Author(name=name, uri=home),
        entries=entries,
        removals=removals,
    )


class _Maker:
    """Makes the entries of one slice in one language."""

    def __init__(self, view: View, kit: Kit, words: Words, house: Author) -> None:
        self._view = view
        self._kit = kit
        self._words = words
        self._house = house
        self._names = {dealer.id: dealer.name for dealer in view.dealers}

    def entry(self, listing: Listing) -> Entry:
        """One listing."""
        address = self._view.links.vehicle(listing, self._words.language)
        photos = tuple(map(_told, listing.photos))
        return Entry(
            id=_entry_id(self._view, listing),
            title=listing.title,
            updated=listing.updated,
            published=listing.created,
            address=address,
            author=self._author(listing),
            summary=summary(listing, self._words),
            content=self._content(listing, address, photos[:1]),
            categories=tuple(self._categories(listing)),
            photos=photos,
            point=_point(listing),
        )

    def _author(self, listing: Listing) -> Author:
        name = self._names.get(listing.dealer_id)
        if name is None:
            return self._house
        uri = self._view.links.dealer(listing.dealer_id, self._words.language)
        return Author(name=name, uri=uri)

    def _content(self, listing: Listing, address: str, photos: tuple[Photo, ...]) -> str:
        words = self._words
        chunks = self._kit.render(
            "feeds/entry.html",
            listing=listing,
            address=address,
            photos=photos,
            price=price_text(listing, words),
            vat=vat_text(listing, words),
            facts=facts(listing, words),
            equipment=_equipment(listing),
            paragraphs=_paragraphs(listing.description or ""),
            words=words,
            text=words.text,
        )
        return b"".join(chunks).decode()

    def _categories(self, listing: Listing) -> Iterator[Category]:
        """Make, body and fuel; a closed value that is ``OTHER`` says nothing."""
        if listing.make and (term := slugify(listing.make)):
            yield self._category("make", term, listing.make)
        if listing.body not in (None, Body.OTHER):
            yield self._category("body", listing.body, self._words.label(listing.body))
        if listing.fuel not in (None, Fuel.OTHER):
            yield self._category("fuel", listing.fuel, self._words.label(listing.fuel))

    def _category(self, axis: str, term: str, label: str) -> Category:
        return Category(scheme=tag(self._view.site.authority, axis), term=term, label=label)


def _words(view: View, kit: Kit, options: FeedOptions) -> Words:
    languages = view.site.languages
    language = options.language or languages[0]
    if language not in languages:
        raise UsageError(
            f"feed {options.filename}: the site has no pages in {language!r}",
            hint=f"it has {', '.join(languages)}",
        )
    return kit.speak(language)


def _entry_id(view: View, listing: Listing) -> str:
    return tag(view.site.authority, "listing", listing.id)


def _feed_id(view: View, language: str) -> str:
    """Another language is another subscription; its cars are the same."""
    slice_ = ("showroom", view.showroom.slug) if view.showroom else ("site",)
    own = () if language == view.site.languages[0] else (language,)
    return tag(view.site.authority, *slice_, *own)


def _equipment(listing: Listing) -> list[tuple[FeatureCategory, list[str]]]:
    """Names under their category, in the order of the categories and then of the seller."""
    order = list(FeatureCategory)
    ranked = sorted(listing.features, key=lambda feature: order.index(feature.category))
    groups = groupby(ranked, key=lambda feature: feature.category)
    return [(category, [feature.name for feature in members]) for category, members in groups]


def _paragraphs(description: str) -> list[list[str]]:
    """Blank lines part paragraphs; the others stay line breaks."""
    blocks = groupby(description.splitlines(), key=lambda line: bool(line.strip()))
    return [[line.strip() for line in lines] for kept, lines in blocks if kept]


def _told(photo: Photo) -> Photo:
    """The photo, with the media type that its address tells if no more is known."""
    suffix = PurePosixPath(urlsplit(photo.url).path).suffix.lower()
    media_type = photo.media_type or IMAGE_TYPES.get(suffix)
    return msgspec.structs.replace(photo, media_type=media_type)


def _point(listing: Listing) -> str | None:
    """As GeoRSS Simple wants it: latitude, blank, longitude."""
    place = listing.place
    if place is None or place.latitude is None or place.longitude is None:
        return None
    return f"{place.latitude:f} {place.longitude:f}"
