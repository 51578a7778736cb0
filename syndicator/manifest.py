"""What was written to ``output/``, with its digest and for which job; one file, many outputs.

Workers read it, only the main process writes, and only once all files it names are in place. It is
a cache: without it everything is rendered again and nothing is removed.
"""

import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import msgspec

from syndicator import database, disk
from syndicator.contract import Kind
from syndicator.database import Connection, guarded, transaction

STEPS: tuple[database.Step, ...] = (
    (
        "CREATE TABLE outputs (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE)",
        """CREATE TABLE jobs (
            id INTEGER PRIMARY KEY,
            output INTEGER NOT NULL REFERENCES outputs,
            name TEXT NOT NULL,
            key TEXT NOT NULL,
            UNIQUE (output, name))""",
        """CREATE TABLE files (
            output INTEGER NOT NULL REFERENCES outputs,
            path TEXT NOT NULL,
            job INTEGER NOT NULL REFERENCES jobs,
            digest TEXT NOT NULL,
            size INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL,
            PRIMARY KEY (output, path)) WITHOUT ROWID""",
        "CREATE INDEX files_by_job ON files (job)",
    ),
    ("ALTER TABLE files ADD COLUMN basis TEXT NOT NULL DEFAULT ''",),
    (
        "ALTER TABLE files DROP COLUMN basis",
        "ALTER TABLE files ADD COLUMN basis BLOB NOT NULL DEFAULT x''",
    ),
)

_JOBS = """SELECT jobs.id, jobs.name FROM jobs JOIN outputs ON outputs.id = jobs.output
    WHERE outputs.path = ?"""
_ALL_FILES = """SELECT path, digest, size, kind, job, mtime_ns, basis FROM files
    WHERE output = (SELECT id FROM outputs WHERE path = ?)"""
_FILES = """SELECT path, digest, size, kind, job, mtime_ns, basis FROM files
    WHERE job = (SELECT jobs.id FROM jobs JOIN outputs ON outputs.id = jobs.output
        WHERE outputs.path = ? AND jobs.name = ?)"""
_KINDS = {kind.value: kind for kind in Kind}


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A file as it was landed. ``digest`` is BLAKE2b, 16 bytes in hexadecimal.

    ``basis`` is a digest of what it was made of, where its maker has said so.
    """

    digest: str
    size: int
    kind: Kind
    job: str
    mtime_ns: int
    basis: bytes = b""


class Manifest:
    """The manifest file. ``rebuilt`` says why an earlier one could not be used, if so."""

    def __init__(self, path: Path, connection: Connection | None, rebuilt: str = "") -> None:
        self.path = path
        self.rebuilt = rebuilt
        self._connection = connection
        self._known: dict[str, dict[str, Entry]] = {}  # all files of an output

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Self:
        """Open or make the file; read-only, one that is not there reads as empty.

        :raises UsageError: a newer program wrote it.
        :raises OutputError: it cannot be read or written.
        """
        if not read_only:
            return cls(path, *database.open_for_writing(path, STEPS))
        return cls(path, database.open_for_reading(path, STEPS) if path.exists() else None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()

    def job_keys(self, output: Path) -> dict[str, str]:
        """Every job that has landed in this output, with the key it had."""
        return dict(
            self._rows(
                """SELECT jobs.name, jobs.key FROM jobs JOIN outputs ON outputs.id = jobs.output
                    WHERE outputs.path = ?""",
                _name(output),
            )
        )

    def files(self, output: Path, *, job: str | None = None) -> Mapping[str, Entry]:
        """What landed in this output, of all jobs or of one, by path relative to it."""
        place = _name(output)
        if job is None and place in self._known:
            return self._known[place]
        if job is None:
            names: dict[int, str] = dict(self._rows(_JOBS, place))
            rows = self._rows(_ALL_FILES, place)
        else:
            names, rows = defaultdict(lambda: job), self._rows(_FILES, place, job)
        found = {
            path: Entry(
                digest=digest,
                size=size,
                kind=_KINDS[kind],
                job=names[owner],
                mtime_ns=mtime_ns,
                basis=basis,
            )
            for path, digest, size, kind, owner, mtime_ns, basis in rows
        }
        if job is None:
            self._known[place] = found
        return found

    def record(
        self,
        output: Path,
        *,
        written: Iterable[tuple[str, Entry]],
        removed: Iterable[str],
        keys: Mapping[str, str],
        dropped: Iterable[str] = (),
    ) -> None:
        """Note what has landed, in one transaction; to say it twice is to say it once.

        :param keys: the jobs that have landed now, with their keys.
        :param dropped: jobs that are no more; what they still own is forgotten.
        """
        assert self._connection is not None, "opened for reading"
        self._known.clear()
        execute, many = self._connection.execute, self._connection.executemany
        with guarded(self.path), transaction(self._connection):
            execute("INSERT INTO outputs (path) VALUES (?) ON CONFLICT DO NOTHING", [_name(output)])
            ((here,),) = execute("SELECT id FROM outputs WHERE path = ?", [_name(output)])
            many(
                """INSERT INTO jobs (output, name, key) VALUES (?, ?, ?)
                    ON CONFLICT (output, name) DO UPDATE SET key = excluded.key""",
                ((here, name, key) for name, key in keys.items()),
            )
            ids = dict(execute("SELECT name, id FROM jobs WHERE output = ?", [here]))
            many("DELETE FROM files WHERE output = ? AND path = ?", ((here, p) for p in removed))
            many(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                ((here, path, *_row(entry, ids)) for path, entry in written),
            )
            gone = [[ids[name]] for name in dropped if name in ids]
            many("DELETE FROM files WHERE job = ?", gone)
            many("DELETE FROM jobs WHERE id = ?", gone)

    def _rows(self, query: str, *values: object) -> Iterator[Any]:
        if self._connection is not None:
            with guarded(self.path):
                yield from self._connection.execute(query, values)


def intact(output: Path, files: Mapping[str, Entry]) -> Mapping[str, Entry]:
    """Those files that are still as they were landed; the very same mapping where all are.

    A file is read only where its time alone has changed; it then gets its new time.
    """
    checked = ((path, e, as_landed(f"{output}/{path}", e)) for path, e in files.items())
    moved = {path: found for path, entry, found in checked if found is not entry}
    if not moved:
        return files
    current = ((path, moved.get(path, entry)) for path, entry in files.items())
    return {path: entry for path, entry in current if entry is not None}


def as_landed(path: Path | str, entry: Entry) -> Entry | None:
    """The entry, perhaps with a new time, or ``None`` if the file is not what was landed."""
    found = disk.status(path)
    if found is None or not stat.S_ISREG(found.st_mode) or found.st_size != entry.size:
        return None
    if found.st_mtime_ns == entry.mtime_ns:
        return entry
    if disk.digest(path) != entry.digest:
        return None
    return msgspec.structs.replace(entry, mtime_ns=found.st_mtime_ns)


def _name(output: Path) -> str:
    return output.resolve().as_posix()


def _row(entry: Entry, ids: Mapping[str, int]) -> tuple[int | str | bytes, ...]:
    place = ids[entry.job], entry.digest, entry.size, entry.kind.value
    return *place, entry.mtime_ns, entry.basis
