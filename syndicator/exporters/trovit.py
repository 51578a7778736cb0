"""Trovit and Mitula (LIFULL Connect): the cars document that many small aggregators copied.

Elements are those of Trovit's public page (corporate.trovit.com/feed-za-cars), read in 2026; which
of them are required stands there, the spelling of the optional ones is known from others' feeds
only. Texts are free, so they are words of the feed's language.
"""

from collections.abc import Iterator

from lxml import etree

from syndicator.contract import FormatField, Kit, Need, View
from syndicator.exporters import _advert, _xml
from syndicator.exporters._clean import without_contacts
from syndicator.exporters._portal import (
    Portal,
    PortalOptions,
    Writer,
)
from syndicator.exporters._sheet import (
    Identities,
    Sheet,
    table,
)
from syndicator.exporters._xml import Node, add
from syndicator.facts import facts
from syndicator.models import Dealer, Listing, Place
from syndicator.units import plain, whole

LEAST_CONTENT_CHARACTERS = 30
MOST_ID_CHARACTERS = 255  # not documented: a caution

FIELDS = table(
    FormatField(name="id", need=Need.REQUIRED, source="reference", most=MOST_ID_CHARACTERS),
    FormatField(name="url", need=Need.REQUIRED, source="reference"),
    FormatField(
        name="title", need=Need.REQUIRED, source="title", note="without addresses or numbers"
    ),
    FormatField(
        name="content",
        need=Need.REQUIRED,
        source="description",
        form=rf"(?s).{{{LEAST_CONTENT_CHARACTERS},}}",
        note="the facts follow where the text is short",
    ),
    FormatField(name="price", source="price", form=r"[1-9]\d*", note="whole euro, above 0"),
    FormatField(name="make", source="make"),
    FormatField(name="model", source="model"),
    FormatField(name="color", source="color"),
    FormatField(name="mileage", source="mileage_km", form=r"\d+", note="km"),
    FormatField(name="doors", source="doors", form=r"[1-9]\d*"),
    FormatField(name="fuel", source="fuel"),
    FormatField(name="transmission", source="transmission"),
    FormatField(name="power", source="power_kw", note="whole kW, with a unit"),
    FormatField(name="seats", source="seats", form=r"[1-9]\d*"),
    FormatField(name="gears", source="gears", form=r"[1-9]\d*"),
    FormatField(name="year", source="year", form=r"\d{4}"),
    FormatField(name="car_type", source="body"),
    FormatField(name="warranty", source="warranty_months", form=r"[1-9]\d*", note="months"),
    FormatField(name="address", note="of the dealer"),
    FormatField(name="city", source="place"),
    FormatField(name="postcode", source="place"),
    FormatField(name="region", source="place", note="the province"),
    FormatField(name="latitude", source="place"),
    FormatField(name="longitude", source="place"),
    FormatField(name="pictures", source="photos", note="picture, with picture_url and its title"),
    FormatField(name="date", form=r"\d\d/\d\d/\d{4}", note="of the last change, in UTC"),
)


class Trovit(Portal):
    """For Trovit and its kin: each car with a title, an address and a text."""

    title = "Trovit"
    mark = b"<ad>"
    fields = FIELDS

    class Options(PortalOptions):
        """``limit``: so many of the newest cars at most."""

        filename: str = "trovit.xml"

    def document(self, view: View) -> Iterator[bytes]:
        """The cars."""
        return _xml.document("trovit", self.sent(view))

    def writer(self, view: View) -> Writer:
        """Fills one sheet."""
        return _Writer(view, self.kit)

    def written(self, sheet: Sheet) -> bytes:
        """One car."""
        return _xml.part(sheet.node("ad"))


