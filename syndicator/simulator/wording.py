"""What a seller writes: description, equipment and colours."""

import random
from typing import Any

from syndicator.simulator.phrases import (
    CLOSINGS,
    CLOSINGS_FR,
    COLORS,
    FEATURES,
    HTML_DESCRIPTION,
    INTERIOR_COLORS,
    MATERIALS,
    OPENINGS,
    OPENINGS_FR,
    PAINTS,
    SELLING_POINTS,
    SELLING_POINTS_FR,
)

Json = dict[str, Any]

_DUTCH = (OPENINGS, SELLING_POINTS, CLOSINGS)
_FRENCH = (OPENINGS_FR, SELLING_POINTS_FR, CLOSINGS_FR)
_FRENCH_SPEAKING = ("Namur", "Liège", "Brussels Hoofdstedelijk Gewest")


def paint(rng: random.Random) -> Json:
    """Colours and materials, outside and in."""
    color = rng.choices(tuple(COLORS), tuple(COLORS.values()))[0]
    return {
        "color": color,
        "paintType": "Metallic" if "metallic" in color else rng.choice(PAINTS),
        "interiorColor": rng.choice(INTERIOR_COLORS),
        "interiorMaterial": rng.choice(MATERIALS),
    }


def equip(rng: random.Random, years: float) -> list[Json]:
    """Equipment in the order of its categories; the younger the car, the longer the list."""
    fill = max(0.2, 0.75 - years * 0.045) * rng.uniform(0.5, 1.2)
    if rng.random() < 0.04:
        return []
    return [
        {"category": category, "name": name}
        for category, names in FEATURES.items()
        for name in names
        if rng.random() < (fill if category != "other" else fill / 2)
    ]


def describe(rng: random.Random, listing: Json, dealer: Json) -> str:
    """A dealer's text: mostly Dutch lines, French ones in the south, now and then HTML."""
    names = {
        "name": f"{listing['brand']} {listing['model']}",
        "month": listing["firstRegistration"][5:],
        "year": listing["year"],
        "km": f"{listing['mileage']:,}".replace(",", "."),
        "dealer": dealer["displayName"],
        "city": dealer["city"],
        "color": listing["color"].lower(),
        "host": dealer["email"].partition("@")[2],
    }
    if rng.random() < 0.06:
        return HTML_DESCRIPTION.format(**names)
    south = dealer["province"] in _FRENCH_SPEAKING
    opening, points, closing = _FRENCH if south and rng.random() < 0.7 else _DUTCH
    lines = [rng.choice(opening).format(**names)]
    lines += [f"- {point}" for point in rng.sample(points, rng.randint(1, 4))]
    return "\n".join([*lines, "", rng.choice(closing)])
