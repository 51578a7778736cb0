"""The sellers of the invented stock: a group with three locations, and independent garages.

Towns, post codes and provinces are real, so that they fit one another; names, streets, numbers
and hosts are not.
"""

import random
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

Json = dict[str, Any]


class Town(NamedTuple):
    """A Belgian town with its post code, its zone number and its WGS 84 coordinates."""

    name: str
    postal_code: str
    province: str
    zone: str
    latitude: float
    longitude: float


TOWNS = {
    town.name: town
    for town in (
        Town("Gent", "9000", "Oost-Vlaanderen", "9", 51.0543, 3.7174),
        Town("Antwerpen", "2000", "Antwerpen", "3", 51.2194, 4.4025),
        Town("Leuven", "3000", "Vlaams-Brabant", "16", 50.8798, 4.7005),
        Town("Aalst", "9300", "Oost-Vlaanderen", "53", 50.9378, 4.0410),
        Town("Brugge", "8000", "West-Vlaanderen", "50", 51.2093, 3.2247),
        Town("Hasselt", "3500", "Limburg", "11", 50.9307, 5.3325),
        Town("Kortrijk", "8500", "West-Vlaanderen", "56", 50.8280, 3.2649),
        Town("Mechelen", "2800", "Antwerpen", "15", 51.0259, 4.4776),
        Town("Brussel", "1000", "Brussels Hoofdstedelijk Gewest", "2", 50.8466, 4.3528),
        Town("Namur", "5000", "Namur", "81", 50.4674, 4.8720),
        Town("Liège", "4000", "Liège", "4", 50.6326, 5.5797),
        Town("Sint-Niklaas", "9100", "Oost-Vlaanderen", "3", 51.1565, 4.1437),
        Town("Turnhout", "2300", "Antwerpen", "14", 51.3225, 4.9446),
        Town("Roeselare", "8800", "West-Vlaanderen", "51", 50.9446, 3.1257),
        Town("Genk", "3600", "Limburg", "89", 50.9655, 5.5001),
        Town("Eupen", "4700", "Liège", "87", 50.6280, 6.0363),
    )
}
NAMES = (
    "Zilvermeeuw", "Blauwvoet", "Kromhout", "Wielewaal", "De Vuurtoren", "Roodborst", "Kasteelhoek",
    "Lindendreef", "Pauwhof", "Sterrebos", "Molenvaart", "Goudvink", "Steltloper", "Windhoek",
)  # fmt: skip
STREETS = (
    "Zilvermeeuwlaan", "Kromhoutdreef", "Verzonnenstraat", "Autostalweg", "Wielewaaldreef",
    "Blinkerstraat", "Koplampenlaan", "Velgenplein", "Zuigerstraat", "Remblokweg",
)  # fmt: skip

_INDEPENDENT = (
    ("ZILVERMEEUW", "Garage Zilvermeeuw", "Aalst", 1.5),
    ("SOLITAIR", "Garage Solitair", "Brugge", 0.0),
    ("LEEGLOOP", "Garage Leegloop", "Hasselt", 0.0),
)


class Dealer(NamedTuple):
    """One profile as the API shows it, the share of the stock it sells, and where it is."""

    profile: Json
    weight: float  # 0: sells nothing
    town: Town

    @property
    def id(self) -> str:
        """The profile id."""
        return str(self.profile["id"])


def make_dealers(rng: random.Random, count: int) -> tuple[Dealer, ...]:
    """``count`` profiles: the group first, then a garage with one car, one with none, and others.

    The garage with one car has the code ``SOLITAIR``, the one without ``LEEGLOOP``.
    """
    return tuple(dealer for dealer, _ in zip(_all_dealers(rng), range(count), strict=False))


def parent_summary(parent: Json) -> Json:
    """What a location says of its head dealer."""
    keys = ("id", "locationCode", "companyName", "fullName", "displayName")
    return {key: parent[key] for key in keys}


def _all_dealers(rng: random.Random) -> Iterator[Dealer]:
    head = _profile(rng, "DEX-HQ", "Dexa Autogroep", TOWNS["Gent"])
    yield Dealer(head, 0, TOWNS["Gent"])
    for place, weight in (("Gent", 3.0), ("Antwerpen", 4.0), ("Leuven", 2.0)):
        location = _profile(rng, f"DEX-{place.upper()}", f"Dexa {place}", TOWNS[place])
        location |= {"parentId": head["id"], "parent": parent_summary(head)}
        yield Dealer(location, weight, TOWNS[place])
    for code, name, place, weight in _INDEPENDENT:
        yield Dealer(_profile(rng, code, name, TOWNS[place]), weight, TOWNS[place])
    towns = tuple(TOWNS.values())
    for number in range(1, 10**6):
        town = towns[(3 + number * 5) % len(towns)]
        name = NAMES[number % len(NAMES)]
        kind = rng.choice(("Garage", "Autobedrijf", "Auto's", "Automobielen"))
        code = f"{name}-{town.name}".upper().replace(" ", "").replace("È", "E")
        code += f"-{number}" if number >= len(NAMES) else ""
        profile = _profile(rng, code, f"{kind} {name} {town.name}", town)
        yield Dealer(profile, rng.uniform(0.4, 1.6), town)


def _profile(rng: random.Random, code: str, name: str, town: Town) -> Json:
    host = code.lower().removeprefix("dex-") + (".dexa.example" if "DEX-" in code else ".example")
    return {
        "id": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "parentId": None,
        "locationCode": code,
        "companyName": f"{name} {rng.choice(('BV', 'BV', 'NV', 'VOF'))}",
        "fullName": name,
        "displayName": name,
        "email": f"info@{host}",
        "phone": f"+32 {town.zone} 00 00 {rng.randrange(100):02}",
        "address": f"{rng.choice(STREETS)} {rng.randrange(1, 250)}",
        "postalCode": town.postal_code,
        "city": town.name,
        "province": town.province,
        "logoUrl": None,
        "metadata": {"website": f"https://{host}/"} if rng.random() < 0.5 else {},
        "parent": None,
    }
