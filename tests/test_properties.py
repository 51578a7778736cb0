"""What holds of any text and any record, tried on whatever hypothesis can think of."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from syndicator.conditions import Conditions
from syndicator.contract import Exporter, Place, Scope, View
from syndicator.errors import RecordError
from syndicator.exporters import _xml
from syndicator.exporters.atom import Atom
from syndicator.exporters.changes import Changes
from syndicator.exporters.jsonfeed import JsonFeed
from syndicator.exporters.meta import Meta
from syndicator.exporters.rss import Rss
from syndicator.exporters.schemaorg import SchemaOrg
from syndicator.exporters.showroom import Showroom
from syndicator.exporters.trovit import Trovit
from syndicator.exporters.vehicles import Vehicles
from syndicator.links import distinct_slugs, facet_slug, may_be_slug, slugify, token, vehicle_slug
from syndicator.models import Dealer, Feature, Listing
from syndicator.rules import SETTABLE, Rule, mapped
from syndicator.simulator.hostile import ATTACKS
from syndicator.source import normalise, scrub, wire
from syndicator.source.fields import MAX_LINE, MAX_URL
from syndicator.testing import (
    bodies,
    sample_dealer,
    sample_kit,
    sample_listing,
    sample_view,
)
from syndicator.testing.documents import elements
from syndicator.traits import TRAITS, Sort

few = settings(max_examples=25, derandomize=True, database=None, deadline=None)
many = settings(max_examples=150, derandomize=True, database=None, deadline=None)

ODD = "<>&\"'`={}%$/\\:;,#?@ \t\n\r\x00\x0b\x1b\x85\x9b"
ODD += "\u0301\u0338\u034f\u200b\u200d\u2028\u202e\u2067"
ODD += "\u3164\ufe0f\ufeff\ufffe\ud800\U000e0041\U0001f697\u00df\u0131\u05d0\u0e49\ufdd0az019"
anything = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)
odd_text = st.text(st.sampled_from(ODD), max_size=40)
attacks = st.sampled_from(ATTACKS).map(lambda text: text[:400])
texts = anything | odd_text | attacks
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=6,
)

UNSEEN = re.compile(
    "[\u200b\u200e\u200f\u061c\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]"
)
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, Char
IDS = ("id", "dealer_id", "parent_id")  # opaque: kept as they come
URLS = ("url", "logo_url")
LIMITS = {"photos": 60, "features": 200, "conditions": 21, "metadata": 50}
MEMBERS = sorted(
    {name for name, _ in normalise.MEMBERS.values()}
    | {name for name, _ in normalise.WORDS.values()}
    | {"title", "price", "currency", "conditionTags", "condition", "vin", "carPassUrl", "images"}
    | {"mainImageUrl", "features", "location", "dealer", "createdAt", "updatedAt"}
)
PLACES = ("postalCode", "city", "province", "latitude", "longitude")
SELLER = ("locationCode", "companyName", "fullName", "displayName", "email", "phone", "address")
SELLER += ("postalCode", "city", "province", "logoUrl", "metadata", "stats", "parent", "isRoot")

records = st.builds(
    lambda own, place, seller: (
        {"id": "a", "dealerProfileId": "d", "status": "active"}
        | ({"location": place} if place else {})
        | ({"dealer": seller | {"id": "d"}} if seller else {})
        | own
    ),
    st.dictionaries(st.sampled_from(MEMBERS), values | texts, max_size=12),
    st.dictionaries(st.sampled_from(PLACES), values, max_size=5),
    st.dictionaries(st.sampled_from(SELLER), values | texts, max_size=8),
)


def strings(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text, with the name of the member that holds it."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield "key", key
            yield from strings(each, key)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from strings(each, name)


def read(record: dict[str, Any]) -> normalise.Normalised | None:
    try:
        return normalise.listing(json.dumps(record).encode())
    except RecordError:
        return None


@many
@given(records)
def test_what_comes_through_the_gate_is_clean_and_within_its_limits(record: dict[str, Any]) -> None:
    found = read(record)
    if found is None:
        return
    for model in (found.listing, found.dealer):
        plain = msgspec.to_builtins(model) or {}
        for name, limit in LIMITS.items():
            assert len(plain.get(name, ())) <= limit
        for name, text in strings(plain):
            assert not FORBIDDEN.search(text), name
            assert not UNSEEN.search(text), name
            if name in IDS:
                assert 0 < len(text) <= wire.MAX_ID_LENGTH
                continue
            assert text, name
            assert unicodedata.is_normalized("NFC", text), name
            if name in URLS:
                assert re.fullmatch(r"https?://[!-~]+", text)
                assert len(text) <= MAX_URL
                continue
            assert "\n" not in text or name == "description"
            assert not unicodedata.category(text[0]).startswith("M"), name
            assert len(text) <= (normalise.MAX_DESCRIPTION if name == "description" else MAX_LINE)
    assert found.listing.title.strip()


@many
@given(names=st.lists(texts, min_size=1, max_size=6), meet=st.booleans())
def test_folders_of_dealers_are_safe_and_no_two_are_alike(names: list[str], *, meet: bool) -> None:
    wanted = {f"id-{at}": name for at, name in enumerate(names)}
    if meet:  # one is called as another would be with its token, a third like that other
        wanted["x"] = f"{slugify(names[0]) or 'dealer'}-{token('id-0')}"
        wanted["y"] = names[0].upper()
    found = distinct_slugs(wanted)
    assert found == distinct_slugs(dict(reversed(wanted.items())))
    assert len({slug.casefold() for slug in found.values()}) == len(wanted)
    for slug in found.values():
        assert may_be_slug(slug), slug


@many
@given(texts, texts)
def test_a_slug_stays_a_slug_and_an_address_is_plain(make: str, model: str) -> None:
    slug = slugify(make)
    assert slugify(slug) == slug
    make, model = scrub.line(make), scrub.line(model)
    assert may_be_slug(facet_slug(make))
    listing = sample_listing(make=make, model=model)
    assert may_be_slug(vehicle_slug(listing))
    assert vehicle_slug(listing).endswith(token(listing.id))


@cache
def conditions() -> tuple[Conditions, ...]:
    """One of each kind."""
    found = []
    for name in sorted(Conditions.model_fields):
        for value in ("x", 5, True, "2026-01-01T00:00:00Z", *_words(name)):
            try:
                found.append(Conditions.model_validate({name: value}))
            except ValueError:
                continue
            break
    assert len(found) == len(Conditions.model_fields)
    return tuple(found)


def _words(name: str) -> tuple[str, ...]:
    fitting = (trait for key, trait in TRAITS.items() if name.startswith(key) and trait.words)
    return next((trait.words[:1] for trait in fitting), ())


@few
@given(records)
def test_rules_and_conditions_answer_on_any_car(record: dict[str, Any]) -> None:
    found = read(record)
    if found is None:
        return
    for when in conditions():
        assert when.fits(found.listing) in (True, False)
    for name, trait in SETTABLE.items():
        if trait.sort is Sort.TEXT and "url" not in name and name != "first_registration":
            assert (
                trait.read(Rule.model_validate({"set": {name: "x"}}).changed(found.listing)) == "x"
            )
    word = found.listing.make or ""
    assert mapped(found.listing, {"make": {word: "y"}}).make == ("y" if word else None)


@many
@given(texts)
def test_written_xml_gives_the_text_back_or_leaves_its_listing_out(text: str) -> None:
    def node(listing: Listing) -> etree._Element:
        made = etree.Element("car", title=listing.title)
        _xml.add(made, "text", listing.title, about=listing.title)
        return made

    raw = [sample_listing(id=each, title=title) for each, title in (("a", "x"), ("b", text))]
    clean = scrub.line(text)
    for cars, must in ((raw, 1), ([sample_listing(title=clean)] * 2, 2)):
        written = b"".join(_xml.document("cars", _xml.records(cars, node)))
        root = etree.fromstring(written, etree.XMLParser(resolve_entities=False))
        assert len(root) >= must
        for car in root[2 - must :]:
            told = {car.get("title"), car.findtext("text"), car[0].get("about")}
            expected = text if must == 1 else clean
            assert told == {expected} or must == 1  # a line break within markup becomes a blank


class Shape(HTMLParser):
    """The elements of a document in their order, each with the names of its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, ...]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, *(name for name, _ in attrs)))

    def handle_comment(self, data: str) -> None:
        self.seen.append(("!--", data))

    def handle_decl(self, decl: str) -> None:
        self.seen.append(("!", decl))

    def handle_pi(self, data: str) -> None:
        self.seen.append(("?", data))


