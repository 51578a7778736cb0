"""Runs jobs: our own here and now, those of other packages always in a worker process.

A worker may die or hang of what it runs. The jobs that were under way then are tried once more,
alone; the one that ends its process again has failed, and its feed is left alone for this run.
"""

import faulthandler
import os
import signal
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from itertools import islice
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any

from syndicator.jobs import Job, Report, Workshop, run, stage_of

WORTH = 10_000  # cars to render, each once a feed: below, to start processes takes longer
MOST_WORKERS = 8  # unless asked for: each takes some 100 MB
LOOK_SECONDS = 1.0  # how often it is seen to that all are alive
JOB_SECONDS = 600.0  # of one feed on one slice; what takes longer hangs
DIED = f"its process died, or took more than {JOB_SECONDS:.0f} s; is memory short?"
GIVEN_UP = "not tried: a process of this feed died before"

Reports = Generator[Report, None, list[Job]]
"""Reports as jobs end, and then the jobs that were under way when a process died."""


def drive(
    workshop: Workshop, jobs: Iterable[Job], workers: int = 1
) -> Generator[Report, None, None]:
    """Run jobs, a few at a time; reports come as jobs end.

    To be closed, however it is left: no worker outlives it.

    :raises SyndicatorError: nobody's bad record: the disk, the configuration.
    """
    if workers > 1:
        yield from _Crew(workshop).run(jobs, workers)
        return
    apart: list[Job] = []
    for job in jobs:
        if job.is_ours:
            yield run(workshop, job)
        else:
            apart.append(job)
    if apart:
        yield from _Crew(workshop).run(apart, workers)


def fitting(cars: int) -> int:
    """How many processes pay, where nobody has said.

    :param cars: how often jobs will render one.
    """
    return min(processors(), MOST_WORKERS) if cars >= WORTH else 1


def processors() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Crew:
    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._given_up: set[str] = set()  # feeds

    def run(self, jobs: Iterable[Job], workers: int) -> Iterator[Report]:
        """Side by side; after a death those that may have caused it one by one."""
        queue = iter(jobs)
        while broken := (yield from self._together(queue, workers, 2 * workers)):
            suspects = iter(broken)
            while alone := (yield from self._together(suspects, 1, 1)):
                (job,) = alone
                self._given_up.add(job.feed.feed)
                yield Report(job=job, error=DIED)

    def _together(self, jobs: Iterator[Job], workers: int, window: int) -> Reports:
        """Keep at most ``window`` jobs in flight, until a process dies."""
        live: dict[Future[Report], Job] = {}
        crew: set[BaseProcess] = set()
        with pool(workers) as executor:
            while True:
                for job in islice(jobs, window - len(live)):
                    live[self._begun(executor, job)] = job
                if not live:
                    return []
                crew.update(active_children())
                done = wait(live, LOOK_SECONDS, FIRST_COMPLETED).done
                if not done and not all(each.is_alive() for each in crew):
                    end(crew)  # whoever it has left behind would keep its death from us
                    continue
                whole = [each for each in done if not _is_broken(each)]
                for each in whole:
                    del live[each]
                    yield each.result()
                if len(whole) < len(done):
                    end_workers()
                    break
        for job in live.values():
            stage_of(self._workshop, job).clear()
        return [*live.values()]

    def _begun(self, executor: ProcessPoolExecutor, job: Job) -> Future[Report]:
        future: Future[Report] = Future()
        if job.feed.feed in self._given_up:
            future.set_result(Report(job=job, error=GIVEN_UP))
            return future
        try:
            return executor.submit(run_in_time, self._workshop, job, JOB_SECONDS)
        except BrokenProcessPool as error:
            future.set_exception(error)
            return future


def _is_broken(future: Future[Report]) -> bool:
    return isinstance(future.exception(), BrokenProcessPool)


def run_in_time(workshop: Workshop, job: Job, seconds: float) -> Report:
    """Make the files of one job, or end this process: also code that is not Python may hang."""
    faulthandler.dump_traceback_later(seconds, exit=True)
    try:
        return run(workshop, job)
    finally:
        faulthandler.cancel_dump_traceback_later()


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
def pool(workers: int) -> Iterator[Pool]:
    """Processes, started afresh: a fork would copy locks. None of them outlives the block."""
    with Pool(workers, get_context("spawn"), enter_worker) as executor:
        try:
            yield executor
        finally:
            end_workers()  # their threads may have no end


def end_workers() -> None:
    """At once: they leave gentler signals to the main process."""
    end(active_children())


def end(workers: Iterable[BaseProcess]) -> None:
    """With whatever they have started."""
    for each in workers:
        if each.pid is not None and hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):  # it had no time to lead a group
                os.killpg(each.pid, signal.SIGKILL)
        each.kill()


def enter_worker() -> None:
    """A worker leaves signals to the main process, and ends with it."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)
    os.dup2(2, 1)  # the answer of the command is not for exporters to write
    faulthandler.enable()
    Thread(target=follow_parent, daemon=True).start()


def follow_parent() -> None:
    """End this process when the main one has: a worker could wait for jobs for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
