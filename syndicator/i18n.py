"""Four languages: sentences from gettext catalogues, numbers and dates from CLDR.

Nothing of the machine takes part: no locale, no environment, no time zone data of the system.
"""

import enum
import hashlib
import io
import string
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_currency, format_decimal

from syndicator.errors import UsageError
from syndicator.models import Money
from syndicator.trade import CONTEXT, LONGEST, speak

LANGUAGES = ("nl", "fr", "de", "en")
SOURCE = "nl"  # what sellers write
SHIPPED = Path(__file__).resolve().parent / "locale"
REMEMBERED = 4096

_TAGS = {"nl": "nl-BE", "fr": "fr-BE", "de": "de-BE", "en": "en"}
# English readers in Belgium write the day before the month, but the comma in thousands.
_CLDR = {"nl": "nl_BE", "fr": "fr_BE", "de": "de_BE", "en": "en_GB"}


class Words:
    """One language of :data:`LANGUAGES` (implements :class:`syndicator.contract.Words`)."""

    def __init__(self, language: str, catalogues: NullTranslations) -> None:
        self.language = language
        self.locale = _TAGS[language]
        self._cldr = _CLDR[language]
        self._catalogues = catalogues
        self._said = lru_cache(maxsize=REMEMBERED)(catalogues.gettext)
        self._fixed: dict[str, str] = {}  # sentences without values: a closed set
        self._labels: dict[tuple[str, str], str] = {}  # "other" of one class is not another's

    @staticmethod
    def of(language: str, extra: Path | None = None) -> "Words":
        """The words of a language; one object for the same arguments.

        :param extra: a folder of ``<language>/*.po`` whose messages shadow the shipped ones.
        """
        return _words(language, extra)

    def text(self, message: str, /, **values: object) -> str:
        """The sentence in this language; the message itself where no catalogue has it.

        ``n`` among the values is a count: it chooses the plural, and is written as a number.
        """
        if not values:
            return self._fixed.get(message) or self._remember(message)
        if "n" not in values:
            return self._said(message).format_map(values)
        n = values["n"]
        assert isinstance(n, int)
        return self._plural(message, n).format_map(values | {"n": self.number(n)})

    def label(self, member: enum.Enum, /) -> str:
        """The word for a closed value: the catalogues hold it under its class and value."""
        key = (type(member).__name__, str(member.value))
        if key not in self._labels:
            self._labels[key] = self.entry(*key) or key[1]
        return self._labels[key]

    def trade(self, word: str, /) -> str:
        """A seller's Dutch word for a colour, paint or upholstery, where the table knows it."""
        if self.language == SOURCE or len(word) > LONGEST:
            return word
        return _trade(self, word)

    def money(self, money: Money, /) -> str:
        """``€ 17.450``; cents only where there are any, other currencies by their code."""
        return _money(self._cldr, money)

    def number(self, number: int | Decimal, /) -> str:
        """``61.200`` or ``5,3``, with the decimals that the number has."""
        whole = isinstance(number, int)
        return _number(self._cldr, f"{number:d}" if whole else format(Decimal(number), "f"))

    def month(self, month: str, /) -> str:
        """``2020-09`` or ``2020-09-14`` as ``09/2020``."""
        return f"{month[5:7]}/{month[:4]}"

    def day(self, when: datetime, /) -> str:
        """``3 maart 2026``, in Belgian time."""
        return _day(self._cldr, when.astimezone(_brussels()).date())

    def time(self, when: datetime, /) -> str:
        """``14:05``, in Belgian time."""
        return _time(self._cldr, when.astimezone(_brussels()).time())

    def entry(self, context: str, message: str) -> str | None:
        """The entry under a context (``msgctxt``), if there is one."""
        try:
            return self._catalogues.pgettext(context, message)
        except KeyError:
            return None

    def _plural(self, message: str, n: int) -> str:
        try:
            return self._catalogues.ngettext(message, message, n)
        except KeyError:
            return self._said(message)

    def _remember(self, message: str) -> str:
        sentence = self._fixed[message] = self._said(message).format_map({})
        return sentence


