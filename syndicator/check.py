"""``syndicator check``: what the built output says of the portals, and whether it is whole.

It reads what a build left behind and writes nothing. Cars that a portal leaves out are no fault of
the output: they are told, and the exit code stays 0.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from syndicator import deadlinks
from syndicator.contract import Outcome
from syndicator.errors import UsageError
from syndicator.exporters.report.document import PATH as REPORT
from syndicator.links import may_be_slug
from syndicator.manifest import Entry, Manifest, intact
from syndicator.plan import MARKER
from syndicator.record import GENERATOR
from syndicator.summary import Notify
from syndicator.verdict import Files, Lost, Portal, Verdict


class _Target(msgspec.Struct):
    slug: str
    dealers: dict[str, int] = {}


class _Record(msgspec.Struct):
    generator: str
    targets: list[_Target] = []


class _Finding(msgspec.Struct):
    outcome: Outcome
    reason: str
    dealer_id: str = ""


class _Car(msgspec.Struct):
    id: str
    dealer_id: str
    title: str
    outcome: Outcome
    findings: list[_Finding]
    reference: str = ""


class _Feed(msgspec.Struct):
    feed: str
    exporter: str
    title: str
    cars: list[_Car]
    sent: list[str]
    dealer_findings: list[_Finding] = []


class _Report(msgspec.Struct):
    dealers: dict[str, str]
    feeds: list[_Feed]


def check(output: Path, manifest: Path, site_url: str, notify: Notify = lambda *_: None) -> Verdict:
    """Look at a built output.

    :param site_url: where the site is served, unless its robots.txt says.
    :raises UsageError: nothing was built there.
    """
    tally, faults = _Tally(), []
    slugs = tuple(_slugs(output))
    for slug in slugs:
        path = output / slug / REPORT
        if path.is_file():
            try:
                report = msgspec.json.decode(path.read_bytes(), type=_Report)
            except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
                faults.append(f"{slug}/{REPORT}: {error}")
            else:
                tally.add(slug, report)
    owned = _owned(output, manifest)
    files = _files(output, owned)
    base = deadlinks.site_url(output) or site_url
    faults += deadlinks.faults(output, base, notify, owned or None)
    notes = []
    if slugs and not tally.portals:
        notes.append("there is no portal report: the feed report is not switched on")
    if not files.known:
        notes.append("no manifest tells what was landed here: files are not compared")
    return Verdict(
        output=output.as_posix(),
        portals=tuple(tally.portals.values()),
        files=files,
        faults=tuple(dict.fromkeys(faults)),
        notes=tuple(notes),
    )


class _Tally:
    """Adds up reports. A car that stands in several counts in the first."""

    def __init__(self) -> None:
        self.portals: dict[str, Portal] = {}
        self._seen: dict[str, set[str]] = {}

    def add(self, slug: str, report: _Report) -> None:
        for feed in report.feeds:
            portal = self.portals.setdefault(
                feed.feed, Portal(feed=feed.feed, exporter=feed.exporter, title=feed.title)
            )
            seen = self._seen.setdefault(feed.feed, set())
            sent = set(feed.sent) - seen
            portal.sent += len(sent)
            cars = [each for each in feed.cars if each.id not in seen]
            for car in cars:
                self._count(portal, car, report, slug)
            seen |= sent | {each.id for each in cars}
            for finding in feed.dealer_findings:
                names = portal.sellers.setdefault(finding.reason, [])
                name = report.dealers.get(finding.dealer_id, slug)
                if name not in names:
                    names.append(name)

    def _count(self, portal: Portal, car: _Car, report: _Report, slug: str) -> None:
        reasons = tuple(
            dict.fromkeys(each.reason for each in car.findings if each.outcome is car.outcome)
        )
        if car.outcome is Outcome.LEFT_OUT:
            portal.left_out += 1
            portal.cars.append(
                Lost(
                    id=car.id,
                    dealer=report.dealers.get(car.dealer_id, ""),
                    title=car.title,
                    reference=car.reference,
                    reasons=reasons,
                    slug=slug,
                )
            )
        else:
            portal.poorer += 1
            portal.reasons = dict(Counter(portal.reasons) + Counter(reasons))


def _slugs(output: Path) -> Iterator[str]:
    """The showrooms of the output: those of one dealer first, a group that has them too last."""
    try:
        record = msgspec.json.decode((output / MARKER).read_bytes(), type=_Record)
    except (OSError, msgspec.DecodeError, UnicodeError, RecursionError):
        record = None
    if record is None or record.generator != GENERATOR:
        raise UsageError(f"{output}: nothing is built here", hint="build first: syndicator build")
    for target in sorted(record.targets, key=lambda each: len(each.dealers)):
        if may_be_slug(target.slug):
            yield target.slug


def _owned(output: Path, manifest: Path) -> Mapping[str, Entry]:
    """What builds have landed there; empty where nobody remembers."""
    with Manifest.open(manifest, read_only=True) as known:
        return known.files(output)


def _files(output: Path, owned: Mapping[str, Entry]) -> Files:
    lost = sorted(owned.keys() - intact(output, owned).keys())
    missing = [path for path in lost if not (output / path).is_file()]
    return Files(
        known=len(owned),
        missing=tuple(missing),
        edited=tuple(path for path in lost if path not in set(missing)),
    )
