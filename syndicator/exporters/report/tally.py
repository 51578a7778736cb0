"""What each feed of a slice does with its cars, gathered from the audits. Pure.

Only what is not simply sent is kept, and equal findings once: a car that no finding names is sent.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import msgspec

from syndicator.contract import Audit, Finding, Outcome, View, Words
from syndicator.exporters.report.labels import labels

OWN = "showroom"  # the exporter whose audit is of the law, not of a portal


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Cars by what becomes of them."""

    sent: int  # with all that is recommended
    poorer: int
    left_out: int


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What one feed does.

    ``cars`` is listing id to findings, of those that are not simply sent; ``dealers`` are the
    findings that are of no car.
    """

    audit: Audit
    title: str  # what people call the receiver, told apart from another feed's
    cars: Mapping[str, tuple[Finding, ...]]
    dealers: tuple[Finding, ...]

    @property
    def is_own(self) -> bool:
        """Whether it tells of our own pages rather than of a portal."""
        return self.audit.exporter == OWN

    def outcome(self, listing_id: str) -> Outcome:
        """What becomes of a car: the worst of its findings."""
        found = {each.outcome for each in self.cars.get(listing_id, ())}
        worst = (Outcome.LEFT_OUT, Outcome.POORER)
        return next((each for each in worst if each in found), Outcome.SENT)

    def counts(self, total: int) -> Counts:
        """Of so many cars on offer."""
        found = Counter(self.outcome(each) for each in self.cars)
        left_out, poorer = found[Outcome.LEFT_OUT], found[Outcome.POORER]
        return Counts(sent=total - poorer - left_out, poorer=poorer, left_out=left_out)


class Tallies:
    """Those of a slice, gathered when they are first asked for."""

    def __init__(self, view: View) -> None:
        self._audits = view.audits

    @cached_property
    def all(self) -> tuple[Tally, ...]:
        """In the order of the feeds."""
        titles = _titles(self._audits)
        return tuple(map(_tally, self._audits, titles))

    @property
    def portals(self) -> tuple[Tally, ...]:
        """Those of the portals."""
        return tuple(each for each in self.all if not each.is_own)

    @property
    def own(self) -> tuple[Tally, ...]:
        """Those of our own pages."""
        return tuple(each for each in self.all if each.is_own)


class Teller:
    """Says findings in one language, in words that a seller knows."""

    def __init__(self, words: Words) -> None:
        self._say = words.text  # of messages that stand in REASONS: the scanner reads literals
        self._no_reason = words.text("No reason is given.")
        self._labels = labels(words)

    def sentence(self, finding: Finding, portal: str) -> str:
        """The reason, with all that stands in braces filled in."""
        if not finding.reason:
            return self._no_reason
        known = {"what": self.label(finding.source) or finding.field, "portal": portal}
        return self._say(finding.reason, **(known | finding.values))

    def label(self, source: str) -> str:
        """The seller's name for a field of the listing; empty where there is none."""
        return self._labels.get(source, "")


def _tally(audit: Audit, title: str) -> Tally:
    shared: dict[object, Finding] = {}
    cars: dict[str, tuple[Finding, ...]] = {}
    dealers: list[Finding] = []
    for finding in audit.findings:
        if not finding.listing_id:
            dealers.append(finding)
        elif finding.outcome is not Outcome.SENT:
            noted = msgspec.structs.replace(finding, listing_id="")
            same = shared.setdefault(_key(noted), noted)
            cars[finding.listing_id] = (*cars.get(finding.listing_id, ()), same)
    return Tally(audit=audit, title=title, cars=cars, dealers=tuple(dealers))


def _key(finding: Finding) -> tuple[object, ...]:
    values = tuple(sorted(finding.values.items()))
    return finding.outcome, finding.field, finding.source, finding.reason, values


def _titles(audits: Sequence[Audit]) -> Iterator[str]:
    """Two feeds for one receiver are told apart by their own names."""
    uses = Counter(each.title for each in audits)
    for each in audits:
        yield each.title if uses[each.title] == 1 else f"{each.title} ({each.feed})"
