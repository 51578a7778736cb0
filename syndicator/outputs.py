"""Which folder may be an output, and where the files for it are staged."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from syndicator import disk, journal
from syndicator.errors import OutputError, UsageError

STAGE: Final = "stage"


def check_output(output: Path, *, state: Path, config: Path | None = None) -> None:
    """Refuse a folder in which a build could do harm, before anything is asked or written.

    :param state: the folder ``.syndicator``.
    :param config: the configuration file, if there is one.
    :raises UsageError: the folder is somebody's, not a site's.
    :raises OutputError: this user may not write there.
    """
    place, state = output.resolve(), state.resolve()
    if reason := _objection(place, state, config):
        raise UsageError(f"{output}: {reason}", hint="choose a folder for the site alone")
    nearest = _nearest(place)
    if not nearest.is_dir():
        raise UsageError(f"{nearest}: is no folder", hint="move it away")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise OutputError(f"{nearest}: may not be written", hint="let the user who builds write")


@contextmanager
def staging(state: Path, output: Path, *, dry_run: bool = False) -> Iterator[Path]:
    """A private folder on the disk of ``output``, gone afterwards, unless a landing was cut.

    A dry run's is a temporary folder of the system.
    """
    if dry_run:
        with tempfile.TemporaryDirectory(prefix="syndicator-") as folder:
            yield Path(folder)
        return
    root = stage_folder(state, output)
    disk.remove_tree(root)
    disk.make_folder(root, disk.PRIVATE_MODE)
    try:
        yield root
    except BaseException:
        with suppress(OutputError):  # the first failure tells more; the next start tries again
            _discard(state, root)
        raise
    _discard(state, root)


def stage_folder(state: Path, output: Path) -> Path:
    """In the state folder where that is on the disk of ``output``, else beside ``output``.

    Where neither is, as with a mounted ``output``, the first: landing then copies.
    """
    place = output.resolve()
    inside = state.resolve() / STAGE
    beside = place.with_name(f".{place.name}.syndicator-stage")
    if _device(place) != _device(inside) and _device(place) == _device(beside):
        return beside
    return inside


def clear_stages(state: Path, output: Path) -> None:
    """Remove what dead builds have left; the lock must be held and no journal be open."""
    disk.remove_tree(state.resolve() / STAGE)
    disk.remove_tree(stage_folder(state, output))


def _objection(place: Path, state: Path, config: Path | None) -> str:
    """Why nothing may be built here; empty if it may."""
    reasons = (
        (place == Path(place.anchor), "is the root of the file system"),
        (_is_home(place), "is the home folder, or holds it"),
        (state.is_relative_to(place), "holds the state of the build"),
        (place.is_relative_to(state), "is within the state of the build"),
        (config and config.resolve().is_relative_to(place), "holds the configuration file"),
        (os.path.lexists(place / ".git"), "holds a repository"),
        (place.exists() and not place.is_dir(), "is no folder"),
    )
    return next((reason for applies, reason in reasons if applies), "")


def _is_home(place: Path) -> bool:
    """A user whom the machine does not know, as in a container, has no home."""
    with suppress(RuntimeError):
        return Path.home().resolve().is_relative_to(place)
    return False


def _discard(state: Path, root: Path) -> None:
    if not journal.exists(state):
        journal.forget(state)
        disk.remove_tree(root)


def _nearest(path: Path) -> Path:
    """The folder itself, or the nearest above it that exists."""
    return next(each for each in (path, *path.parents) if each.exists())


def _device(path: Path) -> int:
    return _nearest(path).stat().st_dev
