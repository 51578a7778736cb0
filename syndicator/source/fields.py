"""One JSON value to one value of ours. Pure.

Each reader takes the value and a ``note``, returns ``None`` for what it cannot use, and notes why.
Nothing is guessed: numbers are not read out of text unless the reader says so, and truth never is.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

import msgspec

from syndicator.source import markup, scrub
from syndicator.units import plain

MAX_LINE = 300
MAX_URL = 2048
AUTHORITY = re.compile(r"(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")  # no name, no password
WRITTEN = re.compile(AUTHORITY.pattern, re.ASCII)  # some letters become brackets when encoded
LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
FIRST_YEAR, EPOCH_YEAR, LAST_YEAR = 1900, 1970, 2100

Note = Callable[[str], None]
T = TypeVar("T")
Reader = Callable[[object, Note], T | None]

_DECIMAL = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,20})?")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_MONTH_OR_DAY = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")
_EMAIL = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


class Issue(msgspec.Struct, frozen=True):
    """What could not be used as it was: the API's path of the field, and why."""

    path: str
    problem: str


class Fields:
    """The members of one JSON object, read one by one; what cannot be used is noted and unknown."""

    def __init__(self, members: dict[str, Any], issues: list[Issue], path: str = "") -> None:
        self._members = members
        self._issues = issues
        self._path = path

    def read(self, name: str, reader: Reader[T], default: T | None = None) -> T | None:
        """A member; ``default`` where it is absent, null or ``""``, ``None`` where of no use."""
        value = self._members.get(name)
        return default if value in (None, "") else reader(value, self.note(name))

    def note(self, name: str) -> Note:
        """Takes down what is wrong with a member."""
        return lambda problem: self._issues.append(Issue(self._path + name, problem))

    def object(self, name: str) -> "Fields | None":
        """A member that is an object itself."""
        members = self.read(name, _object)
        return None if members is None else Fields(members, self._issues, f"{self._path}{name}.")

    def array(self, name: str, limit: int) -> list[Any]:
        """A member that is a list; of more than ``limit`` entries, the first."""
        entries: list[Any] = self.read(name, _array) or []
        if len(entries) > limit:
            self.note(name)(f"more than {limit}")
        return entries[:limit]

    def entry(self, name: str, members: dict[str, Any]) -> "Fields":
        """One object out of a list."""
        return Fields(members, self._issues, f"{self._path}{name}[].")


def line(value: object, note: Note) -> str | None:
    """Clean text on one line."""
    return _text(value, note, scrub.line, MAX_LINE)


def headline(value: object, note: Note) -> str | None:
    """Clean text on one line, also out of HTML."""
    return _text(value, note, _headline, MAX_LINE)


def paragraphs(limit: int) -> Reader[str]:
    """Clean text with line breaks, also out of HTML."""
    return lambda value, note: _text(value, note, _paragraphs, limit)


def flag(value: object, note: Note) -> bool | None:
    """Only JSON's own truth."""
    if isinstance(value, bool):
        return value
    note("not true or false")
    return None


def whole(low: int, high: int) -> Reader[int]:
    """An integer within bounds, also written as 5.0; never text."""

    def read(value: object, note: Note) -> int | None:
        number = None if isinstance(value, str) else _number(value)
        if number is None:
            note("not a number")
        elif not low <= number <= high:
            note("out of range")
        elif number % 1:
            note("not a whole number")
        else:
            return int(number)
        return None

    return read


def decimal(low: int, high: int, places: int) -> Reader[Decimal]:
    """A number within bounds, also as text like ``"5.30"``, rounded to ``places``."""

    def read(value: object, note: Note) -> Decimal | None:
        number = _number(value)
        if number is None:
            note("not a number")
        elif not low <= number <= high:
            note("out of range")
        else:
            rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
            return Decimal(plain(rounded + 0))  # + 0: there is no minus nought
        return None

    return read


