"""A checker for Admarkt documents, from the field list of the public documentation 0.129.

https://ecg-icas.github.io/icas/doc/prod/feed-details.html: the schema is each tenant's own, and is
not kept here. The order of the children is that of the public sample.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

from lxml import etree

# What an operator would say; the numbers and names are invented.
SETTINGS = {
    "categories": {"Skoda": 100001, "<b>škoda</b>": 100001, "renault": 100002, "Ford": 100003},
    "attributes": {
        "year": {"name": "bouwjaar", "label": "Bouwjaar"},
        "mileage_km": {"name": "kilometerstand", "label": "Kilometerstand"},
        "fuel": {"name": "brandstof", "label": "Brandstof", "values": {"hybrid": "Hybride (HEV)"}},
        "transmission": {"name": "transmissie"},
        "body": {"name": "carrosserie"},
        "power_kw": {"name": "vermogen"},
        "color": {"name": "kleur"},
        "emission_class": {"name": "euronorm"},
    },
    "budget": {"cpc": 12, "total_budget": 10_000, "daily_budget": 500},
}
NAMESPACE = "http://admarkt.marktplaats.nl/schemas/1.0"
A = f"{{{NAMESPACE}}}"
ADDRESS = re.compile(r"https?://\S{1,2040}")
CENTS = re.compile(r"[1-9]\d{0,9}|10000000000")
FLAG = re.compile("true|false")


def text(most: int) -> re.Pattern[str]:
    return re.compile(rf"(?s)(?=.*\S).{{1,{most}}}")


def words(*allowed: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, allowed)))


ORDER: Mapping[str, re.Pattern[str] | None] = {
    "vendorId": text(64),
    "title": text(120),
    "description": text(65_535),
    "categoryId": re.compile(r"[1-9]\d*"),
    "url": ADDRESS,
    "vanityUrl": text(256),
    "price": CENTS,
    "originalPrice": CENTS,
    "priceType": words(
        "BIDDING", "BIDDING_FROM", "FIXED_PRICE", "FREE", "NEGOTIABLE", "SEE_DESCRIPTION", "SWAP",
        "CREDIBLE_BID", "ON_DEMAND", "NOT_APPLICABLE", "RESERVED",
    ),
    "phoneNumber": re.compile(r"\+?\d{1,31}"),
    "emailAdvertiser": FLAG,
    "sellerName": text(60),
    "status": words("ACTIVE", "PAUSED"),
    "media": None,
    "budget": None,
    "shippingOptions": None,
    "attributes": None,
    "productType": text(750),
    "googleProductCategory": text(750),
    "brand": text(70),
    "condition": words("new", "refurbished", "used"),
    "color": re.compile(r"[^/]{1,100}(/[^/]{1,100}){0,2}"),
}  # fmt: skip
REQUIRED = ("vendorId", "title", "description", "categoryId", "priceType")
BUDGET = ("cpc", "autobid", "totalBudget", "dailyBudget")
PICTURE = re.compile(r"(?i)https?://\S+\.(jpe?g|png|gif|bmp)([?#]\S*)?")
CONTACT = re.compile(
    r"(?i)://|www\.|\S@\S|\b[a-z0-9-]+\.(be|nl|com|eu)\b|"
    r"(?<![\w.,])(\+|00)32[ ./]?\d|(?<![\w.,])04\d\d[ ./-]?\d\d[ .]?\d\d[ .]?\d\d"
)
TAGS = frozenset(["u", "em", "ul", "li", "p", "strong", "br"])


def faults(document: bytes) -> list[str]:
    """What Admarkt would refuse, the whole document or an ad of it."""
    root = etree.fromstring(document)
    found = [] if root.tag == f"{A}ads" else [f"the root is {root.tag}"]
    found += [f"{child.tag} is no ad" for child in root if child.tag != f"{A}ad"]
    ids = Counter(ad.findtext(f"{A}vendorId") for ad in root)
    found += [f"vendorId {each} comes {n} times" for each, n in ids.items() if n > 1]
    for ad in root:
        found += _ad(ad)
    return found


def _ad(ad: etree._Element) -> Iterator[str]:
    names = [str(child.tag).removeprefix(A) for child in ad]
    yield from (f"{name} is missing" for name in REQUIRED if name not in names)
    known = [name for name in ORDER if name in names]
    if names != known:
        yield f"the children are {names}"
    if ad.findtext(f"{A}priceType") in ("FIXED_PRICE", "BIDDING_FROM") and "price" not in names:
        yield "a fixed price without any"
    for name, child in zip(names, ad, strict=True):
        form = ORDER.get(name)
        if form and (len(child) or not form.fullmatch(child.text or "")):
            yield f"{name} {child.text!r}"
        if name in PARTS:
            yield from PARTS[name](child)
        if name in ("title", "description"):
            said = re.sub(r"Car-Pass: \d{11}", "", child.text or "")
            yield from (f"{name} has {each[0]}" for each in CONTACT.finditer(said))


def _description(node: etree._Element) -> Iterator[str]:
    markup = _Markup()
    markup.feed(node.text or "")
    markup.close()
    yield from markup.faults
    if markup.open:
        yield f"open {markup.open}"


def _media(node: etree._Element) -> Iterator[str]:
    if not len(node):
        yield "media without any"
    for child in node:
        if child.tag != f"{A}image" or not PICTURE.fullmatch(child.get("url", "")):
            yield f"{child.tag} {child.get('url')}"


def _budget(node: etree._Element) -> Iterator[str]:
    names = [str(child.tag).removeprefix(A) for child in node]
    if names != [name for name in BUDGET if name in names] or "totalBudget" not in names:
        yield f"budget of {names}"
    for name, child in zip(names, node, strict=True):
        if not (FLAG if name == "autobid" else CENTS).fullmatch(child.text or ""):
            yield f"{name} {child.text}"
    if ("cpc" in names) is (node.findtext(f"{A}autobid") == "true"):
        yield "not one bid"


def _shipping(node: etree._Element) -> Iterator[str]:
    for option in node:
        names = [str(child.tag).removeprefix(A) for child in option]
        if names != ["shippingType", "location"] or option[0].text != "PICKUP":
            yield f"shippingOption of {names}"


def _attributes(node: etree._Element) -> Iterator[str]:
    if not len(node):
        yield "attributes without any"
    for attribute in node:
        values = {str(child.tag).removeprefix(A): child.text or "" for child in attribute}
        order = ("attributeName", "attributeLocale", "attributeLabel", "attributeValue")
        if list(values) != [name for name in order if name in values]:
            yield f"attribute of {list(values)}"
        if not 0 < len(values.get("attributeName", "")) <= 32:
            yield f"attributeName {values.get('attributeName')}"
        if not 0 < len(values.get("attributeValue", "")) <= 512:
            yield f"attributeValue {values.get('attributeValue')}"
        if not re.fullmatch("(nl|fr)(_BE)?", values.get("attributeLocale", "nl")):
            yield f"attributeLocale {values['attributeLocale']}"


PARTS = {
    "description": _description,
    "media": _media,
    "budget": _budget,
    "shippingOptions": _shipping,
    "attributes": _attributes,
}


class _Markup(HTMLParser):
    """Allowed elements only, without attributes, properly nested."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS or attrs:
            self.faults.append(f"<{tag}> is not allowed")
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes another")

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"a comment: {data}")