def shape_of_html(text: str) -> list[tuple[str, ...]]:
    found = Shape()
    found.feed(text)
    found.close()
    return found.seen


def shape_of_xml(body: bytes) -> list[tuple[str, ...]]:
    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    return [(str(each.tag), *map(str, each.attrib)) for each in root.iter()]


LISTED = ("title", "slug", "reference", "provider", "make", "model", "variant", "engine", "color")
LISTED += ("interior_color", "interior_material", "paint", "emission_class")
NAMED = ("company_name", "full_name", "display_name", "address", "city", "province")


def stock(text: str) -> View:
    """A car and its seller who say this in each of their fields."""
    return sample_view([car(text)], dealers=[seller(text)], scope=Scope.SHOWROOM, languages=("nl",))


def car(text: str) -> Listing:
    return sample_listing(
        **dict.fromkeys(LISTED, text),
        description=f"{text}\n\n{text}",
        conditions=(text,),
        features=(Feature(name=text),),
    )


def seller(text: str) -> Dealer:
    return sample_dealer(**dict.fromkeys(NAMED, text), metadata={"x": text})


def written(kind: Any, text: str) -> list[tuple[PurePosixPath, bytes]]:
    view = stock(text)
    if kind.place is Place.ROOT:
        links = msgspec.structs.replace(view.links, place=view.links.folder)
        view = msgspec.structs.replace(view, links=links)
    exporter: Exporter = kind(kind.Options(), sample_kit())
    return sorted(bodies(exporter.export(view)).items(), key=lambda each: each[0].parts[-2:])


