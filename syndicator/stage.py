"""What a worker does with an artefact: check its path, digest its bytes, write what has changed.

Nothing here touches ``output/``. A worker writes in a folder of its own only.
"""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from syndicator import disk
from syndicator.contract import Kind
from syndicator.errors import OutputError
from syndicator.links import RESERVED_ON_WINDOWS
from syndicator.manifest import Entry

PATH_CHARACTERS: Final = 240
PART_BYTES: Final = 255
BUFFER_BYTES: Final = 1 << 18
DIGEST_BYTES: Final = 16

_NOT_ON_WINDOWS: Final = frozenset('<>:"|?*\\')


class PathRefused(ValueError):
    """An exporter asked for a file that may not be: its own fault, and its own failure."""


class Staged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A file that shall be in ``output/``. There are hundreds of thousands: no field is idle."""

    path: str
    digest: str
    size: int
    kind: Kind
    mtime_ns: int
    place: str | None = None  # where its bytes are staged; ``None``: it is out already
    basis: bytes = b""  # a digest of what it was made of, where its maker says so

    @property
    def file(self) -> str | None:
        """The file that holds its bytes, if it is not out already."""
        return None if self.place is None else f"{self.place}{_name(self.path)}"


def kept(path: str, entry: Entry) -> Staged:
    """A file that is out and stays as it is."""
    return Staged(
        path=path,
        digest=entry.digest,
        size=entry.size,
        kind=entry.kind,
        mtime_ns=entry.mtime_ns,
        basis=entry.basis,
    )


class Stage:
    """Takes in the files of one job; the folder is made when the first of them is written.

    :param mark: begins the names of its files, where other jobs use the same folder: a folder for
        each of many thousand jobs takes long to remove.
    """

    def __init__(self, folder: Path, mark: str = "") -> None:
        self._folder = folder
        self._mark = mark
        self._start = f"{folder}/{mark}"  # one text for all files
        self._identity: tuple[int, int] | None = None
        self._taken: set[str] = set()

    def write(
        self,
        path: PurePosixPath | str,
        chunks: Iterable[bytes],
        kind: Kind,
        known: Entry | None = None,
        basis: bytes = b"",
    ) -> Staged:
        """Take in one file; one that equals ``known`` leaves nothing on the disk.

        :param known: what is out under this path, if it is still as it was landed.
        :param basis: a digest of what the file is made of; it is not made if ``known`` was made
            of the same.
        :raises PathRefused: the path is unsafe, or this job has made it before.
        :raises ValueError: there is no such kind.
        :raises OutputError: the disk is full, or somebody meddles with the folder.
        """
        name = checked(path)
        if fold(name) in self._taken:
            raise PathRefused(f"{name}: made twice, or differs from another path in case only")
        self._taken.add(fold(name))
        if known and basis and known.basis == basis:
            return kept(name, known)
        body = _Body(lambda: self._place(name))
        try:
            for chunk in chunks:
                body.add(chunk)
            digest, is_staged, mtime_ns = body.close(known.digest if known else "")
        except BaseException:
            body.drop()
            raise
        if not is_staged:
            assert known is not None, "only known bytes leave no file"
            mtime_ns = known.mtime_ns
        return Staged(
            path=name,
            digest=digest,
            size=body.size,
            kind=Kind(kind),
            mtime_ns=mtime_ns,
            place=self._start if is_staged else None,
            basis=basis,
        )

    def clear(self) -> None:
        """Remove what a job has left that came to no end."""
        for file in disk.files_in(self._folder, self._mark):
            disk.remove(file)

    def _place(self, name: str) -> Path:
        """Where a body goes; the folder must still be the one that we made."""
        if self._identity is None:
            for each in (self._folder.parent, self._folder):
                disk.make_folder(each, disk.PRIVATE_MODE)  # which refuses a link
        found = disk.status(self._folder)
        identity = (found.st_dev, found.st_ino) if found else (0, 0)
        if identity != (self._identity or identity):
            raise OutputError(
                f"{self._folder}: was replaced while the build wrote into it",
                hint="let no other user write around it",
            )
        self._identity = identity
        return self._folder / f"{self._mark}{_name(name)}"


class _Body:
    """The bytes of one file, which come to the disk only when they must."""

    def __init__(self, place: Callable[[], Path]) -> None:
        self.size = 0
        self._place = place
        self._state = hashlib.blake2b(digest_size=DIGEST_BYTES)
        self._buffer = bytearray()
        self._open: tuple[int, Path] | None = None

    def add(self, chunk: bytes) -> None:
        self._state.update(chunk)
        self._buffer += chunk
        self.size += len(chunk)
        if len(self._buffer) > BUFFER_BYTES:
            self._spill()

    def close(self, known_digest: str) -> tuple[str, bool, int]:
        """The digest, and whether there is a file, with its time; none if the digest is known."""
        digest = self._state.hexdigest()
        if digest == known_digest:
            self.drop()
            return digest, False, 0
        descriptor, file = self._spill()
        self._open = None
        return digest, True, disk.finish(descriptor, file)

    def drop(self) -> None:
        if self._open is not None:
            descriptor, file = self._open
            self._open = None
            disk.abandon(descriptor, file)

    def _spill(self) -> tuple[int, Path]:
        if self._open is None:
            file = self._place()
            self._open = disk.create(file), file
        disk.write(self._open[0], self._buffer, self._open[1])
        self._buffer.clear()
        return self._open


def _name(path: str) -> str:
    """What a file is called while it is staged."""
    return hashlib.blake2b(path.encode(), digest_size=DIGEST_BYTES).hexdigest()


def fold(path: str) -> str:
    """What a path is called on a file system that minds neither case nor Unicode form."""
    if path.isascii():
        return path if path.islower() else path.lower()  # of very many one text, not two
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def checked(path: PurePosixPath | str) -> str:
    """The path, if it may be in ``output/`` on every system, and can be no host's control file."""
    name = str(path)
    if len(name) > PATH_CHARACTERS:
        raise PathRefused(f"{name[:60]}…: longer than {PATH_CHARACTERS} characters")
    for part in name.split("/"):
        for may_not_be, reason in _RULES:
            if may_not_be(part):
                raise PathRefused(f"{name!a}: a part {reason}")
    return name


def _is_reserved(part: str) -> bool:
    stem = unicodedata.normalize("NFKC", part.partition(".")[0])
    return stem.strip().casefold() in RESERVED_ON_WINDOWS


_RULES: Final[tuple[tuple[Callable[[str], bool], str], ...]] = (
    (lambda part: not part, "is empty, or the path is absolute"),
    (lambda part: part.startswith("."), "starts with a dot"),
    (lambda part: part.endswith((".", " ")), "ends with a dot or a space"),
    (lambda part: not part.isprintable(), "has characters that do not print"),
    (lambda part: not unicodedata.is_normalized("NFC", part), "is not in Unicode form C"),
    (lambda part: not _NOT_ON_WINDOWS.isdisjoint(part), "has a character Windows forbids"),
    (lambda part: len(part.encode()) > PART_BYTES, f"is longer than {PART_BYTES} bytes"),
    (_is_reserved, "has a name that Windows reserves"),
)
