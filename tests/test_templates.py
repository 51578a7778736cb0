import ast
import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import extract_from_ast

import syndicator
from syndicator.render import Templates, shipped

PACKAGE = Path(syndicator.__file__).parent
FOLDER = shipped(PACKAGE)
LANGUAGES = ("nl", "fr", "de", "en")
PAGES = [
    path
    for path in sorted(FOLDER.rglob("*"))
    if path.suffix in {".html", ".xml"} and "feeds" not in path.parts
]
SCRIPTS = sorted(FOLDER.glob("assets/*.js"))
MODULES = sorted((PACKAGE / "exporters" / "showroom").glob("*.py"))
SAME_WORD = {"Contact", "Description", "E-mail", "Filters", "Pages", "Photos", "ref. {ref}"}


def name_of(path: Path) -> str:
    return path.name


def markup(path: Path) -> str:
    """The template without comments and statements; an expression is the letter X."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}", "", text, flags=re.DOTALL)
    return re.sub(r"\{\{.*?\}\}", "X", text, flags=re.DOTALL)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_attribute_is_quoted(path: Path) -> None:
    for tag in re.findall(r"<[a-z][^<>]*>", markup(path)):
        assert not re.search(r"""=(?!["'])""", re.sub(r'"[^"]*"', '""', tag)), tag
        assert "'" not in re.sub(r'"[^"]*"', '""', tag), tag


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_no_template_switches_escaping_off(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b|Markup|autoescape", text)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_no_style_or_handler_stands_in_the_markup(path: Path) -> None:
    assert not re.search(r"\s(style|on[a-z]+)\s*=|<style\b|javascript:", markup(path))


@pytest.mark.parametrize("path", PAGES, ids=name_of)
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
    assert "localStorage" not in text
    assert "cookie" not in text


def test_what_a_visitor_loads_stays_small() -> None:
    sizes = {path.name: path.stat().st_size for path in FOLDER.glob("assets/*")}
    assert sizes["showroom.css"] < 20_000
    assert sizes["filter.js"] + sizes["gallery.js"] < 15_000


def test_style_sheets_fetch_nothing() -> None:
    for path in FOLDER.glob("assets/*.css"):
        assert not re.search(r"url\(|@import", path.read_text(encoding="utf-8"))


def messages() -> set[str]:
    """Every sentence that our templates and modules ask for."""
    environment = Templates()._environment
    found: set[str] = set()
    for path in PAGES:
        tree = environment.parse(path.read_text(encoding="utf-8"))
        found |= {sentence(each) for _, _, each in extract_from_ast(tree, ("text",))}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "text"
            ):
                assert isinstance(node.args[0], ast.Constant), f"{path}:{node.lineno}"
                found.add(node.args[0].value)
    return found


def sentence(found: str | tuple[str | None, ...]) -> str:
    """The first argument of a call."""
    return found if isinstance(found, str) else str(found[0])


def catalogue(language: str, name: str) -> dict[str, tuple[str, ...]]:
    with (PACKAGE / "locale" / language / name).open("rb") as file:
        entries = [entry for entry in read_po(file, locale=language) if entry.id]
    return {
        entry.id if isinstance(entry.id, str) else entry.id[0]: (
            (entry.string,) if isinstance(entry.string, str) else tuple(entry.string)
        )
        for entry in entries
    }


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_there_are_sentences_to_translate() -> None:
    assert {"Similar cars", "{n} cars", "VAT number: {number}"} <= messages()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_showroom_is_translated(language: str) -> None:
    known = catalogue(language, "showroom.po")
    shared = catalogue(language, "facts.po")  # field labels, which the filters use too
    assert set(known) <= messages()
    assert messages() <= set(known) | set(shared)
    for wanted, translations in known.items():
        for translation in translations:
            assert translation.strip()
            assert fields(translation) == fields(wanted)


@pytest.mark.parametrize("language", ["nl", "fr", "de"])
def test_no_english_is_left_over(language: str) -> None:
    alike = {
        wanted
        for wanted, translations in catalogue(language, "showroom.po").items()
        if wanted in translations
    }
    assert alike <= SAME_WORD
