"""Stocks that are hard on an exporter: none, sparse, hostile, and very many."""

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta

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
    Status,
    Tombstone,
    Transmission,
    VatRegime,
)
from syndicator.testing.samples import DEALER_ID, sample_dealer, sample_listing, sample_view

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
