"""One invented listing, as the API would show it: what belongs together fits together.

A listing is drawn from the seed and its number alone, so it can be made when it is asked for and
need not be kept.
"""

import random
import re
import uuid
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

import msgspec

from syndicator.links import slugify
from syndicator.simulator.dealers import Dealer, Json
from syndicator.simulator.engines import ENGINES, Engine
from syndicator.simulator.makes import DEAR, MODELS, TRIMS, WMI, Model
from syndicator.simulator.moments import EPOCH, instant
from syndicator.simulator.quirks import forced_model, quirk
from syndicator.simulator.wording import describe, equip, paint

_POPULARITY = list(
    accumulate(
        0.3 if model.body in {"coupe", "convertible"} or model.name == "Mirai"
        else 0.7 if model.make in DEAR
        else 1.0
        for model in MODELS
    )
)  # fmt: skip
_KM_PER_YEAR = {"diesel": 21_000, "electric": 15_000, "hybrid": 16_000, "cng": 17_000}
_LOW_EMISSION = {"electric", "Waterstof"}
_VIN_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_OFTEN_MISSING = {  # the share of listings whose seller left it out
    "gears": 0.08, "seats": 0.12, "weight": 0.15, "interiorColor": 0.15, "paintType": 0.12,
    "previousOwners": 0.35, "serviceHistory": 0.2, "warranty": 0.05, "co2Emission": 0.06,
    "emissionClass": 0.08, "vin": 0.1, "fuelConsumption": 0.12, "variant": 0.08, "driveType": 0.1,
    "description": 0.03, "interiorMaterial": 0.06, "doors": 0.03, "powerKw": 0.03,
}  # fmt: skip


class Entry(msgspec.Struct, frozen=True, gc=False):
    """What the API filters and sorts by; the rest of a listing is composed on demand.

    ``updated`` is in milliseconds since 1970, UTC.
    """

    id: str
    dealer_id: str
    status: str
    updated: int
    number: int


class Car(NamedTuple):
    """The choices that everything else about a listing follows from."""

    model: Model
    engine: Engine
    variant: str
    month: datetime  # of the first registration
    mileage: int  # km

    @property
    def years(self) -> float:
        """Its age in years at the stock's own today."""
        return (EPOCH - self.month).days / 365.25

    @property
    def name(self) -> str:
        """Make, model and engine."""
        engine = re.sub(r" \d+pk$", "", self.engine.label)
        return f"{self.model.make} {self.model.name} {engine}"


def compose(seed: int, entry: Entry, dealer: Dealer, most_photos: int) -> Json:
    """The whole listing; ``images`` hold paths, to be completed by who serves them."""
    rng = random.Random(f"{seed}/{entry.number}")
    car = _choose(rng, forced_model(entry.number))
    listing = (
        _identity(rng, entry, dealer, car)
        | _technical(rng, car)
        | paint(rng)
        | _offer(rng, entry, car)
        | _place(rng, entry, dealer)
        | {"features": equip(rng, car.years), "dealer": dealer.profile}
    )
    listing["description"] = describe(rng, listing, dealer.profile)
    _forget(rng, listing)
    count = 0 if rng.random() < 0.06 else min(round(rng.triangular(1, 20, 8)), most_photos)
    paths = [f"/photos/{entry.id}/{number}.jpg" for number in range(count)]
    listing["images"] = [{"url": path, "position": at} for at, path in enumerate(paths)]
    listing["mainImageUrl"] = paths[0] if paths else None
    return listing | quirk(entry.number, listing)


def reference(entry_number: int, code: str) -> str:
    """The seller's own stock number."""
    return f"{code.rsplit('-', maxsplit=1)[-1][:3]}-{10_000 + entry_number}"


