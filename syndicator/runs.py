"""The last runs, a line of JSON each: what ``history`` shows."""

import os
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from syndicator import atomic, disk
from syndicator.errors import OutputError

MOST = 2_000  # runs that are kept: three weeks of one every 15 minutes
MOST_REASON = 500  # characters
WIDTH = 76  # of a reason, beside its indent
WORDS = {
    0: "done",
    1: "bug",
    2: "wrong usage",
    3: "incomplete",
    4: "held",
    5: "key refused",
    6: "unreachable",
    7: "not written",
}
HEAD = ("started (UTC)", "took", "result", "stock", "new", "chg", "price", "gone", "req", "files")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One run; the counts are of listings, ``listings`` those on offer after it."""

    started: datetime
    finished: datetime
    exit_code: int
    listings: int = 0
    added: int = 0
    changed: int = 0
    price_changed: int = 0
    gone: int = 0
    requests: int = 0
    written: int = 0  # files, as is the next
    removed: int = 0
    reason: str = ""


def append(path: Path, entry: Entry, most: int = MOST) -> None:
    """Add a run; once the file is twice too long, only the newest stay.

    :raises OutputError: the file cannot be read or written.
    """
    data = _read(path)
    line = msgspec.json.encode(entry) + b"\n"
    if data and not data.endswith(b"\n"):  # the last run was cut while it wrote
        line = b"\n" + line
    if data.count(b"\n") < 2 * most:
        _add(path, line)
    else:
        kept = [*data.splitlines(keepends=True)[1 - most :], line]
        atomic.replace(path, b"".join(kept))


def last(path: Path, limit: int) -> list[Entry]:
    """The newest runs, newest first; a line that cannot be read is none.

    :raises OutputError: the file cannot be read.
    """
    found: list[Entry] = []
    for line in reversed(_read(path).splitlines()):
        if len(found) == limit:
            break
        with suppress(msgspec.MsgspecError, UnicodeDecodeError):
            found.append(msgspec.json.decode(line, type=Entry))
    return found


def as_json(entries: Iterable[Entry]) -> str:
    """One object; ``result`` is the exit code in words."""
    runs = [msgspec.to_builtins(each) | {"result": _result(each)} for each in entries]
    return msgspec.json.encode({"runs": runs}).decode()


def lines(entries: Iterable[Entry]) -> Iterator[str]:
    """A table that fits 80 characters, the reason of a run below it."""
    yield _row(HEAD)
    for each in entries:
        yield _row(_cells(each))
        yield from textwrap.wrap(
            each.reason, WIDTH, initial_indent="    ", subsequent_indent="    "
        )


def _cells(each: Entry) -> tuple[str, ...]:
    counts = (each.listings, each.added, each.changed, each.price_changed, each.gone, each.requests)
    files = [f"+{each.written}"] if each.written else []
    files += [f"-{each.removed}"] if each.removed else []
    return (
        f"{each.started:%Y-%m-%d %H:%M}",
        _duration(each.finished - each.started),
        _result(each),
        *(str(count) if count else "-" for count in counts),
        " ".join(files) or "-",
    )


def _row(cells: Iterable[str]) -> str:
    when, took, result, stock, new, changed, price, gone, requests, files = cells
    return (
        f"{when:<16} {took:>6}  {result:<11} {stock:>6} {new:>5} {changed:>5} {price:>5} "
        f"{gone:>5} {requests:>4} {files}"
    )


def _result(each: Entry) -> str:
    return WORDS.get(each.exit_code, f"exit {each.exit_code}")


def _duration(took: timedelta) -> str:
    """``7 s``, ``3 m`` or ``2 h``, rounded; a clock that was set back counts as nothing."""
    seconds = max(0, round(took.total_seconds()))
    if seconds < 100:  # noqa: PLR2004 - two digits say enough
        return f"{seconds} s"
    return f"{seconds / 60:.0f} m" if seconds < 6_000 else f"{seconds / 3_600:.0f} h"  # noqa: PLR2004


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}", hint="delete it; it is made anew") from error


def _add(path: Path, line: bytes) -> None:
    disk.make_folder(path.parent)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0), disk.FILE_MODE)
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}", hint="delete it; it is made anew") from error
    disk.write(descriptor, line, path)
    disk.finish(descriptor, path)
