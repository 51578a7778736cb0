"""Our own marketplace XML: all that is known of the cars and their sellers, one file for any hub.

The schema is ``schemas/vehicles-1.xsd``; version 1 changes in no way that could break a reader.
The file is the whole stock: what is not in it is not for sale. What is unknown is absent, never
zero or empty. A closed value outside its list is ``other``, with the seller's word as ``original``.

Of what the API tells, these stay out. The model does not keep ``images[].position`` and
``mainImageUrl`` (the order of the photos says both), a price of nought (it means "on request"),
the single ``condition`` of the API before June 2026 (it is one of the tags), the HTML of title and
description, and what the gate cannot use, which it counts. Kept but withheld are a dealer's
``metadata`` and counts of listings, which nobody vouches to be public; ``email`` is told on
request.
"""

from collections.abc import Iterator, Mapping
from importlib import resources
from itertools import chain

from lxml import etree
from pydantic import Field

from syndicator.contract import Artefact, Kit, Place, Scope, StockOptions, View
from syndicator.exporters import _xml
from syndicator.exporters._parts import Parts
from syndicator.exporters._xml import Node, add, known
from syndicator.models import CarPass, Dealer, Listing, ParentRef, Photo, PricePoint, Seller
from syndicator.models import Place as Where

NAMESPACE = "urn:syndicator:vehicles:1"
SCHEMA = "schemas/vehicles-1.xsd"

FIELDS: tuple[tuple[str, str], ...] = (  # element and field of Listing, in the schema's order
    ("vatRegime", "vat_regime"),
    ("make", "make"),
    ("model", "model"),
    ("variant", "variant"),
    ("year", "year"),
    ("firstRegistration", "first_registration"),
    ("mileage", "mileage_km"),
    ("fuel", "fuel"),
    ("transmission", "transmission"),
    ("gears", "gears"),
    ("body", "body"),
    ("drive", "drive"),
    ("engine", "engine"),
    ("power", "power_kw"),
    ("doors", "doors"),
    ("seats", "seats"),
    ("weight", "weight_kg"),
    ("color", "color"),
    ("paint", "paint"),
    ("interiorColor", "interior_color"),
    ("interiorMaterial", "interior_material"),
    ("previousOwners", "previous_owners"),
    ("serviceHistory", "service_history"),
    ("warranty", "warranty"),
    ("warrantyMonths", "warranty_months"),
    ("co2", "co2_g_per_km"),
    ("co2Cycle", "co2_cycle"),
    ("emissionClass", "emission_class"),
    ("consumption", "consumption_l_per_100km"),
)
UNITS: Mapping[str, str] = {
    "mileage": "km",
    "power": "kW",
    "weight": "kg",
    "co2": "g/km",
    "consumption": "l/100km",
}
WITHHELD = frozenset({"metadata", "stats"})  # of Dealer: nobody vouches that they are public


def schema() -> bytes:
    """The XML Schema that every document of this exporter follows."""
    return resources.files(__package__).joinpath(SCHEMA).read_bytes()


class Vehicles:
    """Neutral XML for any hub: all that is known of the cars and their sellers."""

    scopes = frozenset({Scope.SHOWROOM, Scope.SITE})
    place = Place.FEEDS
    media_type = "application/xml"
    mark = b"<vehicle "

    class Options(StockOptions):
        """``with_email``, ``with_vin``: whether data that may be personal is published."""

        filename: str = "vehicles.xml"
        with_email: bool = Field(default=False, description="the e-mail addresses of dealers")
        with_vin: bool = Field(default=True, description="chassis numbers")
        with_price_history: bool = Field(default=False, description="every price a car has had")

    def __init__(self, options: Options, kit: Kit) -> None:
        self.options = options
        self.kit = kit

    def export(self, view: View) -> Iterator[Artefact]:
        """One document."""
        body = _xml.document(
            "vehicleFeed",
            chain(self._dealers(view), self._vehicles(view)),
            namespace=NAMESPACE,
            attributes=known(version="1.0", asOf=view.as_of, complete=True),
        )
        yield Artefact.stream(self.options.filename, body)

    def _dealers(self, view: View) -> Iterator[Node]:
        sellers = {room.slug: room.seller for room in view.site.showrooms}
        for dealer in view.dealers:
            node = _dealer(dealer, with_email=self.options.with_email)
            slug = view.links.dealers.get(dealer.id)
            if slug is not None:
                add(node, "showroomUrl", view.links.dealer(dealer.id))
                _add_particulars(node, sellers.get(slug, Seller()))
            yield node

    def _vehicles(self, view: View) -> Iterator[bytes]:
        language = self.options.language or None
        parts = Parts(view, self.kit, self.options.language)
        has_history = self.options.with_price_history

        def vehicle(listing: Listing) -> bytes:
            points = tuple(view.prices.get(listing.id, ())) if has_history else ()

            def make() -> bytes:
                address = view.links.entry(listing, language)
                node = _vehicle(listing, address, with_vin=self.options.with_vin)
                node.extend(map(_price_change, points))
                return _xml.part(node)

            return parts.of(listing, make, *points)

        return _xml.records(view.listings, vehicle)


