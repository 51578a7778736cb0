"""Counts what a build does to the disk, and lets the n-th of these operations fail or kill it.

Not only :mod:`syndicator.disk` is watched but the functions of ``os``, every file opened for
writing, and SQLite's statements: a write that forgot our own door is counted, too.
"""

import builtins
import errno
import io
import os
import signal
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from syndicator import disk

Act = Callable[[], Any]

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
ERRORS = {
    "ENOSPC": (errno.ENOSPC, sqlite3.SQLITE_FULL, "database or disk is full"),
    "EIO": (errno.EIO, sqlite3.SQLITE_IOERR | 3 << 8, "disk I/O error"),
    "EROFS": (errno.EROFS, sqlite3.SQLITE_READONLY, "attempt to write a readonly database"),
    "EACCES": (errno.EACCES, sqlite3.SQLITE_CANTOPEN, "unable to open database file"),
}
KILLS = ("kill", "kill-half")
PASSING = ("EIO", "EACCES")  # happen once
FAULTS = (*ERRORS, *KILLS)
NEEDS_ROOM = frozenset(["open", "write", "mkdir", "sql", "sql-many", "sql-open"])
NEEDS_NO_RIGHTS = frozenset(["close", "fsync", "syncfs", "rollback"])
BY_PATH = ("rmdir", "unlink", "remove", "chmod", "utime", "truncate", "symlink", "link")
BY_DESCRIPTOR = ("fchmod", "fsync", "fdatasync", "ftruncate")
READING = ("SELECT", "WITH", "EXPLAIN", "VALUES")


