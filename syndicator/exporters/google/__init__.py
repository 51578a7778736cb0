"""Google vehicle ads: an RSS 2.0 document for Merchant Center, and the file of stores beside it.

The account must be opened for vehicle ads in one of the countries of the table; Belgium was not
among them when this was written. What is required depends on that country.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit, urlunsplit

from lxml import etree
from pydantic import BeforeValidator, Field, model_validator

from syndicator.contract import Artefact, Kit, Need, View
from syndicator.exporters import _advert, _xml
from syndicator.exporters._portal import (
    Portal,
    PortalOptions,
    Writer,
)
from syndicator.exporters._sheet import (
    FEWER,
    Identities,
    Sheet,
    vin_of,
    word,
)
from syndicator.exporters._xml import Node
from syndicator.exporters.google import stores
from syndicator.exporters.google.fields import (
    BODIES,
    EMISSIONS,
    ENGINES,
    FIELDS,
    IMAGE_KINDS,
    MOST_ID_CHARACTERS,
    MOST_OPTION_CHARACTERS,
    MOST_OPTIONS,
    PLUG_IN,
    REQUIRED_IN,
    WITHOUT_SOURCE,
    Country,
    demanded,
)
from syndicator.facts import euro_norm, is_electric
from syndicator.mistakes import wrong
from syndicator.models import Body, Co2Cycle, Fuel, Listing
from syndicator.tags import Condition, condition, is_new
from syndicator.units import plain

NAMESPACE = "http://base.google.com/ns/1.0"
G = f"{{{NAMESPACE}}}"
PREFIXES = {"g": NAMESPACE}
CARS = "916"  # Vehicles & Parts > Vehicles > Motor Vehicles > Cars, Trucks & Vans
PLUG_IN_WORDS = re.compile(r"\b(phev|plug-?\s?in)\b", re.IGNORECASE)

DAMAGED = "The car is damaged: {portal} takes none that are."
VAN = "The car is a van: {portal} takes vans for passengers only (setting van of this feed)."
NO_SOURCE = "{portal} requires {attribute} for this car in {country}, and nobody states it."
VIN_TWICE = (
    "{what} is that of several cars: {portal} takes each once, so none of them has it there."
)
REASONS = (DAMAGED, VAN, NO_SOURCE, VIN_TWICE)


def _open(value: Any) -> Any:
    if value == "BE":
        raise wrong(
            "Belgium was not open to vehicle ads when this was written",
            "name the country that the Merchant Center account is for: DE, FR, NL, ...",
        )
    return value


class Google(Portal):
    """Google vehicle ads, where they are open: not in Belgium when this was written.

    Beside the cars it writes the store file, named after the main document: ``google-stores.tsv``.
    """

    title = "Google"
    mark = b"<item>"
    fields = FIELDS

    class Options(PortalOptions):
        """``stores``: location code to store code, where they differ."""

        filename: str = "google.xml"
        country: Annotated[Country, BeforeValidator(_open)] = Field(
            description="that the account is for; Belgium was not open when this was written"
        )
        stores: dict[str, str] = Field(default={}, description="location code to store code")
        store_parameter: str = Field(
            default="store", pattern=r"^[A-Za-z0-9_-]+$", description="of links, for the store code"
        )
        with_vin: bool = Field(default=False, description="send chassis numbers")
        detect_plug_in: bool = Field(
            default=False, description="a hybrid with PHEV or plug-in in its texts is one"
        )
        van: Literal["leave-out", "minivan", "full size van"] = "leave-out"
        price_type: Literal[
            "",
            "all_in_price",
            "drive_away_price",
            "estimated_drive_away_price",
            "excluding_government_charges_price",
        ] = ""
        custom_labels: tuple[_advert.SingleField, ...] = Field(default=(), max_length=5)

        @model_validator(mode="after")
        def _complete(self) -> Self:
            if not self.with_vin and self.country in REQUIRED_IN["vin"]:
                raise wrong(f"no car is taken without its VIN in {self.country}", "with_vin = true")
            if not self.price_type and self.country in REQUIRED_IN["vehicle_price_type"]:
                raise wrong(f"no car is taken without price_type in {self.country}")
            return self

    def export(self, view: View) -> Iterator[Artefact]:
        """The cars, and their stores."""
        yield from super().export(view)
        lines = stores.rows(view, self.options.stores)
        stem = self.options.filename.removesuffix(".xml")
        yield Artefact.stream(f"{stem}-stores.tsv", stores.table(lines))

    def document(self, view: View) -> Iterator[bytes]:
        """The channel's head, then the cars."""
        return _xml.rss(chain(self._head(view), self.sent(view)), PREFIXES)

    def writer(self, view: View) -> Writer:
        """Fills one sheet."""
        return _Writer(view, self.kit, self.options)

    def written(self, sheet: Sheet) -> bytes:
        """One car."""
        return _xml.part(sheet.node("item", G), level=2, prefixes=PREFIXES)

    def _head(self, view: View) -> Iterator[Node]:
        words = self.kit.words
        name = view.showroom.called(words.language) if view.showroom else view.site.title
        texts = {
            "title": words.text("{name}: stock", name=name),
            "link": view.links.home(words.language),
            "description": words.text("The cars that {name} has for sale", name=name),
        }
        for element, text in texts.items():
            node = etree.Element(element)
            node.text = text
            yield node