def _dealer(dealer: Dealer, *, with_email: bool) -> Node:
    node = etree.Element(
        "dealer",
        known(
            id=dealer.id,
            parentId=dealer.parent_id,
            locationCode=dealer.location_code,
            root=dealer.is_root,
            updated=dealer.updated,
        ),
    )
    _add_names(node, dealer)
    add(node, "email", dealer.email if with_email else None)
    add(node, "phone", dealer.phone)
    add(node, "address", dealer.address)
    add(node, "postalCode", dealer.postal_code)
    add(node, "city", dealer.city)
    add(node, "province", dealer.province)
    add(node, "logoUrl", dealer.logo_url)
    if parent := dealer.parent:
        attributes = known(id=parent.id, locationCode=parent.location_code)
        _add_names(etree.SubElement(node, "parent", attributes), parent)
    return node


def _add_particulars(node: Node, seller: Seller) -> None:
    """What the law wants to know of a seller, as far as the publisher has told it."""
    add(node, "legalForm", seller.legal_form)
    add(node, "enterpriseNumber", seller.enterprise_number)
    add(node, "vatNumber", seller.vat_number)
    add(node, "court", seller.court)
    for line in seller.opening_hours:
        add(node, "openingHours", line)


def _add_names(node: Node, named: Dealer | ParentRef) -> None:
    add(node, "displayName", named.display_name)
    add(node, "companyName", named.company_name)
    add(node, "fullName", named.full_name)


def _vehicle(listing: Listing, address: str, *, with_vin: bool) -> Node:
    node = etree.Element(
        "vehicle",
        known(
            id=listing.id,
            dealerRef=listing.dealer_id,
            status=listing.status,
            reference=listing.reference,
            provider=listing.provider,
            slug=listing.slug,
            created=listing.created,
            updated=listing.updated,
            sold=listing.sold,
        ),
    )
    add(node, "title", listing.title)
    add(node, "description", listing.description)
    add(node, "url", address)
    add(node, "listingUrl", listing.url)
    if listing.price:
        add(node, "price", f"{listing.price.amount:.2f}", currency=listing.price.currency)
    for name, field in FIELDS:
        value = getattr(listing, field)
        add(node, name, value, unit=UNITS.get(name), original=listing.originals.get(field))
    add(node, "vin", listing.vin if with_vin else None)
    if listing.car_pass:
        node.append(_car_pass(listing.car_pass))
    for condition in listing.conditions:
        add(node, "condition", condition)
    if listing.place:
        node.append(_place(listing.place))
    node.extend(_photo(photo, main=photo is listing.photos[0]) for photo in listing.photos)
    for feature in listing.features:
        add(node, "feature", feature.name, category=feature.category)
    return node


def _car_pass(car_pass: CarPass) -> Node:
    return etree.Element("carPass", known(url=car_pass.url, certificateNumber=car_pass.number))


def _place(place: Where) -> Node:
    node = etree.Element("place")
    add(node, "postalCode", place.postal_code)
    add(node, "city", place.city)
    add(node, "province", place.province)
    add(node, "latitude", place.latitude)
    add(node, "longitude", place.longitude)
    return node


def _photo(photo: Photo, *, main: bool) -> Node:
    return etree.Element(
        "photo",
        known(
            url=photo.url,
            main=main or None,
            width=photo.width_px,
            height=photo.height_px,
            mediaType=photo.media_type,
            length=photo.length_bytes,
        ),
    )


def _price_change(point: PricePoint) -> Node:
    price = point.price
    return etree.Element(
        "priceChange",
        known(
            since=point.since,
            amount=f"{price.amount:.2f}" if price else None,
            currency=price.currency if price else None,
        ),
    )
