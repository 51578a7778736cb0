"""Parts of documents, kept from build to build: a car that has not changed is not told anew.

A cache and nothing else: what is lost is made again. No build waits for the disk here, so a power
cut may damage the file; each part is therefore checked by a digest of its own before it is used.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from syndicator import database, disk
from syndicator.database import Damaged, guarded, transaction

STEPS: tuple[database.Step, ...] = (
    (
        "CREATE TABLE fragments (key INTEGER PRIMARY KEY, build INTEGER, body BLOB)",
        "CREATE TABLE builds (number INTEGER NOT NULL)",
        "INSERT INTO builds VALUES (0)",
    ),
    (
        # Keys come in no order, and there are more of them than fit in memory: bodies in their
        # order would be written all over the disk. So they are written, and read, as they come.
        "DROP TABLE fragments",
        "CREATE TABLE parts (number INTEGER PRIMARY KEY, body BLOB NOT NULL)",
        """CREATE TABLE keys (
            key INTEGER PRIMARY KEY,
            number INTEGER NOT NULL,
            build INTEGER NOT NULL)""",
    ),
)
KEY_BYTES: Final = 16
CHECK_BYTES: Final = 8
MOST_HELD_BYTES: Final = 4 << 20  # that wait to be written
FRESH: Final = 100  # builds after which a use is noted again
KEPT: Final = 1000  # builds without a use, after which a part goes: ten days, at one in 15 minutes

Make = Callable[[], bytes]
Keep = Callable[[bytes, Make], bytes]
"""From a key and what makes the part."""


def prepare(path: Path) -> None:
    """Begin a build: the file is there and can be used; what nobody used for long has left it.

    :raises OutputError: it cannot be written.
    """
    try:
        _begin(path)
    except Damaged:
        disk.remove(path)
        _begin(path)


def _begin(path: Path) -> None:
    connection = database.open_cache(path, STEPS)
    try:
        with guarded(path), transaction(connection):
            connection.execute("UPDATE builds SET number = number + 1")
            ((build,),) = connection.execute("SELECT number FROM builds")
            if build % FRESH == 0:
                connection.execute("DELETE FROM keys WHERE build < ?", [build - KEPT])
                connection.execute(
                    "DELETE FROM parts WHERE number NOT IN (SELECT number FROM keys)"
                )
    finally:
        connection.close()


class Fragments:
    """The parts that one job uses. Without a file each is made whenever it is asked for.

    :param read_only: nothing is written to the file.
    """

    def __init__(self, path: Path | None, *, read_only: bool = False) -> None:
        self._path = path if path and path.exists() else None
        self._writes = not read_only
        self._new: dict[int, bytes] = {}
        self._used: list[int] = []
        self._held = 0
        self._connection: database.Connection | None = None
        self._build = 0

    def __enter__(self) -> Self:
        if self._path is not None:
            try:
                self._connection = database.open_cache(self._path, STEPS)
                with guarded(self._path):
                    ((self._build,),) = self._connection.execute("SELECT number FROM builds")
            except Damaged:
                self._give_up()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self._write()
        finally:
            self._close()

    def keep(self, ground: str) -> Keep:
        """What looks a part up, or makes it.

        :param ground: of all that the key does not tell.
        """
        seed = hashlib.blake2b(ground.encode(), digest_size=KEY_BYTES)

        def kept(key: bytes, make: Make) -> bytes:
            whole = seed.copy()
            whole.update(key)
            return self._kept(whole.digest(), make)

        return kept

    def _kept(self, key: bytes, make: Make) -> bytes:
        number = int.from_bytes(key[:8], "big", signed=True)
        body = self._new.get(number) or self._found(number)
        if body is not None and body.startswith(key):
            part = body[KEY_BYTES + CHECK_BYTES :]
            if body[KEY_BYTES : KEY_BYTES + CHECK_BYTES] == _check(part):
                return part
        part = make()
        if self._connection is not None and self._writes:
            self._new[number] = key + _check(part) + part
            self._held += len(part)
            if self._held >= MOST_HELD_BYTES:
                self._write()
        return part

    def _found(self, number: int) -> bytes | None:
        if self._connection is None or self._path is None:
            return None
        try:
            with guarded(self._path):
                row = self._connection.execute(
                    "SELECT body, build FROM keys JOIN parts USING (number) WHERE key = ?",
                    (number,),
                ).fetchone()
        except Damaged:
            self._give_up()
            return None
        if row is None:
            return None
        body: bytes
        body, build = row
        if build < self._build - FRESH:
            self._used.append(number)
        return body

    def _write(self) -> None:
        """In short transactions: other workers have parts of their own to write."""
        if self._connection is None or self._path is None or not self._writes:
            return
        if self._new or self._used:
            try:
                with guarded(self._path), transaction(self._connection):
                    self._put(self._connection)
            except Damaged:
                self._give_up()
        self._new.clear()
        self._used.clear()
        self._held = 0

    def _put(self, connection: database.Connection) -> None:
        ((top,),) = connection.execute("SELECT COALESCE(MAX(number), 0) FROM parts")
        numbers = range(top + 1, top + 1 + len(self._new))
        many, build = connection.executemany, self._build
        many(
            "DELETE FROM parts WHERE number = (SELECT number FROM keys WHERE key = ?)",
            ((key,) for key in self._new),
        )
        many("INSERT INTO parts VALUES (?, ?)", zip(numbers, self._new.values(), strict=True))
        many(
            "INSERT OR REPLACE INTO keys VALUES (?, ?, ?)",
            ((key, number, build) for key, number in zip(self._new, numbers, strict=True)),
        )
        many("UPDATE keys SET build = ? WHERE key = ?", ((build, key) for key in self._used))

    def _give_up(self) -> None:
        """The file is of no use; the next build starts another."""
        self._close()
        if self._path is not None and self._writes:
            disk.remove(self._path)
        self._path = None

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _check(part: bytes) -> bytes:
    return hashlib.blake2b(part, digest_size=CHECK_BYTES).digest()
