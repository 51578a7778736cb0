"""What the program knows of a car, its seller and the site.

Frozen values, metric, with the unit in the name. ``None`` means unknown, and is never written as
zero, false or an empty string. Text is clean: the characters that XML forbids, direction overrides
and stray white space were removed at the gate.

``gc=False``: none of these holds one that holds it, so the collector of cycles need not look. With
it, a listing is read and kept in half the time.
"""

import enum
from datetime import datetime
from decimal import Decimal

import msgspec

from syndicator.look import Theme


class Status(enum.StrEnum):
    """Where a listing stands. Only ``ACTIVE`` is for sale."""

    ACTIVE = "active"
    PENDING = "pending"
    SOLD = "sold"
    DRAFT = "draft"
    OTHER = "other"


class Fuel(enum.StrEnum):
    """What the engine burns or is fed."""

    PETROL = "petrol"
    DIESEL = "diesel"
    ELECTRIC = "electric"
    HYBRID = "hybrid"
    LPG = "lpg"
    CNG = "cng"
    OTHER = "other"


class Transmission(enum.StrEnum):
    """How gears are changed."""

    MANUAL = "manual"
    AUTOMATIC = "automatic"
    SEMI_AUTOMATIC = "semi-automatic"
    OTHER = "other"


class Body(enum.StrEnum):
    """The shape of the car."""

    HATCHBACK = "hatchback"
    SEDAN = "sedan"
    SUV = "suv"
    WAGON = "wagon"
    CONVERTIBLE = "convertible"
    VAN = "van"
    COUPE = "coupe"
    OTHER = "other"


class Drive(enum.StrEnum):
    """Which wheels are driven. ``4WD`` and ``4x4`` are both ``FOUR_WD``."""

    FWD = "fwd"
    RWD = "rwd"
    AWD = "awd"
    FOUR_WD = "4wd"
    OTHER = "other"


class VatRegime(enum.StrEnum):
    """Whether the buyer can deduct VAT. The API calls this field ``vehicleType``."""

    MARGIN = "margin"
    DEDUCTIBLE = "deductible"
    OTHER = "other"


class Co2Cycle(enum.StrEnum):
    """The test procedure behind the CO2 figure."""

    WLTP = "wltp"
    NEDC = "nedc"
    OTHER = "other"


class FeatureCategory(enum.StrEnum):
    """The group of a piece of equipment."""

    INTERIOR = "interior"
    EXTERIOR = "exterior"
    SAFETY = "safety"
    COMFORT = "comfort"
    TECHNOLOGY = "technology"
    OTHER = "other"


