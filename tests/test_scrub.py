import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from syndicator.source import scrub

# Lone surrogates too; and what meets by chance too seldom: marks, joiners, selectors, fillers.
odd = "a<\u1100\u1161\u11a8\u0301\u0338\u0316\u0e49\u200c\u200d\ufe0f\u034f"
odd += "\u3164\u202e\ufffe\ud83d \n\x1f"
any_text = st.text(st.characters(codec=None, exclude_categories=())) | st.text(
    st.sampled_from(odd), max_size=30
)


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
        ("ta\U000e0041g\U000e0000s", "tags"),
        ("note\ufff9d\ufffa", "noted"),
        ("fill\u3164er\uffa0\u2800", "filler"),
        ("no\ufdd0ne\U0010ffff", "none"),
        ("\u0338 \u200d \ufe0fmark", "mark"),
        ("\N{WHITE FLAG}\ufe0f\u200d\N{RAINBOW}", "\N{WHITE FLAG}\ufe0f\u200d\N{RAINBOW}"),
        ("नमस्ते", "नमस्ते"),
        ("1\ufe0f\u20e3", "1\ufe0f\u20e3"),
        ("a" + "\ufe0f\u200d" * 99, "a" + "\ufe0f\u200d" * 2),
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
    alone = scrub.line(text)
    assert "\n" not in alone
    assert scrub.line(alone) == alone
    assert not unicodedata.category(alone[:1] or "x").startswith("M")


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


def test_marks_that_would_have_to_be_sorted_for_hours_are_few_before() -> None:
    assert scrub.line("a" + "\u0300\u0323" * 2_000_000 + " b").endswith(" b")
