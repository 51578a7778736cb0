"""The attributes of Google's vehicle ads, its words for our closed values, and who wants what.

Names, limits and words are those of the public Merchant Center help ("Vehicle ads data source
specification", support.google.com/merchants/answer/11192663, and the attribute pages of topic
15174112), read in 2026. Attributes for which no API field exists are not in the table, unless a
country requires one of every car.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from syndicator.contract import FormatField, Need
from syndicator.exporters._sheet import (
    VIN,
    table,
)
from syndicator.models import Body, Fuel

Country: TypeAlias = Literal["US", "CA", "AU", "GB", "FR", "DE", "IT", "ES", "JP", "NL"]

BODIES: Mapping[Body, str | None] = {
    Body.HATCHBACK: "hatchback",
    Body.SEDAN: "sedan",
    Body.SUV: "suv",
    Body.WAGON: "station wagon",
    Body.CONVERTIBLE: "convertible",
    Body.COUPE: "coupe",
    Body.VAN: None,  # the option ``van`` says what it is
    Body.OTHER: None,
}
ENGINES: Mapping[Fuel, str] = {
    Fuel.PETROL: "gasoline",
    Fuel.DIESEL: "diesel",
    Fuel.ELECTRIC: "electric",
    Fuel.HYBRID: "hybrid",
    Fuel.LPG: "lpg",
    Fuel.CNG: "natural_gas",
    Fuel.OTHER: "other",
}
PLUG_IN = "plug-in_hybrid"
# What :func:`syndicator.facts.euro_norm` makes of the API's word.
EMISSIONS: Mapping[str, str] = {
    **{f"Euro {n}": f"euro{n}" for n in range(1, 7)},
    "Euro 5b": "euro5b",
    "Euro 6b": "euro6",
    "Euro 6c": "euro6c",
    "Euro 6d": "euro6d",
    "Euro 6d-TEMP": "euro6d-TEMP",
    "Euro 6e": "euro6e",
}
IMAGE_KINDS: Mapping[str, str] = {
    "image/gif": "GIF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/bmp": "BMP",
    "image/tiff": "TIFF",
}
MOST_ID_CHARACTERS = 50
MOST_OPTIONS = 200
MOST_OPTION_CHARACTERS = 256
MOST_STORE_CODE_CHARACTERS = 64

REQUIRED_IN: Mapping[str, frozenset[str]] = {
    "year": frozenset(["US", "CA", "AU", "GB", "JP"]),
    "vin": frozenset(["US", "CA", "AU"]),
    "engine": frozenset(["DE", "IT", "ES", "NL"]),
    "vehicle_price_type": frozenset(["AU", "CA"]),
    "vehicle_all_in_price": frozenset(["CA", "JP"]),
}
REQUIRED_OF_USED_IN: Mapping[str, frozenset[str]] = {
    "date_first_registered": frozenset(["FR", "IT", "ES", "DE"]),
}
REQUIRED_OF_NEW_IN: Mapping[str, frozenset[str]] = {
    "co2_emissions": frozenset(["DE", "IT", "ES", "NL"]),
    "fuel_consumption": frozenset(["DE", "IT", "ES", "NL"]),  # not of electric cars
    "energy_consumption": frozenset(["DE", "IT", "ES", "NL"]),  # of those that are charged
    "emissions_standard": frozenset(["IT"]),
    "certification": frozenset(["DE"]),
}
WITHOUT_SOURCE = ("energy_consumption", "certification", "vehicle_all_in_price")


def demanded(country: str, *, new: bool) -> frozenset[str]:
    """The attributes that a car must have there, beside those that are required everywhere."""
    of_state = REQUIRED_OF_NEW_IN if new else REQUIRED_OF_USED_IN
    return frozenset(
        name
        for each in (REQUIRED_IN, of_state)
        for name, countries in each.items()
        if country in countries
    )


def _where(name: str) -> str:
    """``required in DE, ES`` for the printed table."""
    kinds = (
        (REQUIRED_IN, "required in"),
        (REQUIRED_OF_USED_IN, "required of used cars in"),
        (REQUIRED_OF_NEW_IN, "required of new cars in"),
    )
    (told,) = [f"{words} {', '.join(sorted(each[name]))}" for each, words in kinds if name in each]
    return told


FIELDS = table(
    FormatField(name="id", need=Need.REQUIRED, source="reference", most=MOST_ID_CHARACTERS),
    FormatField(name="google_product_category", need=Need.REQUIRED, words=("916",)),
    FormatField(
        name="vehicle_fulfillment",
        need=Need.REQUIRED,
        source="dealer_id",
        note="in_store and the store code",
    ),
    FormatField(
        name="store_code",
        need=Need.REQUIRED,
        source="dealer_id",
        most=MOST_STORE_CODE_CHARACTERS,
        note="of the Business Profile or the store file; the location code, or by option stores",
    ),
    FormatField(name="title", source="title", most=150, cuts=True),
    FormatField(name="description", source="description", most=5000, cuts=True),
    FormatField(
        name="link", need=Need.REQUIRED, source="reference", note="on the dealer's own domain"
    ),
    FormatField(
        name="link_template",
        need=Need.REQUIRED,
        source="reference",
        note="the link with {store_code}, which Google fills in",
    ),
    FormatField(
        name="image_link", need=Need.REQUIRED, source="photos", note="GIF, JPEG, PNG, BMP, TIFF"
    ),
    FormatField(name="additional_image_link", source="photos", many=10),
    FormatField(
        name="price",
        need=Need.REQUIRED,
        source="price",
        form=r"(?!0+\.00 )\d+\.\d\d [A-Z]{3}",
        note="above 0: 17450.00 EUR",
    ),
    FormatField(
        name="vehicle_price_type",
        words=(
            *("all_in_price", "drive_away_price", "estimated_drive_away_price"),
            "excluding_government_charges_price",
        ),
        note=f"option; {_where('vehicle_price_type')}",
    ),
    FormatField(name="vehicle_all_in_price", note=f"no source; {_where('vehicle_all_in_price')}"),
    FormatField(name="condition", need=Need.REQUIRED, words=("new", "used")),
    FormatField(name="brand", need=Need.REQUIRED, source="make"),
    FormatField(name="model", need=Need.REQUIRED, source="model", most=150),
    FormatField(name="trim", source="variant"),
    FormatField(name="year", source="year", form=r"\d{4}", note=_where("year")),
    FormatField(name="mileage", need=Need.REQUIRED, source="mileage_km", form=r"\d+ km"),
    FormatField(name="color", need=Need.REQUIRED, source="color"),
    FormatField(name="vin", source="vin", form=VIN.pattern, note=f"option; {_where('vin')}"),
    FormatField(
        name="date_first_registered",
        source="first_registration",
        form=r"\d{4}(-\d\d)?",
        note=_where("date_first_registered"),
    ),
    FormatField(
        name="engine",
        source="fuel",
        words=(*dict.fromkeys(ENGINES.values()), PLUG_IN, "methane"),
        note=_where("engine"),
    ),
    FormatField(
        name="body_style",
        source="body",
        words=(
            *("convertible", "coupe", "crossover", "full size van", "hatchback", "minivan"),
            *("sedan", "station wagon", "suv", "truck"),
        ),
    ),
    FormatField(
        name="co2_emissions",
        source="co2_g_per_km",
        form=r"\d+ g/km",
        note=f"WLTP; {_where('co2_emissions')}",
    ),
    FormatField(
        name="fuel_consumption",
        source="consumption_l_per_100km",
        form=r"\d+(\.\d+)? l/100km",
        note=f"not of electric cars; {_where('fuel_consumption')}",
    ),
    FormatField(
        name="energy_consumption",
        note=f"no source; for cars that are charged {_where('energy_consumption')}",
    ),
    FormatField(
        name="emissions_standard",
        source="emission_class",
        words=(*dict.fromkeys(EMISSIONS.values()), "zero_emissions"),
        note=_where("emissions_standard"),
    ),
    FormatField(name="certification", note=f"no source; {_where('certification')}"),
    FormatField(
        name="vehicle_option",
        source="features",
        note=f"{MOST_OPTIONS} of {MOST_OPTION_CHARACTERS} characters at most, with commas between",
    ),
    *(FormatField(name=f"custom_label_{n}", most=100, cuts=True, note="option") for n in range(5)),
)
