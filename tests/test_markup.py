import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.source.markup import MAX_TAGS, plain


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Break, eerste eigenaar.\nProper.", "Break, eerste eigenaar.\nProper."),
        ("prijs < 5000 & km > 10", "prijs < 5000 & km > 10"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),  # no editor writes it: text
        ("<p>Een\nwagen.</p><p>Proper &amp; zuinig.</p>", "Een wagen.\n\nProper & zuinig."),
        ("<ul><li>ABS</li><li>Airco</li></ul>", "- ABS\n- Airco"),
        ("Eén<br>twee<br/>drie", "Eén\ntwee\ndrie"),
        ("<p>a</p><script>alert(1)</script><style>p{}</style><p>b</p>", "a\n\nb"),
        ('<p onclick="x()">a <a href="javascript:x">link</a></p>', "a link"),
        ("<p>&lt;script&gt;</p>", "<script>"),
    ],
)
def test_html_becomes_paragraphs_and_text_stays_text(written: str, read: str) -> None:
    assert plain(written).strip() == read


@given(st.text())
def test_whatever_is_within_a_paragraph_comes_out_as_its_words(words: str) -> None:
    said = plain(f"<p>{html.escape(words)}</p>")
    assert "".join(said.split()) == "".join(words.replace("\x00", "").split()) or "\x00" in words


def test_blocks_within_blocks_are_cut_where_no_editor_would_be() -> None:
    assert plain("<p>before</p>" + "<div><ul><li>" * 200_000).startswith("before")
    many = "<p>" + "<span>a</span> " * (MAX_TAGS // 2 - 1)
    assert plain(many).count("a") == MAX_TAGS // 2 - 1


def test_what_a_parser_would_make_gigabytes_of_is_cheap() -> None:
    attributes = " ".join(f"a{number}=x" for number in range(20))
    fonts = "".join(f"<font {attributes} b={number}>" for number in range(3900))
    assert plain(f"<p>before{fonts}</p>" + "<p>x" * 3900).startswith("before")
    assert plain("<p>before<b " + " ".join(f"a{n}=1" for n in range(600_000)) + ">").strip()
    assert plain("<p>before" + "&" * 10_000_000).startswith("before")
    assert plain("<p>before" + "&#x" * 3_000_000).startswith("before")


def test_an_angle_bracket_that_begins_no_tag_stays() -> None:
    assert plain("<p>price <b5000 and < 7").strip() == "price <b5000 and < 7"
