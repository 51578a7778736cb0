"""Meta automotive inventory: the catalogue behind vehicle ads on Facebook and Instagram.

Elements, limits and words are those of Meta's public reference ("Automotive inventory ads:
catalogue fields", developers.facebook.com/docs/marketing-api/auto-ads/reference), read in 2026.
A car without a field that Meta requires is left out and reported; no value is ever invented.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Literal

from lxml import etree
from pydantic import Field

from syndicator.contract import FormatField, Kit, Need, View
from syndicator.exporters import _xml
from syndicator.exporters._advert import SingleField, amount, body_text, car_pass, dated, label
from syndicator.exporters._portal import (
    Portal,
    PortalOptions,
    Writer,
)
from syndicator.exporters._sheet import (
    VIN,
    Identities,
    Sheet,
    table,
    word,
)
from syndicator.exporters._xml import Node, add
from syndicator.models import Body, Dealer, Drive, Fuel, Listing, Money, Transmission
from syndicator.tags import is_new
from syndicator.templating import WebAddress

BODIES: Mapping[Body, str] = {
    Body.HATCHBACK: "HATCHBACK",
    Body.SEDAN: "SEDAN",
    Body.SUV: "SUV",
    Body.WAGON: "WAGON",
    Body.CONVERTIBLE: "CONVERTIBLE",
    Body.VAN: "VAN",
    Body.COUPE: "COUPE",
    Body.OTHER: "OTHER",
}
FUELS: Mapping[Fuel, str] = {
    Fuel.PETROL: "PETROL",
    Fuel.DIESEL: "DIESEL",
    Fuel.ELECTRIC: "ELECTRIC",
    Fuel.HYBRID: "HYBRID",
    Fuel.LPG: "OTHER",
    Fuel.CNG: "OTHER",
    Fuel.OTHER: "OTHER",
}
TRANSMISSIONS: Mapping[Transmission, str | None] = {
    Transmission.MANUAL: "MANUAL",
    Transmission.AUTOMATIC: "AUTOMATIC",
    Transmission.SEMI_AUTOMATIC: "OTHER",
    Transmission.OTHER: None,
}
DRIVES: Mapping[Drive, str | None] = {
    Drive.FWD: "FWD",
    Drive.RWD: "RWD",
    Drive.AWD: "AWD",
    Drive.FOUR_WD: "AWD",  # references disagree on the word for four-wheel drive
    Drive.OTHER: None,
}
MOST_ID_CHARACTERS = 100
MOST_DESCRIPTION_CHARACTERS = 5000
BODY_STYLES = (
    *("CONVERTIBLE", "COUPE", "CROSSOVER", "ESTATE", "GRANDTOURER", "HATCHBACK", "MINIBUS"),
    *("MINIVAN", "MPV", "PICKUP", "ROADSTER", "SALOON", "SEDAN", "SMALL_CAR", "SPORTSCAR"),
    *("SUPERCAR", "SUPERMINI", "SUV", "TRUCK", "VAN", "WAGON", "OTHER", "NONE"),
)
FUEL_TYPES = (
    *("DIESEL", "ELECTRIC", "FLEX", "GASOLINE", "HYBRID", "PETROL", "PLUGIN_HYBRID"),
    *("OTHER", "NONE"),
)
PRIVACY = "dealer_privacy_policy_url"
IMPRINT = "legal_disclosure_impressum_url"

FIELDS = table(
    FormatField(name="vehicle_id", need=Need.REQUIRED, source="reference", most=MOST_ID_CHARACTERS),
    FormatField(name="title", need=Need.REQUIRED, source="title"),
    FormatField(
        name="description",
        need=Need.REQUIRED,
        source="description",
        most=MOST_DESCRIPTION_CHARACTERS,
        cuts=True,
    ),
    FormatField(name="url", need=Need.REQUIRED, source="reference", note="on the dealer's domain"),
    FormatField(name="make", need=Need.REQUIRED, source="make"),
    FormatField(name="model", need=Need.REQUIRED, source="model"),
    FormatField(name="year", need=Need.REQUIRED, source="year", form=r"\d{4}"),
    FormatField(name="mileage", need=Need.REQUIRED, source="mileage_km", note="value and unit KM"),
    FormatField(
        name="image", need=Need.REQUIRED, source="photos", many=20, note="url and tag, each"
    ),
    FormatField(name="body_style", need=Need.REQUIRED, source="body", words=BODY_STYLES),
    FormatField(
        name="transmission",
        need=Need.RECOMMENDED,
        source="transmission",
        words=("AUTOMATIC", "MANUAL", "OTHER", "NONE"),
    ),
    FormatField(name="fuel_type", need=Need.RECOMMENDED, source="fuel", words=FUEL_TYPES),
    FormatField(name="drivetrain", source="drive", words=("FWD", "RWD", "AWD", "OTHER", "NONE")),
    FormatField(
        name="vin",
        need=Need.RECOMMENDED,
        source="vin",
        form=VIN.pattern,
        note="required in one page of the reference, optional in the newer",
    ),
    FormatField(name="exterior_color", need=Need.REQUIRED, source="color"),
    FormatField(name="interior_color", source="interior_color"),
    FormatField(name="state_of_vehicle", need=Need.REQUIRED, words=("NEW", "USED", "CPO")),
    FormatField(
        name="price",
        need=Need.REQUIRED,
        source="price",
        form=r"(?!0+(\.0+)? )\d+(\.\d\d)? [A-Z]{3}",
        note="above 0: 17450 EUR",
    ),
    FormatField(name="availability", words=("AVAILABLE", "NOT_AVAILABLE", "PENDING", "UNKNOWN")),
    FormatField(name="trim", source="variant", most=50, cuts=True),
    FormatField(name="vehicle_type", words=("CAR_TRUCK",)),
    FormatField(name="date_first_on_lot", form=r"\d{4}-\d\d-\d\d"),
    FormatField(name="address", need=Need.REQUIRED, source="place", note="the dealer's, else its"),
    FormatField(name="latitude", need=Need.RECOMMENDED, source="place"),
    FormatField(name="longitude", source="place"),
    FormatField(name="dealer_id"),
    FormatField(name="dealer_name"),
    FormatField(name="dealer_phone"),
    FormatField(name="dealer_communication_channel", words=("CHAT", "LEAD_FORM"), note="option"),
    FormatField(name=PRIVACY, note="option, for lead forms"),
    FormatField(name=IMPRINT, note="option, for lead forms"),
    FormatField(name="fb_page_id", form=r"\d+", note="option"),
    *(FormatField(name=f"custom_label_{n}", most=100, cuts=True, note="option") for n in range(5)),
)


class Meta(Portal):
    """For Facebook and Instagram: each car that has all that Meta requires."""

    title = "Meta"
    mark = b"<listing>"
    fields = FIELDS

    class Options(PortalOptions):
        """``id``: what ``vehicle_id`` is; it must equal the id that the site's pixel sends.

        ``custom_labels`` are up to five fields of the listing, for product sets: ``vat_regime``.
        """

        filename: str = "meta.xml"
        id: Literal["reference", "listing"] = "reference"
        communication_channel: Literal["", "CHAT", "LEAD_FORM"] = ""
        privacy_url: WebAddress = ""
        imprint_url: WebAddress = ""
        page_id: str = Field(default="", pattern=r"^\d*$", description="of the Facebook page")
        custom_labels: tuple[SingleField, ...] = Field(default=(), max_length=5)

    def document(self, view: View) -> Iterator[bytes]:
        """Title and link of the feed, then the cars."""
        return _xml.document("listings", chain(self._head(view), self.sent(view)))

    def writer(self, view: View) -> Writer:
        """Fills one sheet."""
        return _Writer(view, self.kit, self.options)

    def written(self, sheet: Sheet) -> bytes:
        """One car."""
        return _xml.part(sheet.node("listing"))

    def _head(self, view: View) -> Iterator[Node]:
        name = view.showroom.called(self.kit.words.language) if view.showroom else view.site.title
        title = etree.Element("title")
        title.text = self.kit.words.text("{name}: stock", name=name)
        yield title
        yield etree.Element("link", rel="self", href=view.links.own(self.options.filename))


class _Writer:
    """Turns the listings of one view into Meta's values."""

    def __init__(self, view: View, kit: Kit, options: Meta.Options) -> None:
        self._links = view.links
        self._words = kit.words
        self._options = options
        self._dealers = {dealer.id: dealer for dealer in view.dealers}
        self._identities = Identities(view.listings, MOST_ID_CHARACTERS)

    def others(self, listing: Listing) -> object:
        """Whether its reference is its own."""
        return self._identities.serves(listing)

    def fill(self, listing: Listing, sheet: Sheet) -> None:
        """Every documented element that the listing can fill, in the document's order."""
        dealer = self._dealers.get(listing.dealer_id)
        place = listing.place
        located = place and place.latitude is not None and place.longitude is not None
        if self._options.id == "listing":
            sheet.put("vehicle_id", listing.id)
        else:
            self._identities.put(sheet, "vehicle_id", listing)
        sheet.put("title", listing.title)
        sheet.put("description", body_text(listing, self._words), tail=car_pass(listing))
        sheet.put("url", self._links.landing(listing, self._words.language))
        sheet.put("make", listing.make)
        sheet.put("model", listing.model)
        sheet.put("year", f"{listing.year:04}" if listing.year is not None else None)
        sheet.put("mileage", _mileage(listing))
        sheet.put_all("image", [_image(photo.url) for photo in listing.photos])
        sheet.put("body_style", word(BODIES, listing.body))
        sheet.put("transmission", word(TRANSMISSIONS, listing.transmission))
        sheet.put("fuel_type", word(FUELS, listing.fuel))
        sheet.put("drivetrain", word(DRIVES, listing.drive))
        sheet.put("vin", listing.vin)
        sheet.put("exterior_color", listing.color)
        sheet.put("interior_color", listing.interior_color)
        sheet.put("state_of_vehicle", "NEW" if is_new(listing) else "USED")
        sheet.put("price", _price(listing.price))
        sheet.put("availability", "AVAILABLE")
        sheet.put("trim", listing.variant)
        sheet.put("vehicle_type", "CAR_TRUCK")
        sheet.put("date_first_on_lot", _day(listing.created))
        sheet.put("address", _address(listing, dealer))
        sheet.put("latitude", f"{place.latitude:f}" if place and located else None)
        sheet.put("longitude", f"{place.longitude:f}" if place and located else None)
        sheet.put("dealer_id", (dealer.location_code or dealer.id) if dealer else None)
        sheet.put("dealer_name", dealer.name if dealer else None)
        sheet.put("dealer_phone", dealer.phone if dealer else None)
        sheet.put("dealer_communication_channel", self._options.communication_channel)
        sheet.put(PRIVACY, self._options.privacy_url)
        sheet.put(IMPRINT, self._options.imprint_url)
        sheet.put("fb_page_id", self._options.page_id)
        for number, field in enumerate(self._options.custom_labels):
            sheet.put(f"custom_label_{number}", label(listing, field))


def _mileage(listing: Listing) -> Node | None:
    if listing.mileage_km is None:
        return None
    node = etree.Element("mileage")
    add(node, "value", listing.mileage_km)
    add(node, "unit", "KM")
    return node


def _day(when: datetime) -> str | None:
    return when.date().isoformat() if dated(when) else None


def _image(address: str) -> Node:
    node = etree.Element("image")
    add(node, "url", address)
    add(node, "tag", "Photo")  # free text; what a picture shows is not known
    return node


def _price(price: Money | None) -> str | None:
    if price is None:
        return None
    return f"{amount(price).removesuffix('.00')} {price.currency}"


def _address(listing: Listing, dealer: Dealer | None) -> Node | None:
    """The dealer's, where buyers go; else the place of the car."""
    for where in (dealer, listing.place):
        if where and where.city and where.province and where.postal_code:
            node = etree.Element("address", format="simple")
            components = {
                "addr1": where.address if isinstance(where, Dealer) else None,
                "city": where.city,
                "region": where.province,
                "postal_code": where.postal_code,
                "country": "BE",
            }
            for name, text in components.items():
                add(node, "component", text, name=name)
            return node
    return None
