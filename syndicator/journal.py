"""The redo journal: all that a landing is about to do, so that a killed one can be finished.

It is written whole or not at all. While it exists the landing is decided: carrying it out again
from any point gives the same tree.
"""

import stat
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Final

import msgspec

from syndicator import disk
from syndicator.errors import OutputError, UsageError
from syndicator.folders import Ways
from syndicator.manifest import Entry, Manifest
from syndicator.stage import DIGEST_BYTES, Staged, kept

VERSION: Final = 1
NAME: Final = "journal"
LINES: Final = 1000  # that are written at once


class Put(msgspec.Struct, frozen=True, gc=False):
    """A file to be in place, for a job. One that is out already has only a new entry."""

    staged: Staged
    job: str

    @property
    def entry(self) -> Entry:
        """What the manifest will say of it."""
        file = self.staged
        return Entry(
            digest=file.digest,
            size=file.size,
            kind=file.kind,
            job=self.job,
            mtime_ns=file.mtime_ns,
            basis=file.basis,
        )


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    """A put as it is written."""

    path: str
    file: str | None
    entry: Entry


class Landing(msgspec.Struct, frozen=True, kw_only=True):
    """One step from one whole build to the next. ``puts`` are in their order."""

    output: str  # absolute, resolved
    puts: Sequence[Put]
    removals: tuple[str, ...]  # of files
    forgotten: tuple[str, ...]  # entries of files that are gone already or no longer ours
    keys: dict[str, str]  # of jobs, as in the manifest
    dropped: tuple[str, ...]  # jobs
    version: int = VERSION

    @property
    def moves(self) -> Iterator[tuple[str, str]]:
        """Staged files with the paths they go to."""
        files = ((put.staged.file, put.staged.path) for put in self.puts)
        return ((file, path) for file, path in files if file is not None)


class _Written(msgspec.Struct, frozen=True, kw_only=True):
    """A landing as it is written."""

    output: str
    puts: tuple[_Line, ...]
    removals: tuple[str, ...]
    forgotten: tuple[str, ...]
    keys: dict[str, str]
    dropped: tuple[str, ...]


class _Version(msgspec.Struct):
    version: int


class _Folders:
    """The folders within an output, none of which may be a link."""

    def __init__(self, output: Path) -> None:
        self._output = output
        self._ways = Ways()

    def lead_the_way(self, path: str) -> None:
        """Make the folder that a file goes to, and those above it."""
        for folder in self._ways.new(path):
            disk.make_folder(self._output / folder)

    def lead_to(self, folder: Path) -> bool:
        """Whether nothing between the output and the folder, so far as it exists, is a link."""
        found = disk.status(folder)
        if found is not None and not stat.S_ISDIR(found.st_mode):
            return False
        return folder == self._output or self.lead_to(folder.parent)

    def prune(self, folder: Path) -> Path:
        """Remove the folder and those above it, as far as they are empty; the one that stays."""
        while folder != self._output and disk.remove_folder(folder):
            folder = folder.parent
        return folder


def exists(state: Path) -> bool:
    """Whether a landing was decided and not finished."""
    return disk.status(state / NAME) is not None


def write(state: Path, landing: Landing) -> None:
    """Decide the landing. From here on it can only be finished."""
    draft = _draft(state)
    disk.remove(draft)
    descriptor = disk.create(draft)
    try:
        for piece in _pieces(landing):
            disk.write(descriptor, piece, draft)
    except BaseException:
        disk.abandon(descriptor, draft)
        raise
    disk.finish(descriptor, draft, sync=True)
    disk.move(draft, state / NAME)
    disk.sync_folder(state)


def read(state: Path) -> Landing:
    """The landing that was decided.

    :raises UsageError: a newer program wrote it.
    :raises OutputError: it is damaged, which no crash can do.
    """
    data = b"".join(disk.chunks(state / NAME))
    try:
        if msgspec.json.decode(data, type=_Version).version > VERSION:
            raise UsageError(
                f"{state / NAME}: written by a newer syndicator", hint="update syndicator"
            )
        written = msgspec.json.decode(data, type=_Written)
    except msgspec.MsgspecError as error:
        raise OutputError(
            f"{state / NAME}: is damaged: {error}",
            hint=f"delete {state}: the next build makes everything anew",
        ) from error
    return Landing(
        output=written.output,
        puts=tuple(map(_put, written.puts)),
        removals=written.removals,
        forgotten=written.forgotten,
        keys=written.keys,
        dropped=written.dropped,
    )


def forget(state: Path) -> None:
    """The landing is done, or was never decided."""
    disk.remove(state / NAME)
    disk.remove(_draft(state))


def carry_out(landing: Landing, manifest: Manifest, *, again: bool = False) -> None:
    """Move, remove and record, in this order; nothing is lost if it is cut anywhere.

    :param again: after a crash: files that are not staged any more have been moved already.
    """
    output = Path(landing.output)
    folders = _Folders(output)
    disk.make_folder(output)
    for file, path in landing.moves:
        if not again or disk.status(file) is not None:
            folders.lead_the_way(path)
            disk.move(file, f"{output}/{path}")
    left = _remove([output / path for path in landing.removals], folders)
    changed = chain((f"{output}/{path}" for _, path in landing.moves), map(str, left))
    there = (path for path in changed if disk.status(path) is not None)
    if (first := next(there, None)) is not None:
        disk.sync(output, chain([first], there))
    manifest.record(
        output,
        written=((put.staged.path, put.entry) for put in landing.puts),
        removed=(*landing.removals, *landing.forgotten),
        keys=landing.keys,
        dropped=landing.dropped,
    )


def _pieces(landing: Landing) -> Iterator[bytes]:
    """The landing as one JSON object, of which only a part is ever in memory."""
    head = {
        "version": landing.version,
        "output": landing.output,
        "removals": landing.removals,
        "forgotten": landing.forgotten,
        "keys": landing.keys,
        "dropped": landing.dropped,
    }
    yield msgspec.json.encode(head).removesuffix(b"}") + b',"puts":['
    lines = map(_line, landing.puts)
    separator = b""
    while batch := list(islice(lines, LINES)):
        yield separator + b",\n".join(batch)
        separator = b",\n"
    yield b"]}"


def _line(put: Put) -> bytes:
    staged = put.staged
    return msgspec.json.encode(_Line(path=staged.path, file=staged.file, entry=put.entry))


def _put(line: _Line) -> Put:
    staged = kept(line.path, line.entry)
    if line.file is not None:
        place = line.file[: -2 * DIGEST_BYTES]
        staged = msgspec.structs.replace(staged, place=place)
    return Put(staged, line.entry.job)


def _draft(state: Path) -> Path:
    return state / f"{NAME}.new"


def _remove(files: list[Path], folders: _Folders) -> list[Path]:
    """Remove files and the folders that they leave empty; those that stay are returned."""
    files = [file for file in files if folders.lead_to(file.parent)]
    for file in files:
        disk.remove(file)
    emptied = sorted({file.parent for file in files}, reverse=True)
    return sorted({folders.prune(folder) for folder in emptied})
