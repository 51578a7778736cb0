"""Which jobs want which paths, and that no two want the same. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain

import msgspec

from syndicator.errors import UsageError
from syndicator.folders import above
from syndicator.journal import Put
from syndicator.manifest import Entry
from syndicator.stage import Staged, fold


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A job that succeeded: all the files it wants out, and the key they were made for."""

    job: str
    key: str
    staged: tuple[Staged, ...]


class Owned(Mapping[str, Entry]):
    """The files of some jobs among all; there are too many for another dictionary."""

    def __init__(self, files: Mapping[str, Entry], jobs: Collection[str]) -> None:
        self.files = files
        self._jobs = jobs

    def __getitem__(self, path: str) -> Entry:
        entry = self.files[path]
        if entry.job not in self._jobs:
            raise KeyError(path)
        return entry

    def __iter__(self) -> Iterator[str]:
        return (path for path, entry in self.files.items() if entry.job in self._jobs)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def others(self) -> Iterator[tuple[str, str]]:
        """Path and job of all that those jobs have nothing to do with."""
        files = self.files.items()
        return ((path, entry.job) for path, entry in files if entry.job not in self._jobs)


def refuse_rivals(made: Collection[Made], owned: Owned) -> None:
    """No two jobs may claim one path, nor one the folder of the other's, whatever the case.

    Those that have had their path before cannot be each other's rivals, so that only what is new
    is held, and all else walked by it.
    """
    new: dict[str, Put] = {}
    for put in claims(made):
        if not _is_settled(put, owned):
            rival = new.setdefault(fold(put.staged.path), put)
            if rival is not put:
                raise _rivals(put, rival.staged.path, rival.job)
    for path, put in new.items():
        for rival in filter(None, map(new.get, above(path))):
            raise _rivals(put, rival.staged.path, rival.job)
    if new and owned.files:  # else a first build, and all is new
        _refuse_older(new, made, owned)


def _refuse_older(new: Mapping[str, Put], made: Collection[Made], owned: Owned) -> None:
    ways = {folder: put for path, put in new.items() for folder in above(path)}
    old = ((put.staged.path, put.job) for put in claims(made) if _is_settled(put, owned))
    for path, job in chain(old, owned.others()):
        name = fold(path)
        for put in filter(None, (new.get(name), ways.get(name), *map(new.get, above(name)))):
            raise _rivals(put, path, job)


def claims(made: Iterable[Made]) -> Iterator[Put]:
    """Of all jobs, one by one: there are too many for a list."""
    return (Put(staged, each.job) for each in made for staged in each.staged)


def _is_settled(put: Put, owned: Mapping[str, Entry]) -> bool:
    """Whether the job had this path before, so that no other can have it now."""
    before = owned.get(put.staged.path)
    return before is not None and before.job == put.job


def _rivals(put: Put, path: str, job: str) -> UsageError:
    return UsageError(
        f"{put.staged.path} (of {put.job}) and {path} (of {job}) cannot both be published",
        hint="give one of the feeds another filename; --prune removes what is not configured",
    )
