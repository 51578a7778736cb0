import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from syndicator.source import scrub

any_text = st.text(st.characters(codec=None, exclude_categories=()))  # lone surrogates too


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("  Skoda\t Octavia\xa0 1.0 ", "Skoda Octavia 1.0"),
        ("nul\x00 bell\x07 del\x7f c1\x9b", "nul bell del c1"),
        ("end\ufffe\uffff", "end"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("evil \u202etxt.exe\u2066\u2069", "evil txt.exe"),
        ("zero\u200bwidth\ufeff\xad", "zerowidth"),
        ("\N{WOMAN}\u200d\N{ROCKET}", "\N{WOMAN}\u200d\N{ROCKET}"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("e\u0301", "é"),
        ("a" + "\u0316" * 300, "a" + "\u0316" * 4),
        ("two\u2028lines", "two lines"),
    ],
)
def test_a_line_is_cleaned_of(dirty: str, clean: str) -> None:
    assert scrub.line(dirty) == clean


def test_paragraphs_keep_their_breaks_and_lose_stray_blanks() -> None:
    assert scrub.paragraphs("\r\n one  two \r\n\r\nthree\x0bfour\n\n") == "one two\n\nthree\nfour"


@given(any_text)
def test_clean_text_is_legal_in_xml_composed_and_stays_as_it_is(text: str) -> None:
    for clean in (scrub.line(text), scrub.paragraphs(text)):
        node = etree.Element("text")
        node.text = clean
        assert etree.fromstring(etree.tostring(node)).text == (clean or None)
        assert unicodedata.is_normalized("NFC", clean)
        assert scrub.paragraphs(clean) == clean
    assert "\n" not in scrub.line(text)


def test_a_cut_ends_between_words_where_one_ends_nearby() -> None:
    assert scrub.cut("een twee drie vier vijf zes zeven", 26) == "een twee drie vier vijf…"


def test_a_cut_does_not_part_a_letter_from_its_marks() -> None:
    assert scrub.cut("abcdefgh\u0301ij", 9) == "abcdefg…"


def test_a_cut_of_nothing_but_marks_still_ends() -> None:
    assert scrub.cut("\u0301" * 20, 10) == "\u0301" * 9 + "…"


@given(any_text, st.integers(2, 50))
def test_a_cut_keeps_the_limit(text: str, limit: int) -> None:
    assert len(scrub.cut(text, limit)) <= limit
    assert scrub.cut(text[:limit], limit) == text[:limit]