class Meter:
    """Watches one build in this process.

    A full disk stays full and one that is read-only stays so, which only some operations mind;
    the other errors happen once.

    :param fault: one of :data:`FAULTS`; empty: only count.
    :param at: the number of the operation that it meets, from 0 on.
    :ivar told: each operation as a word and what it was done to, so far.
    """

    def __init__(self, fault: str = "", at: int = -1) -> None:
        self.fault = fault
        self.at = at
        self.told: list[tuple[str, str]] = []
        self.struck = False
        self._files: dict[int, str] = {}  # what is open, by descriptor
        self._written: set[int] = set()

    def step(self, word: str, what: object, act: Act, half: Act | None = None) -> Any:
        """Do one operation, unless it is the one.

        :param half: does a part of it.
        """
        number = len(self.told)
        self.told.append((word, os.fspath(what) if isinstance(what, Path) else str(what)))
        if number == self.at:
            self.struck = True
            if self.fault in KILLS:
                if self.fault == "kill-half" and half is not None:
                    half()
                os.kill(os.getpid(), signal.SIGKILL)
            if half is not None and self.fault == "ENOSPC" and word == "write":
                return half()  # a part went in; the rest will not
            if word == "sql-many" and half is not None:
                half()
            if word == "close":
                act()  # the descriptor is gone whatever close says
            raise self._error(word, what)
        if self.struck and self._persists(word):
            if word == "close":
                act()
            raise self._error(word, what)
        return act()

    def _persists(self, word: str) -> bool:
        if self.fault == "ENOSPC":
            return word in NEEDS_ROOM
        return self.fault == "EROFS" and word not in NEEDS_NO_RIGHTS

    def _error(self, word: str, what: object) -> Exception:
        number, code, said = ERRORS[self.fault]
        if not word.startswith(("sql", "rollback")):
            return OSError(number, os.strerror(number), str(what))
        error = sqlite3.OperationalError(said)
        error.sqlite_errorcode = code
        return error

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Hook everything while the body runs."""
        with ExitStack() as stack:
            for name, call in self._hooks():
                stack.enter_context(patch.object(os, name, call))
            opened = partial(self._open_file, io.open)
            stack.enter_context(patch.object(io, "open", opened))
            stack.enter_context(patch.object(builtins, "open", opened))
            stack.enter_context(patch.object(sqlite3, "connect", self._connect(sqlite3.connect)))
            if disk._sync_file_system is not None:
                syncfs = self._counted("syncfs", disk._sync_file_system)
                stack.enter_context(patch.object(disk, "_sync_file_system", syncfs))
            yield

    def _hooks(self) -> Iterator[tuple[str, Callable[..., Any]]]:
        for name in BY_PATH:
            yield name, self._counted(name, getattr(os, name))
        for name in BY_DESCRIPTOR:
            yield name, self._on_descriptor(name, getattr(os, name))
        for name in ("rename", "replace"):
            yield name, self._moving(name, getattr(os, name))
        yield "mkdir", partial(self._mkdir, os.mkdir)
        yield "open", partial(self._open, os.open)
        yield "write", partial(self._write, os.write)
        yield "close", partial(self._close, os.close)

    def _counted(self, word: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def hooked(path: Any, *rest: Any, **named: Any) -> Any:
            target = self._name(path) if isinstance(path, int) else path
            return self.step(word, target, partial(call, path, *rest, **named))

        return hooked

    def _on_descriptor(self, word: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def hooked(descriptor: Any, *rest: Any) -> Any:
            number = descriptor if isinstance(descriptor, int) else descriptor.fileno()
            return self.step(word, self._name(number), partial(call, descriptor, *rest))

        return hooked

    def _moving(self, word: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def hooked(source: Any, target: Any, **named: Any) -> Any:
            return self.step(word, target, partial(call, source, target, **named))

        return hooked

    def _mkdir(self, call: Callable[..., None], path: Any, *rest: Any, **named: Any) -> None:
        act = partial(call, path, *rest, **named)
        if os.path.lexists(path):  # which changes nothing
            act()
        else:
            self.step("mkdir", path, act)

    def _open(
        self, call: Callable[..., int], path: Any, flags: int, *rest: Any, **named: Any
    ) -> int:
        act = partial(call, path, flags, *rest, **named)
        descriptor: int = self.step("open", path, act) if flags & WRITING else act()
        self._files[descriptor] = os.fspath(path)
        if flags & WRITING:
            self._written.add(descriptor)
        else:
            self._written.discard(descriptor)
        return descriptor

    def _write(self, call: Callable[..., int], descriptor: int, data: Any) -> int:
        if descriptor not in self._written:
            return call(descriptor, data)
        view = memoryview(data)
        half = partial(call, descriptor, view[: len(view) // 2])
        written: int = self.step(
            "write", self._name(descriptor), partial(call, descriptor, data), half
        )
        return written

    def _close(self, call: Callable[[int], None], descriptor: int) -> None:
        name = self._name(descriptor)
        self._files.pop(descriptor, None)
        if descriptor not in self._written:
            call(descriptor)
            return
        self._written.discard(descriptor)
        self.step("close", name, partial(call, descriptor))

    def _name(self, descriptor: int) -> str:
        return self._files.get(descriptor, f"descriptor {descriptor}")

    def _open_file(
        self, call: Callable[..., Any], file: Any, mode: str = "r", *rest: Any, **named: Any
    ) -> Any:
        if isinstance(file, int) or not set(mode) & set("wax+"):
            return call(file, mode, *rest, **named)
        raw = _Counted(self, os.fspath(file), mode)
        if "b" not in mode:
            return io.TextIOWrapper(io.BufferedWriter(raw), named.get("encoding") or "utf-8")
        return io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)

    def _connect(self, call: Callable[..., Any]) -> Callable[..., Any]:
        meter = self

        class Counted(sqlite3.Connection):
            """Statements that write are operations; so is what begins and ends a transaction."""

            def execute(self, sql: str, /, *values: Any) -> sqlite3.Cursor:
                act = partial(super().execute, sql, *values)
                if reads(sql):
                    return act()
                word = "rollback" if sql.startswith("ROLLBACK") else "sql"
                cursor: sqlite3.Cursor = meter.step(word, self._named(sql), act)
                return cursor

            def executemany(self, sql: str, rows: Iterable[Any], /) -> sqlite3.Cursor:
                found = list(rows)
                act = partial(super().executemany, sql, found)
                half = partial(super().executemany, sql, found[: len(found) // 2])
                cursor: sqlite3.Cursor = meter.step("sql-many", self._named(sql), act, half)
                return cursor

            def _named(self, sql: str) -> str:
                return f"{self.file}: {' '.join(sql.split())[:60]}"

        def connect(path: Any, **named: Any) -> sqlite3.Connection:
            act = partial(call, path, factory=Counted, **named)
            connection = act() if named.get("uri") else meter.step("sql-open", path, act)
            connection.file = str(path).partition("?")[0]
            return connection

        return connect


class _Counted(io.FileIO):
    """A file that was opened for writing otherwise than by ``os.open``."""

    def __init__(self, meter: Meter, path: Any, mode: str) -> None:
        self._meter = meter
        self._path = path
        flags = mode.replace("t", "").replace("b", "")
        meter.step("open", path, partial(super().__init__, path, flags))

    def write(self, data: Any) -> int:
        view = memoryview(data)
        half = partial(super().write, view[: len(view) // 2])
        written: int = self._meter.step("write", self._path, partial(super().write, data), half)
        return written

    def close(self) -> None:
        if not self.closed:
            self._meter.step("close", self._path, super().close)


def reads(sql: str) -> bool:
    """Whether a statement leaves the file as it is."""
    words = sql.split(None, 2)
    if words[0].upper() == "PRAGMA":
        return "=" not in sql
    return words[0].upper() in READING
