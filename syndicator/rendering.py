"""From the catalogue to a landed tree: plan the jobs, run those that are not fresh, land them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from syndicator import fragments, late, planning, publish, shrinkage, strays
from syndicator.contract import Scope
from syndicator.furnishing import Furnishing
from syndicator.jobs import Job, Report, Workshop, is_choice
from syndicator.manifest import Manifest, intact
from syndicator.order import Order
from syndicator.publish import Made
from syndicator.stage import Staged, kept
from syndicator.summary import Files, Jobs, Notify, Summary
from syndicator.trespass import trespassers
from syndicator.views import dealers_of, open_catalogue

if TYPE_CHECKING:
    from syndicator import crew
else:  # most builds find nothing to do
    crew = late.module("syndicator.crew")


class Rendering:
    """One pass over all jobs of a site; ``catalogue`` is what it renders."""

    def __init__(self, order: Order, manifest: Manifest, summary: Summary, notify: Notify) -> None:
        self._order = order
        self._manifest = manifest
        self._summary = summary
        self._notify = notify
        self._prefix = planning.DEMO if order.places.demo else ""
        self._out = manifest.files(order.output)
        self._keys = manifest.job_keys(order.output)
        self._published = intact(order.output, self._out)
        self._spoilt = {e.job for path, e in self._out.items() if path not in self._published}
        self._verified: set[str] = set()  # jobs
        self._grounds = planning.grounds(order.feeds, partial(planning.look, order.templates))
        self.catalogue = open_catalogue(
            order.places.state, order.setting.site.url, images=order.images
        )
        self._furnishing = Furnishing(
            order, manifest, self.catalogue, published=self._published, spoilt=self._spoilt
        )

    def run(self) -> None:
        """Render, verify and land; failed jobs keep what they have out."""
        order = self._order
        planned = tuple(self._planned())
        stale = self._stale(planned)
        self._warn_of_leftovers(planned, stale)
        with publish.staging(order.places.root, order.output, dry_run=order.dry_run) as folder:
            made = self._within_bounds(list(self._made(planned, folder)), planned, stale)
            made = self._sound(made, planned)
            made.append(
                self._furnishing.furniture(folder, is_shown=self._out_of_date(made, planned, stale))
            )
            made.append(self._furnishing.record(made, stale, folder))
            for each in made[-2:]:
                publish.verify(each.staged, order.forbidden)
            if not order.rerender:
                self._guard(planned, made, folder)
            self._warn_of_strays(made)
            plan = publish.plan(order.output, self._manifest, made, pruned=stale)
            if not order.dry_run:
                publish.land(plan, self._manifest, order.places.root)
        left = len(self._published) - plan.unchanged - len(plan.replaced) - len(plan.removed)
        self._summary.files = Files(
            written=len(plan.added) + len(plan.replaced),
            removed=len(plan.removed),
            unchanged=plan.unchanged + max(0, left),
        )
        self._summary.warnings += [f"{path}: was edited; it is ours again" for path in plan.edited]

    def _planned(self) -> Iterator[Job]:
        return planning.jobs(
            self._order.feeds,
            self._order.slices,
            self._order.setting,
            self.catalogue,
            grounds=self._grounds,
            prefix=self._prefix,
        )

    def _stale(self, planned: Iterable[Job]) -> frozenset[str]:
        """Jobs that are out and not planned: those of a demo always go, others when pruned.

        Those of a dealer go, too, who has become a group, or a group that is one dealer again: the
        new showroom has taken the folder over. And those of a saved search, which is nothing but
        configuration, once that is without it.
        """
        whole = not self._order.only
        wanted = {job.id for job in planned} | self._furnishing.jobs
        return frozenset(
            job
            for job in self._keys.keys() - wanted
            if self._order.prune
            or (job.startswith(planning.DEMO) and not self._prefix)
            or planning.twin(job) in wanted
            or (whole and planning.SEARCH in job)
        )

    def _warn_of_leftovers(self, planned: Iterable[Job], stale: Collection[str]) -> None:
        """What is not configured any more is not removed unasked, and not kept up to date."""
        wanted = {job.id for job in planned} | self._furnishing.jobs
        left = self._keys.keys() - wanted - set(stale)
        count = sum(1 for entry in self._out.values() if entry.job in left)
        if count:
            self._summary.warnings.append(
                f"{count} files of feeds or targets that are not configured are still out, "
                "as they were: --prune removes them"
            )

    def _warn_of_strays(self, made: Iterable[Made]) -> None:
        is_whole = not self._order.only and not self._summary.jobs.failed  # else much is not known
        if is_whole and strays.may_be(self._order.output, self._out, self._published):
            known = {staged.path for each in made for staged in each.staged}.union(self._out)
            self._summary.warnings += strays.warnings(self._order.output, known)

    def _made(self, planned: Sequence[Job], folder: Path) -> Iterator[Made]:
        chosen = [job for job in planned if self._is_chosen(job)]
        todo = [job for job in chosen if self._order.rerender or not self._is_fresh(job)]
        self._summary.jobs = Jobs(run=len(todo), fresh=len(chosen) - len(todo))
        if not todo:
            return
        workshop = self._workshop(folder)
        dated = map(self._dated, todo)
        hired = self._order.cluster
        if not (hired or self._order.dry_run or self._order.rerender):
            fragments.prepare(self._order.places.fragments)
        begun = (
            hired.drive(workshop, dated)
            if hired
            else crew.drive(workshop, dated, self._workers(todo))
        )
        paths = defaultdict(list)  # by job: one dictionary of all would take much room
        for path, entry in self._published.items():
            paths[entry.job].append(path)
        alone = all(job.is_ours for job in todo)
        with closing(begun) as reports:
            for done, report in enumerate(reports, start=1):
                self._notify("rendering", done, len(todo))
                if not report.error:
                    if alone:  # while the next one is made
                        publish.verify(report.staged, self._order.forbidden)
                        self._verified.add(report.job.id)
                    self._note_left_out(report)
                    basis = shrinkage.basis_of(report.job, workshop, self.catalogue, report.stock)
                    key = shrinkage.marked(report.job.key, basis)
                    names = {path: path for path in paths.get(report.job.id, ())}
                    staged = tuple(self._thrifty(each, names) for each in report.staged)
                    yield Made(job=report.job.id, key=key, staged=staged)
                else:
                    self._fail(report.job.id, report.error)

    def _thrifty(self, staged: Staged, names: Mapping[str, str]) -> Staged:
        """The same, of texts that are in memory already: a worker has sent copies."""
        name = names.get(staged.path) if staged.place is None else None
        same = kept(name, self._published[name]) if name else staged
        return same if same == staged else staged

    def _workers(self, todo: Iterable[Job]) -> int:
        counts, setting = self.catalogue.counts(), self._order.setting
        seen = (each for job in todo for each in dealers_of(job.slice, setting))
        return self._order.workers or crew.fitting(sum(counts.get(each, 0) for each in seen))

    def _within_bounds(
        self, made: list[Made], planned: Iterable[Job], stale: Collection[str]
    ) -> list[Made]:
        """Without jobs of other packages that claim what is not theirs: they have failed."""
        if all(job.is_ours for job in planned):  # spares a walk over all that is out
            return made
        done = {each.job for each in made}.union(stale)
        out = {path: entry for path, entry in self._out.items() if entry.job not in done}
        slugs = {cut.folder.partition("/")[0] for cut in self._order.slices if cut.folder}
        found = trespassers({job.id: job for job in planned}, made, out, slugs)
        for job, what in found.items():
            self._fail(job, what)
        return [each for each in made if each.job not in found]

    def _sound(self, made: Iterable[Made], planned: Iterable[Job]) -> list[Made]:
        """Without what jobs of other packages have made amiss; a fault of ours is a bug.

        Where others take part, everything is looked over once their processes have ended.
        """
        ours = {job.id for job in planned if job.is_ours}
        sound: list[Made] = []
        for each in made:
            try:
                if each.job not in self._verified:
                    publish.verify(each.staged, self._order.forbidden)
            except publish.Unsound as error:
                if each.job in ours:
                    raise
                self._fail(each.job, error.message)
            else:
                sound.append(each)
        return sound

    def _fail(self, job: str, why: str) -> None:
        self._summary.jobs.failed += 1
        self._summary.failures.append(f"{job}: {why}")

    def _dated(self, job: Job) -> Job:
        """The job with the date that its files have told: a choice must not go back behind it."""
        before = shrinkage.basis_in(self._keys.get(job.id, "")) if is_choice(job) else None
        return msgspec.structs.replace(job, not_before=before.as_of) if before else job

    def _workshop(self, folder: Path) -> Workshop:
        return Workshop(
            state=self._order.places.state,
            manifest=self._order.places.manifest,
            output=self._order.output,
            stage=folder,
            templates=self._order.templates,
            images=self._order.images,
            grounds=self._grounds,
            fragments=self._order.places.fragments,
            dry_run=self._order.dry_run,
            rerender=self._order.rerender,
        )

    def _guard(self, planned: Iterable[Job], made: Iterable[Made], folder: Path) -> None:
        """Nothing lands if a job has lost more than the stock has."""
        done = {each.job: each for each in made}
        pairs = [(job, done[job.id]) for job in planned if job.id in done]  # jobs end in any order
        guard = shrinkage.Guard(self._workshop(folder), self._out, self._published)
        guard.check(pairs, self._keys)

    def _is_chosen(self, job: Job) -> bool:
        """Whether the run is for this job; of a search that is not out yet, all jobs come."""
        only = self._order.only
        is_new = job.slice.scope is Scope.SEARCH and not any(
            each.endswith(f"@{job.slice.key}") for each in self._keys
        )
        return not only or is_new or job.feed.feed in only or job.feed.exporter in only

    def _is_fresh(self, job: Job) -> bool:
        """Same key, and every file as it was landed."""
        landed = shrinkage.bare(self._keys.get(job.id, ""))
        return landed == job.key and job.id not in self._spoilt

    def _out_of_date(
        self, made: Iterable[Made], planned: Iterable[Job], stale: Collection[str]
    ) -> bool:
        """Whether pages stay out that this build would have made otherwise, or not at all."""
        current = {each.job for each in made} | {job.id for job in planned if self._is_fresh(job)}
        return bool(self._keys.keys() - current - set(stale) - self._furnishing.jobs)

    def _note_left_out(self, report: Report) -> None:
        feed, lost = report.job.feed.feed, report.left_out
        if lost:
            self._summary.left_out[feed] = lost
        if lost and sum(lost.values()) == report.offered:
            self._summary.warnings.append(f"feed {feed}: leaves out all {report.offered} cars")