class _Writer:
    """Turns the listings of one view into Google's values."""

    def __init__(self, view: View, kit: Kit, options: Google.Options) -> None:
        self._links = view.links
        self._words = kit.words
        self._options = options
        self._dealers = {dealer.id: dealer for dealer in view.dealers}
        self._identities = Identities(view.listings, MOST_ID_CHARACTERS)
        self._repeated_vins = _repeated_vins(view) if options.with_vin else frozenset[str]()

    def others(self, listing: Listing) -> object:
        """Whether its reference and its chassis number are its own."""
        return self._identities.serves(listing), listing.vin in self._repeated_vins

    def fill(self, listing: Listing, sheet: Sheet) -> None:
        """Every attribute that the listing can fill, in the order of the table."""
        needs = dict.fromkeys(demanded(self._options.country, new=is_new(listing)), Need.REQUIRED)
        self._refuse(listing, sheet, needs)
        self._identities.put(sheet, "id", listing)
        sheet.put("google_product_category", CARS)
        self._put_store(listing, sheet)
        sheet.put("title", listing.title)
        told = _advert.body_text(listing, self._words)
        sheet.put("description", told, tail=_advert.car_pass(listing))
        self._put_links(listing, sheet)
        self._put_photos(listing, sheet)
        sheet.put("price", _price(listing))
        price_type = self._options.price_type
        sheet.put("vehicle_price_type", price_type, need=needs.get("vehicle_price_type"))
        sheet.put("condition", "new" if is_new(listing) else "used")
        self._put_car(listing, sheet, needs)
        self._put_energy(listing, sheet, needs)
        self._put_features(listing, sheet)
        for number, field in enumerate(self._options.custom_labels):
            sheet.put(f"custom_label_{number}", _advert.label(listing, field))

    def _refuse(self, listing: Listing, sheet: Sheet, needs: Mapping[str, Need]) -> None:
        """Cars of a kind that is not taken, and cars that a country wants more of than is known."""
        if condition(listing) is Condition.DAMAGED:
            sheet.leave_out(DAMAGED, "conditions")
        if listing.body is Body.VAN and self._options.van == "leave-out":
            sheet.leave_out(VAN, "body", "body_style")
        charged = self._engine(listing) in (ENGINES[Fuel.ELECTRIC], PLUG_IN)
        for name in WITHOUT_SOURCE:
            if name in needs and (charged or name != "energy_consumption"):
                sheet.leave_out(
                    NO_SOURCE, field=name, attribute=name, country=self._options.country
                )

    def _put_store(self, listing: Listing, sheet: Sheet) -> None:
        dealer = self._dealers.get(listing.dealer_id)
        code = stores.store_code(dealer, self._options.stores) if dealer else None
        sheet.put("vehicle_fulfillment", _fulfilment(code) if code else None)
        sheet.put("store_code", code)

    def _put_links(self, listing: Listing, sheet: Sheet) -> None:
        link = self._links.landing(listing, self._words.language)
        sheet.put("link", link)
        parameter = f"{self._options.store_parameter}={{store_code}}"  # stays literal: Google's own
        sheet.put("link_template", _with_parameter(link, parameter) if link else None)

    def _put_photos(self, listing: Listing, sheet: Sheet) -> None:
        field = "image_link"
        urls = _advert.photo_urls(sheet, field, listing, IMAGE_KINDS, required=True)
        if urls or not listing.photos:
            sheet.put_all(field, urls[:1])
        sheet.put_all("additional_image_link", urls[1:])

    def _put_car(self, listing: Listing, sheet: Sheet, needs: Mapping[str, Need]) -> None:
        year = f"{listing.year:04}" if listing.year is not None else None
        mileage = f"{listing.mileage_km} km" if listing.mileage_km is not None else None
        first = (listing.first_registration or "")[: len("2020-09")]
        van = None if self._options.van == "leave-out" else self._options.van
        sheet.put("brand", listing.make)
        sheet.put("model", listing.model)
        sheet.put("trim", listing.variant)
        sheet.put("year", year, need=needs.get("year"))
        sheet.put("mileage", mileage)
        sheet.put("color", listing.color)
        self._put_vin(listing, sheet, needs)
        sheet.put("date_first_registered", first, need=needs.get("date_first_registered"))
        sheet.put("engine", self._engine(listing), need=needs.get("engine"))
        sheet.put("body_style", van if listing.body is Body.VAN else word(BODIES, listing.body))

    def _put_vin(self, listing: Listing, sheet: Sheet, needs: Mapping[str, Need]) -> None:
        if not self._options.with_vin:
            return
        if listing.vin in self._repeated_vins:
            report = sheet.leave_out if "vin" in needs else sheet.impoverish
            report(VIN_TWICE, "vin", "vin")
        else:
            sheet.put("vin", listing.vin, need=needs.get("vin"))

    def _put_energy(self, listing: Listing, sheet: Sheet, needs: Mapping[str, Need]) -> None:
        electric = is_electric(listing)
        consumption = None if electric else _consumption(listing.consumption_l_per_100km)
        needed = None if electric else needs.get("fuel_consumption")
        norm = euro_norm(listing.emission_class) if listing.emission_class else ""
        standard = "zero_emissions" if electric else EMISSIONS.get(norm)
        sheet.put("co2_emissions", _co2(listing), need=needs.get("co2_emissions"))
        sheet.put("fuel_consumption", consumption, need=needed)
        sheet.put("emissions_standard", standard, need=needs.get("emissions_standard"))

    def _put_features(self, listing: Listing, sheet: Sheet) -> None:
        names = (" ".join(each.name.replace(",", " ").split()) for each in listing.features)
        fit = [name for name in names if 0 < len(name) <= MOST_OPTION_CHARACTERS]
        if len(fit) > MOST_OPTIONS:
            sheet.impoverish(FEWER, "features", "vehicle_option", n=MOST_OPTIONS)
        sheet.put("vehicle_option", ",".join(fit[:MOST_OPTIONS]))

    def _engine(self, listing: Listing) -> str | None:
        texts = (listing.variant, listing.engine, listing.title)
        told = any(PLUG_IN_WORDS.search(each or "") for each in texts)
        if told and self._options.detect_plug_in and listing.fuel is Fuel.HYBRID:
            return PLUG_IN
        return word(ENGINES, listing.fuel)


