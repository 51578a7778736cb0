"""What a run leaves for whoever watches: ``status.json``, a line of history, and alerts."""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

import msgspec

from syndicator import alerts, lock, runs, status
from syndicator.config import AlertsTable, SiteTable
from syndicator.delivery import deliver
from syndicator.errors import LockedError, OutputError, SyndicatorError
from syndicator.places import Places
from syndicator.status import Run, Status
from syndicator.summary import Summary, TargetSummary
from syndicator.webhook import Webhook

log = logging.getLogger(__name__)


class Logbook(msgspec.Struct, kw_only=True):
    """Kept while a build runs.

    :ivar asked: the names of its targets, ``configured`` of all that the configuration has.
    :ivar is_silent: nothing is written and nobody told, as in a dry run.
    :ivar is_judged: what goes wrong is a problem, and what goes well is the end of one; not so in a
        demo, nor where the API was not asked.
    """

    places: Places
    site: SiteTable
    table: AlertsTable
    webhook: Webhook | None
    asked: tuple[str, ...]
    configured: Collection[str]
    now: Callable[[], datetime]
    is_silent: bool
    is_judged: bool
    started: datetime
    summary: Summary
    is_closed: bool = False

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Close the book when the body has ended, however it ends.

        :raises OutputError: the book cannot be written, and the body ended well.
        """
        try:
            yield
        except SyndicatorError as error:
            self._close_early(error)
            raise
        except Exception as error:
            self._close_early(SyndicatorError(type(error).__name__))  # its words may hold anything
            raise
        self.is_closed = True
        if not self.is_silent:
            self.summary.warnings += self._close(self._run(), self.summary.targets)

    @contextmanager
    def kept_from_the_start(self) -> Iterator[None]:
        """The same for a disk that fails before the lock is held and the body has begun.

        What was called for in vain is not written down, nor what another build is at work on.
        """
        try:
            yield
        except OutputError as error:
            if not (self.is_closed or self.is_silent):
                with suppress(OutputError, LockedError), lock.held(self.places.lock):
                    self._close_early(error)
            raise

    def _close_early(self, error: SyndicatorError) -> None:
        self.summary.exit_code = error.exit_code
        self.is_closed = True
        if self.is_silent:
            return
        with suppress(OutputError):  # the first error is the one to mend
            before = status.read(self.places.status)
            targets = status.failed(before, self.asked, error)
            for trouble in self._close(self._run(error), targets):
                log.warning("%s", trouble)

    def _run(self, error: SyndicatorError | None = None) -> Run:
        return Run(
            started=self.started,
            finished=self.now(),
            exit_code=self.summary.exit_code,
            changed=self.summary.changed,
            requests=self.summary.requests,
            error=error.message if error else "",
            hint=error.hint if error else "",
            failures=tuple(self.summary.failures),
            warnings=tuple(self.summary.warnings),
        )

    def _close(self, run: Run, targets: Iterable[TargetSummary]) -> tuple[str, ...]:
        """Write first: what cannot be remembered as told would be told again and again.

        :returns: what went wrong with alerts.
        """
        place = self.places.status
        known = status.after(status.read(place), run, targets, self.configured)
        if self.is_judged:
            known = msgspec.structs.replace(known, alerts=alerts.counted(known))
        status.write(place, known)
        runs.append(self.places.history, entry(run, self.summary))
        return self._tell(known) if self.is_judged else ()

    def _tell(self, known: Status) -> tuple[str, ...]:
        found = alerts.news(known, self.table.after)
        if not found:
            return ()
        title, url = self.site.title, self.site.url
        delivery = deliver(
            alerts.as_json(title, url, found),
            alerts.text(title, url, found, alerts.slack),
            command=self.table.command,
            webhook=self.webhook,
        )
        if delivery.arrived:
            remembered = alerts.told(known.alerts, found)
            status.write(self.places.status, msgspec.structs.replace(known, alerts=remembered))
        return delivery.troubles


def entry(run: Run, summary: Summary) -> runs.Entry:
    """The run's line in the history."""
    troubled = (each for each in summary.targets if each.state != "ok")
    reasons = [f"{each.target}: {each.state}: {each.reason}" for each in troubled]
    return runs.Entry(
        started=run.started,
        finished=run.finished,
        exit_code=run.exit_code,
        listings=sum(each.listings for each in summary.targets),
        added=sum(each.added for each in summary.targets),
        changed=sum(each.changed for each in summary.targets),
        price_changed=sum(each.price_changed for each in summary.targets),
        gone=sum(each.gone for each in summary.targets),
        requests=run.requests,
        written=summary.files.written,
        removed=summary.files.removed,
        reason=(run.error or "; ".join([*reasons, *run.failures]))[: runs.MOST_REASON],
    )
