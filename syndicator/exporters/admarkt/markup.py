"""An ad's description: paragraphs of the seller's text, then a list of facts. Pure.

Of HTML the portal keeps ``u``, ``em``, ``ul``, ``li``, ``p``, ``strong`` and ``br``.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from lxml import etree

from syndicator.contract import Words
from syndicator.exporters._clean import without_contacts
from syndicator.exporters._sheet import (
    cut,
)
from syndicator.facts import facts, vat_text
from syndicator.models import Listing

LONGEST_ESCAPE = len("&amp;")
NOT_LISTED = ("reference",)  # vendorId has it


def description(listing: Listing, words: Words, most: int) -> tuple[str, bool]:
    """The markup, within so many characters, and whether the seller's text had to be cut.

    The facts are kept whole where there is room for them at all.
    """
    clean = filter(None, map(without_contacts, _lines(listing, words)))
    listed = _list(chain(clean, _car_pass(listing)))
    if len(listed) > most:
        listed = ""
    room = most - len(listed)
    paragraphs = without_contacts(listing.description or "").split("\n")
    kept: list[str] = []
    for paragraph in filter(None, paragraphs):
        node = _element("p", paragraph)
        if len(node) > room:
            characters = (room - len("<p></p>")) // LONGEST_ESCAPE
            kept += [_element("p", cut(paragraph, characters))] if characters > 0 else []
            return "".join((*kept, listed)), True
        kept.append(node)
        room -= len(node)
    return "".join((*kept, listed)), False


def _lines(listing: Listing, words: Words) -> Iterator[str]:
    """Facts, the VAT regime and the equipment."""
    for fact in facts(listing, words):
        if fact.name not in NOT_LISTED:
            yield words.text("{label}: {value}", label=fact.label, value=fact.value)
    yield vat_text(listing, words) or ""
    yield from (feature.name for feature in listing.features)


def _car_pass(listing: Listing) -> Iterator[str]:
    """The certificate where it is a bare number; its address may not be told."""
    if listing.car_pass and listing.car_pass.number:
        yield f"Car-Pass: {listing.car_pass.number}"


def _list(lines: Iterable[str]) -> str:
    items = "".join(_element("li", " ".join(line.split())) for line in lines)
    return f"<ul>{items}</ul>" if items else ""


def _element(name: str, text: str) -> str:
    node = etree.Element(name)
    node.text = text
    return str(etree.tostring(node, encoding="unicode"))
