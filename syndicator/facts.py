"""What a buyer wants to know of a car, in the words of one language. Pure.

An unknown value is absent; a value outside the closed sets is shown in the seller's own word.
"""

import enum
import re
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

import msgspec

from syndicator.contract import Words
from syndicator.models import Co2Cycle, Fuel, Listing, VatRegime
from syndicator.tags import Condition, condition, tagged
from syndicator.units import metric_horsepower, whole


class Group(enum.StrEnum):
    """The headings that facts stand under, in their order."""

    GENERAL = "general"
    ENGINE = "engine"
    BODY = "body"
    HISTORY = "history"
    ENVIRONMENT = "environment"


class Fact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One line of a data sheet. ``name`` is that of the listing's field and never changes."""

    name: str
    label: str
    value: str
    group: Group


Row = tuple[str, str, str | None]  # name, label, value

KEY_FACTS = ("first_registration", "mileage_km", "fuel", "transmission", "power_kw")
# The least that a seller may promise a consumer, in months (Belgian civil code, 1649quater).
LEAST_WARRANTY_MONTHS = {Condition.NEW: 24}
LEAST_WARRANTY_MONTHS_OTHERWISE = 12
REMEMBERED = 1024  # data sheets: as many as the catalogue remembers cars


def facts(listing: Listing, words: Words, *, vin: bool = False) -> tuple[Fact, ...]:
    """Every known fact in a fixed order, those of a group together.

    :param vin: whether the chassis number may be shown; some hold it for personal data.
    """
    return _facts(_Asked(listing, words, vin=vin))


def key_facts(listing: Listing, words: Words) -> tuple[Fact, ...]:
    """The few for a card; the year of build stands in for the first registration."""
    known = {fact.name: fact for fact in facts(listing, words)}
    if "first_registration" not in known and "year" in known:
        known["first_registration"] = known["year"]
    return tuple(known[name] for name in KEY_FACTS if name in known)


def group_label(group: Group, words: Words) -> str:
    """The heading of a group."""
    return words.label(group)


def summary(listing: Listing, words: Words) -> str:
    """Price and key facts on one line."""
    known = (fact.value for fact in key_facts(listing, words))
    return " · ".join((price_text(listing, words), *known))


def headline(listing: Listing) -> str:
    """Make, model and variant, or the title where the API names neither make nor model."""
    if not (listing.make or listing.model):
        return listing.title
    return " ".join(part for part in (listing.make, listing.model, listing.variant) if part)


def price_text(listing: Listing, words: Words) -> str:
    """The price, or that it is told on request."""
    return words.money(listing.price) if listing.price else words.text("Price on request")


def vat_text(listing: Listing, words: Words) -> str | None:
    """Whether the buyer can deduct VAT; ``None`` where that is not known."""
    regime = listing.vat_regime
    return None if regime is None or regime is VatRegime.OTHER else words.label(regime)


def is_electric(listing: Listing) -> bool:
    """Whether the car is driven by electricity alone."""
    return listing.fuel is Fuel.ELECTRIC


def euro_norm(text: str) -> str:
    """``EURO 6`` as ``Euro 6``, ``euro6d-temp`` as ``Euro 6d-TEMP``; other words as given."""
    match = re.fullmatch(r"(?:euro?[\s-]*)?([1-7])\s?([a-e]{0,2})([\s-]?temp)?", text.casefold())
    if match is None:
        return re.sub(r"^euro\b", "Euro", text, flags=re.IGNORECASE)
    return f"Euro {match[1]}{match[2]}" + ("-TEMP" if match[3] else "")


class _Asked:
    """What is asked for, as a key: the very listing, for its dict keeps it from a hash."""

    __slots__ = ("listing", "vin", "words")

    def __init__(self, listing: Listing, words: Words, *, vin: bool) -> None:
        self.listing = listing
        self.words = words
        self.vin = vin

    def __hash__(self) -> int:
        return id(self.listing)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Asked)
            and self.listing is other.listing
            and self.words is other.words
            and self.vin == other.vin
        )


@lru_cache(maxsize=REMEMBERED)
def _facts(asked: _Asked) -> tuple[Fact, ...]:
    """Feed after feed, and list after list, asks for those of the same car."""
    return tuple(_known(_sheet(asked.listing, asked.words, vin=asked.vin)))


def _known(sheet: Iterable[tuple[Group, Iterable[Row]]]) -> Iterator[Fact]:
    for group, rows in sheet:
        for name, label, value in rows:
            if value:
                yield Fact(name=name, label=label, value=value, group=group)


def _sheet(listing: Listing, words: Words, *, vin: bool) -> tuple[tuple[Group, Iterable[Row]], ...]:
    return (
        (Group.GENERAL, _general(listing, words)),
        (Group.ENGINE, _engine(listing, words)),
        (Group.BODY, _body(listing, words)),
        (Group.HISTORY, _history(listing, words, vin=vin)),
        (Group.ENVIRONMENT, _environment(listing, words)),
    )


def _general(listing: Listing, words: Words) -> Iterator[Row]:
    text = words.text
    told = tagged(listing)
    first = listing.first_registration
    mileage = listing.mileage_km
    yield "make", text("Make"), listing.make
    yield "model", text("Model"), listing.model
    yield "variant", text("Version"), listing.variant
    yield "condition", text("Condition"), words.label(told) if told else None
    yield "first_registration", text("First registration"), words.month(first) if first else None
    yield "year", text("Year of build"), str(listing.year) if listing.year else None
    yield "mileage_km", text("Mileage"), _measure(mileage, "km", words)
    yield "place", text("Location"), _place(listing)
    yield "reference", text("Reference"), listing.reference


