"""``report.json``: what each feed does with each car, written while it is gathered.

Reasons are sentences in the site's first language. A car that is sent is an id, and stands in
``sent``; the others stand in ``cars`` with their findings.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from syndicator.contract import Finding, Outcome, View, Words
from syndicator.exporters.report.tally import Tallies, Tally, Teller
from syndicator.models import Listing

PATH = "feeds/report.json"  # in the folder of a showroom
CHUNK_BYTES = 64 * 1024
_encode = msgspec.json.Encoder().encode


def document(view: View, tallies: Tallies, words: Words) -> Iterator[bytes]:
    """The record in chunks of about 64 KiB."""
    return _gathered(_pieces(view, tallies, Teller(words), words.language))


def _pieces(view: View, tallies: Tallies, teller: Teller, language: str) -> Iterator[bytes]:
    room = view.showroom
    head = {
        "slug": room.slug if room else "",
        "name": room.name if room else view.site.title,
        "language": language,
        "cars": len(view.listings),
        "dealers": {each.id: each.name for each in view.dealers},
    }
    yield _encode(head)[:-1] + b',"feeds":['
    for number, tally in enumerate(tallies.all):
        yield b"\n" if number == 0 else b",\n"
        yield from _feed(view, tally, teller)
    yield b"\n]}\n"


def _feed(view: View, tally: Tally, teller: Teller) -> Iterator[bytes]:
    head = {
        "feed": tally.audit.feed,
        "exporter": tally.audit.exporter,
        "title": tally.title,
        "counts": tally.counts(len(view.listings)),
        "dealer_findings": [
            {"dealer_id": each.dealer_id} | _finding(each, tally, teller) for each in tally.dealers
        ],
    }
    yield _encode(head)[:-1] + b',\n"cars":['
    noted = (each for each in view.listings if each.id in tally.cars)
    yield from _listed(_car(each, tally, teller) for each in noted)
    yield b'],\n"sent":['
    yield from _listed(each.id for each in view.listings if each.id not in tally.cars)
    yield b"]}"


def _car(listing: Listing, tally: Tally, teller: Teller) -> dict[str, Any]:
    known = {"reference": listing.reference} if listing.reference else {}
    return {
        "id": listing.id,
        "dealer_id": listing.dealer_id,
        **known,
        "title": listing.title,
        "outcome": tally.outcome(listing.id),
        "findings": [_finding(each, tally, teller) for each in tally.cars[listing.id]],
    }


def _finding(finding: Finding, tally: Tally, teller: Teller) -> dict[str, str]:
    told: dict[str, str | Outcome] = {
        "outcome": finding.outcome,
        "field": finding.field,
        "source": finding.source,
        "reason": teller.sentence(finding, tally.title),
    }
    return {name: str(text) for name, text in told.items() if text}


def _listed(values: Iterable[object]) -> Iterator[bytes]:
    for number, value in enumerate(values):
        yield (b"\n" if number == 0 else b",\n") + _encode(value)


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) >= CHUNK_BYTES:
            yield bytes(held)
            held.clear()
    yield bytes(held)