def _choose(rng: random.Random, forced: Model | None) -> Car:
    model = rng.choices(MODELS, cum_weights=_POPULARITY)[0]
    model = forced or model
    engine = ENGINES[rng.choice(model.engines)]
    months_ago = int(rng.triangular(1, 150, 45))
    at = EPOCH.year * 12 + EPOCH.month - 1 - months_ago
    at = min(
        max(at, max(model.years[0], engine.since) * 12),
        model.years[1] * 12 + 11,
        EPOCH.year * 12 + 9,
    )
    month = datetime(at // 12, at % 12 + 1, 1, tzinfo=UTC)
    years = (EPOCH - month).days / 365.25
    pace = _KM_PER_YEAR.get(engine.fuel, 12_500) * rng.triangular(0.45, 1.7, 0.95)
    trims = TRIMS["van"] if model.body == "van" else TRIMS.get(model.make, TRIMS[""])
    return Car(model, engine, rng.choice(trims), month, max(8, int(years * pace)))


def _identity(rng: random.Random, entry: Entry, dealer: Dealer, car: Car) -> Json:
    extra = rng.choice(("", "", f" {car.variant}", f" {car.variant}", " | Navi | Camera", " *BTW*"))
    title = f"{car.name}{extra}".strip()
    slug = f"{slugify(title)}-{entry.id[:8]}" if rng.random() < 0.85 else None
    created = entry.updated - int(rng.triangular(0, 120, 10) * 86_400_000)
    return {
        "id": entry.id,
        "slug": slug,
        "listingUrl": f"https://www.okasie.example/nl/auto/{slug}" if slug else None,
        "dealerProfileId": dealer.id,
        "externalReference": reference(entry.number, dealer.profile["locationCode"])
        if rng.random() < 0.95
        else None,
        "externalProvider": "dexa-dms" if dealer.profile["parentId"] else "stocklink",
        "title": title,
        "description": None,
        "status": entry.status,
        "createdAt": instant(created),
        "updatedAt": instant(entry.updated),
        "soldAt": instant(entry.updated) if entry.status == "sold" and rng.random() < 0.9 else None,
    }


def _technical(rng: random.Random, car: Car) -> Json:
    model, engine = car.model, car.engine
    gearbox = rng.choice(engine.gearboxes)
    wltp = car.month >= datetime(2018, 9, 1, tzinfo=UTC)
    burns = engine.fuel not in _LOW_EMISSION
    serial = "".join(rng.choices(_VIN_LETTERS, k=8)) + f"{rng.randrange(10**6):06}"
    return {
        "brand": model.make,
        "model": model.name,
        "variant": car.variant or None,
        "year": (car.month - timedelta(days=rng.choice((0, 0, 0, 45)))).year,
        "firstRegistration": f"{car.month:%Y-%m}",
        "mileage": car.mileage,
        "fuelType": engine.fuel,
        "transmission": "automatic" if gearbox[0] == "a" else "manual",
        "bodyType": model.body,
        "driveType": engine.drive or model.drive,
        "engine": engine.label,
        "gears": int(gearbox[1:]),
        "powerKw": engine.kw,
        "doors": model.doors if model.body != "van" else 4,
        "seats": model.seats if model.body != "van" else rng.choice((2, 3)),
        "weight": model.weight + rng.randrange(-20, 60),
        "co2Emission": engine.co2 if wltp else round(engine.co2 * 0.82),
        "co2Type": ("WLTP" if wltp else "NEDC") if burns else None,
        "emissionClass": _euro(car.month) if burns else None,
        "fuelConsumption": engine.consumption if burns else None,
        "conditionTags": rng.choice((["used"],) * 6 + ([], ["used", "directiewagen"])),
        "vin": WMI[model.make] + serial,
    }


def _euro(month: datetime) -> str:
    since = ((2021, "Euro 6d"), (2018, "Euro 6d-TEMP"), (2015, "Euro 6"), (2011, "Euro 5"))
    return next((name for year, name in since if month.year >= year), "Euro 4")


def _offer(rng: random.Random, entry: Entry, car: Car) -> Json:
    young = car.years < 5 and car.mileage < 120_000
    pass_id = uuid.UUID(int=rng.getrandbits(128), version=4)
    number = f"{rng.randrange(10**11):011}"
    car_pass = rng.choices(
        (f"https://public.car-pass.be/vhr/{pass_id}", number, None), (80, 10, 10)
    )
    warranty = rng.random() < 0.9
    return {
        "price": None if entry.status == "draft" and rng.random() < 0.5 else _price(rng, car),
        "currency": "EUR",
        "vehicleType": "btw" if car.model.body == "van" or (young and rng.random() < 0.6)
        else "margin",
        "previousOwners": min(int(car.years / 3.5) + rng.choice((0, 1, 1)), 4),
        "serviceHistory": rng.random() < 0.85,
        "warranty": warranty,
        "warrantyMonths": (24 if young and rng.random() < 0.4 else 12) if warranty else None,
        "carPassUrl": car_pass[0],
    }  # fmt: skip


def _price(rng: random.Random, car: Car) -> int:
    """What it cost new, less what years and distance took off; ends as dealers' prices end."""
    smallest = ENGINES[car.model.engines[0]].kw
    new = car.model.new_price * (1 + (car.engine.kw - smallest) / 350)
    expected = car.years * _KM_PER_YEAR.get(car.engine.fuel, 12_500)
    wear = max(0.7, min(1.15, 1 - (car.mileage - expected) / 350_000))
    value = max(1_950, new * 0.88 * 0.872**car.years * wear * rng.uniform(0.94, 1.06))
    return int(value // 500 * 500) + rng.choice((0, 250, 450, 490, 495, 499, 450, 490))


def _place(rng: random.Random, entry: Entry, dealer: Dealer) -> Json:
    town = dealer.town
    if entry.status == "draft" and rng.random() < 0.5:
        return {"location": dict.fromkeys(("postalCode", "city", "province"))}
    known = rng.random() < 0.8
    return {
        "location": {
            "postalCode": town.postal_code,
            "city": town.name,
            "province": town.province,
            "latitude": round(town.latitude + rng.uniform(-0.02, 0.02), 4) if known else None,
            "longitude": round(town.longitude + rng.uniform(-0.02, 0.02), 4) if known else None,
        }
    }


def _forget(rng: random.Random, listing: Json) -> None:
    """Leave out what sellers leave out; one in forty tells next to nothing."""
    careless = rng.random() < 0.025
    for key, share in _OFTEN_MISSING.items():
        if careless or rng.random() < share:
            listing[key] = None
