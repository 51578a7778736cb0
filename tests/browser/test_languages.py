"""Every page of the demo, read in each of its languages; needs no browser, but the demo."""

from pathlib import Path

import pytest
from leftovers import IN_ONE_LANGUAGE, WRITTEN_FOR_PROGRAMMERS, leftovers, lonely, texts
from lxml import html

pytestmark = pytest.mark.yardstick


def test_every_page_exists_in_four_languages(demo: Path) -> None:
    assert lonely(demo) == []


def test_no_page_speaks_english_unless_it_is_english(demo: Path) -> None:
    spoken = {"nl": 0, "fr": 0, "de": 0, "en": 0}
    for path in sorted(demo.rglob("*.html")):
        name = path.relative_to(demo).as_posix()
        if name in WRITTEN_FOR_PROGRAMMERS:
            continue
        page = path.read_text("utf-8")
        language = str(html.document_fromstring(page.encode()).get("lang"))[:2]
        spoken[language] += name not in IN_ONE_LANGUAGE
        if language != "en":
            assert leftovers(page, language) == [], path
    assert min(spoken.values()) == max(spoken.values()) > 0


def test_a_sentence_that_was_forgotten_would_be_found() -> None:
    page = '<html><body><p>Skip to the content<img alt="Golf, photo 2 of 3"></body></html>'
    assert list(texts(page)) == ["Skip to the content", "Golf, photo 2 of 3"]
    assert leftovers(page, "fr") == ["Golf, photo 2 of 3", "Skip to the content"]
    assert leftovers(page, "en") == []
