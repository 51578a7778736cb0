"""Stocks that are hard on an exporter: none, sparse, hostile, and very many."""

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any

import msgspec

from syndicator.contract import Place, Scope, View
from syndicator.models import (
    Body,
    CarPass,
    Co2Cycle,
    Dealer,
    Drive,
    Feature,
    Fuel,
    Listing,
    Money,
    PricePoint,
    Status,
    Tombstone,
    Transmission,
    VatRegime,
)
from syndicator.testing.samples import DEALER_ID, sample_dealer, sample_listing, sample_view

MIXED = 12  # cars of one dealer beside some of another
HOSTILE_TAG = "hostile"
HOSTILE = (
    '</title></script>--><hostile onload="x()">\'&amp;]]>{{ 7 * 7 }}{% x %}'
    "${x} \N{AUTOMOBILE}\N{ARABIC LETTER SEEN}\N{ZERO WIDTH JOINER}"
)
HOSTILE_URL = f"https://example.com/?q={HOSTILE.replace(' ', '')}"  # blanks stop at the gate


class LargeStock(Collection[Listing]):
    """So many listings, each made when it is asked for, in the order of the contract."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._pattern = sample_listing()

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Listing]:
        for number in range(self._size):
            yield msgspec.structs.replace(
                self._pattern,
                id=f"large-{number:06}",
                reference=f"L-{number}",
                description=f"Wagen {number}, eerste eigenaar. " * 50,
                created=self._pattern.created - timedelta(minutes=number),
            )

    def __contains__(self, listing: object) -> bool:
        return any(each == listing for each in self)


def sample_views(scope: Scope, place: Place) -> Mapping[str, View]:
    """A view for each way in which a stock can be odd, by its name."""
    one, two = sample_dealer(), _second_dealer()
    cars = (sample_listing(), sample_listing(id="b", dealer_id=two.id, reference="VB-2207"))
    gone = Tombstone(listing=sample_listing(id="c"), when=sample_listing().updated, sold=True)
    return {
        "empty": sample_view([], scope=scope, place=place),
        "one": sample_view(scope=scope, place=place, gone=[gone]),
        "sparse": sample_view([sparse_listing()], scope=scope, place=place),
        "hostile": sample_view(
            [hostile_listing()], dealers=[hostile_dealer()], scope=scope, place=place
        ),
        "group": sample_view(cars, dealers=[one, two], scope=scope, place=place, group=True),
    }


def changing_views(scope: Scope, place: Place) -> Iterator[View]:
    """One stock as it changes, each time in one way: what may follow on what."""
    one, two = sample_dealer(), _second_dealer()
    car = sample_listing()
    others = tuple(_other(number, one if number < MIXED else two) for number in range(1, MIXED + 3))
    fields: dict[str, Any] = {"dealers": [one, two], "scope": scope, "place": place}
    yield sample_view([car, *others], **fields, group=True)
    for changed in (car, *_changed(car)):
        yield sample_view([changed, *others], **fields)
    yield sample_view(others, **fields, pending=[car])
    for sold in (True, False):
        gone = Tombstone(listing=car, when=car.updated + timedelta(days=2), sold=sold)
        yield sample_view(others, **fields, gone=[gone])
    yield sample_view([car, *others[1:]], **fields)
    yield sample_view([car, *(sample_listing(id=each.id) for each in others)], **fields)
    for changes in ({"display_name": "Other"}, {"phone": "+32 2 555 66 77"}, {"city": "Aalst"}):
        yield sample_view([car, *others], **(fields | {"dealers": [sample_dealer(**changes), two]}))
    usual = sample_view([car, *others], **fields)
    start = car.created - timedelta(days=90)
    was = [(start, Money(minor=2_000_000, currency="EUR")), (car.updated, car.price)]
    points = tuple(PricePoint(since=since, price=price) for since, price in was)
    for days in (0, 5, 40):
        as_of = usual.as_of + timedelta(days=days)
        yield msgspec.structs.replace(usual, as_of=as_of, prices={car.id: points})
    leads_away = msgspec.structs.replace(usual.links, landing_template="https://x.example/{id}")
    yield msgspec.structs.replace(usual, links=leads_away)


def _other(number: int, dealer: Dealer) -> Listing:
    """Every second one is like the first car, the others are like one another."""
    kind = {} if number % 2 == 0 else {"make": "BMW", "model": "X1", "body": Body.SUV}
    return sample_listing(
        id=f"other-{number}",
        dealer_id=dealer.id,
        reference=f"R-{number}",
        created=sample_listing().created - timedelta(days=number),
        price=Money(minor=1_000_000 + 100_000 * number, currency="EUR"),
        **kind,
    )


def _changed(car: Listing) -> Iterator[Listing]:
    """The car with each of its fields changed."""
    bare = sparse_listing()
    kept = ("id", "dealer_id", "status", "created", "updated", "title")
    for name in car.__struct_fields__:
        if name not in kept:
            yield msgspec.structs.replace(car, **{name: getattr(bare, name)})
    yield msgspec.structs.replace(car, title="Another title", updated=car.updated + timedelta(1))
    yield msgspec.structs.replace(car, created=car.created + timedelta(days=1))
    yield msgspec.structs.replace(car, price=Money(minor=999_900, currency="EUR"))


def sparse_listing() -> Listing:
    """A car of which only that is known which is never missing."""
    full = sample_listing()
    return Listing(
        id="sparse",
        dealer_id=full.dealer_id,
        status=Status.ACTIVE,
        title="Wagen",
        created=full.created,
        updated=full.updated,
    )


def hostile_listing() -> Listing:
    """A car whose every text tries to be markup, script or template."""
    return sample_listing(
        id=HOSTILE,
        title=HOSTILE,
        slug=HOSTILE,
        url=HOSTILE_URL,
        reference=HOSTILE,
        provider=HOSTILE,
        description=f"{HOSTILE}\n\n{HOSTILE}",
        price=Money(minor=1, currency="EUR"),
        vat_regime=VatRegime.OTHER,
        make=HOSTILE,
        model=HOSTILE,
        variant=HOSTILE,
        fuel=Fuel.OTHER,
        transmission=Transmission.OTHER,
        body=Body.OTHER,
        drive=Drive.OTHER,
        engine=HOSTILE,
        color=HOSTILE,
        interior_color=HOSTILE,
        interior_material=HOSTILE,
        paint=HOSTILE,
        co2_cycle=Co2Cycle.OTHER,
        emission_class=HOSTILE,
        conditions=(HOSTILE,),
        vin=HOSTILE,
        car_pass=CarPass(url=HOSTILE_URL),
        features=(Feature(name=HOSTILE),),
        originals=dict.fromkeys(
            ("vat_regime", "fuel", "transmission", "body", "drive", "co2_cycle"), HOSTILE
        ),
    )


def hostile_dealer() -> Dealer:
    """Its seller, no better."""
    texts = ("company_name", "full_name", "display_name", "phone", "address", "city", "province")
    return sample_dealer(**dict.fromkeys(texts, HOSTILE), metadata={"x": HOSTILE})


def _second_dealer() -> Dealer:
    return sample_dealer(id=f"{DEALER_ID}b", location_code="VB-GENT", display_name="Gent")
