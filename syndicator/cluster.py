"""Runs jobs, and develops photos, on the machines of a Dask cluster that is there already.

A worker must see the folders of the build under the same paths, and run the same programs. It
gets small values and gives small values back: bodies go through shared storage. Nothing here is
imported of Dask before a cluster is asked for.
"""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from syndicator import disk, likeness
from syndicator.crew import DIED, GIVEN_UP, LOOK_SECONDS
from syndicator.errors import OutputError, SyndicatorError, UsageError, said
from syndicator.fetch import Fetcher
from syndicator.jobs import Job, Report, Workshop
from syndicator.likeness import INSTALL, Note
from syndicator.mirror import Failed, Result, Wanted, in_order, prepare
from syndicator.offers import package_of
from syndicator.outputs import stage_folder
from syndicator.places import Places
from syndicator.registry import Feed
from syndicator.worker import develop, leave, posted, run_there

CONNECT_SECONDS = 5.0  # to reach the scheduler, and for it to have a worker
ALONE_SECONDS = 60.0  # that a build waits for any worker to come back
AHEAD = 2  # jobs for each thread of the workers, so that none waits for its next
CHATTY = ("distributed", "distributed.client", "tornado", "tornado.application")
TOKEN = "cluster-token"  # noqa: S105 - says nothing: a file to look for
MISSING = 'pip install "syndicator[dask]"'
AGAIN = "nothing was published; see to the cluster, then build again"

T = TypeVar("T")

Reports = Generator[Report, None, list[Job]]
"""Reports as jobs end, and then the jobs under way when one of them ended its workers."""


@contextmanager
def joined(
    address: str, places: Places, output: Path, feeds: Iterable[Feed], *, trusted: str
) -> Iterator["Cluster"]:
    """The workers behind a scheduler, each of which has shown that it can stand in for us.

    :param feeds: whose exporters' packages workers must have.
    :param trusted: the origin that photos may come from though it is not public, if any.
    :raises UsageError: nobody answers, there is no worker, or one lacks what we have.
    """
    dask = imported()
    stage = stage_folder(places.root, output)
    folder, token = stage / uuid4().hex, places.root / TOKEN
    packages = sorted({"syndicator", *(package_of(each.offer.reference) for each in feeds)})
    client = connected(dask, address)
    try:
        disk.remove(token)
        likeness.put(token, uuid4().bytes)
        alike = (token, output.resolve() / "build.json")  # the newest of what landed
        note = likeness.note(folder, alike, packages)
        check(client, note)
        yield Cluster(dask, client, note, trusted)
    finally:
        with suppress(Exception):  # whoever is gone holds nothing of ours
            client.run(leave, on_error="ignore")
        client.close()
        with suppress(OutputError):  # the next start tries again
            disk.remove_tree(folder)
            disk.remove(token)
            disk.remove_folder(stage)


def imported() -> Any:
    """The module, which comes with an extra.

    :raises UsageError: it is not installed.
    """
    try:
        dask = import_module("distributed")
    except ImportError as error:
        raise UsageError("--executor dask needs Dask's distributed", hint=MISSING) from error
    if not logging.getLogger("syndicator").isEnabledFor(logging.DEBUG):
        for name in CHATTY:
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what ends a build is told by us
    return dask


def connected(dask: Any, address: str) -> Any:
    """A client of the scheduler.

    :raises UsageError: nobody answers there, or there is no worker.
    """
    try:
        asyncio.run(asyncio.wait_for(_greet(dask, address), CONNECT_SECONDS))
        client = dask.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except Exception as error:
        raise UsageError(
            f"no Dask scheduler answers at {address} ({said(error).rstrip(': ')})",
            hint="say the address that it prints when it starts, as tcp://host:8786",
        ) from error
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except Exception as error:
        client.close()
        raise UsageError(f"the scheduler at {address} has no worker", hint="start some") from error
    return client


async def _greet(dask: Any, address: str) -> None:
    """See who answers: a client that meets nobody, or another program, is slow to give up."""
    arguments = dask.Security().get_connection_args("client")
    async with dask.rpc(address, connection_args=arguments) as remote:
        kind = (await remote.identity())["type"]
    if kind != "Scheduler":
        raise ValueError(f"it is a {kind}")