class _Writer:
    """Turns the listings of one view into Trovit's values."""

    def __init__(self, view: View, kit: Kit) -> None:
        self._links = view.links
        self._words = kit.words
        self._dealers = {dealer.id: dealer for dealer in view.dealers}
        self._identities = Identities(view.listings, MOST_ID_CHARACTERS)

    def others(self, listing: Listing) -> object:
        """Whether its reference is its own."""
        return self._identities.serves(listing)

    def fill(self, listing: Listing, sheet: Sheet) -> None:
        """Every element that the listing can fill, in the order of the table."""
        known = {fact.name: fact.value for fact in facts(listing, self._words)}
        year = f"{listing.year:04}" if listing.year is not None else None
        self._identities.put(sheet, "id", listing)
        sheet.put("url", self._links.landing(listing, self._words.language))
        sheet.put("title", without_contacts(listing.title))
        sheet.put("content", self._content(listing))
        sheet.put("price", _price(listing))
        sheet.put("make", listing.make)
        sheet.put("model", listing.model)
        sheet.put("color", known.get("color"))
        sheet.put("mileage", _number(listing.mileage_km))
        sheet.put("doors", _number(listing.doors or None))
        sheet.put("fuel", _said(listing, "fuel", known.get("fuel")))
        sheet.put("transmission", _said(listing, "transmission", known.get("transmission")))
        sheet.put("power", _power(listing))
        sheet.put("seats", _number(listing.seats or None))
        sheet.put("gears", _number(listing.gears or None))
        sheet.put("year", year)
        sheet.put("car_type", _said(listing, "body", known.get("body")))
        sheet.put("warranty", _number(listing.warranty_months) if "warranty" in known else None)
        self._put_place(listing, sheet)
        sheet.put("pictures", _pictures(listing))
        sheet.put("date", _day(listing))

    def _content(self, listing: Listing) -> str:
        """The seller's text, with the facts where it says little, and the Car-Pass."""
        content = listing.description or ""
        if len(content) < LEAST_CONTENT_CHARACTERS:
            content = f"{content}\n{_advert.fact_text(listing, self._words)}"
        return (content + _advert.car_pass(listing)).strip()

    def _put_place(self, listing: Listing, sheet: Sheet) -> None:
        """The dealer's address, where buyers go; else the place of the car."""
        dealer = self._dealers.get(listing.dealer_id)
        where = dealer if dealer and dealer.city else listing.place
        sheet.put("address", where.address if isinstance(where, Dealer) else None)
        sheet.put("city", where.city if where else None)
        sheet.put("postcode", where.postal_code if where else None)
        sheet.put("region", where.province if where else None)
        latitude, longitude = _coordinates(listing.place)
        sheet.put("latitude", latitude)
        sheet.put("longitude", longitude)


def _said(listing: Listing, field: str, word: str | None) -> str | None:
    """The word for a closed value; for one outside it only the seller's own serves."""
    member = getattr(listing, field)
    is_other = member is not None and member.name == "OTHER"
    return None if is_other and field not in listing.originals else word


def _number(number: int | None) -> str | None:
    return None if number is None else str(number)


def _price(listing: Listing) -> str | None:
    """Whole euro, a half upwards; a price in another currency would be misread."""
    price = listing.price
    return str(whole(price.amount)) if price and price.currency == "EUR" else None


def _power(listing: Listing) -> Node | None:
    if not listing.power_kw:
        return None
    node = etree.Element("power", unit="kW")
    node.text = str(whole(listing.power_kw))
    return node


def _coordinates(place: Place | None) -> tuple[str | None, str | None]:
    if place is None or place.latitude is None or place.longitude is None:
        return None, None
    return plain(place.latitude), plain(place.longitude)


def _pictures(listing: Listing) -> Node | None:
    if not listing.photos:
        return None
    node = etree.Element("pictures")
    for photo in listing.photos:
        picture = etree.SubElement(node, "picture")
        add(picture, "picture_url", photo.url)
        add(picture, "picture_title", listing.name)
    return node


def _day(listing: Listing) -> str | None:
    return f"{listing.updated:%d/%m/%Y}" if _advert.dated(listing.updated) else None
