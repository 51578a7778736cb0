"""One exporter on one slice: a small value that any executor can run, and a small report back.

The worker opens the catalogue read-only, makes the files in a folder of its own and reports their
paths, sizes and digests, never a body.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Self

import msgspec

from syndicator.catalogue import Catalogue
from syndicator.census import Census
from syndicator.contract import Artefact, Audit, Exporter, Finding, Outcome, Scope, View
from syndicator.errors import Stopped, SyndicatorError, said
from syndicator.fragments import Fragments
from syndicator.links import token
from syndicator.manifest import Entry, Manifest, intact
from syndicator.registry import Recipe as FeedRecipe
from syndicator.render import RenderKit, Templates, place
from syndicator.selection import choice_of, dropped, selected
from syndicator.stage import Stage, Staged
from syndicator.views import Setting, Slice, open_catalogue, view

log = logging.getLogger(__name__)


class Workshop(msgspec.Struct, frozen=True, kw_only=True):
    """Where a build reads and writes; the same for all its jobs."""

    state: Path
    manifest: Path
    output: Path
    stage: Path
    templates: Path | None
    images: str  # as the configuration names it
    grounds: Mapping[str, str] = {}  # by feed, a digest of all that decides what it makes of a car
    fragments: Path | None = None  # parts of documents that can be used again
    dry_run: bool = False  # nothing is kept
    rerender: bool = False  # also what was made of the same


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One feed on one slice.

    ``key`` changes whenever its files could, ``frame`` when anything else than the stock and the
    sellers does.
    """

    id: str
    key: str
    frame: str = ""
    feed: FeedRecipe
    slice: Slice
    setting: Setting  # as far as the slice sees it
    audited: tuple[FeedRecipe, ...] = ()  # the slice's other feeds, where the exporter reads them
    not_before: datetime | None = None  # what the feed has said last of when its data are from

    @property
    def is_ours(self) -> bool:
        """Whether no code of another package runs for it."""
        return all(each.is_ours for each in (self.feed, *self.audited))


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """What a view had, in numbers, and the newest change in it."""

    listings: int
    pending: int
    gone: int
    events: int
    as_of: datetime

    @classmethod
    def of(cls, seen: View) -> Self:
        """Counted."""
        return cls(
            listings=len(seen.listings),
            pending=len(seen.pending),
            gone=len(seen.gone),
            events=len(seen.events),
            as_of=seen.as_of,
        )


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a job made, or why it made nothing."""

    job: Job
    staged: tuple[Staged, ...] = ()
    left_out: dict[str, int] = {}  # field to listings
    offered: int = 0  # listings that the slice has
    stock: Stock | None = None  # of a choice from the slice
    error: str = ""


def run(workshop: Workshop, job: Job) -> Report:
    """Make the files of one job.

    Whatever an exporter raises costs this job only, also a panic of Rust or its wish to end the
    program. An error of the disk is raised: that is nobody's bad record.
    """
    try:
        return make(workshop, job)
    except (SyndicatorError, Stopped, KeyboardInterrupt):
        raise
    except BaseException as error:
        log.debug("job %s failed", job.id, exc_info=True)
        return Report(job=job, error=said(error) + place(error))


def make(workshop: Workshop, job: Job) -> Report:
    """Stage the artefacts of one job, comparing each with what is out already."""
    stage = stage_of(workshop, job)
    known = published(workshop, job.id)
    with catalogue_of(workshop, job) as catalogue, fragments_of(workshop) as parts:
        exporter = exporter_for(workshop, job, job.feed, parts)
        place = job.slice.folder + exporter.place.value
        seen = seen_by(exporter, job, catalogue)
        if job.not_before and job.not_before > seen.as_of:
            seen = msgspec.structs.replace(seen, as_of=job.not_before)
        if job.audited:
            seen = msgspec.structs.replace(
                seen, audits=tuple(audits(workshop, job, catalogue, parts))
            )
        census = Census(exporter)
        staged = tuple(
            stage.write(
                path, census.counted(each.chunks), each.kind, known.get(path), made_of(job, each)
            )
            for each in exporter.export(seen)
            for path in (place + str(each.path),)
        )
        options = job.feed.load()[1]
        lost = _Lost(exporter, options, seen)
        census.check(
            f"feed {job.feed.feed} of {job.slice.folder or 'the whole site'}",
            seen,
            options,
            {each.path for each in staged},
            lost.count,
        )
        stock = Stock.of(seen) if is_choice(job) else None
        if seen.scope is not Scope.SITE:  # what is left out is told once
            return Report(job=job, staged=staged, stock=stock)
        whole = whole_of(exporter, job, catalogue)
        offered = len(whole.listings)
        return Report(
            job=job, staged=staged, left_out=lost.of_all(whole), offered=offered, stock=stock
        )


class _Lost:
    """What an exporter leaves out of the cars it saw, found out at most once."""

    def __init__(self, exporter: Exporter, options: Any, seen: View) -> None:
        self._exporter = exporter
        self._options = options
        self._seen = seen

    @cached_property
    def _reasons(self) -> dict[str, int]:
        audit = getattr(self._exporter, "audit", None)
        known = getattr(self._exporter, "lost_by_document", audit)  # a portal's: without a walk
        return left_out(known(self._seen)) if known else {}

    def count(self) -> int:
        """How many listings the format does not take."""
        return sum(self._reasons.values())

    def of_all(self, whole: View) -> dict[str, int]:
        """By reason, how many are missing of the whole slice, by the feed's own rules too."""
        if choice_of(self._options) is None:
            return self._reasons
        audit = getattr(self._exporter, "audit", None)
        return left_out(Findings(audit, whole, self._options))


