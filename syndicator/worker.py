"""What a worker of a cluster does: one job, or one photo, for a build on another machine.

Its processes outlive builds, so what is kept from one task to the next belongs to a note, of which
each build has its own. Two attempts at one job, of which the first was on a machine that fell
silent, never write into one folder.
"""

import faulthandler
import os
import pickle
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock, Timer
from uuid import uuid4

import msgspec

from syndicator import crew, database, disk
from syndicator.darkroom import Darkroom
from syndicator.errors import OutputError
from syndicator.fetch import Fetcher
from syndicator.jobs import Job, Report, Workshop, run
from syndicator.likeness import Note, contents, note, objection, put
from syndicator.mirror import Result, Studio, Wanted

WORKSHOP = "workshop.pickle"

_studios: dict[tuple[Path, str], tuple[Darkroom, Fetcher]] = {}
_door = Lock()  # a worker may have several threads


def posted(workshop: Workshop, like: Note) -> Note:
    """Put what workers need into the stage, where they see it, and nothing moves under them.

    They read copies of the databases: locks may not work on network storage. The operator's
    templates are known by their contents, for a worker keeps what it has compiled.

    :raises OutputError: it cannot be written.
    """
    folder = workshop.stage / uuid4().hex
    disk.make_folder(folder, disk.PRIVATE_MODE)
    own = msgspec.structs.replace(
        workshop,
        state=database.snapshot(workshop.state, folder),
        manifest=database.snapshot(workshop.manifest, folder),
        output=workshop.output.resolve(),
        fragments=None,  # of one machine
        stage=folder,
        templates=workshop.templates and _shared(workshop.templates, workshop.stage),
    )
    put(folder / WORKSHOP, pickle.dumps(own))
    return note(folder, (folder / WORKSHOP,), like.packages)


def _shared(templates: Path, stage: Path) -> Path:
    target = stage / f"templates-{contents(templates)}"
    try:
        shutil.copytree(templates, target, dirs_exist_ok=True)
    except OSError as error:
        raise OutputError(f"{target}: cannot be copied from {templates}") from error
    return target


def run_there(to: Note, job: Job) -> Report:
    """Make the files of one job, in a folder that no other attempt at it writes in.

    :raises UsageError: this process lacks what the build has.
    """
    _refuse_unlike(to)
    own = msgspec.structs.replace(_workshop(to), stage=to.folder / uuid4().hex)
    with _in_time():
        return run(own, job)


def develop(to: Note, folder: Path, trusted: str, wanted: Wanted) -> Result:
    """Fetch, develop and keep one photo.

    :param folder: where copies are kept, on shared storage.
    :param trusted: the origin that photos may come from though it is not public, if any.
    :raises UsageError: this process lacks what the build has.
    """
    _refuse_unlike(to)
    with _door:
        if (folder, trusted) not in _studios:
            _studios[folder, trusted] = Darkroom(), Fetcher(trusted_origin=trusted)
        darkroom, fetcher = _studios[folder, trusted]
    return Studio(fetcher, darkroom, folder).take(wanted)


def leave() -> None:
    """End the processes that decode photos: the build is over."""
    with _door:
        for darkroom, fetcher in _studios.values():
            darkroom.__exit__()
            fetcher.close()
        _studios.clear()


def _refuse_unlike(to: Note) -> None:
    if refusal := objection(to):
        raise refusal


@lru_cache(maxsize=1)
def _workshop(to: Note) -> Workshop:
    data = (to.folder / WORKSHOP).read_bytes()
    made: Workshop = pickle.loads(data)  # noqa: S301 - of the digest that the note has of it
    return made


@contextmanager
def _in_time() -> Iterator[None]:
    """End this process, whose nanny starts another, when a job takes too long."""
    timer = Timer(crew.JOB_SECONDS, _end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _end() -> None:
    faulthandler.dump_traceback()
    os._exit(1)