def shapes(kind: Any, text: str) -> list[list[tuple[str, ...]]]:
    """Of all documents, in an order that no name changes."""
    found = []
    for path, body in written(kind, text):
        elements(path, body)  # well-formed, strictly
        if path.suffix == ".html":
            found.append(shape_of_html(body.decode()))
        elif path.suffix == ".xml":
            found.append(shape_of_xml(body))
    return sorted(found)


sayings = (
    (odd_text | anything | attacks)
    .map(lambda text: scrub.line(text)[:80].strip())
    .filter(lambda text: any(map(str.isalnum, text)))
)


def pairs(found: list[list[tuple[str, ...]]]) -> set[tuple[str, str]]:
    """Each element with each of its attributes."""
    return {(tag, name) for shape in found for tag, *names in shape for name in ("", *names)}


def tags(found: list[list[tuple[str, ...]]]) -> list[list[str]]:
    return sorted([tag for tag, *_ in shape] for shape in found)


@pytest.mark.parametrize("kind", [Showroom, Atom, Rss, Vehicles, Changes, Meta, Trovit])
def test_no_text_in_any_field_adds_an_element_or_an_attribute(kind: Any) -> None:
    tame = shapes(kind, "Iets heel gewoons en langs")
    known = pairs(tame) | pairs(shapes(kind, "kort"))

    @few
    @given(sayings)
    def holds(text: str) -> None:
        found = shapes(kind, text)
        assert pairs(found) <= known
        if kind not in (Meta, Trovit):  # they leave out what portals forbid
            assert tags(found) == tags(tame)

    holds()


def entry_texts(body: bytes, *names: str) -> list[str]:
    root = etree.fromstring(body)
    return [each.text or "" for each in root.iter(*names)]


SHOWN: dict[Any, Callable[[bytes], list[str]]] = {
    Atom: lambda body: entry_texts(body, "{*}title")[1:],
    Rss: lambda body: [
        each.text or "" for each in etree.fromstring(body).iterfind(".//item/title")
    ],
    Vehicles: lambda body: entry_texts(body, "{*}title", "{*}make", "{*}engine"),
    JsonFeed: lambda body: [each["title"] for each in json.loads(body)["items"]],
    SchemaOrg: lambda body: [
        each["name"] for each in json.loads(body)["@graph"] if each["@type"] == "Car"
    ],
}


@pytest.mark.parametrize("kind", SHOWN)
def test_a_feed_gives_any_text_back_to_the_letter(kind: Any) -> None:
    @few
    @given(sayings)
    def holds(text: str) -> None:
        main = [body for path, body in written(kind, text) if path.suffix in (".xml", ".json")]
        assert set(SHOWN[kind](main[0])) == {text}

    holds()


@few
@given(sayings)
def test_a_page_shows_any_text_to_the_letter(text: str) -> None:
    slug = vehicle_slug(car(text))
    (body,) = [b for path, b in written(Showroom, text) if path.parts[:-1] == (slug,)]
    page = html.fromstring(body)
    assert text in page.xpath("string(//h1)").replace("\n", " ")
    (feature,) = page.xpath("//ul[@class='equipment']/li")
    assert feature.text_content() == text
    (block,) = page.xpath("//script[@type='application/ld+json']/text()")
    assert text in {value for _, value in strings(json.loads(block))}
