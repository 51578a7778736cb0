"""One exporter on one slice: a small value that any executor can run, and a small report back.

The worker opens the catalogue read-only, makes the files in a folder of its own and reports their
paths, sizes and digests, never a body.
"""

import logging
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from itertools import islice
from multiprocessing import active_children, get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any, Self

import msgspec

from syndicator.catalogue import Catalogue
from syndicator.contract import Audit, Exporter, Finding, Outcome, Scope, View
from syndicator.errors import OutputError, Stopped, SyndicatorError
from syndicator.links import token
from syndicator.manifest import Entry, Manifest, intact
from syndicator.registry import Recipe as FeedRecipe
from syndicator.render import RenderKit, Templates
from syndicator.selection import choice_of, dropped, selected
from syndicator.stage import Stage, Staged
from syndicator.views import Setting, Slice, narrowed, open_catalogue, view

log = logging.getLogger(__name__)


class Workshop(msgspec.Struct, frozen=True, kw_only=True):
    """Where a build reads and writes; the same for all its jobs."""

    state: Path
    manifest: Path
    output: Path
    stage: Path
    templates: Path | None
    images: str  # as the configuration names it
    setting: Setting


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One feed on one slice. ``key`` changes whenever its files could."""

    id: str
    key: str
    feed: FeedRecipe
    slice: Slice
    audited: tuple[FeedRecipe, ...] = ()  # the slice's other feeds, where the exporter reads them
    not_before: datetime | None = None  # what the feed has said last of when its data are from


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

    Whatever an exporter raises costs this job only. An error of the disk is raised: that is
    nobody's bad record.
    """
    try:
        return make(workshop, job)
    except (SyndicatorError, Stopped, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        log.debug("job %s failed", job.id, exc_info=True)
        return Report(job=job, error=f"{type(error).__name__}: {error}")


def make(workshop: Workshop, job: Job) -> Report:
    """Stage the artefacts of one job, comparing each with what is out already."""
    exporter = exporter_for(workshop, job.feed)
    stage = Stage(workshop.stage / token(job.id))
    known = published(workshop, job.id)
    place = job.slice.folder + exporter.place.value
    with catalogue_of(workshop) as catalogue:
        seen = seen_by(job.feed, exporter, workshop, job.slice, catalogue)
        if job.not_before and job.not_before > seen.as_of:
            seen = msgspec.structs.replace(seen, as_of=job.not_before)
        if job.audited:
            seen = msgspec.structs.replace(seen, audits=tuple(audits(workshop, job, catalogue)))
        staged = tuple(
            stage.write(path, each.chunks, each.kind, known.get(path))
            for each in exporter.export(seen)
            for path in (place + str(each.path),)
        )
        stock = Stock.of(seen) if is_choice(job) else None
        if seen.scope is not Scope.SITE:  # what is left out is told once
            return Report(job=job, staged=staged, stock=stock)
        whole = whole_of(exporter, workshop, job.slice, catalogue)
        lost = left_out(Findings(getattr(exporter, "audit", None), whole, job.feed.load()[1]))
        offered = len(whole.listings)
        return Report(job=job, staged=staged, left_out=lost, offered=offered, stock=stock)


def is_choice(job: Job) -> bool:
    """Whether a search, or the feed's own rules, choose from the slice."""
    room = job.slice.showroom
    return bool(room and room.search) or choice_of(job.feed.load()[1]) is not None


def catalogue_of(workshop: Workshop) -> Catalogue:
    """The stock as this build shows it."""
    site = workshop.setting.site
    return open_catalogue(workshop.state, site.url, images=workshop.images)


def seen_by(
    feed: FeedRecipe, exporter: Exporter, workshop: Workshop, cut: Slice, catalogue: Catalogue
) -> View:
    """The slice as far as the feed's options let its exporter see it."""
    return selected(whole_of(exporter, workshop, cut, catalogue), feed.load()[1])


def whole_of(exporter: Exporter, workshop: Workshop, cut: Slice, catalogue: Catalogue) -> View:
    """The slice with all its cars."""
    return view(catalogue, cut, narrowed(cut, workshop.setting), exporter.place)


def audits(workshop: Workshop, job: Job, catalogue: Catalogue) -> Iterator[Audit]:
    """What the other feeds of the slice do with its cars, of those that can tell."""
    for feed in job.audited:
        kind, options = feed.load()
        exporter = exporter_for(workshop, feed)
        audit = getattr(exporter, "audit", None)
        if audit is not None:
            whole = whole_of(exporter, workshop, job.slice, catalogue)
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


def _wanting(finding: Finding) -> str:
    return finding.source or finding.field or finding.reason.format_map(finding.values)


def exporter_for(workshop: Workshop, feed: FeedRecipe) -> Exporter:
    """The exporter of a feed, with the templates and the words of this build."""
    exporter, options = feed.load()
    language = getattr(options, "language", "") or workshop.setting.site.languages[0]
    kit = RenderKit(templates(workshop.templates, feed.templates), language)
    made: Exporter = exporter(options, kit)
    return made


@lru_cache(maxsize=8)
def templates(user: Path | None, extra: Path | None = None) -> Templates:
    """The template set for the exporters of a package, compiled once per process."""
    return Templates(user, extra=extra)


def published(workshop: Workshop, job_id: str) -> Mapping[str, Entry]:
    """What this job has out in ``output/`` now."""
    with Manifest.open(workshop.manifest, read_only=True) as manifest:
        return intact(workshop.output, manifest.files(workshop.output, job=job_id))


class Inline(Executor):
    """Runs each job where it is submitted: the same code as a pool, with plain traces."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run now; the future is done when it is returned."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - handed on through the future, as a pool does
            future.set_exception(error)
        return future


class Pool(ProcessPoolExecutor):
    """Starts a worker where one is wanted, out of reach of signals until it can leave them alone.

    A process inherits what its parent's thread holds back.
    """

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As ever; a signal that comes meanwhile is seen to afterwards."""
        if not hasattr(signal, "pthread_sigmask"):
            return super().submit(fn, *args, **kwargs)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
        try:
            return super().submit(fn, *args, **kwargs)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def pool(workers: int) -> Iterator[Executor]:
    """Here and now for one worker; else processes, started afresh: a fork would copy locks.

    None of them outlives the block, however it is left.

    :raises OutputError: somebody ended a worker.
    """
    if workers == 1:
        yield Inline()
        return
    try:
        with Pool(workers, get_context("spawn"), enter_worker) as executor:
            try:
                yield executor
            except BaseException:
                for each in active_children():
                    each.kill()
                raise
    except BrokenProcessPool as error:
        raise OutputError(
            "a worker process was ended from outside", hint="is memory short? try fewer --jobs"
        ) from error


def enter_worker() -> None:
    """A worker leaves signals to the main process, and ends with it."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    Thread(target=follow_parent, daemon=True).start()


def follow_parent() -> None:
    """End this process when the main one has: a worker could wait for jobs for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def drive(
    executor: Executor, workshop: Workshop, jobs: Iterator[Job], window: int
) -> Iterator[Report]:
    """Keep at most ``window`` jobs in flight; reports come as jobs end."""
    live = {executor.submit(run, workshop, job) for job in islice(jobs, window)}
    while live:
        done, live = wait(live, return_when=FIRST_COMPLETED)
        yield from (future.result() for future in done)
        live |= {executor.submit(run, workshop, job) for job in islice(jobs, len(done))}
