"""JSON Feed 1.1 (jsonfeed.org/version/1.1): the cars of a slice for readers and for scripts.

What a script wants to know of a car is under ``_vehicle``, whose ``about`` names its version: the
fields of the listing by their names, with the unit in the name where there is one. What is unknown
is absent.
"""

import enum
from collections.abc import Iterator, Mapping

import msgspec

from syndicator.contract import Artefact, Kit, Place, Scope, View, Words
from syndicator.exporters._channel import Author, Channel, Entry, Filename, PagedOptions, spoken
from syndicator.exporters._stock import Page, Stock
from syndicator.exporters._xml import records
from syndicator.facts import facts
from syndicator.models import Listing, Photo

VERSION = "https://jsonfeed.org/version/1.1"
ABOUT = "urn:syndicator:jsonfeed:vehicle:1"
FIELDS = (  # of Listing; said where its data sheet says them, so never a zero that means nothing
    *("reference", "make", "model", "variant", "year", "first_registration", "mileage_km"),
    *("fuel", "engine", "power_kw", "transmission", "gears", "drive"),
    *("body", "doors", "seats", "color", "paint", "interior_color", "interior_material"),
    *("weight_kg", "previous_owners", "service_history"),
    *("co2_g_per_km", "consumption_l_per_100km", "emission_class"),
)

encode = msgspec.json.Encoder(decimal_format="number").encode


class JsonFeed:
    """JSON Feed 1.1: full entries, and the facts of each car as plain values."""

    scopes = frozenset(Scope)
    place = Place.FEEDS
    media_type = "application/feed+json"
    mark = b'"_vehicle":{'

    class Options(PagedOptions):
        """As every reader's feed."""

        filename: Filename = "feed.json"

    def __init__(self, options: Options, kit: Kit) -> None:
        self.options = options
        self.kit = kit

    def export(self, view: View) -> Iterator[Artefact]:
        """A document, and more where there are more cars than one may hold."""
        stock = Stock(view, self.kit, self.options)
        words = spoken(view, self.kit, self.options)
        icon = _icon(view, self.kit)
        for path, page in stock.pages():
            yield Artefact.stream(path, _chunks(stock, page, words, icon))


def _chunks(stock: Stock, page: Page, words: Words, icon: str | None) -> Iterator[bytes]:
    """The head, then a line per item."""
    sellers = stock.entries.sellers

    def line(listing: Listing) -> bytes:
        return stock.part(listing, lambda: item(listing), sellers.of(listing) == sellers.house)

    def item(listing: Listing) -> bytes:
        entry = stock.entries.of(listing)
        return encode(_item(entry, sellers.house, _vehicle(listing, words)))

    head = encode(_head(stock.head(page), icon))
    yield head.removesuffix(b"}") + b',"items":['
    for number, written in enumerate(records(page.listings, line)):
        yield (b",\n" if number else b"\n") + written
    yield b"\n]}\n"


def _head(channel: Channel, icon: str | None) -> dict[str, object]:
    return _known(
        version=VERSION,
        title=channel.title,
        home_page_url=channel.home,
        feed_url=channel.address,
        description=channel.subtitle,
        next_url=dict(channel.pages).get("next"),
        icon=icon,
        authors=[_author(channel.author)],
        language=channel.locale,
        hubs=[{"type": "WebSub", "url": channel.hub}] if channel.hub else None,
    )


def _item(entry: Entry, house: Author, vehicle: Mapping[str, object]) -> dict[str, object]:
    """The language is that of the feed; the author is said where it is another than the feed's."""
    return _known(
        id=entry.id,
        url=entry.address,
        title=entry.title,
        summary=entry.summary,
        content_html=entry.content,
        image=entry.photos[0].url if entry.photos else None,
        date_published=entry.published,
        date_modified=entry.updated,
        authors=[_author(entry.author)] if entry.author != house else None,
        tags=[each.label for each in entry.categories] or None,
        attachments=[_attachment(each) for each in entry.photos if each.media_type] or None,
        _vehicle=vehicle,
    )


def _author(author: Author) -> dict[str, str]:
    return {"name": author.name, "url": author.uri}


def _attachment(photo: Photo) -> dict[str, object]:
    """The format demands a media type, so a photo without a known one is none."""
    return _known(url=photo.url, mime_type=photo.media_type, size_in_bytes=photo.length_bytes)


def _vehicle(listing: Listing, words: Words) -> dict[str, object]:
    told = {fact.name for fact in facts(listing, words)}
    price, place, proof = listing.price, listing.place, listing.car_pass
    located = place and place.latitude is not None and place.longitude is not None
    return _known(
        about=ABOUT,
        price=price.amount if price else None,
        currency=price.currency if price else None,
        vat_regime=_word(listing.vat_regime),
        **{name: _word(getattr(listing, name)) for name in FIELDS if name in told},
        co2_cycle=_word(listing.co2_cycle) if "co2_g_per_km" in told else None,
        equipment=[feature.name for feature in listing.features] or None,
        car_pass_url=proof.url if proof else None,
        car_pass_number=proof.number if proof else None,
        postal_code=place.postal_code if place else None,
        city=place.city if place else None,
        latitude=place.latitude if place and located else None,
        longitude=place.longitude if place and located else None,
    )


def _word(value: object) -> object:
    """A closed value that is ``OTHER`` says nothing."""
    return None if isinstance(value, enum.Enum) and value.name == "OTHER" else value


def _known(**values: object) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _icon(view: View, kit: Kit) -> str | None:
    """The logo: the configured one, a file of ``assets/`` or an address; else the only dealer's."""
    room = view.showroom
    if room is None or room.search:
        return None
    if room.theme.logo:
        is_address = room.theme.logo.startswith("https://")
        return room.theme.logo if is_address else view.links.at(kit.asset(room.theme.logo))
    dealers = tuple(view.dealers)
    return dealers[0].logo_url if len(dealers) == 1 else None