def _engine(listing: Listing, words: Words) -> Iterator[Row]:
    text = words.text
    yield "fuel", text("Fuel"), _closed(listing, "fuel", words)
    yield "engine", text("Engine"), listing.engine
    yield "power_kw", text("Power"), _power(listing.power_kw, words)
    yield "transmission", text("Gearbox"), _closed(listing, "transmission", words)
    yield "gears", text("Gears"), _count(listing.gears)
    yield "drive", text("Drive"), _closed(listing, "drive", words)


def _body(listing: Listing, words: Words) -> Iterator[Row]:
    text = words.text
    yield "body", text("Body"), _closed(listing, "body", words)
    yield "doors", text("Doors"), _count(listing.doors)
    yield "seats", text("Seats"), _count(listing.seats)
    yield "color", text("Colour"), _trade(listing.color, words)
    yield "paint", text("Paint"), _trade(listing.paint, words)
    yield "interior_color", text("Interior colour"), _trade(listing.interior_color, words)
    yield "interior_material", text("Upholstery"), _trade(listing.interior_material, words)
    yield "weight_kg", text("Kerb weight"), _measure(listing.weight_kg or None, "kg", words)


def _history(listing: Listing, words: Words, *, vin: bool) -> Iterator[Row]:
    text = words.text
    owners = listing.previous_owners
    yield "previous_owners", text("Previous owners"), None if owners is None else str(owners)
    yield "service_history", text("Service book"), _answer(listing.service_history, words)
    yield "warranty", text("Warranty"), _warranty(listing, words)
    yield "vin", text("Chassis number (VIN)"), listing.vin if vin else None


def _environment(listing: Listing, words: Words) -> Iterator[Row]:
    text = words.text
    norm = listing.emission_class
    yield "co2_g_per_km", text("CO₂ emissions"), _co2(listing, words)
    yield "consumption_l_per_100km", text("Consumption"), _consumption(listing, words)
    yield "emission_class", text("Euro standard"), euro_norm(norm) if norm else None


def _place(listing: Listing) -> str | None:
    place = listing.place
    if place is None or place.city is None:
        return None
    return " ".join(part for part in (place.postal_code, place.city) if part)


def _closed(listing: Listing, field: str, words: Words) -> str | None:
    """The label of a closed value, or the word that the seller has for another one."""
    member: enum.StrEnum | None = getattr(listing, field)
    if member is None:
        return None
    if member.name == "OTHER" and field in listing.originals:
        return listing.originals[field]
    return words.label(member)


def _trade(word: str | None, words: Words) -> str | None:
    return words.trade(word) if word else None


def _count(number: int | None) -> str | None:
    return str(number) if number else None


def _measure(number: int | Decimal | None, unit: str, words: Words) -> str | None:
    return None if number is None else f"{words.number(number)}\N{NO-BREAK SPACE}{unit}"


def _answer(answer: bool | None, words: Words) -> str | None:  # noqa: FBT001 - it is the value
    if answer is None:
        return None
    return words.text("Yes") if answer else words.text("No")


def _power(power_kw: Decimal | None, words: Words) -> str | None:
    """Kilowatt lead in law (Directive 80/181/EEC); buyers think in metric horsepower."""
    if not power_kw:
        return None
    return words.text(
        "{kw} kW ({hp} hp)",
        kw=words.number(whole(power_kw)),
        hp=words.number(metric_horsepower(power_kw)),
    )


def promised_months(listing: Listing) -> int | None:
    """How long the seller guarantees the car, unless that is less than the law asks.

    A promise that is missing or refused says nothing, for the legal guarantee stands.
    """
    months = listing.warranty_months
    if listing.warranty is False or not months:
        return None
    least = LEAST_WARRANTY_MONTHS.get(condition(listing), LEAST_WARRANTY_MONTHS_OTHERWISE)
    return months if months >= least else None


def _warranty(listing: Listing, words: Words) -> str | None:
    if listing.warranty and not listing.warranty_months:
        return words.text("Yes")
    months = promised_months(listing)
    return words.text("{n} months", n=months) if months else None


def _co2(listing: Listing, words: Words) -> str | None:
    """With the test procedure, for figures of two procedures must not be compared.

    Zero is a figure only where nothing is burnt.
    """
    grams = listing.co2_g_per_km
    if grams is None or (grams == 0 and not is_electric(listing)):
        return None
    figure, procedure = _measure(grams, "g/km", words), _procedure(listing, words)
    return f"{figure} ({procedure})" if procedure else figure


def _procedure(listing: Listing, words: Words) -> str | None:
    if listing.co2_cycle is Co2Cycle.OTHER:
        return listing.originals.get("co2_cycle")
    return _closed(listing, "co2_cycle", words)


def _consumption(listing: Listing, words: Words) -> str | None:
    """With one decimal, as official figures are told; what it means for an electric car is open."""
    litres = listing.consumption_l_per_100km
    if not litres or is_electric(listing):
        return None
    shown = litres.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return _measure(shown, "l/100\N{NO-BREAK SPACE}km", words)
