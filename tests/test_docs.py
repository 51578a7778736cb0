"""What the pages say is tried: configurations load, links lead somewhere, codes and names exist."""

import importlib.util
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from syndicator.config import load
from syndicator.contract import Scope
from syndicator.exporters.showroom import Showroom
from syndicator.exporters.showroom.embed import HEIGHT
from syndicator.i18n import SHIPPED
from syndicator.registry import activate, check_languages
from syndicator.render import RenderKit, Templates
from syndicator.testing import bodies, sample_view
from tests import pages
from tests.pages import ROOT

PACKAGE = ROOT / "tests" / "package"
OTHER_FILES = re.compile(r"^\[+(project|build|build-system|context|headers|images)\b", re.MULTILINE)
TABLES = [
    pytest.param(block.text, id=f"{block.page}-{number}")
    for number, block in enumerate(pages.all_blocks())
    if block.language == "toml"
    and block.kind not in {"installed", "package"}  # test_package.py has what they need
    and not OTHER_FILES.search(block.text)
]
PICTURE = ROOT / "docs" / "how-it-works.svg"
NUMBERS = {9: "nine", 10: "ten", 11: "eleven", 12: "twelve"}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("text", TABLES)
def test_a_configuration_on_a_page_loads(text: str, tmp_path: Path) -> None:
    path = tmp_path / "syndicator.toml"
    path.write_text(text, "utf-8")
    config = load(path)
    feeds = activate(config.feeds)
    check_languages(feeds, config.site.languages)
    assert feeds


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for link in pages.links(page):
        name, _, fragment = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if fragment and target.suffix == ".md":
            assert fragment in pages.anchors(target), link


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.name)
def test_every_page_is_found_from_the_readme(page: Path) -> None:
    readme = pages.PAGES[0]
    reached, ways = {readme}, [readme]
    while ways:
        here = ways.pop()
        for link in pages.links(here):
            target = (here.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target in pages.PAGES and target not in reached:
                reached.add(target)
                ways.append(target)
    assert page in reached


def test_every_exit_code_has_its_place_among_the_troubles() -> None:
    readme = pages.read(ROOT / "README.md")
    told = dict(re.findall(r"^\| (\d[\d, ]*) \| (.+) \|$", readme, re.MULTILINE))
    page = pages.prose(ROOT / "docs" / "troubleshooting.md")
    shown = dict(re.findall(r"^### (\d[\d, ]*): (.+)$", page, re.MULTILINE))
    assert shown.keys() == told.keys()
    for code, meaning in told.items():
        assert meaning.startswith(shown[code]), code


@pytest.mark.parametrize("block", pages.all_blocks("package"), ids=lambda block: block.name)
def test_a_block_of_the_example_package_is_what_its_file_holds(block: pages.Block) -> None:
    name, _, part = block.name.partition("#")
    whole = (PACKAGE / name).read_text("utf-8")
    shown = block.text
    if part:
        assert part in shown
        assert f"\n{shown}" in f"\n{whole}"
    else:
        assert shown == whole


def test_the_example_package_is_shown_whole() -> None:
    shown = {block.name.partition("#")[0] for block in pages.all_blocks("package")}
    files = {path for path in PACKAGE.rglob("*") if path.is_file()}
    text = {path for path in files if path.suffix in {".py", ".toml", ".html", ".css"}}
    assert shown == {
        path.relative_to(PACKAGE).as_posix()
        for path in text
        if not {"golden", "__pycache__"} & set(path.parts)
    }


@pytest.mark.parametrize("name", ["how-it-works.md", "sync.md", "translate.md"])
def test_the_modules_that_a_page_names_exist(name: str) -> None:
    page = pages.prose(ROOT / "docs" / name)
    named = set(re.findall(r"`([a-z_]+(?:/[a-z_]+)*)\.py`", page))
    assert named
    for each in sorted(named):
        assert importlib.util.find_spec(f"syndicator.{each.replace('/', '.')}"), each


def test_the_picture_of_the_way_says_in_words_what_it_shows() -> None:
    root = ET.parse(PICTURE).getroot()
    title, description = root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")
    assert title
    assert description
    assert root.get("role") == "img"
    drawn = {"".join(each.itertext()) for each in root.iter(f"{SVG}text")}
    page = pages.prose(ROOT / "docs" / "how-it-works.md")
    names = {each for each in drawn if re.fullmatch(r"[a-z_]+", each)}
    assert names
    assert all(f"`{name}`" in page or f"`{name}.py`" in page for name in names)


def table(page: str, heading: str) -> dict[str, set[str]]:
    """The first column of the table under a heading, to the names in the last one."""
    text = pages.read(ROOT / "docs" / page).partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` \|(?:[^|\n]*\|)?([^|\n]+)\|$", text, re.MULTILINE)
    return {name: set(re.findall(r"`(\w+)`", cell)) for name, cell in rows}


def test_the_blocks_of_templates_are_those_that_there_are() -> None:
    told = table("templates.md", "Blocks")
    assert {"layout.html", "showroom/vehicle.html"} <= told.keys()
    for name, blocks in told.items():
        text = (ROOT / "templates" / name).read_text("utf-8")
        assert blocks == set(re.findall(r"{% block (\w+)", text)), name


@pytest.mark.parametrize(("name", "names"), table("templates.md", "What a template sees").items())
def test_a_template_sees_what_the_page_says(name: str, names: set[str], tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir()
    asked = "".join(f"{{{{ {each}|string|length }}}}" for each in sorted(names))
    seen = f"<!-- seen: {asked} -->"
    path.write_text(f'{{% extends "shipped/{name}" %}}{{% block main %}}{seen}{{% endblock %}}')
    exporter = Showroom(Showroom.Options(), RenderKit(Templates(tmp_path), "nl"))
    scope = Scope.SITE if name.startswith("site/") else Scope.SHOWROOM
    made = bodies(exporter.export(sample_view(scope=scope, place=exporter.place)))
    assert any(re.search(rb"<!-- seen: \d+ -->", body) for body in made.values())


def test_the_catalogues_of_the_page_are_those_that_there_are() -> None:
    page = pages.prose(ROOT / "docs" / "translate.md")
    rows = re.findall(r"^\| (`.+?\.po`.*?) \|", page, re.MULTILINE)
    told = set(re.findall(r"`(\w+\.po)`", " ".join(rows)))
    assert told == {path.name for path in SHIPPED.glob("en/*.po")}
    assert f"all {NUMBERS[len(told)]} catalogues" in page


def test_the_tests_that_a_page_names_exist() -> None:
    for page in pages.PAGES:
        for name in re.findall(r"\btests/test_\w+\.py\b", pages.read(page)):
            assert (ROOT / name).is_file() or (PACKAGE / name).is_file(), f"{page.name}: {name}"


def test_the_attributes_of_an_embed_are_those_that_its_script_reads() -> None:
    script = (ROOT / "templates" / "showroom" / "embed.js").read_text("utf-8")
    lists = re.findall(r"const (?:LOOK|OWN) = \[(.*?)\]", script)
    read = {name for each in lists for name in re.findall(r'"(\w+)"', each)}
    page = pages.prose(ROOT / "docs" / "embed.md")
    assert set(re.findall(r"^\| `data-(\w+)` \|", page, re.MULTILINE)) == read
    assert f"| {HEIGHT} |" in page
