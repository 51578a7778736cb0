"""A checker for Google's vehicle ads, from the pages of the Merchant Center help.

https://support.google.com/merchants/answer/11192663 and, for stores, answer/11192313: no schema is
published. What it asks of a car depends on the country that the account is for.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import etree

NAMESPACE = "http://base.google.com/ns/1.0"
G = f"{{{NAMESPACE}}}"
ANY = re.compile(r"(?s).*\S.*")
ADDRESS = re.compile(r"https?://\S+")
IMAGE = re.compile(r"(?i)https?://\S+\.(gif|jpe?g|png|bmp|tiff?)([?#]\S*)?")


def words(*allowed: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, allowed)))


LEAVES: Mapping[str, re.Pattern[str]] = {
    "id": re.compile(r"(?s).{1,50}"),
    "google_product_category": words("916"),
    "store_code": re.compile(r".{1,64}"),
    "title": ANY,
    "description": ANY,
    "link": ADDRESS,
    "link_template": re.compile(r"https?://\S*\{store_code\}\S*"),
    "image_link": IMAGE,
    "additional_image_link": IMAGE,
    "price": re.compile(r"(?=.*[1-9])\d+\.\d\d [A-Z]{3}"),
    "vehicle_price_type": words(
        "all_in_price", "drive_away_price", "estimated_drive_away_price",
        "excluding_government_charges_price",
    ),
    "condition": words("new", "used"),
    "brand": ANY,
    "model": re.compile(r".{1,150}"),
    "trim": ANY,
    "year": re.compile(r"\d{4}"),
    "mileage": re.compile(r"\d+ (km|miles)"),
    "color": ANY,
    "vin": re.compile(r"[A-HJ-NPR-Z0-9]{17}"),
    "date_first_registered": re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?"),
    "engine": words(
        "gasoline", "diesel", "electric", "hybrid", "plug-in_hybrid", "lpg", "methane",
        "natural_gas", "other",
    ),
    "body_style": words(
        "convertible", "coupe", "crossover", "full size van", "hatchback", "minivan", "sedan",
        "station wagon", "suv", "truck",
    ),
    "co2_emissions": re.compile(r"\d+ g/km"),
    "fuel_consumption": re.compile(r"\d+(\.\d+)? l/100km"),
    "emissions_standard": words(
        "euro1", "euro2", "euro3", "euro4", "euro5", "euro5b", "euro6", "euro6c", "euro6d",
        "euro6d-TEMP", "euro6e", "zero_emissions",
    ),
    "vehicle_option": ANY,
    **{f"custom_label_{n}": re.compile(r".{1,100}") for n in range(5)},
}  # fmt: skip
REPEATED = {"additional_image_link": 10}
ALWAYS = frozenset(
    [
        "id", "google_product_category", "vehicle_fulfillment", "store_code", "link",
        "link_template", "image_link", "price", "condition", "brand", "model", "mileage", "color",
    ]
)  # fmt: skip
YEAR_OPTIONAL = ("FR", "IT", "ES", "NL", "DE")
VIN_OPTIONAL = ("FR", "DE", "IT", "ES", "NL", "GB", "JP")
ENGINE_REQUIRED = ("DE", "IT", "ES", "NL")
REGISTRATION_REQUIRED = ("FR", "IT", "ES", "DE")
HEADERS = b"store_code\tstore_name\tstore_address\tphone_number\twebsite_url"


def faults(document: bytes, country: str) -> list[str]:
    """What Merchant Center would disapprove."""
    root = etree.fromstring(document)
    found = list(_frame(root))
    items = root.findall("channel/item")
    for name in ("id", "vin"):
        counts = Counter(item.findtext(G + name) for item in items)
        found += [f"{name} {each} comes {n} times" for each, n in counts.items() if each and n > 1]
    for item in items:
        found += _item(item, country)
    return found


def store_faults(table: bytes) -> list[str]:
    """What is wrong with a store file."""
    header, *lines = table.removesuffix(b"\n").split(b"\n")
    rows = [line.decode().split("\t") for line in lines]
    found = [] if header == HEADERS else [f"headers {header!r}"]
    codes = Counter(row[0] for row in rows)
    found += [f"store {code} comes {n} times" for code, n in codes.items() if n > 1]
    for row in rows:
        if len(row) != 5:
            found.append(f"{len(row)} columns")
        elif not 0 < len(row[0]) <= 64 or not re.fullmatch(r".+, .+, Belgium", row[2]):
            found.append(f"row {row}")
        elif not re.fullmatch(r"(\+\d{7,15})?", row[3]) or not re.match("https?://|$", row[4]):
            found.append(f"phone or site of {row}")
    if len(rows) > 10_000:
        found.append("too many rows")
    return found


def _frame(root: etree._Element) -> Iterator[str]:
    if (
        root.tag != "rss"
        or root.get("version") != "2.0"
        or [each.tag for each in root] != ["channel"]
    ):
        yield "not one channel of RSS 2.0"
        return
    names = [child.tag for child in root[0]]
    if names[:3] != ["title", "link", "description"] or set(names[3:]) - {"item"}:
        yield f"the parts are {sorted(set(names))}"
    for name in ("title", "link", "description"):
        if not (root.findtext(f"channel/{name}") or "").strip():
            yield f"no {name}"


def _item(item: etree._Element, country: str) -> Iterator[str]:
    yield from (f"{each.tag} is not Google's" for each in item if not str(each.tag).startswith(G))
    names = [str(child.tag).removeprefix(G) for child in item]
    values = {name: child.text or "" for name, child in zip(names, item, strict=True)}
    counts = Counter(names).items()
    yield from (f"{count} {name}" for name, count in counts if count > REPEATED.get(name, 1))
    yield from (f"{each} is missing" for each in sorted(_required(values, country) - set(names)))
    if values.get("condition") == "new" and country == "DE":
        yield "a new car without its certification"
    for name, child in zip(names, item, strict=True):
        yield from _fulfilment(child) if name == "vehicle_fulfillment" else _leaf(name, child)
    options = values.get("vehicle_option", "x").split(",")
    if len(options) > 200 or not all(0 < len(each) <= 256 for each in options):
        yield "vehicle_option"


def _leaf(name: str, node: etree._Element) -> Iterator[str]:
    if name not in LEAVES:
        yield f"{name} is not documented"
    elif len(node) or not LEAVES[name].fullmatch(node.text or ""):
        yield f"{name} {node.text!r}"


def _required(values: Mapping[str, str], country: str) -> set[str]:
    required = set(ALWAYS)
    required |= {"year"} if country not in YEAR_OPTIONAL else set()
    required |= {"vin"} if country not in VIN_OPTIONAL else set()
    required |= {"engine"} if country in ENGINE_REQUIRED else set()
    required |= {"vehicle_price_type"} if country in ("AU", "CA") else set()
    required |= {"vehicle_all_in_price"} if country in ("CA", "JP") else set()
    if values.get("condition") == "used":
        return required | ({"date_first_registered"} if country in REGISTRATION_REQUIRED else set())
    if country in ENGINE_REQUIRED:
        charged = values.get("engine") in ("electric", "plug-in_hybrid")
        required |= {"co2_emissions"} | ({"energy_consumption"} if charged else set())
        required |= set() if values.get("engine") == "electric" else {"fuel_consumption"}
    return required | ({"emissions_standard"} if country == "IT" else set())


def _fulfilment(node: etree._Element) -> Iterator[str]:
    if [child.tag for child in node] != [f"{G}option", f"{G}store_code"]:
        yield "vehicle_fulfillment lacks a part"
    elif node[0].text != "in_store" or not 0 < len(node[1].text or "") <= 64:
        yield f"vehicle_fulfillment {node[0].text} {node[1].text}"
