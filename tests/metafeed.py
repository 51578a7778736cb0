"""A checker for Meta automotive inventory documents, from the table of Meta's reference.

https://developers.facebook.com/docs/marketing-api/auto-ads/reference: no schema is published.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import etree

ANY = re.compile(r"(?s).*\S.*")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
ADDRESS = re.compile(r"https?://\S+")


def words(*allowed: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, allowed)))


LEAVES: Mapping[str, re.Pattern[str]] = {
    "vehicle_id": re.compile(r"(?s).{1,100}"),
    "title": ANY,
    "description": re.compile(r"(?s).{1,5000}"),
    "url": ADDRESS,
    "make": ANY,
    "model": ANY,
    "year": re.compile(r"\d{4}"),
    "body_style": words(
        "CONVERTIBLE", "COUPE", "CROSSOVER", "ESTATE", "GRANDTOURER", "HATCHBACK", "MINIBUS",
        "MINIVAN", "MPV", "PICKUP", "ROADSTER", "SALOON", "SEDAN", "SMALL_CAR", "SPORTSCAR",
        "SUPERCAR", "SUPERMINI", "SUV", "TRUCK", "VAN", "WAGON", "OTHER", "NONE",
    ),
    "exterior_color": ANY,
    "state_of_vehicle": words("NEW", "USED", "CPO"),
    "price": re.compile(r"(?!0+(\.0+)? )\d+(\.\d\d)? [A-Z]{3}"),
    "vin": re.compile(r"[A-HJ-NPR-Z0-9]{17}"),
    "availability": words("AVAILABLE", "NOT_AVAILABLE", "PENDING", "UNKNOWN"),
    "transmission": words("AUTOMATIC", "MANUAL", "OTHER", "NONE"),
    "fuel_type": words(
        "DIESEL", "ELECTRIC", "FLEX", "GASOLINE", "HYBRID", "PETROL", "PLUGIN_HYBRID", "OTHER",
        "NONE",
    ),
    "drivetrain": words("FWD", "RWD", "AWD", "OTHER", "NONE"),
    "trim": re.compile(r"(?s).{1,50}"),
    "interior_color": ANY,
    "vehicle_type": words(
        "CAR_TRUCK", "COMMERCIAL", "MOTORCYCLE", "BOAT", "POWERSPORT", "RV_CAMPER", "TRAILER",
        "OTHER",
    ),
    "date_first_on_lot": re.compile(r"\d{4}-\d\d-\d\d"),
    "latitude": NUMBER,
    "longitude": NUMBER,
    "dealer_id": ANY,
    "dealer_name": ANY,
    "dealer_phone": ANY,
}  # fmt: skip
REQUIRED = frozenset(
    [
        "vehicle_id", "title", "description", "url", "make", "model", "year", "mileage", "image",
        "body_style", "exterior_color", "state_of_vehicle", "price", "address",
    ]
)  # fmt: skip
NESTED: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "mileage": {"value": re.compile(r"\d+"), "unit": words("KM", "MI")},
    "image": {"url": ADDRESS, "tag": ANY},
}
COMPONENTS = frozenset(["addr1", "city", "region", "postal_code", "country"])
MOST_IMAGES = 20
LONGEST_LINE_BYTES = 5_242_880


def faults(document: bytes) -> list[str]:
    """What Meta would refuse or ignore."""
    root = etree.fromstring(document)
    found = list(_frame(root))
    if max(map(len, document.splitlines())) > LONGEST_LINE_BYTES:
        found.append("a line is too long")
    listings = root.findall("listing")
    ids = Counter(listing.findtext("vehicle_id") for listing in listings)
    found += [
        f"vehicle_id {each!r} occurs {count} times" for each, count in ids.items() if count > 1
    ]
    for listing in listings:
        found += _listing(listing)
    return found


def _frame(root: etree._Element) -> Iterator[str]:
    if root.tag != "listings":
        yield f"the root is {root.tag}"
    names = [child.tag for child in root]
    if names[:2] != ["title", "link"] or set(names[2:]) - {"listing"}:
        yield f"the parts are {sorted(set(names))}"
    link = root.find("link")
    if link is None or link.get("rel") != "self" or not ADDRESS.fullmatch(link.get("href", "")):
        yield "no link to itself"


def _listing(listing: etree._Element) -> Iterator[str]:
    counts = Counter(child.tag for child in listing)
    for name in sorted(REQUIRED - set(counts)):
        yield f"{name} is missing"
    for name, count in counts.items():
        if count > (MOST_IMAGES if name == "image" else 1):
            yield f"{count} {name}"
    for child in listing:
        if child.tag in LEAVES:
            yield from _leaf(child, LEAVES[child.tag])
        elif child.tag in NESTED:
            yield from _nested(child, NESTED[child.tag])
        elif child.tag == "address":
            yield from _address(child)
        else:
            yield f"{child.tag} is not documented"


def _leaf(node: etree._Element, form: re.Pattern[str]) -> Iterator[str]:
    if len(node) or not form.fullmatch(node.text or ""):
        yield f"{node.tag} {node.text!r}"


def _nested(node: etree._Element, forms: Mapping[str, re.Pattern[str]]) -> Iterator[str]:
    if [child.tag for child in node] != list(forms):
        yield f"{node.tag} of {[child.tag for child in node]}"
    for child in node:
        yield from _leaf(child, forms.get(child.tag, ANY))


def _address(node: etree._Element) -> Iterator[str]:
    names = [child.get("name") for child in node]
    if node.get("format") != "simple":
        yield "address is not in the simple format"
    if len(names) != len(set(names)) or not set(names) <= COMPONENTS:
        yield f"address of {names}"
    if not COMPONENTS - {"addr1"} <= set(names):
        yield f"address lacks {sorted(COMPONENTS - set(names))}"
    for child in node:
        yield from _leaf(child, ANY)
