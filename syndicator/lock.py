"""One build at a time: an OS lock that dies with its holder and leaves nothing to clean up."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from syndicator.errors import LockedError, OutputError


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds the lock, as it wrote into the file; only a hint for people."""

    pid: int
    since: datetime


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock while the body runs.

    :raises LockedError: another process holds it; the message says which and since when.
    :raises OutputError: the file cannot be made, or its file system has no locks.
    """
    lock = FileLock(
        path,
        blocking=False,
        fallback_to_soft=False,
        preserve_lock_file=True,
        on_acquired=_sign,
        thread_local=False,
    )
    try:
        path.parent.mkdir(0o700, parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise LockedError(
            f"another build holds {path}{_signature(path)}", hint="wait until it is done"
        ) from None
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be locked: {error.strerror or error}",
            hint="keep .syndicator on a disk that has locks and that this user may write",
        ) from error
    try:
        yield
    finally:
        lock.release()


def _sign(descriptor: int) -> None:
    holder = Holder(pid=os.getpid(), since=datetime.now(UTC).replace(microsecond=0))
    os.ftruncate(descriptor, 0)
    os.write(descriptor, msgspec.json.encode(holder))


def _signature(path: Path) -> str:
    try:
        holder = msgspec.json.decode(path.read_bytes(), type=Holder)
    except (OSError, msgspec.MsgspecError):
        return ""  # it had no time to sign, or the system locks the content too
    return f": process {holder.pid}, since {holder.since:%Y-%m-%d %H:%M:%S} UTC"