def made_of(job: Job, artefact: Artefact) -> bytes:
    """A digest of all that a file is made of, where its exporter says what that is of the stock."""
    if not (artefact.basis and job.frame):
        return b""
    return hashlib.blake2b(f"{job.frame} {artefact.basis}".encode(), digest_size=16).digest()


def stage_of(workshop: Workshop, job: Job) -> Stage:
    """Where a job makes its files, under names of its own."""
    return Stage(workshop.stage, f"{token(job.id)}-")


def mark_of(job: Job) -> bytes:
    """What stands in the job's documents once for each car, if there is such a thing."""
    mark: bytes = getattr(job.feed.load()[0], "mark", b"")
    return mark


def is_choice(job: Job) -> bool:
    """Whether a search, or the feed's own rules, choose from the slice."""
    room = job.slice.showroom
    return bool(room and room.search) or choice_of(job.feed.load()[1]) is not None


def catalogue_of(workshop: Workshop, job: Job) -> Catalogue:
    """The stock as this build shows it."""
    return open_catalogue(workshop.state, job.setting.site.url, images=workshop.images)


def seen_by(exporter: Exporter, job: Job, catalogue: Catalogue) -> View:
    """The slice as far as the feed's options let its exporter see it."""
    return selected(whole_of(exporter, job, catalogue), job.feed.load()[1])


def whole_of(exporter: Exporter, job: Job, catalogue: Catalogue) -> View:
    """The slice with all its cars."""
    return view(catalogue, job.slice, job.setting, exporter.place)


def audits(workshop: Workshop, job: Job, catalogue: Catalogue, parts: Fragments) -> Iterator[Audit]:
    """What the other feeds of the slice do with its cars, of those that can tell."""
    for feed in job.audited:
        kind, options = feed.load()
        exporter = exporter_for(workshop, job, feed, parts)
        audit = getattr(exporter, "audit", None)
        if audit is not None:
            whole = whole_of(exporter, job, catalogue)
            yield Audit(
                feed=feed.feed,
                exporter=feed.exporter,
                title=getattr(kind, "title", feed.feed),
                fields=tuple(getattr(exporter, "fields", ())),
                findings=Findings(audit, whole, options),
            )


class Findings(Iterable[Finding]):
    """What a feed does with each car: what its rules leave out, then what its format does."""

    def __init__(
        self, audit: Callable[[View], Iterator[Finding]] | None, whole: View, options: Any
    ) -> None:
        self._audit = audit
        self._whole = whole
        self._options = options

    def __iter__(self) -> Iterator[Finding]:
        yield from dropped(self._whole, self._options)
        if self._audit is not None:
            yield from self._audit(selected(self._whole, self._options))


def left_out(findings: Iterable[Finding]) -> dict[str, int]:
    """For want of which field, or for what other reason, listings are missing from a feed."""
    lost = [each for each in findings if each.outcome is Outcome.LEFT_OUT]
    first = {each.listing_id: _wanting(each) for each in reversed(lost)}
    return dict(sorted(Counter(first.values()).items()))


def refused(exporter: Exporter, seen: View) -> int:
    """How many listings the format itself leaves out of a view, and says so."""
    audit = getattr(exporter, "audit", None)
    return sum(left_out(audit(seen)).values()) if audit else 0


def _wanting(finding: Finding) -> str:
    return finding.source or finding.field or finding.reason.format_map(finding.values)


def fragments_of(workshop: Workshop) -> Fragments:
    """Parts of documents that earlier jobs and builds have made."""
    path = None if workshop.rerender else workshop.fragments
    return Fragments(path, read_only=workshop.dry_run)


def exporter_for(workshop: Workshop, job: Job, feed: FeedRecipe, parts: Fragments) -> Exporter:
    """The exporter of one of a job's feeds, with the templates and the words of this build."""
    exporter, options = feed.load()
    language = getattr(options, "language", "") or job.setting.site.languages[0]
    ground = workshop.grounds.get(feed.feed, "")
    keep = parts.keep(ground) if ground else None
    kit = RenderKit(templates(workshop.templates, feed.templates), language, keep)
    made: Exporter = exporter(options, kit)
    return made


@lru_cache(maxsize=8)
def templates(user: Path | None, extra: Path | None = None) -> Templates:
    """The template set for the exporters of a package, compiled once per process."""
    return Templates(user, extra=extra)


def published(workshop: Workshop, job_id: str) -> Mapping[str, Entry]:
    """What this job has out in ``output/`` now."""
    with Manifest.open(workshop.manifest, read_only=True) as manifest:
        known = intact(workshop.output, manifest.files(workshop.output, job=job_id))
    if workshop.rerender:
        return {path: msgspec.structs.replace(each, basis=b"") for path, each in known.items()}
    return known
