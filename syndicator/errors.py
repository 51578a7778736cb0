"""Everything that can go wrong on purpose, sorted by what the reader must do.

::

    SyndicatorError                   exit  the reader ...
    +-- UsageError                       2  corrects the command, configuration or environment
    +-- SourceError                      3  waits; this target keeps what it last published
    |   +-- AnswerError                  3  ... the API's answer made no sense
    |   +-- NotVisible                   3  ... this key may not see that dealer (403, 404)
    |   +-- KeyRefused                   5  mends the key; the run stops
    |   |   +-- ScopeDenied              5  ... or has its scope widened
    |   +-- Unreachable                  6  waits or mends the network
    +-- HoldError                        4  looks at the target and forces it by name, or waits
    +-- OutputError                      7  makes room, mends rights; nothing was half written
    +-- LockedError                     75  waits for the other build
    RecordError                             nothing: one bad record was left out and counted

Anything else that is raised is a bug: exit 1. Messages are one line, say what and where, and never
hold the key. A hint says what to do.
"""

from typing import ClassVar

MOST_SAID = 300  # characters of a stranger's error


class SyndicatorError(Exception):
    """A failure the program foresaw; ``exit_code`` is what the command ends with."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(SyndicatorError):
    """The command line, the configuration or the environment is wrong. Nothing was requested."""

    exit_code = 2


class SourceError(SyndicatorError):
    """One target could not be read; what it last published stays."""

    exit_code = 3


class AnswerError(SourceError):
    """The API answered something that is no answer: HTML, a cut body, the wrong shape."""


class NotVisible(SourceError):
    """The API says that this key may not see the dealer or that there is none (403, 404)."""


class KeyRefused(SourceError):
    """The API refused the key itself (401, or 403 for its scope); no target can be read."""

    exit_code = 5


class ScopeDenied(KeyRefused):
    """The key is good, but not for this endpoint (403)."""


class Unreachable(SourceError):
    """The API, or the store that a deploy goes to, could not be reached or was too slow."""

    exit_code = 6


class HoldError(SyndicatorError):
    """A guard refused to publish a target; what it last published stays."""

    exit_code = 4


class OutputError(SyndicatorError):
    """Output or state could not be written or verified."""

    exit_code = 7


class LockedError(SyndicatorError):
    """Another build holds the lock."""

    exit_code = 75


class RecordError(Exception):
    """One record is unusable and is left out; ``record_id`` names it where that is known."""

    def __init__(self, message: str, *, record_id: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.record_id = record_id


class Stopped(BaseException):
    """A signal asks to end; ``number`` says which. No handler of errors may catch it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def said(error: BaseException) -> str:
    """What a stranger's error says, in one line; its own words may fail too."""
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001 - as told
        text = "(it cannot say why)"
    line = text.partition("\n")[0].encode(errors="replace").decode()
    return f"{type(error).__name__}: {line[:MOST_SAID]}"