def check(client: Any, note: Note) -> None:
    """Ask everybody, before anything else happens; the scheduler, too, opens what we send.

    :raises UsageError: one lacks what we have.
    """
    answers = client.run(likeness.objection, note, on_error="return")
    try:
        ours = likeness.of((), note.packages)
        answers["the scheduler"] = client.run_on_scheduler(likeness.difference, ours)
    except Exception as error:  # noqa: BLE001 - it may not even know our functions
        answers["the scheduler"] = error
    for who, answer in answers.items():
        if isinstance(answer, SyndicatorError):
            raise UsageError(f"{who}: {answer.message}", hint=answer.hint)
        if answer is not None:
            raise UsageError(f"{who}: {said(answer)}", hint=INSTALL)


class Cluster:
    """Workers that are like us. What is under way when it is left is given up."""

    def __init__(self, dask: Any, client: Any, note: Note, trusted: str) -> None:
        self._killed: type[Exception] = dask.KilledWorker
        self._client = client
        self._executor = client.get_executor(pure=False)
        self._note = note
        self._trusted = trusted
        self._threads = 0
        self._looked = self._manned = -math.inf  # on the monotonic clock

    def drive(self, workshop: Workshop, jobs: Iterable[Job]) -> Generator[Report, None, None]:
        """Run jobs, a few for each thread at a time; reports come as jobs end.

        The jobs that were with workers that died again and again are tried once more, alone; one
        that ends them again has failed, and its feed is left alone for this run.

        :raises SyndicatorError: nobody's bad record: the disk, or the cluster is gone.
        """
        task = partial(run_there, posted(workshop, self._note))
        given_up: set[str] = set()  # feeds
        queue = iter(jobs)
        while suspects := (yield from self._together(task, queue, given_up)):
            for job in suspects:
                if (yield from self._together(task, iter([job]), given_up)):
                    given_up.add(job.feed.feed)
                    yield Report(job=job, error=DIED)

    def mirror(self, wanted: Iterable[Wanted], _: Fetcher, folder: Path) -> Iterator[Result]:
        """Fetch, develop and keep each photo, by the workers; results come in the order asked.

        :raises OutputError: copies cannot be kept, or the cluster is gone.
        """
        prepare(folder)
        task = partial(develop, self._note, folder.resolve(), self._trusted)

        def begin(each: Wanted) -> Callable[[], Result]:
            return partial(self._photo, self._executor.submit(task, each), each)

        return in_order(begin, wanted, self._room)

    def _photo(self, future: "Future[Result]", wanted: Wanted) -> Result:
        while not wait([future], LOOK_SECONDS).done:
            self._room()
        return self._outcome(future) or Failed(url=wanted.url, reason=DIED)

    def _together(
        self, task: Callable[[Job], Report], jobs: Iterator[Job], given_up: Collection[str]
    ) -> Reports:
        live: dict[Future[Report], Job] = {}
        suspects: list[Job] = []
        while True:
            if not suspects:
                for job in islice(jobs, max(0, self._room() - len(live))):
                    live[self._begun(task, job, given_up)] = job
            if not live:
                return suspects
            for each in wait(live, LOOK_SECONDS, FIRST_COMPLETED).done:
                job = live.pop(each)
                if report := self._outcome(each):
                    yield report
                else:
                    suspects.append(job)

    def _begun(
        self, task: Callable[[Job], Report], job: Job, given_up: Collection[str]
    ) -> "Future[Report]":
        if job.feed.feed in given_up:
            future: Future[Report] = Future()
            future.set_result(Report(job=job, error=GIVEN_UP))
            return future
        begun: Future[Report] = self._executor.submit(task, job)
        return begun

    def _outcome(self, future: "Future[T]") -> T | None:
        """What came of a task; nothing if it, or one beside it, has ended several workers."""
        try:
            return future.result()
        except self._killed:
            return None
        except CancelledError as error:
            raise OutputError("the scheduler is gone", hint=AGAIN) from error

    def _room(self) -> int:
        """How many tasks may be under way now, seen anew once in a while; at least one."""
        now = time.monotonic()
        if now - self._looked >= LOOK_SECONDS:
            self._looked, self._threads = now, self._counted()
        if self._threads:
            self._manned = now
        elif now - self._manned > ALONE_SECONDS:
            raise OutputError("the cluster has no worker any more", hint=AGAIN)
        return max(1, AHEAD * self._threads)

    def _counted(self) -> int:
        try:
            return sum(self._client.nthreads().values())
        except Exception as error:
            raise OutputError(f"the scheduler is gone: {said(error)}", hint=AGAIN) from error