class Money(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An amount, exact. ``minor`` counts hundredths of the currency's unit, for every currency."""

    minor: int
    currency: str

    @property
    def amount(self) -> Decimal:
        """The amount in whole units, with two decimals."""
        return Decimal(self.minor).scaleb(-2)


class Rendition(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The same picture in another width or format, for a browser to choose from."""

    url: str
    width_px: int
    media_type: str | None = None  # None: the host chooses one that the browser knows


class Photo(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One picture of a car at an absolute http(s) address; the rest is known once fetched."""

    url: str
    width_px: int | None = None
    height_px: int | None = None
    media_type: str | None = None
    length_bytes: int | None = None
    tint: str | None = None  # its mean colour, ``#rrggbb``
    renditions: tuple[Rendition, ...] = ()  # narrowest first within a format


class Feature(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One piece of equipment, named by the seller."""

    name: str
    category: FeatureCategory = FeatureCategory.OTHER


class CarPass(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The Belgian mileage certificate: either its address or its bare eleven-digit number."""

    url: str | None = None
    number: str | None = None


class Place(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where a car stands; coordinates are WGS 84 degrees."""

    postal_code: str | None = None
    city: str | None = None
    province: str | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None


class Listing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One car on offer.

    ``originals`` holds, for each field that ``OTHER`` stands in, the API's own word.
    """

    id: str
    dealer_id: str
    status: Status
    title: str
    created: datetime
    updated: datetime
    sold: datetime | None = None
    slug: str | None = None
    url: str | None = None
    reference: str | None = None
    provider: str | None = None
    description: str | None = None

    price: Money | None = None
    vat_regime: VatRegime | None = None

    make: str | None = None
    model: str | None = None
    variant: str | None = None
    year: int | None = None
    first_registration: str | None = None  # YYYY-MM or YYYY-MM-DD
    mileage_km: int | None = None
    fuel: Fuel | None = None
    transmission: Transmission | None = None
    body: Body | None = None
    drive: Drive | None = None
    engine: str | None = None
    gears: int | None = None
    power_kw: Decimal | None = None
    doors: int | None = None
    seats: int | None = None
    weight_kg: int | None = None
    color: str | None = None
    interior_color: str | None = None
    interior_material: str | None = None
    paint: str | None = None
    previous_owners: int | None = None
    service_history: bool | None = None
    warranty: bool | None = None
    warranty_months: int | None = None
    co2_g_per_km: int | None = None
    co2_cycle: Co2Cycle | None = None
    emission_class: str | None = None
    consumption_l_per_100km: Decimal | None = None
    conditions: tuple[str, ...] = ()
    vin: str | None = None
    car_pass: CarPass | None = None

    place: Place | None = None
    photos: tuple[Photo, ...] = ()
    features: tuple[Feature, ...] = ()
    originals: dict[str, str] = {}

    @property
    def name(self) -> str:
        """Make and model, or the title where the API names neither."""
        return " ".join(part for part in (self.make, self.model) if part) or self.title


class Retold(Listing, frozen=True, kw_only=True):
    """A listing as the rules of a feed tell it; its page stays where it is."""

    page_slug: str


class ParentRef(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The head dealer of a location, as far as the location knows it."""

    id: str
    location_code: str | None = None
    company_name: str | None = None
    full_name: str | None = None
    display_name: str | None = None


class Stats(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The API's own counts of a location's listings."""

    active: int | None = None
    total: int | None = None
    average_active_last_month: Decimal | None = None


class Dealer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One location that sells cars, or the head dealer of several."""

    id: str
    parent_id: str | None = None
    location_code: str | None = None
    company_name: str | None = None
    full_name: str | None = None
    display_name: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    postal_code: str | None = None
    city: str | None = None
    province: str | None = None
    logo_url: str | None = None
    metadata: dict[str, str] = {}  # values that are no text are kept as JSON
    parent: ParentRef | None = None
    is_root: bool | None = None
    stats: Stats | None = None
    updated: datetime | None = None

    @property
    def name(self) -> str:
        """The best name for people: displayed, legal, full, else the code, else the id."""
        return (
            self.display_name
            or self.company_name
            or self.full_name
            or self.location_code
            or self.id
        )


class EventKind(enum.StrEnum):
    """What happened to a listing."""

    NEW = "new"
    PRICE = "price"
    RESERVED = "reserved"
    SOLD = "sold"
    GONE = "gone"  # not seen any more, reason unknown
    BACK = "back"


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One change in a listing's life, dated by the API, never by this machine."""

    kind: EventKind
    listing_id: str
    dealer_id: str
    when: datetime
    before: Money | None = None  # PRICE only
    after: Money | None = None  # NEW and PRICE


class PricePoint(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The price a listing had from ``since`` on; ``None``: on request."""

    since: datetime
    price: Money | None


class Tombstone(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A car that left: what it was, when, and whether it was seen as sold."""

    listing: Listing
    when: datetime
    sold: bool


class Seller(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What Belgian law wants on a business page and the API does not know."""

    legal_form: str | None = None
    enterprise_number: str | None = None  # 0123.456.749
    vat_number: str | None = None  # BE 0123.456.749
    court: str | None = None  # place of the register of legal persons (RPR, RPM)
    opening_hours: tuple[str, ...] = ()


class Showroom(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One shop front in ``output/<slug>/``: of a dealer, a group's locations, or a saved search.

    The pages of a car always live in the showroom of its own dealer, so each has one address.
    """

    slug: str
    name: str
    dealer_ids: tuple[str, ...]
    is_group: bool = False
    seller: Seller = Seller()
    theme: Theme = Theme()
    embed_on: tuple[str, ...] = ()
    stale_since: datetime | None = None  # last confirmed by the API then; None: fresh
    search: str = ""  # the conditions of a saved search, as JSON; its cars live elsewhere
    names: dict[str, str] = {}  # by language, where that is another name

    def called(self, language: str) -> str:
        """The name for readers of a language."""
        return self.names.get(language, self.name)


class Site(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The site as a whole. ``url`` has no trailing slash; the first language is the default."""

    url: str
    title: str
    languages: tuple[str, ...]
    showrooms: tuple[Showroom, ...] = ()
    searches: tuple[Showroom, ...] = ()
    authority: str = "okasie.be,2026"  # of the tag URIs in feeds; survives a move of the site
