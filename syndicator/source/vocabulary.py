"""The API's words to our enums, as plain tables.

Lists of the API are open: on write these fields are free text, in English or Dutch. Keys are
written as :func:`key` makes them. Only words that can mean one thing stand here.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from syndicator.models import (
    Body,
    Co2Cycle,
    Drive,
    FeatureCategory,
    Fuel,
    Status,
    Transmission,
    VatRegime,
)

_E = TypeVar("_E", bound=StrEnum)


def key(word: str) -> str:
    """The form in which words are compared: case, hyphens and underscores make no difference."""
    return re.sub(r"[\s_-]+", " ", word).strip().casefold()


def table(members: type[_E], synonyms: Mapping[str, _E] | None = None) -> Mapping[str, _E]:
    """The members of an enum by their own words, and by those that mean the same."""
    own = {key(member.value): member for member in members}
    return MappingProxyType(own | dict(synonyms or {}))


STATUS = table(Status)

FUEL = table(
    Fuel,
    {
        "benzine": Fuel.PETROL,
        "gasoline": Fuel.PETROL,
        "elektrisch": Fuel.ELECTRIC,
        "hybride": Fuel.HYBRID,
        "plug in hybrid": Fuel.HYBRID,
        "plug in hybride": Fuel.HYBRID,
        "overig": Fuel.OTHER,
    },
)

TRANSMISSION = table(
    Transmission,
    {
        "handgeschakeld": Transmission.MANUAL,
        "manueel": Transmission.MANUAL,
        "automaat": Transmission.AUTOMATIC,
        "automatisch": Transmission.AUTOMATIC,
        "semi automaat": Transmission.SEMI_AUTOMATIC,
        "semi automatisch": Transmission.SEMI_AUTOMATIC,
        "halfautomaat": Transmission.SEMI_AUTOMATIC,
        "halfautomatisch": Transmission.SEMI_AUTOMATIC,
        "overig": Transmission.OTHER,
    },
)

BODY = table(
    Body,
    {
        "berline": Body.SEDAN,
        "saloon": Body.SEDAN,
        "break": Body.WAGON,
        "estate": Body.WAGON,
        "stationwagen": Body.WAGON,
        "stationwagon": Body.WAGON,
        "station wagon": Body.WAGON,
        "cabrio": Body.CONVERTIBLE,
        "cabriolet": Body.CONVERTIBLE,
        "bestelwagen": Body.VAN,
        "coupé": Body.COUPE,
        "overig": Body.OTHER,
    },
)

DRIVE = table(
    Drive,
    {
        "front wheel drive": Drive.FWD,
        "voorwielaandrijving": Drive.FWD,
        "rear wheel drive": Drive.RWD,
        "achterwielaandrijving": Drive.RWD,
        "all wheel drive": Drive.AWD,
        "four wheel drive": Drive.FOUR_WD,
        "vierwielaandrijving": Drive.FOUR_WD,
        "4x4": Drive.FOUR_WD,
        "overig": Drive.OTHER,
    },
)

VAT_REGIME = table(
    VatRegime,
    {
        "marge": VatRegime.MARGIN,
        "margeregeling": VatRegime.MARGIN,
        "btw": VatRegime.DEDUCTIBLE,
        "btw aftrekbaar": VatRegime.DEDUCTIBLE,
        "vat deductible": VatRegime.DEDUCTIBLE,
    },
)

CO2_CYCLE = table(Co2Cycle)

FEATURE_CATEGORY = table(
    FeatureCategory,
    {
        "interieur": FeatureCategory.INTERIOR,
        "exterieur": FeatureCategory.EXTERIOR,
        "veiligheid": FeatureCategory.SAFETY,
        "technologie": FeatureCategory.TECHNOLOGY,
        "overig": FeatureCategory.OTHER,
    },
)
