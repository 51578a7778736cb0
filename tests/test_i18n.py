import enum
import inspect
import os
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from catalogues import catalogues, entries, forms, messages, missing, sources
from hypothesis import given
from hypothesis import strategies as st

from syndicator import contract, facts, models, tags
from syndicator.errors import UsageError
from syndicator.i18n import LANGUAGES, SHIPPED, Words, placeholders, words_digest
from syndicator.models import FeatureCategory, Fuel, Money
from syndicator.testing import sample_listing

ENUMS = [
    kind
    for module in (models, facts, tags)
    for _, kind in inspect.getmembers(module, inspect.isclass)
    if issubclass(kind, enum.Enum) and kind.__module__ == module.__name__
]
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'


def eur(minor: int) -> Money:
    return Money(minor=minor, currency="EUR")


def user_catalogue(folder: Path, language: str, body: str, name: str = "own.po") -> Path:
    (folder / language).mkdir(parents=True, exist_ok=True)
    (folder / language / name).write_text(HEADER + body, "utf-8")
    return folder


# What the catalogues hold


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ENUMS, ids=lambda kind: kind.__name__)
def test_every_closed_value_has_a_label(kind: type[enum.Enum], language: str) -> None:
    words = Words.of(language)
    assert [each for each in kind if not words.entry(kind.__name__, str(each.value))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_belongs_to_a_closed_value(language: str) -> None:
    known = {(kind.__name__, str(each.value)) for kind in ENUMS for each in kind}
    labels = {
        (message.context, message.id)
        for message in entries(catalogues(language)["facts"])
        if message.context not in (None, "Trade")
    }
    assert labels == known


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_catalogue_is_whole(language: str) -> None:
    for name, catalogue in catalogues(language).items():
        for message in entries(catalogue):
            where = (name, message.id)
            assert not message.fuzzy, where
            assert all(forms(message.string)), where
            assert str(catalogue.locale) == language
            if isinstance(message.id, tuple):
                assert len(forms(message.string)) == catalogue.num_plurals == 2, where


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_fill_in_what_their_message_does(language: str) -> None:
    for name, catalogue in catalogues(language).items():
        for message in entries(catalogue):
            wanted = placeholders(forms(message.id)[0])
            for sentence in forms(message.string):
                assert placeholders(sentence) == wanted, (name, message.id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_agree_on_what_they_share(language: str) -> None:
    said: dict[tuple[str | None, str], object] = {}
    for name, catalogue in catalogues(language).items():
        for message in entries(catalogue):
            key = (message.context, forms(message.id)[0])
            assert said.setdefault(key, message.string) == message.string, (name, key)


def test_languages_have_the_same_entries() -> None:
    def keys(language: str) -> set[tuple[str, str | None, str]]:
        return {
            (name, message.context, forms(message.id)[0])
            for name, catalogue in catalogues(language).items()
            for message in entries(catalogue)
            if message.context != "Trade"
        }

    assert [keys(language) ^ keys("en") for language in LANGUAGES] == [set()] * 4


def test_the_trade_has_the_same_words_in_each_language_but_its_own() -> None:
    def keys(language: str) -> set[object]:
        facts = entries(catalogues(language)["facts"])
        return {message.id for message in facts if message.context == "Trade"}

    assert keys("nl") == set()
    assert keys("fr") == keys("de") == keys("en") != set()


def test_the_scanner_sees_modules_and_templates(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('words.text("One" if x else "Two {n}", n=2)\ntext("Three")\n')
    (tmp_path / "a.html").write_text('{{ text("Four") }}{{ words.text("Five" if x else "Six") }}')
    found = messages([tmp_path / "a.py", tmp_path / "a.html"])
    assert found == {"One", "Two {n}", "Three", "Four", "Five", "Six"}


@pytest.mark.parametrize(
    ("name", "source"), [("a.py", "text(f'{x}')"), ("a.html", "{{ text('a' ~ b) }}")]
)
def test_the_scanner_refuses_what_it_cannot_see(tmp_path: Path, name: str, source: str) -> None:
    (tmp_path / name).write_text(source)
    with pytest.raises(AssertionError, match="no literal"):
        messages([tmp_path / name])


def test_the_scanner_names_what_no_catalogue_has(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('text("Never said")')
    assert missing([tmp_path / "a.py"]) == [f"{each}: Never said" for each in LANGUAGES]


def test_the_scanner_finds_sources_or_fails() -> None:
    assert [each.name for each in sources("syndicator/facts.py")] == ["facts.py"]
    with pytest.raises(AssertionError):
        sources("syndicator/locale/nl")


# What is said


def test_words_keep_the_contract() -> None:
    words: contract.Words = Words.of("fr")
    assert (words.language, words.locale) == ("fr", "fr-BE")
    assert [Words.of(each).locale for each in LANGUAGES] == ["nl-BE", "fr-BE", "de-BE", "en"]


def test_words_of_a_language_are_made_once(tmp_path: Path) -> None:
    assert Words.of("nl") is Words.of("nl")
    assert Words.of("nl", tmp_path) is not Words.of("nl")


def test_an_unknown_language_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="'lb'"):
        Words.of("lb")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", ["0 maanden", "1 maand", "2 maanden", "1.200 maanden"]),
        ("de", ["0 Monate", "1 Monat", "2 Monate", "1.200 Monate"]),
        ("en", ["0 months", "1 month", "2 months", "1,200 months"]),
    ],
)
def test_the_count_chooses_the_plural(language: str, said: list[str]) -> None:
    words = Words.of(language)
    assert [words.text("{n} months", n=n) for n in (0, 1, 2, 1200)] == said


def test_nought_is_singular_in_french(tmp_path: Path) -> None:
    body = (
        '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
        'msgid "{n} wheels"\nmsgid_plural "{n} wheels"\n'
        'msgstr[0] "{n} roue"\nmsgstr[1] "{n} roues"\n'
    )
    words = Words.of("fr", user_catalogue(tmp_path, "fr", body))
    said = [words.text("{n} wheels", n=n) for n in (0, 1, 2)]
    assert said == ["0 roue", "1 roue", "2 roues"]


def test_a_count_without_plural_forms_is_translated_too(tmp_path: Path) -> None:
    body = '\nmsgid "in {n} km"\nmsgstr "binnen {n} km"\n'
    words = Words.of("nl", user_catalogue(tmp_path, "nl", body))
    assert words.text("in {n} km", n=1500) == "binnen 1.500 km"


def test_values_are_never_filled_in_themselves() -> None:
    said = Words.of("nl").text("{kw} kW ({hp} hp)", kw="{hp.__class__}", hp="{kw}{0}%s")
    assert said == "{hp.__class__} kW ({kw}{0}%s pk)"


def test_a_message_that_nobody_translated_stays_english() -> None:
    words = Words.of("de")
    assert words.text("Never said") == "Never said"
    assert words.text("Never {said}", said="x") == "Never x"
    assert words.text("{n} never said", n=2) == "2 never said"


def test_labels_of_equal_values_are_told_apart() -> None:
    words = Words.of("de")
    said = [words.label(each) for each in (Fuel.OTHER, FeatureCategory.OTHER, Fuel.OTHER)]
    assert said == ["Sonstige", "Sonstiges", "Sonstige"]


def test_a_label_that_nobody_translated_is_the_value() -> None:
    class Wheel(enum.StrEnum):
        ROUND = "round"

    assert Words.of("de").label(Wheel.ROUND) == "round"
    assert Words.of("de").entry("Wheel", "round") is None


@pytest.mark.parametrize(
    ("language", "whole", "cents", "foreign"),
    [
        ("nl", "€\xa017.450", "€\xa017.450,50", "CHF\xa017.450"),
        ("fr", "17\u202f450\xa0€", "17\u202f450,50\xa0€", "17\u202f450\xa0CHF"),
        ("de", "17.450\xa0€", "17.450,50\xa0€", "17.450\xa0CHF"),
        ("en", "€17,450", "€17,450.50", "CHF\xa017,450"),
    ],
)
def test_money_is_written_as_in_belgium(
    language: str, whole: str, cents: str, foreign: str
) -> None:
    words = Words.of(language)
    assert words.money(eur(1745000)) == whole
    assert words.money(eur(1745050)) == cents
    assert words.money(Money(minor=1745000, currency="CHF")) == foreign


def test_dollars_and_unknown_money_carry_their_code() -> None:
    assert Words.of("en").money(Money(minor=500, currency="USD")) == "USD\xa05"
    assert Words.of("nl").money(Money(minor=505, currency="XQZ")) == "XQZ\xa05,05"
    assert Words.of("fr").money(Money(minor=500, currency="JPY")) == "5\xa0JPY"


@pytest.mark.parametrize(
    ("language", "thousands", "tenth"),
    [
        ("nl", "61.200", "5,3"),
        ("fr", "61\u202f200", "5,3"),
        ("de", "61.200", "5,3"),
        ("en", "61,200", "5.3"),
    ],
)
def test_numbers_are_written_as_in_the_language(language: str, thousands: str, tenth: str) -> None:
    words = Words.of(language)
    assert words.number(61200) == thousands
    assert words.number(Decimal("5.3")) == tenth


def test_numbers_keep_their_decimals() -> None:
    words = Words.of("nl")
    given = ["5", "5.0", "5.00", "-0.25", "1E+3", "12345.678901"]
    said = [words.number(Decimal(each)) for each in given]
    assert said == ["5", "5,0", "5,00", "-0,25", "1.000", "12.345,678901"]


def test_a_month_is_read_from_a_month_or_a_day() -> None:
    words = Words.of("nl")
    assert words.month("2020-09") == words.month("2020-09-14") == "09/2020"


@pytest.mark.parametrize(
    ("language", "said"),
    [("nl", "2 maart 2026"), ("fr", "2 mars 2026"), ("de", "2. März 2026"), ("en", "2 March 2026")],
)
def test_a_day_is_told_in_belgian_time(language: str, said: str) -> None:
    assert Words.of(language).day(datetime(2026, 3, 1, 23, 30, tzinfo=UTC)) == said


def test_a_day_knows_summer_time() -> None:
    words = Words.of("nl")
    assert words.day(datetime(2026, 6, 30, 21, 59, tzinfo=UTC)) == "30 juni 2026"
    assert words.day(datetime(2026, 6, 30, 22, 0, tzinfo=UTC)) == "1 juli 2026"
    assert words.day(datetime(2026, 12, 31, 22, 59, tzinfo=UTC)) == "31 december 2026"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_time_is_told_on_the_belgian_clock(language: str) -> None:
    words = Words.of(language)
    assert words.time(datetime(2026, 11, 24, 13, 5, tzinfo=UTC)) == "14:05"
    assert words.time(datetime(2026, 6, 30, 22, 0, 59, tzinfo=UTC)) == "00:00"


# Sellers' words


@pytest.mark.parametrize(
    ("word", "fr", "de", "en"),
    [
        ("Grijs", "Gris", "Grau", "Grey"),
        ("ZWART", "Noir", "Schwarz", "Black"),
        ("witte", "Blanc", "Weiß", "White"),
        ("Zilver", "Argent", "Silber", "Silver"),
        ("antraciet", "Anthracite", "Anthrazit", "Anthracite"),
        ("Donkerblauw", "Bleu foncé", "Dunkelblau", "Dark blue"),
        ("licht-grijs", "Gris clair", "Hellgrau", "Light grey"),
        ("Licht groen", "Vert clair", "Hellgrün", "Light green"),
        ("Grijs  metallic", "Gris métallisé", "Grau metallic", "Grey metallic"),
        ("Parelwit", "Blanc nacré", "Perlweiß", "Pearl white"),
        ("mat zwart", "Noir mat", "Mattschwarz", "Matt black"),
        ("Metallic", "Métallisé", "Metallic", "Metallic"),
        ("Parelmoer", "Nacré", "Perleffekt", "Pearl"),
        ("Uni", "Uni", "Uni", "Solid"),
        ("Leder", "Cuir", "Leder", "Leather"),
        ("Leder/Stof", "Cuir/tissu", "Leder/Stoff", "Leather/cloth"),
        ("Leder / Alcantara", "Cuir/Alcantara", "Leder/Alcantara", "Leather/Alcantara"),
        ("leder en stof", "Cuir et tissu", "Leder und Stoff", "Leather and cloth"),
        ("Zwarte leder", "Cuir noir", "Leder schwarz", "Black leather"),
        ("zwart,rood", "Noir, rouge", "Schwarz, rot", "Black, red"),
        ("Donkergrijs/zwart", "Gris foncé/noir", "Dunkelgrau/schwarz", "Dark grey/black"),
    ],
)
def test_a_sellers_word_is_told_in_other_languages(word: str, fr: str, de: str, en: str) -> None:
    assert [Words.of(each).trade(word) for each in ("fr", "de", "en")] == [fr, de, en]


@pytest.mark.parametrize(
    "word",
    ["Mystic Blue", "Grijs Quantum", "donker", "Leder/", "/", " ", "", "donker{color}", "wit" * 99],
)
def test_a_word_that_is_not_wholly_known_stays_as_given(word: str) -> None:
    assert [Words.of(each).trade(word) for each in LANGUAGES] == [word] * 4


def test_dutch_words_stay_as_given_in_dutch() -> None:
    assert Words.of("nl").trade("  WITTE/leder ") == "  WITTE/leder "


PIECES = ["licht", "donker", "wit", "leder", " ", "/", ",", " en ", "-", "{", "mat", "stof"]


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_no_word_breaks_the_trade(word: str) -> None:
    assert all(Words.of(each).trade(word) or not word for each in LANGUAGES)


# The user's own catalogues


def test_the_users_catalogue_shadows_ours(tmp_path: Path) -> None:
    body = '\nmsgid "Yes"\nmsgstr "Jazeker"\n\nmsgctxt "Fuel"\nmsgid "petrol"\nmsgstr "Super"\n'
    words = Words.of("nl", user_catalogue(tmp_path, "nl", body))
    assert (words.text("Yes"), words.text("No")) == ("Jazeker", "Nee")
    assert (words.label(Fuel.PETROL), words.label(Fuel.DIESEL)) == ("Super", "Diesel")


def test_unfinished_translations_of_the_user_are_passed_over(tmp_path: Path) -> None:
    body = '\n#, fuzzy\nmsgid "Yes"\nmsgstr "Misschien"\n\nmsgid "No"\nmsgstr ""\n'
    words = Words.of("nl", user_catalogue(tmp_path, "nl", body))
    assert (words.text("Yes"), words.text("No")) == ("Ja", "Nee")


def test_a_folder_without_catalogues_changes_nothing(tmp_path: Path) -> None:
    assert Words.of("nl", tmp_path / "none").text("Yes") == "Ja"


@pytest.mark.parametrize(
    "body",
    [
        '\nmsgid "{n} months"\nmsgstr "{m} maanden"\n',
        '\nmsgid "Yes"\nmsgstr "Ja {wel.__class__}"\n',
        '\nmsgid "Yes"\nmsgstr "Ja {"\n',
        '\nmsgid "Yes"\nmessage "Ja"\n',
    ],
)
def test_a_broken_catalogue_is_named(tmp_path: Path, body: str) -> None:
    with pytest.raises(UsageError, match=r"own\.po: "):
        Words.of("nl", user_catalogue(tmp_path, "nl", body))


def test_bytes_that_are_no_utf_8_are_named(tmp_path: Path) -> None:
    folder = user_catalogue(tmp_path, "nl", "")
    (folder / "nl" / "own.po").write_bytes(HEADER.encode() + b'\nmsgid "Yes"\nmsgstr "\xff"\n')
    with pytest.raises(UsageError, match=r"own\.po: "):
        Words.of("nl", folder)


def test_the_digest_changes_with_the_users_words(tmp_path: Path) -> None:
    before = words_digest(tmp_path)
    user_catalogue(tmp_path, "nl", '\nmsgid "Yes"\nmsgstr "Jazeker"\n')
    after = words_digest(tmp_path)
    user_catalogue(tmp_path, "nl", '\nmsgid "Yes"\nmsgstr "Ja hoor"\n')
    assert len({words_digest(), before, after, words_digest(tmp_path)}) == 4
    assert words_digest() == words_digest()


# Nothing of the machine

SPOKEN = """
from datetime import UTC, datetime
from syndicator.facts import facts, summary
from syndicator.i18n import LANGUAGES, Words
from syndicator.testing import sample_listing
for words in map(Words.of, LANGUAGES):
    print(ascii((words.day(datetime(2026, 3, 1, 23, 30, tzinfo=UTC)), words.locale)))
    print(ascii((facts(sample_listing(), words), summary(sample_listing(), words))))
"""


def test_no_environment_changes_what_is_said(tmp_path: Path) -> None:
    def spoken(**environment: str) -> str:
        answer = subprocess.run(
            [sys.executable, "-c", SPOKEN],
            check=True,
            capture_output=True,
            text=True,
            cwd=SHIPPED.parent.parent,
            env={**os.environ, **environment},
        )
        return answer.stdout

    plain = spoken(LC_ALL="C", LANGUAGE="", TZ="UTC", PYTHONHASHSEED="1")
    odd = spoken(
        LC_ALL="de_CH.UTF-8",
        LANGUAGE="fr:pt",
        TZ="Pacific/Auckland",
        PYTHONTZPATH=str(tmp_path),
        PYTHONHASHSEED="2",
    )
    assert plain == odd
    assert sample_listing().make in plain
