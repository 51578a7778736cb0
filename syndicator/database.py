"""A SQLite file that outlives crashes, damage and other versions of the program.

It knows no tables: a format is a sequence of steps, and the file's ``user_version`` says how many
of them it has seen. Rollback journal and full sync, because the file may be on any disk and WAL
had a race before SQLite 3.51.3 (https://sqlite.org/wal.html).
"""

import os
import shutil
import sqlite3  # noqa: TID251 - the one door of the state to SQLite
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from sqlite3 import Connection, Cursor  # noqa: TID251 - likewise
from typing import Any

from syndicator.errors import LockedError, OutputError, UsageError

__all__ = [
    "Connection",
    "Cursor",
    "Damaged",
    "Step",
    "copy",
    "guarded",
    "open_cache",
    "open_for_reading",
    "open_for_writing",
    "snapshot",
    "transaction",
]

APPLICATION_ID = 0x73796E64  # "synd": tells our files from other people's
OWNER_ONLY = 0o600
PATIENCE_SECONDS = 5.0  # that a reader waits for a writer
CACHE_PATIENCE_SECONDS = 60.0  # that a writer of a cache waits for another
SNAPSHOT = ".snapshot"  # ends the name of a copy that nobody writes any more
SMALLEST_BYTES = 512  # one page of the smallest size: a shorter file holds nothing

Step = Sequence[str]
"""Statements that lead from one format to the next."""

_BUSY = frozenset([sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED])
_DAMAGED = frozenset([sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB])
_HINDERED = frozenset(
    [
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    ]
)


class Damaged(OutputError):
    """What is in the file cannot be read any more."""


class _Unusable(Exception):
    """The file is no database of ours; the message says why."""


def open_for_writing(path: Path, steps: Sequence[Step]) -> tuple[Connection, str]:
    """The only writer's connection, in autocommit, and why the file was started afresh, if it was.

    A file that cannot be used is kept beside the new one as ``<name>.corrupt-<n>``.

    :raises UsageError: the file's format is newer than ``steps``; it is left as it is.
    :raises OutputError: the file cannot be made, read or written.
    """
    try:
        with guarded(path):
            return _open_or_set_aside(path, steps)
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror or error}") from error


def open_for_reading(path: Path, steps: Sequence[Step]) -> Connection:
    """A connection that cannot write, for any number of processes.

    :raises UsageError: there is no such file yet, or it has another format than ``steps`` lead to.
    """
    if not path.exists():
        raise UsageError(f"{path}: there is no state yet", hint="build once without --offline")
    with guarded(path):
        connection = _connect_for_reading(path)
        try:
            version = _pragma(connection, "user_version")
        except BaseException:
            connection.close()
            raise
    if version != len(steps):
        connection.close()
        raise _other_format(path, version, len(steps))
    return connection


def open_cache(path: Path, steps: Sequence[Step]) -> Connection:
    """A connection to what can be made again, for any number of writers, who wait for one another.

    Nothing waits for the disk, and a large file is not looked through.

    :raises Damaged: it is no such file, or of another format.
    :raises OutputError: it cannot be made or opened.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ONLY))
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror or error}") from error
    with guarded(path):
        connection = sqlite3.connect(path, isolation_level=None, timeout=CACHE_PATIENCE_SECONDS)
        try:
            connection.execute("PRAGMA page_size = 16384")  # of a new file
            connection.execute("PRAGMA synchronous = OFF")
            _settle_format(connection, path, steps)
        except BaseException:
            connection.close()
            raise
    return connection


def copy(source: Path, target: Path) -> None:
    """The file as it is at one moment, whoever writes to it meanwhile; nothing of it is touched.

    One that a killed build left half written, or that is no database, is copied with what lies
    beside it: whoever opens the copy mends it, or sets it aside.

    :raises LockedError: another program has been writing for too long.
    :raises OutputError: it cannot be read, or the copy not be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with guarded(source):
        try:
            with (
                closing(_connect_for_reading(source)) as old,
                closing(sqlite3.connect(target)) as new,
            ):
                old.execute("BEGIN")
                old.execute("SELECT 1 FROM sqlite_master").fetchone()  # or backup waits for ever
                old.backup(new)
        except sqlite3.DatabaseError as error:
            if _primary_code(error) not in _DAMAGED | {sqlite3.SQLITE_READONLY}:
                raise
            _copy_as_it_is(source, target)


