"""What a check of the output came to: one value, as lines for people and as JSON. Pure."""

import json
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from typing import Final

import msgspec

from syndicator.errors import OutputError
from syndicator.exporters.report.document import PATH as REPORT
from syndicator.exporters.report.tally import OWN

MOST_CARS: Final = 50  # of a portal, in words; --json has all
MOST_FAULTS: Final = 50
MOST_NAMES: Final = 3
WIDTH: Final = 80


class Lost(msgspec.Struct, frozen=True, kw_only=True):
    """A car that a portal leaves out; ``slug`` is the folder whose report tells of it."""

    id: str
    dealer: str
    title: str
    reference: str
    reasons: tuple[str, ...]
    slug: str


class Portal(msgspec.Struct, kw_only=True):
    """One feed over all showrooms, each car counted once."""

    feed: str
    exporter: str
    title: str
    sent: int = 0
    poorer: int = 0
    left_out: int = 0
    cars: list[Lost] = []
    reasons: dict[str, int] = {}  # of the poorer ones: sentence to cars
    sellers: dict[str, list[str]] = {}  # of sellers, not of cars: sentence to their names


class Files(msgspec.Struct, frozen=True, kw_only=True):
    """What the manifest says is out, and is not."""

    known: int
    missing: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """All that was looked at."""

    output: str
    portals: tuple[Portal, ...]
    files: Files
    faults: tuple[str, ...]  # dead links and documents that are not whole
    notes: tuple[str, ...] = ()  # what could not be looked at

    @property
    def exit_code(self) -> int:
        """0, or that of broken output."""
        broken = self.faults or self.files.missing or self.files.edited
        return OutputError.exit_code if broken else 0


def as_json(verdict: Verdict) -> str:
    """One object on one line."""
    facts = msgspec.to_builtins(verdict) | {"exit_code": verdict.exit_code}
    return json.dumps(facts, sort_keys=True)  # escaped, for a file's name may be no Unicode


def lines(verdict: Verdict) -> Iterator[str]:
    """For people, on 80 columns where names fit."""
    if verdict.portals:
        yield from _table(verdict.portals)
        for portal in verdict.portals:
            yield from _portal(portal, verdict.output)
        yield ""
    yield from trouble(verdict)
    yield from (f"note: {each}" for each in verdict.notes)
    files = verdict.files
    yield (
        f"files: {files.known} known, {len(files.missing)} missing, {len(files.edited)} edited; "
        f"dead links and broken documents: {len(verdict.faults)}"
    )


def trouble(verdict: Verdict) -> Iterator[str]:
    """What makes the command fail, a line each."""
    found = (
        *(f"{path}: is missing" for path in verdict.files.missing),
        *(f"{path}: is not as it was landed" for path in verdict.files.edited),
        *verdict.faults,
    )
    yield from found[:MOST_FAULTS]
    if len(found) > MOST_FAULTS:
        yield f"and {len(found) - MOST_FAULTS} more: see --json"


def _table(portals: Iterable[Portal]) -> Iterator[str]:
    yield f"{'portal':<46} {'sent':>9} {'poorer':>9} {'left out':>11}"
    for each in portals:
        title = _clipped(_flat(each.title), 46)
        yield f"{title:<46} {each.sent:>9} {each.poorer:>9} {each.left_out:>11}"


def _portal(portal: Portal, output: str) -> Iterator[str]:
    title = _flat(portal.title)
    if portal.cars:
        yield f"\n{title} leaves out {_cars(portal.left_out)}:"
        for car in portal.cars[:MOST_CARS]:
            yield from _lost(car)
        rest = portal.cars[MOST_CARS:]
        if rest:
            where = {car.slug for car in rest}
            folder = where.pop() if len(where) == 1 else "*"
            yield f"  and {len(rest)} more: see {output}/{folder}/{REPORT}"
    if portal.reasons:
        what = "what Belgian rules ask for" if portal.exporter == OWN else "what it recommends"
        yield f"\n{title}: {_cars(portal.poorer)} without {what}"
        for reason, count in sorted(portal.reasons.items(), key=lambda each: (-each[1], each[0])):
            yield from _wrapped(f"{count:>6}  ", reason)
    if portal.sellers:
        yield f"\n{title}: sellers without what Belgian rules ask for"
        for reason, names in portal.sellers.items():
            yield from _wrapped(f"{len(names):>6}  ", f"{reason} ({_names(names)})")


def _lost(car: Lost) -> Iterator[str]:
    known = (car.dealer, car.title, car.reference or car.id)
    yield from _wrapped("  ", ", ".join(_flat(each) for each in known if each))
    for reason in car.reasons:
        yield from _wrapped("    - ", reason)


def _wrapped(indent: str, text: str) -> list[str]:
    return wrap(_flat(text), WIDTH, initial_indent=indent, subsequent_indent=" " * len(indent)) or [
        indent.rstrip()
    ]


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    rest = len(names) - MOST_NAMES
    return shown if rest <= 0 else f"{shown} and {rest} more"


def _cars(number: int) -> str:
    return "1 car" if number == 1 else f"{number} cars"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."
