"""Finds English sentences of ours on pages in another language, and pages without a sister."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Message
from catalogues import catalogues, entries, forms
from lxml import html

from syndicator.i18n import LANGUAGES

ATTRIBUTES = ("alt", "title", "aria-label", "placeholder", "content", "value")
WRITTEN_FOR_PROGRAMMERS = frozenset(["schemas/vehicles-1.html"])  # beside an English schema
IN_ONE_LANGUAGE = frozenset(["build/index.html"])  # the site's own: for whoever runs it
HOLE = re.compile(r"\{\w+\}")


def leftovers(page: str, language: str) -> list[str]:
    """The texts of a page that are, from end to end, an English sentence of the catalogues."""
    found = sorted(set(texts(page)))
    return [text for text in found if any(each.fullmatch(text) for each in untranslated(language))]


def texts(page: str) -> Iterator[str]:
    """Every text node and every attribute that people read, white space as one blank."""
    tree = html.document_fromstring(page.encode(), html.HTMLParser(encoding="utf-8"))
    for element in tree.iter():
        if element.tag in ("script", "style") or not isinstance(element.tag, str):
            continue
        own = (element.text, *(child.tail for child in element))
        told = (element.get(name) for name in element.keys() if _is_read(name))  # noqa: SIM118 - lxml
        for text in (*own, *told):
            if plain := " ".join((text or "").split()):
                yield plain


@cache
def untranslated(language: str) -> tuple[re.Pattern[str], ...]:
    """The English sentences that this language says otherwise, with their values left open."""
    known = [
        message
        for catalogue in catalogues(language).values()
        for message in entries(catalogue)
        if message.context is None
    ]
    english = {_sentence(message) for message in known} - {
        form for message in known for form in forms(message.string)
    }
    return tuple(_pattern(sentence) for sentence in sorted(english) if _has_words(sentence))


def lonely(root: Path) -> list[str]:
    """Pages of a tree that one of the languages does not have."""
    pages = {path.relative_to(root).as_posix() for path in root.rglob("*.html")}
    pages -= WRITTEN_FOR_PROGRAMMERS | IN_ONE_LANGUAGE
    kinds = {"/".join(part for part in page.split("/") if part not in LANGUAGES) for page in pages}
    versions = [
        "/".join(part for part in page.split("/") if part not in LANGUAGES) for page in pages
    ]
    return sorted(kind for kind in kinds if versions.count(kind) != len(LANGUAGES))


def _is_read(name: str) -> bool:
    return name in ATTRIBUTES or name.startswith("data-")


def _sentence(message: Message) -> str:
    return forms(message.id)[0]


def _has_words(sentence: str) -> bool:
    """Whether more of it is ours than a colon between two values."""
    return len(re.findall(r"[^\W\d_]", HOLE.sub("", sentence))) > 1


def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile(".+".join(map(re.escape, HOLE.split(sentence))))