def instant(value: object, note: Note) -> datetime | None:
    """A date and time in UTC; without a zone it is read as UTC. Absurd years are refused."""
    text = value.strip().upper() if isinstance(value, str) else ""
    try:
        when = datetime.fromisoformat(text) if _INSTANT.fullmatch(text) else None
        when = when and (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        when = None
    if when is None:
        note("not a date and time")
    elif when.year not in range(EPOCH_YEAR, LAST_YEAR + 1):
        note("out of range")
    else:
        return when
    return None


def month_or_day(value: object, note: Note) -> str | None:
    """``YYYY-MM`` or ``YYYY-MM-DD``, as it came."""
    found = _MONTH_OR_DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3] or 1)) if found else None
    except ValueError:
        day = None
    if found is None or day is None:
        note("not YYYY-MM or YYYY-MM-DD")
    elif day.year not in range(FIRST_YEAR, LAST_YEAR + 1):
        note("out of range")
    else:
        return found[0]
    return None


def address(value: object, note: Note) -> str | None:
    """An absolute http(s) URL that is safe to link to."""
    parts = split(value.strip()) if isinstance(value, str) else None
    if parts is None:
        note("not a safe http(s) address")
        return None
    return urlunsplit(
        parts._replace(
            netloc=_netloc(parts),
            path=_encoded(parts.path),
            query=_encoded(parts.query),
            fragment=_encoded(parts.fragment),
        )
    )


def email(value: object, note: Note) -> str | None:
    """An address that can stand behind ``mailto:`` without saying more than whom to write to."""
    text = line(value, note)
    if text is None or _EMAIL.fullmatch(text):
        return text
    note("not an e-mail address")
    return None


def split(url: str) -> SplitResult | None:
    """The parts of a safe http(s) URL, else ``None``: with a host, and nothing that hides one."""
    if len(url) > MAX_URL or not url.isprintable() or " " in url or "\\" in url:
        return None
    if len(_encoded(url)) > MAX_URL:  # as it is going to be written
        return None
    try:
        parts = urlsplit(url)
        written = _netloc(parts)  # raises where port or host are none
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not AUTHORITY.fullmatch(parts.netloc):
        return None
    return parts if WRITTEN.fullmatch(written) else None


def _netloc(parts: SplitResult) -> str:
    """Host and port, with an international name in its ASCII form (RFC 3490).

    :raises ValueError: one of them is none.
    """
    host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    if parts.netloc.isascii():
        return parts.netloc
    return f"{host}:{port}" if port else host


def _encoded(part: str) -> str:
    """With what RFC 3986 does not allow percent-encoded, and nothing encoded twice."""
    return quote(LONE_PERCENT.sub("%25", part), safe="%/:?@!$&'()*+,;=~")


def _headline(text: str) -> str:
    return scrub.line(markup.plain(scrub.line(text)))


def _paragraphs(text: str) -> str:
    """Scrubbed before, for a parser takes no half characters, and after: entities hide others."""
    return scrub.paragraphs(markup.plain(scrub.paragraphs(text)))


def _text(value: object, note: Note, clean: Callable[[str], str], limit: int) -> str | None:
    if not isinstance(value, str):
        note("not text")
        return None
    text = clean(value)
    if len(text) > limit:
        note(f"cut to {limit} characters")
    return scrub.cut(text, limit) or None


def _number(value: object) -> Decimal | None:
    """A finite number; a text must be a plain decimal, without separators."""
    match value:
        case bool():
            return None
        case str() if _DECIMAL.fullmatch(value.strip()):
            return Decimal(value.strip())
        case int():
            return Decimal(value)
        case Decimal() if value.is_finite():
            return value
        case _:
            return None


def _object(value: object, note: Note) -> dict[str, Any] | None:
    if isinstance(value, dict):
        return value
    note("not an object")
    return None


def _array(value: object, note: Note) -> list[Any] | None:
    if isinstance(value, list):
        return value
    note("not a list")
    return None
