"""The redo journal: all that a landing is about to do, so that a killed one can be finished.

It is written whole or not at all. While it exists the landing is decided: carrying it out again
from any point gives the same tree.
"""

import stat
from pathlib import Path
from typing import Final

import msgspec

from syndicator import disk
from syndicator.errors import OutputError, UsageError
from syndicator.manifest import Entry, Manifest

VERSION: Final = 1
NAME: Final = "journal"


class Put(msgspec.Struct, frozen=True, kw_only=True):
    """A file to be in place. ``file`` is where it is staged; ``None``: only its entry is new."""

    path: str
    file: str | None
    entry: Entry


class Landing(msgspec.Struct, frozen=True, kw_only=True):
    """One step from one whole build to the next. ``puts`` are in their order."""

    output: str  # absolute, resolved
    puts: tuple[Put, ...]
    removals: tuple[str, ...]  # of files
    forgotten: tuple[str, ...]  # entries of files that are gone already or no longer ours
    keys: dict[str, str]  # of jobs, as in the manifest
    dropped: tuple[str, ...]  # jobs
    version: int = VERSION

    @property
    def moves(self) -> tuple[tuple[str, str], ...]:
        """Staged files with the paths they go to."""
        return tuple((put.file, put.path) for put in self.puts if put.file is not None)


class _Version(msgspec.Struct):
    version: int


class _Folders:
    """The folders within an output, none of which may be a link."""

    def __init__(self, output: Path) -> None:
        self._output = output
        self._real: set[Path] = set()
        self._led: set[str] = set()

    def lead_the_way(self, path: str) -> None:
        """Make the folder that a file goes to, unless it was made before."""
        folder = path.rpartition("/")[0]
        if folder not in self._led:
            self.make(self._output / folder)
            self._led.add(folder)

    def make(self, folder: Path) -> None:
        if folder not in self._real:
            if folder != self._output:
                self.make(folder.parent)
            disk.make_folder(folder)
            self._real.add(folder)

    def lead_to(self, folder: Path) -> bool:
        """Whether nothing between the output and the folder, so far as it exists, is a link."""
        if folder in self._real:
            return True
        found = disk.status(folder)
        if found is not None and not stat.S_ISDIR(found.st_mode):
            return False
        return folder == self._output or self.lead_to(folder.parent)

    def prune(self, folder: Path) -> Path:
        """Remove the folder and those above it, as far as they are empty; the one that stays."""
        while folder != self._output and disk.remove_folder(folder):
            self._real.discard(folder)
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
        disk.write(descriptor, msgspec.json.encode(landing), draft)
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
        return msgspec.json.decode(data, type=Landing)
    except msgspec.MsgspecError as error:
        raise OutputError(
            f"{state / NAME}: is damaged: {error}",
            hint=f"delete {state}: the next build makes everything anew",
        ) from error


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
    for file, path in landing.moves:
        if not again or disk.status(file) is not None:
            folders.lead_the_way(path)
            disk.move(file, f"{output}/{path}")
    left = _remove([output / path for path in landing.removals], folders)
    changed = [*(f"{output}/{path}" for _, path in landing.moves), *map(str, left)]
    if changed:
        disk.sync(output, [Path(path) for path in changed if disk.status(path) is not None])
    manifest.record(
        output,
        written={put.path: put.entry for put in landing.puts},
        removed=(*landing.removals, *landing.forgotten),
        keys=landing.keys,
        dropped=landing.dropped,
    )


def _draft(state: Path) -> Path:
    return state / f"{NAME}.new"


def _remove(files: list[Path], folders: _Folders) -> list[Path]:
    """Remove files and the folders that they leave empty; those that stay are returned."""
    files = [file for file in files if folders.lead_to(file.parent)]
    for file in files:
        disk.remove(file)
    emptied = sorted({file.parent for file in files}, reverse=True)
    return sorted({folders.prune(folder) for folder in emptied})
