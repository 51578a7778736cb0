"""One dealer, one car, and a view of them; every field is known unless it is changed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from syndicator.contract import Place, Scope, View
from syndicator.links import Links, distinct_slugs
from syndicator.models import (
    Body,
    CarPass,
    Co2Cycle,
    Dealer,
    Drive,
    Event,
    Feature,
    FeatureCategory,
    Fuel,
    Listing,
    Money,
    ParentRef,
    Photo,
    PricePoint,
    Showroom,
    Site,
    Status,
    Tombstone,
    Transmission,
    VatRegime,
)
from syndicator.models import Place as Where

PARENT_ID = "2b1e6c1a-0d35-4a52-9a51-3f0f5a1c0001"
DEALER_ID = "2b1e6c1a-0d35-4a52-9a51-3f0f5a1c0002"


def sample_dealer(**changes: Any) -> Dealer:
    """A location of a group in Leuven; every field is known."""
    fields: dict[str, Any] = {
        "id": DEALER_ID,
        "parent_id": PARENT_ID,
        "location_code": "VB-LEUVEN",
        "company_name": "Voorbeeld Leuven BV",
        "full_name": "Voorbeeld Leuven",
        "display_name": "Voorbeeld Leuven",
        "email": "leuven@voorbeeld.example",
        "phone": "+32 16 00 00 00",
        "address": "Stationsstraat 5",
        "postal_code": "3000",
        "city": "Leuven",
        "province": "Vlaams-Brabant",
        "parent": ParentRef(
            id=PARENT_ID,
            location_code="VB-HQ",
            company_name="Voorbeeld NV",
            full_name="Voorbeeld",
            display_name="Voorbeeld",
        ),
        "is_root": False,
    }
    return Dealer(**(fields | changes))


def sample_listing(**changes: Any) -> Listing:
    """A car with every field known; ``changes`` replace fields by name."""
    fields: dict[str, Any] = {
        "id": "9d0c5d52-6c0e-4a0b-8f53-0b6a4b0f7e11",
        "dealer_id": DEALER_ID,
        "status": Status.ACTIVE,
        "title": "Skoda Octavia Combi 1.0 TSI",
        "created": datetime(2026, 1, 12, 8, 15, tzinfo=UTC),
        "updated": datetime(2026, 3, 3, 16, 40, 22, tzinfo=UTC),
        "slug": "skoda-octavia-combi-vb-2207",
        "url": "https://www.okasie.example/skoda-octavia-combi-vb-2207",
        "reference": "VB-2207",
        "provider": "voorbeeld",
        "description": "Break, eerste eigenaar.\nOnderhoudsboekje aanwezig.",
        "price": Money(minor=1745000, currency="EUR"),
        "vat_regime": VatRegime.DEDUCTIBLE,
        "make": "Skoda",
        "model": "Octavia",
        "variant": "Ambition",
        "year": 2020,
        "first_registration": "2020-09",
        "mileage_km": 61200,
        "fuel": Fuel.PETROL,
        "transmission": Transmission.MANUAL,
        "body": Body.WAGON,
        "drive": Drive.FWD,
        "engine": "1.0 TSI 110pk",
        "gears": 6,
        "power_kw": Decimal(81),
        "doors": 5,
        "seats": 5,
        "weight_kg": 1320,
        "color": "Grijs",
        "interior_color": "Zwart",
        "interior_material": "Stof",
        "paint": "Metallic",
        "previous_owners": 1,
        "service_history": True,
        "warranty": True,
        "warranty_months": 12,
        "co2_g_per_km": 121,
        "co2_cycle": Co2Cycle.WLTP,
        "emission_class": "Euro 6d",
        "consumption_l_per_100km": Decimal("5.3"),
        "conditions": ("used",),
        "vin": "TMBZZZNE0L0000001",
        "car_pass": CarPass(url="https://public.car-pass.be/vhr/example"),
        "place": Where(
            postal_code="3000",
            city="Leuven",
            province="Vlaams-Brabant",
            latitude=Decimal("50.8798"),
            longitude=Decimal("4.7005"),
        ),
        "photos": (
            Photo(
                url="https://images.example/vb-2207/a.webp",
                width_px=1600,
                height_px=1200,
                media_type="image/webp",
                length_bytes=183_204,
            ),
            Photo(url="https://images.example/vb-2207/b.webp"),
        ),
        "features": (
            Feature(name="Cruise control", category=FeatureCategory.COMFORT),
            Feature(name="ABS", category=FeatureCategory.SAFETY),
        ),
    }
    return Listing(**(fields | changes))


def sample_view(
    listings: Sequence[Listing] | None = None,
    *,
    dealers: Sequence[Dealer] | None = None,
    scope: Scope = Scope.SHOWROOM,
    place: Place = Place.FEEDS,
    languages: tuple[str, ...] = ("nl", "fr", "de", "en"),
    pending: Sequence[Listing] = (),
    gone: Sequence[Tombstone] = (),
    events: Sequence[Event] = (),
    prices: dict[str, Sequence[PricePoint]] | None = None,
    group: bool = False,
) -> View:
    """A slice as the build would hand it over: tuples stand in for the lazy collections.

    The listings are put into the order of the contract: newest first, then by id.

    :param group: the showroom of all dealers at once, beside that of each.
    """
    cars = (sample_listing(),) if listings is None else listings
    sellers = (sample_dealer(),) if dealers is None else dealers
    slugs = distinct_slugs({each.id: each.location_code or each.name for each in sellers})
    rooms = tuple(
        Showroom(slug=slugs[each.id], name=each.name, dealer_ids=(each.id,)) for each in sellers
    )
    if group:
        rooms = (*rooms, _group(sellers))
    ordered = sorted(cars, key=lambda car: car.id)
    ordered.sort(key=lambda car: car.created, reverse=True)
    site = Site(
        url="https://voorraad.example",
        title="Voorraad Voorbeeld",
        languages=languages,
        showrooms=rooms,
        searches=(_search(sellers),) if scope is Scope.SEARCH else (),
    )
    own = {Scope.SHOWROOM: rooms[-1:] if group else rooms[:1], Scope.SEARCH: site.searches}
    room = next(iter(own.get(scope, ())), None)
    folder = f"{room.slug}/" if room else ""
    return View(
        scope=scope,
        site=site,
        showroom=room,
        dealers=tuple(sellers),
        listings=tuple(ordered),
        pending=tuple(pending),
        gone=tuple(gone),
        events=tuple(events),
        prices=prices or {},
        as_of=max(
            (*(car.updated for car in (*cars, *pending)), *(each.when for each in gone)),
            default=datetime(2026, 1, 1, tzinfo=UTC),
        ),
        links=Links(
            site_url=site.url,
            languages=languages,
            folder=folder,
            place=folder + place.value,
            dealers=slugs,
        ),
    )


def _search(dealers: Sequence[Dealer]) -> Showroom:
    ids = tuple(dealer.id for dealer in dealers)
    return Showroom(slug="zoeken", name="Breaks", dealer_ids=ids, search='{"body": ["wagon"]}')


def _group(dealers: Sequence[Dealer]) -> Showroom:
    ids = tuple(dealer.id for dealer in dealers)
    return Showroom(slug="voorbeeld", name="Groep Voorbeeld", dealer_ids=ids, is_group=True)