def snapshot(source: Path, folder: Path) -> Path:
    """A copy that nobody will write: its readers take no locks, which network storage may lack.

    :param folder: where nothing of that name is yet.
    :raises LockedError: another program has been writing for too long.
    :raises OutputError: it cannot be read, or the copy not be written.
    """
    target = folder / (source.name + SNAPSHOT)
    copy(source, target)
    return target


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """All or nothing. Inside another transaction it is part of that one."""
    with nullcontext() if connection.in_transaction else _begun(connection):
        yield


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Turn what the disk or another process does to the file into errors with a remedy."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = _primary_code(error)
        if code in _BUSY:
            raise LockedError(f"{path}: in use by another program") from error
        if code in _HINDERED:
            raise OutputError(f"{path}: {error}", hint="make room or mend rights") from error
        if code in _DAMAGED:
            raise Damaged(
                f"{path}: {error}", hint="the next build sets it aside and starts afresh"
            ) from error
        raise


def _settle_format(connection: Connection, path: Path, steps: Sequence[Step]) -> None:
    """A new file gets its tables; another must have them."""
    if not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        with transaction(connection):
            if not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                _migrate(connection, steps, 0)
    found = _pragma(connection, "application_id"), _pragma(connection, "user_version")
    if found != (APPLICATION_ID, len(steps)):
        raise Damaged(f"{path}: is of another format")


def _connect_for_reading(path: Path) -> Connection:
    unlocked = "&immutable=1" if path.suffix == SNAPSHOT else ""
    uri = f"{path.absolute().as_uri()}?mode=ro{unlocked}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=PATIENCE_SECONDS)


def _copy_as_it_is(source: Path, target: Path) -> None:
    for suffix in ("", "-journal"):
        file = source.with_name(source.name + suffix)
        if file.exists():
            shutil.copy2(file, target.with_name(target.name + suffix))


@contextmanager
def _begun(connection: Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has already ended it
            connection.execute("ROLLBACK")
        raise


def _open_or_set_aside(path: Path, steps: Sequence[Step]) -> tuple[Connection, str]:
    try:
        emptied = path.exists() and path.stat().st_size < SMALLEST_BYTES
        return _open(path, steps), f"{path.name} was empty" if emptied else ""
    except _Unusable as fault:
        aside = _set_aside(path)
        return _open(path, steps), f"{path.name} {fault}; it was kept as {aside.name}"


def _open(path: Path, steps: Sequence[Step]) -> Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ONLY))
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        version = _checked(connection, path, len(steps))
        connection.execute("PRAGMA secure_delete = ON")  # what has left the site leaves this, too
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = FULL")
        if version < len(steps):
            _migrate(connection, steps, version)
    except BaseException:
        connection.close()
        raise
    return connection


def _checked(connection: Connection, path: Path, known: int) -> int:
    """The version of a sound file, 0 for a new one, before the first write.

    The version is asked first: a newer file may hold what this SQLite cannot check.
    """
    try:
        version = int(_pragma(connection, "user_version"))
        if version == 0 and not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            return 0
        if _pragma(connection, "application_id") != APPLICATION_ID:
            raise _Unusable("is not ours")
        if version > known:
            raise _other_format(path, version, known)
        if version < 1 or _pragma(connection, "quick_check(1)") != "ok":
            raise _Unusable("is damaged")
    except UnicodeDecodeError as error:  # quick_check quotes what it finds
        raise _Unusable("is damaged") from error
    except sqlite3.DatabaseError as error:
        if _primary_code(error) in _HINDERED | _BUSY:
            raise
        raise _Unusable("is damaged") from error
    return version


def _migrate(connection: Connection, steps: Sequence[Step], version: int) -> None:
    with transaction(connection):
        for step in steps[version:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(steps)}")


def _other_format(path: Path, version: int, known: int) -> UsageError:
    if version > known:
        return UsageError(
            f"{path}: written by a newer syndicator (format {version}, this one knows {known})",
            hint="update syndicator, or delete the file to start afresh",
        )
    return UsageError(f"{path}: written by an older syndicator", hint="build once")


def _pragma(connection: Connection, name: str) -> Any:
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return value


def _primary_code(error: sqlite3.Error) -> int:
    """The result code without its extension: https://sqlite.org/rescode.html."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISUSE) & 0xFF


def _set_aside(path: Path) -> Path:
    """Rename the file; SQLite has already dealt with a journal beside it."""
    number = 1
    while (aside := path.with_name(f"{path.name}.corrupt-{number}")).exists():
        number += 1
    return path.rename(aside)
