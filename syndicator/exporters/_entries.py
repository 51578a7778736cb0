"""The cars of a slice as feed readers want them, whatever the feed's format. Pure."""

import hashlib
from collections.abc import Iterator
from itertools import groupby

import msgspec

from syndicator.contract import Kit, View, Words
from syndicator.exporters._channel import Category, Entry, Sellers
from syndicator.facts import facts, price_text, summary, vat_text
from syndicator.links import slugify, tag
from syndicator.models import Body, FeatureCategory, Fuel, Listing, Photo
from syndicator.templating import told


class Entries:
    """Makes the entries of one slice in one language."""

    def __init__(self, view: View, kit: Kit, words: Words) -> None:
        self._view = view
        self._kit = kit
        self._words = words
        self.sellers = Sellers(view, words)

    def of(self, listing: Listing) -> Entry:
        """One listing."""
        address = self._view.links.entry(listing, self._words.language)
        photos = tuple(map(told, listing.photos))
        key = self._key(listing, address)
        return Entry(
            id=entry_id(self._view, listing),
            title=listing.title,
            updated=listing.updated,
            published=listing.created,
            address=address,
            author=self.sellers.of(listing),
            summary=self._kit.recall(b"summary" + key, lambda: summary(listing, self._words)),
            content=self._kit.recall(
                b"content" + key, lambda: self._content(listing, address, photos[:1])
            ),
            categories=tuple(self._categories(listing)),
            photos=photos,
            point=_point(listing),
        )

    def _key(self, listing: Listing, address: str) -> bytes:
        """Of all that an entry's texts say: feeds in several formats have them in common."""
        said = msgspec.msgpack.encode((self._words.language, address, listing))
        return hashlib.blake2b(said, digest_size=16).digest()

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


def entry_id(view: View, listing: Listing) -> str:
    """The same in every feed of the site, whatever becomes of the car."""
    return tag(view.site.authority, "listing", listing.id)


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


def _point(listing: Listing) -> str | None:
    """As GeoRSS Simple wants it: latitude, blank, longitude."""
    place = listing.place
    if place is None or place.latitude is None or place.longitude is None:
        return None
    return f"{place.latitude:f} {place.longitude:f}"