def _repeated_vins(view: View) -> frozenset[str]:
    """Chassis numbers of more than one car of the view."""
    seen: set[str] = set()
    repeated: set[str] = set()
    for listing in view.listings:
        if vin := vin_of(listing):
            (repeated if vin in seen else seen).add(vin)
    return frozenset(repeated)


def _fulfilment(code: str) -> Node:
    node = etree.Element(f"{G}vehicle_fulfillment")
    _xml.add(node, f"{G}option", "in_store")
    _xml.add(node, f"{G}store_code", code)
    return node


def _with_parameter(link: str, parameter: str) -> str:
    parts = urlsplit(link)
    query = f"{parts.query}&{parameter}" if parts.query else parameter
    return urlunsplit(parts._replace(query=query))


def _price(listing: Listing) -> str | None:
    price = listing.price
    return f"{_advert.amount(price)} {price.currency}" if price else None


def _co2(listing: Listing) -> str | None:
    """By WLTP for new cars; zero is a figure of electric cars only."""
    grams = listing.co2_g_per_km
    if grams is None or (grams == 0) is not is_electric(listing):
        return None
    if grams and is_new(listing) and listing.co2_cycle is not Co2Cycle.WLTP:
        return None
    return f"{grams} g/km"


def _consumption(litres: Decimal | None) -> str | None:
    return f"{plain(litres)} l/100km" if litres else None
