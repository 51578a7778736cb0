"""A checker for Trovit's cars documents, from the table of its public page.

https://corporate.trovit.com/feed-za-cars: no schema is published.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import etree

ANY = re.compile(r"(?s).*\S.*")
ADDRESS = re.compile(r"https?://\S+")
COUNT = re.compile(r"[1-9]\d*")
DEGREES = re.compile(r"-?\d+(\.\d+)?")
LEAVES: Mapping[str, re.Pattern[str]] = {
    "id": ANY,
    "url": ADDRESS,
    "title": re.compile(r"(?i)(?!.*(://|www\.|@\S)).*\S.*"),
    "content": re.compile(r"(?s).{30,}"),
    "mobile_url": ADDRESS,
    "price": COUNT,
    "make": ANY,
    "model": ANY,
    "color": ANY,
    "mileage": re.compile(r"\d+"),
    "doors": COUNT,
    "fuel": ANY,
    "transmission": ANY,
    "engine_size": COUNT,
    "cylinders": COUNT,
    "power": COUNT,
    "seats": COUNT,
    "gears": COUNT,
    "year": re.compile(r"\d{4}"),
    "car_type": ANY,
    "warranty": COUNT,
    "address": ANY,
    "city_area": ANY,
    "city": ANY,
    "postcode": ANY,
    "region": ANY,
    "latitude": DEGREES,
    "longitude": DEGREES,
    "date": re.compile(r"(0[1-9]|[12]\d|3[01])/(0[1-9]|1[0-2])/\d{4}"),
    "time": re.compile(r"([01]\d|2[0-3]):[0-5]\d"),
}
REQUIRED = ("id", "url", "title", "content")


def faults(document: bytes) -> list[str]:
    """What Trovit would refuse or misread."""
    root = etree.fromstring(document)
    found = [] if root.tag == "trovit" else [f"the root is {root.tag}"]
    found += [f"{child.tag} is no ad" for child in root if child.tag != "ad"]
    ids = Counter(ad.findtext("id") for ad in root)
    found += [f"id {each} comes {n} times" for each, n in ids.items() if n > 1]
    for ad in root:
        found += _ad(ad)
    return found


def _ad(ad: etree._Element) -> Iterator[str]:
    counts = Counter(child.tag for child in ad)
    yield from (f"{name} is missing" for name in REQUIRED if name not in counts)
    yield from (f"{count} {name}" for name, count in counts.items() if count > 1)
    for child in ad:
        if child.tag == "pictures":
            yield from _pictures(child)
        elif child.tag not in LEAVES:
            yield f"{child.tag} is not documented"
        elif len(child) or not LEAVES[child.tag].fullmatch(child.text or ""):
            yield f"{child.tag} {child.text!r}"
        elif set(child.keys()) != ({"unit"} if child.tag == "power" else set()):
            yield f"{child.tag} with {child.keys()}"


def _pictures(node: etree._Element) -> Iterator[str]:
    if not len(node):
        yield "pictures without any"
    for picture in node:
        names = [child.tag for child in picture]
        if picture.tag != "picture" or names not in (
            ["picture_url"],
            ["picture_url", "picture_title"],
        ):
            yield f"{picture.tag} of {names}"
        elif not ADDRESS.fullmatch(picture[0].text or ""):
            yield f"picture_url {picture[0].text!r}"