def words_digest(extra: Path | None = None) -> str:
    """Of all catalogues."""
    summary = hashlib.blake2b(digest_size=16)
    for folder in _folders(extra):
        for path in sorted(folder.glob("*/*.po")):
            name = path.relative_to(folder).as_posix()
            body = hashlib.blake2b(path.read_bytes(), digest_size=16)
            summary.update(f"{name} {body.hexdigest()}\n".encode())
        summary.update(b"\n")
    return summary.hexdigest()


class _Unknown(NullTranslations):
    """The end of a chain: that no catalogue holds a plural or a label is a :class:`KeyError`."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        raise KeyError(msgid1, msgid2, n)

    def pgettext(self, context: str, message: str) -> str:
        raise KeyError(context, message)


def placeholders(message: str) -> frozenset[str]:
    """The names in braces. Raises :class:`ValueError` where a brace stands alone."""
    parts = string.Formatter().parse(message)
    return frozenset(name for _, name, _, _ in parts if name is not None)


@cache
def _words(language: str, extra: Path | None) -> Words:
    if language not in LANGUAGES:
        raise UsageError(f"no language {language!r}", hint=f"there are {', '.join(LANGUAGES)}")
    return Words(language, _load(language, extra))


def _load(language: str, extra: Path | None) -> NullTranslations:
    """The catalogues of a language in one chain: the user's, then what is shipped, by name."""
    chain: NullTranslations = _Unknown()
    for folder in reversed(_folders(extra)):
        for path in sorted((folder / language).glob("*.po"), reverse=True):
            compiled = _compiled(path, language)
            compiled.add_fallback(chain)
            chain = compiled
    return chain


def _folders(extra: Path | None) -> tuple[Path, ...]:
    return (SHIPPED,) if extra is None else (extra, SHIPPED)


def _compiled(path: Path, language: str) -> GNUTranslations:
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language, abort_invalid=True)
        _check(catalogue)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        return GNUTranslations(compiled)
    except (PoFileError, ValueError, LookupError, OSError) as error:
        raise UsageError(f"{path}: {error}") from error


def _check(catalogue: Catalog) -> None:
    """A translation must not ask for values that its message does not have."""
    for message in catalogue:
        if message.id and message.string:
            known = placeholders(_forms(message.id)[0])
            for sentence in _forms(message.string):
                if placeholders(sentence) - known:
                    raise ValueError(f"{sentence!r} has other names in braces than {message.id!r}")


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


@lru_cache(maxsize=REMEMBERED)
def _trade(words: Words, word: str) -> str:
    return speak(word, lambda entry: words.entry(CONTEXT, entry)) or word


@lru_cache(maxsize=REMEMBERED)
def _money(locale: str, money: Money) -> str:
    pattern = Locale.parse(locale).currency_formats["standard"].pattern
    if money.minor % 100 == 0:
        pattern = pattern.replace(".00", "")
    if money.currency != "EUR":
        pattern = pattern.replace("¤#", "¤\xa0#").replace("¤", "¤¤")
    return format_currency(
        money.amount, money.currency, format=pattern, locale=locale, currency_digits=False
    )


@lru_cache(maxsize=REMEMBERED)
def _number(locale: str, number: str) -> str:
    """:param number: in plain digits, so that 5.0 and 5 are not one."""
    decimals = "0" * len(number.partition(".")[2])
    pattern = f"#,##0.{decimals}" if decimals else "#,##0"
    return format_decimal(Decimal(number), format=pattern, locale=locale)


@lru_cache(maxsize=REMEMBERED)
def _day(locale: str, day: date) -> str:
    return format_date(day, "long", locale=locale)


@lru_cache(maxsize=REMEMBERED)
def _time(locale: str, moment: time) -> str:
    return format_time(moment, "short", locale=locale)


@lru_cache(maxsize=1)
def _brussels() -> ZoneInfo:
    """From the pinned package, for the system's own data may be old, moved or missing."""
    with files("tzdata").joinpath("zoneinfo/Europe/Brussels").open("rb") as file:
        return ZoneInfo.from_file(file, key="Europe/Brussels")
