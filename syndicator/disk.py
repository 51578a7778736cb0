"""The disk calls by which a build lands, each a plain verb; what fails is an :class:`OutputError`.

All that write go through :func:`_perform`, where tests make the n-th call fail or the program stop.
"""

import ctypes
import errno
import hashlib
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain, islice
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from syndicator.errors import OutputError

FILE_MODE: Final = 0o644  # a web server is another user; no umask has a say
FOLDER_MODE: Final = 0o755
PRIVATE_MODE: Final = 0o700
CHUNK_BYTES: Final = 1 << 18
FEW: Final = 100

_NO_LINKS: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_NO_WAIT: Final = getattr(os, "O_NONBLOCK", 0)
_HINTS: Final = {
    errno.ENOSPC: "make room on that disk",
    errno.EDQUOT: "make room, or have the quota raised",
    errno.EACCES: "let the user who builds write there",
    errno.EPERM: "let the user who builds write there",
    errno.EROFS: "that disk is mounted read-only",
    errno.EEXIST: "something of that name is in the way; move it away",
    errno.ENOTDIR: "a file stands where a folder must be; move it away",
    errno.EISDIR: "a folder stands where a file must be; move it away",
    errno.ELOOP: "a link stands where a file of ours should be; move it away",
}

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def create(path: Path | str) -> int:
    """A descriptor for a new file; one that is there already is an error."""
    with _named(path):
        return _perform(os.open, path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINKS, FILE_MODE)


def write(descriptor: int, data: bytes | bytearray, path: Path | str) -> None:
    """Write everything; ``data`` may be resized then, even if a profiler still holds our frames."""
    done = 0
    with _named(path), memoryview(data) as whole:
        while done < len(whole):
            with whole[done:] as rest:
                done += _perform(os.write, descriptor, rest)


def finish(descriptor: int, path: Path | str, *, sync: bool = False) -> int:
    """Close a written file, readable by everybody; its modification time in nanoseconds."""
    with _named(path):
        try:
            if hasattr(os, "fchmod"):
                _perform(os.fchmod, descriptor, FILE_MODE)
            if sync:
                _perform(os.fsync, descriptor)
            changed = os.fstat(descriptor).st_mtime_ns
        except BaseException:
            os.close(descriptor)
            raise
        _perform(os.close, descriptor)
    return changed


def abandon(descriptor: int, path: Path | str) -> None:
    """Close and remove a file that shall not be."""
    with _named(path):
        os.close(descriptor)
    remove(path)


def move(source: Path | str, target: Path | str) -> None:
    """Put a staged file in the place of whatever file is at ``target``, at one instant."""
    with _named(target):
        try:
            _perform(os.replace, source, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _copy_over(source, Path(target))


def remove(path: Path | str) -> None:
    """Remove a file; none there is fine."""
    with _named(path), suppress(FileNotFoundError, NotADirectoryError):
        _perform(os.unlink, path)


def make_folder(path: Path, mode: int = FOLDER_MODE) -> None:
    """Make a folder and what is missing above it; a link in its place is refused."""
    with _named(path):
        if not path.parent.exists():
            make_folder(path.parent)
        try:
            _perform(os.mkdir, path, mode)
            path.chmod(mode)
        except FileExistsError:
            if not stat.S_ISDIR(path.lstat().st_mode):
                raise


def remove_folder(path: Path) -> bool:
    """Remove a folder if it is empty, and say whether it is gone."""
    with _named(path):
        try:
            _perform(os.rmdir, path)
        except FileNotFoundError:
            return True
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise
            return False
    return True


def remove_tree(path: Path) -> None:
    """Remove a folder of ours with all that is in it, following no link; none there is fine."""
    with _named(path), suppress(FileNotFoundError):
        _perform(shutil.rmtree, path)


def sync(folder: Path, paths: Iterable[str]) -> None:
    """Wait until files and folders that were changed below ``folder`` are there for good.

    Few are synced one by one, because ``syncfs`` also waits for what other programs write there.
    """
    rest = iter(paths)
    few = list(islice(rest, FEW + 1))
    with _named(folder):
        if _sync_file_system is not None and len(few) > FEW:
            _perform(_sync_file_system, folder)
            return
        changed = {Path(path) for path in chain(few, rest)}
        around = {each for path in changed for each in path.parents if each.is_relative_to(folder)}
        for each in (*sorted(changed), *sorted(around - changed, reverse=True)):
            if os.name != "nt" or not each.is_dir():
                _sync_one(each)


def sync_folder(path: Path) -> None:
    """Make renames in a folder last; systems that cannot open folders need no telling."""
    with _named(path):
        if os.name != "nt":
            _sync_one(path)


def status(path: Path | str) -> os.stat_result | None:
    """What stands at a path, following no link; ``None`` where nothing does."""
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _failure(path, error) from error


def chunks(path: Path | str) -> Iterator[bytes]:
    """The content of a file, following no link and waiting for nobody at a pipe."""
    with _named(path):
        descriptor = os.open(path, os.O_RDONLY | _NO_LINKS | _NO_WAIT)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(errno.EINVAL, "is no file")
            while chunk := os.read(descriptor, CHUNK_BYTES):
                yield chunk
        finally:
            os.close(descriptor)


def digest(path: Path | str) -> str:
    """BLAKE2b of a file's content, 16 bytes in hexadecimal."""
    state = hashlib.blake2b(digest_size=16)
    for chunk in chunks(path):
        state.update(chunk)
    return state.hexdigest()


def files_in(folder: Path, start: str) -> list[Path]:
    """Those in a folder whose names begin so; none where there is no folder."""
    with _named(folder), suppress(FileNotFoundError):
        return sorted(path for path in folder.iterdir() if path.name.startswith(start))
    return []


def free_bytes(path: Path) -> int:
    """The room left for us on the disk of an existing folder."""
    with _named(path):
        return _perform(shutil.disk_usage, path).free


def _perform(
    call: Callable[_Arguments, _Result], *args: _Arguments.args, **kwargs: _Arguments.kwargs
) -> _Result:
    """The one place where the disk is changed."""
    return call(*args, **kwargs)


@contextmanager
def _named(path: Path | str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _failure(path, error) from error


def _failure(path: Path | str, error: OSError) -> OutputError:
    hint = _HINTS.get(error.errno or 0, "")
    return OutputError(f"{path}: {error.strerror or error}", hint=hint)


def _copy_over(source: Path | str, target: Path) -> None:
    """Between two mounts. The source stays, so that a crash can be mended by copying again."""
    nearby = target.with_name(f".{target.name[:200]}.syndicator")
    remove(nearby)
    descriptor = create(nearby)
    try:
        for chunk in chunks(source):
            write(descriptor, chunk, nearby)
    except BaseException:
        os.close(descriptor)
        raise
    finish(descriptor, nearby, sync=True)
    times = os.lstat(source)
    _perform(os.utime, nearby, ns=(times.st_atime_ns, times.st_mtime_ns))
    _perform(os.replace, nearby, target)


def _sync_one(path: Path | str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        _perform(os.fsync, descriptor)
    finally:
        os.close(descriptor)


def _syncfs() -> Callable[[Path], None] | None:
    """Linux's call to sync one file system; since 5.8 it also reports what could not be written."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None) if _LINUX else None
    if call is None:
        return None

    def sync_file_system(folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            if call(descriptor) != 0:
                code = ctypes.get_errno()
                raise OSError(code, os.strerror(code), str(folder))
        finally:
            os.close(descriptor)

    return sync_file_system


_LINUX: Final = sys.platform == "linux"
_sync_file_system: Final = _syncfs()
