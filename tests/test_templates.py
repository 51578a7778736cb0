import gzip
import re
from pathlib import Path

import pytest
from catalogues import catalogues, entries, forms, messages, missing, sources, unused

import syndicator
from syndicator.render import shipped

PACKAGE = Path(syndicator.__file__).parent
FOLDER = shipped(PACKAGE)
MARKUP = [path for path in sorted(FOLDER.rglob("*")) if path.suffix in {".html", ".xml"}]
PAGES = [path for path in MARKUP if "feeds" not in path.parts]
ASSETS = sorted(FOLDER.glob("assets/*"))
SCRIPTS = sorted(FOLDER.glob("assets/*.js"))
SAME_WORD = {"Contact", "Description", "E-mail", "Filters", "Pages", "Photos", "ref. {ref}"}


def name_of(path: Path) -> str:
    return path.name


def markup(path: Path) -> str:
    """The template without comments and statements; an expression is the letter X."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}", "", text, flags=re.DOTALL)
    return re.sub(r"\{\{.*?\}\}", "X", text, flags=re.DOTALL)


@pytest.mark.parametrize("path", MARKUP, ids=name_of)
def test_every_attribute_is_quoted(path: Path) -> None:
    for tag in re.findall(r"<[a-z][^<>]*>", markup(path)):
        assert not re.search(r"""=(?!["'])""", re.sub(r'"[^"]*"', '""', tag)), tag
        assert "'" not in re.sub(r'"[^"]*"', '""', tag), tag


@pytest.mark.parametrize("path", MARKUP, ids=name_of)
def test_no_template_switches_escaping_off(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*(?:safe|forceescape|xmlattr)\b|Markup|autoescape", text)


def test_no_code_calls_a_text_safe() -> None:
    """Neither ``Markup`` nor another environment: :mod:`syndicator.render` makes the only one.

    :mod:`syndicator.compiling`, of which it is made, only looks whether a text is safe.
    """
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name == "compiling.py":
            assert not re.search(r"Markup\(|Environment\(|etree", text)
            continue
        assert not re.search(r"\bMarkup\b|markupsafe|etree\.CDATA", text), path
        assert path.name in {"render.py", "loading.py"} or "jinja2" not in text, path


@pytest.mark.parametrize("path", MARKUP, ids=name_of)
def test_no_style_or_handler_stands_in_the_markup(path: Path) -> None:
    assert not re.search(r"\s(style|on[a-z]+)\s*=|<style\b|javascript:", markup(path))


@pytest.mark.parametrize("path", MARKUP, ids=name_of)
def test_a_script_is_a_file_or_a_block_of_data(path: Path) -> None:
    for opening, body in re.findall(r"<script\b([^>]*)>(.*?)</script>", markup(path), re.DOTALL):
        data = 'type="application/ld+json"' in opening and body == "X"
        file = ' src="' in opening and not body
        assert data or file


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_image_has_a_size_and_an_alternative(path: Path) -> None:
    for tag in re.findall(r"<img\b[^<>]*>", markup(path)):
        assert all(f' {name}="' in tag for name in ("width", "height", "alt", "src")), tag


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_scripts_write_text_only_and_call_nobody_else(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
    assert "://" not in text
    assert path.name == "keep.js" or "localStorage" not in text  # what a visitor has chosen
    assert "cookie" not in text


def test_what_a_visitor_loads_stays_small() -> None:
    """As a host sends it, compressed: all of one page together."""
    weights = {path.name: len(gzip.compress(path.read_bytes())) for path in ASSETS}
    for own in ("list.css", "vehicle.css", "site.css"):
        assert weights["showroom.css"] + weights[own] < 12_000
    assert sum(weight for name, weight in weights.items() if name.endswith(".js")) < 25_000


def test_style_sheets_fetch_nothing() -> None:
    for path in FOLDER.glob("assets/*.css"):
        assert not re.search(r'url\((?!"data:image/svg)|@import', path.read_text(encoding="utf-8"))


SPOKEN = sources(
    "syndicator/exporters/showroom",
    *(f"templates/{name}" for name in ("showroom", "site", "layout.html", "keep.html")),
    "templates/macros.html",
)


def test_there_are_sentences_to_translate() -> None:
    assert {"Similar cars", "{n} cars", "VAT number: {number}"} <= messages(SPOKEN)


def test_every_sentence_of_the_showroom_is_translated_and_none_is_left_over() -> None:
    assert missing(SPOKEN) == []
    for name in ("showroom", "site", "keep"):
        assert unused(name, SPOKEN) == []


@pytest.mark.parametrize("language", ["nl", "fr", "de"])
def test_no_english_is_left_over(language: str) -> None:
    alike = {
        forms(message.id)[0]
        for message in entries(catalogues(language)["showroom"])
        if forms(message.id)[0] in forms(message.string)
    }
    assert alike <= SAME_WORD
