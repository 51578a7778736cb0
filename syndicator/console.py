"""Standard error for people: progress on a terminal, plain log lines elsewhere, errors in a line.

Standard output is left to the command's answer. Where nobody reads any more, nothing is said.
"""

import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from syndicator import late
from syndicator.disguise import redactor
from syndicator.errors import OutputError, SyndicatorError
from syndicator.summary import Notify, Summary, as_json, lines, trouble

if TYPE_CHECKING:
    from syndicator import bars
else:  # scheduled builds have no terminal
    bars = late.module("syndicator.bars")

log = logging.getLogger(__name__)
_concealed = redactor("")


def set_up_logging(verbosity: int) -> None:
    """Log lines on standard error: warnings, with ``-v`` what happens, with ``-vv`` all of it."""
    level = {-1: logging.ERROR, 0: logging.WARNING, 1: logging.INFO}.get(verbosity, logging.DEBUG)
    handler = Lines()
    handler.setFormatter(OneLine("%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger("syndicator")
    root.handlers[:] = [handler]
    root.setLevel(level)


class Lines(logging.Handler):
    """Writes to whatever standard error is at the time."""

    def emit(self, record: logging.LogRecord) -> None:
        """One record."""
        say(self.format(record), sys.stderr)


class OneLine(logging.Formatter):
    """Sellers' text in a log line must not start a new one, nor move the cursor."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, with control characters shown as escapes."""
        return printable(super().format(record))


def printable(text: str) -> str:
    """Control characters as escapes; a trace keeps its lines."""
    return "".join(
        each if each.isprintable() or each == "\n" else each.encode("unicode_escape").decode()
        for each in text
    )


def tell(message: str) -> None:
    """One line on standard error."""
    say(printable(message).replace("\n", "\\n"), sys.stderr)


def answer(text: str) -> None:
    """The command's answer on standard output.

    :raises OutputError: it cannot be written.
    """
    try:
        say(text, sys.stdout)
    except OSError as error:
        mute(sys.stdout)
        raise OutputError(f"standard output: {error.strerror}") from error


def say(text: str, stream: TextIO | None) -> None:
    """Write a line, unless the reader has gone or never was: the work is done all the same.

    What the stream's encoding does not have is escaped: no dealer's name ends a command.
    """
    if stream is None or stream.closed:
        return
    encoding = stream.encoding or "utf-8"
    shown = _concealed(text).encode(encoding, "backslashreplace").decode(encoding)
    try:
        print(shown, file=stream, flush=True)
    except BrokenPipeError:
        mute(stream)


def hide(secret: str) -> None:
    """Put a mask in its place from now on, whatever is said; empty for none."""
    global _concealed  # noqa: PLW0603 - like logging, it is the process's own
    _concealed = redactor(secret)


def mute(stream: TextIO) -> None:
    """Let the rest go nowhere, also what Python flushes at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def report(summary: Summary, *, as_object: bool, quiet: bool) -> None:
    """The answer on standard output; warnings, and the trouble of a quiet run, beside it."""
    for line in trouble(summary) if quiet else (f"warning: {each}" for each in summary.warnings):
        tell(line)
    if as_object:
        answer(as_json(summary))
    elif not quiet:
        answer("\n".join(map(printable, lines(summary))))


def tell_error(error: SyndicatorError) -> None:
    """What went wrong and what to do, a line each."""
    for line in error.message.splitlines():
        tell(f"syndicator: {line}")
    if error.hint:
        tell(f"  hint: {error.hint}")


def tell_trace(error: BaseException) -> None:
    """Where a bug is, with ``-v``: places in the code, never values."""
    if log.isEnabledFor(logging.INFO):
        for line in traceback.format_tb(error.__traceback__):
            say(line.rstrip(), sys.stderr)


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Notify]:
    """Bars that vanish when done; nothing unless standard error is a terminal."""
    if quiet or "NO_PROGRESS" in os.environ or not _is_terminal(sys.stderr):
        yield lambda _what, _done, _total: None
        return
    with bars.Bars(printable) as shown:
        yield shown.move


def _is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody looks; some start us without a standard error."""
    return stream is not None and not stream.closed and stream.isatty()
