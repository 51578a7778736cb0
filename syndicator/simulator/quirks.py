"""The odd ones that every real stock has, each at a fixed number so that tests can find them."""

from typing import Any

from syndicator.simulator.makes import MODELS, Model

Json = dict[str, Any]

TWIN, TWINNED = 6, 2  # two cars that share a reference under different providers
_LONG = "\n".join(f"Optie {at}: volledige uitrusting volgens lijst." for at in range(1, 201))
_MODELS = {3: "Mirai", 9: "Duster", 13: "Sandero"}
_MEMBERS: dict[int, Json] = {
    TWINNED: {"externalReference": "STOCK-2207", "externalProvider": "dexa-dms"},
    TWIN: {"externalReference": "STOCK-2207", "externalProvider": "autolijst"},
    5: {"price": None},
    8: {"price": 0},
    9: {"bodyType": "Pick-up", "driveType": "4x4"},
    11: {"currency": "CHF"},
}


def quirk(number: int, listing: Json) -> Json:
    """The members in which this listing departs from what it would be."""
    match number:
        case 4:
            return {"price": (listing["price"] or 9_000) + 0.95}
        case 7:
            name = f"{listing['brand']} {listing['model']}"
            return {"title": f"{name}, один власник, сервісна книжка ✓"}
        case 10:
            return {"description": f"{listing['description'] or ''}\n\n{_LONG}"}
        case 12:
            return {"title": f'<b>{listing["title"]}</b> & "meer"', "color": "Marsrood"}
        case _:
            return _MEMBERS.get(number, {})


def forced_model(number: int) -> Model | None:
    """The model this listing must be, where it must be one: hydrogen is number 3."""
    name = _MODELS.get(number)
    return next((model for model in MODELS if model.name == name), None)
