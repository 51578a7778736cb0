"""The report with something to report: the audits of other exporters on the view at hand."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from syndicator.contract import Artefact, Audit, Finding, Kit, View
from syndicator.exporters.meta import Meta
from syndicator.exporters.report import Report
from syndicator.exporters.showroom import Showroom


class Findings(Iterable[Finding]):
    """Walked many times, as the build hands them over."""

    def __init__(self, audit: Callable[[View], Iterator[Finding]], view: View) -> None:
        self._audit = audit
        self._view = view

    def __iter__(self) -> Iterator[Finding]:
        return self._audit(self._view)


def told(*findings: Finding, feed: str = "acme", title: str = "Acme") -> Audit:
    """What a feed of a stranger says."""
    return Audit(feed=feed, exporter=feed, title=title, fields=(), findings=findings)


def audited(view: View, kit: Kit) -> View:
    """The view with the audits of a portal and of the showroom."""
    feeds: Mapping[str, Meta | Showroom] = {
        "meta": Meta(Meta.Options(), kit),
        "showroom": Showroom(Showroom.Options(), kit),
    }
    audits = tuple(
        Audit(
            feed=name,
            exporter=name,
            title=each.title,
            fields=getattr(each, "fields", ()),
            findings=Findings(each.audit, view),
        )
        for name, each in feeds.items()
    )
    return msgspec.structs.replace(view, audits=audits)


class AuditedReport(Report):
    """A report that adds the audits itself."""

    def export(self, view: View) -> Iterator[Artefact]:
        return super().export(audited(view, self.kit))
