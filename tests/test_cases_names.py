"""Cases 125 to 133: slugs, codes and names that want to be paths, as whole builds write them."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from lxml import etree

from syndicator.fronts import slugs
from syndicator.links import RESERVED_ON_WINDOWS, TAKEN, distinct_slugs, slugify, token
from syndicator.models import Dealer
from syndicator.simulator.stock import Stock, make_stock
from syndicator.tree import Tree
from tests.tree import faults
from tests.world import World

PART = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|_headers|_redirects|\.syndicator[a-z.-]*")
LONGEST_PART_BYTES, LONGEST_PATH = 255, 240
ATOM = "{http://www.w3.org/2005/Atom}"
HUNDRED = [
    *("../../etc/cron.d/x", "/abs", "..\\x", "a/b", "%2e%2e", "nul\x00byte", ".", "..", "~", "-"),
    *("CON", "nul.txt", "aux ", "COM¹", "com1", ".htaccess", "_redirects", "_headers", "index"),
    *(
        "assets",
        "feed.xml",
        "feeds",
        "404.html",
        "404",
        "cdn-cgi",
        "robots.txt",
        "sitemap.xml",
        "build.json",
        "fr",
    ),
    *("schemas", "embed", "embed.js", "card", "report", "site.webmanifest", "netlify.toml"),
    *(
        ".well-known",
        "index.html",
        "Golf",
        "golf",
        "GOLF",
        "Caf\u00e9",
        "Cafe\u0301",
        "Stra\u00dfe",
    ),
    *("Strasse", "\u0131nci", "inci", "\u0130nci", "K\u212a", "kk", "\N{AUTOMOBILE}", "\u200d"),
    *("\u00fc" * 300, "x\n/* https://evil.example/:splat 301!", "a b", "a:b", "a*b", "a?b#c"),
    *("x" * 300, "\u202eexe.txt", "\u3164", "\ufb01n", "fin", "trailing.", "trailing "),
]


def world(folder: Path, codes: Mapping[int, str], **names: str) -> World:
    """Dealers who are called like this, by their number, with some cars each."""
    stock = make_stock(1, 2 * len(codes), len(codes), photo_base="https://images.example")
    for at, (dealer_id, dealer) in enumerate(list(stock.dealers.items())):
        if at in codes:
            texts = dict.fromkeys(("locationCode", "displayName", "companyName"), codes[at])
            stock.dealers[dealer_id] = dealer._replace(profile=dealer.profile | texts | names)
    return World(folder, stock)


def paths(output: Path) -> Iterator[PurePosixPath]:
    for path in output.rglob("*"):
        if path.is_file():
            yield PurePosixPath(path.relative_to(output).as_posix())


def assert_names_are_safe(output: Path) -> None:
    """On every system: no two alike, none that means something to it, none too long."""
    found = list(paths(output))
    assert len(found) > 20
    for path in found:
        assert len(str(path)) <= LONGEST_PATH, path
        for part in path.parts:
            assert PART.fullmatch(part), path
            assert len(part.encode()) <= LONGEST_PART_BYTES
            assert part.partition(".")[0] not in RESERVED_ON_WINDOWS, path
    folded = [unicodedata.normalize("NFKC", str(path)).casefold() for path in found]
    assert len(folded) == len(set(folded))
    assert list(faults(output)) == []


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A dealer for each of these names, and cars whose every name is one of them."""
    folder = tmp_path_factory.mktemp("names") / "site"
    made = world(folder, dict(enumerate(HUNDRED)))
    called: dict[str, Any] = {}
    for at, listing_id in enumerate(made.active()):
        name = HUNDRED[at % len(HUNDRED)]
        called = dict.fromkeys(("slug", "title", "brand", "model", "externalReference"), name)
        made.stock.amend(listing_id, **called)
    result = made.build(only=(), languages=("nl", "fr"))
    assert result.code == 0, result.said
    return made


def showrooms(made: World) -> list[str]:
    return sorted(
        path.parent.name
        for path in made.output.glob("*/index.html")
        if path.parent.name not in TAKEN
    )


def test_case_125_files_stay_inside_the_tree(odd: World) -> None:
    assert_names_are_safe(odd.output)
    assert {path.name for path in odd.folder.parent.iterdir()} == {odd.folder.name}
    assert {path.name for path in odd.folder.iterdir()} == {"output", ".syndicator"}
    for text in ("etc/cron.d", "2e2e"):
        assert not list(odd.output.rglob(f"*{text}*"))


def test_case_126_names_are_usable_and_no_control_file_of_a_host_is_made(odd: World) -> None:
    at_root = {str(path) for path in paths(odd.output) if len(path.parts) == 1}
    assert {"_headers", "_redirects", "index.html", "404.html", "robots.txt"} <= at_root
    ours = r"_headers|_redirects|index\.html|404\.html|robots\.txt|sitemap[-0-9]*\.xml|build\.json"
    others = r"|site\.webmanifest|embed\.js|\.syndicator[a-z.-]*"
    assert [each for each in at_root if not re.fullmatch(ours + others, each)] == []
    with_cars = {odd.stock.listing(each)["dealerProfileId"] for each in odd.active()}
    assert len(showrooms(odd)) >= len(with_cars)
    for slug in showrooms(odd):
        assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", slug), slug
        assert slug not in RESERVED_ON_WINDOWS
        assert slug not in ("404", "cdn-cgi")  # hosts answer there themselves


def test_case_128_no_page_takes_the_place_of_another(odd: World) -> None:
    """Of each two that are written nearly alike."""
    assert len(odd.shown()) == len(odd.active())
    pages = etree.parse(odd.output / "feeds/atom.xml").findall(f"{ATOM}entry/{ATOM}link")
    addresses = [str(each.get("href")) for each in pages if each.get("rel") in (None, "alternate")]
    assert len(addresses) == len(set(map(str.casefold, addresses))) == len(odd.active())
    for address in addresses:
        assert (odd.output / address.removeprefix("https://s.example/") / "index.html").is_file()


def test_case_129_a_title_of_emoji_or_nothing_has_an_address_by_its_id(tmp_path: Path) -> None:
    made = World(tmp_path, make_stock(1, 6, 3, photo_base="https://images.example"))
    texts = ("\N{AUTOMOBILE}\N{FIRE}", "", " ", "\u200b", "\u3164", None)
    for listing_id, text in zip(made.active(), texts, strict=True):
        empty = dict.fromkeys(("title", "brand", "model", "slug", "externalReference"), text)
        made.stock.amend(listing_id, **empty)
    assert made.build(only=()).code == 0
    for listing_id in made.active():
        assert list(made.output.glob(f"*/*{token(listing_id)}/index.html"))
    titles = etree.parse(made.output / "feeds/atom.xml").findall(f"{ATOM}entry/{ATOM}title")
    assert all((each.text or "").strip() for each in titles)
    assert_names_are_safe(made.output)


def test_case_130_a_long_name_is_cut_before_a_file_system_does_it(odd: World) -> None:
    long = [path for path in paths(odd.output) if "ueueue" in str(path) or "uuuu" in str(path)]
    assert len(long) > 1
    for path in long:
        assert max(len(part) for part in path.parts) <= 80


def test_case_127_two_cars_of_one_name_have_addresses_that_no_order_changes(
    tmp_path: Path,
) -> None:
    def addresses(folder: str, order: int) -> dict[str, str]:
        made = World(tmp_path / folder, make_stock(1, 4, 1, photo_base="https://images.example"))
        alike = dict.fromkeys(("slug", "title", "brand", "model", "externalReference"), "golf")
        for at, listing_id in enumerate(made.active()[::order]):
            made.stock.amend(listing_id, **alike, createdAt=f"2026-01-0{at + 1}T00:00:00Z")
        assert made.build(only=()).code == 0
        return _addresses(made)

    forth, back = addresses("forth", 1), addresses("back", -1)
    assert forth == back
    assert len(forth) == len(set(forth.values())) == 4


def _addresses(made: World) -> dict[str, str]:
    """Id of an entry to the page that it leads to."""
    entries = etree.parse(made.output / "feeds/atom.xml").findall(f"{ATOM}entry")
    return {
        str(each.findtext(f"{ATOM}id")): next(
            str(link.get("href"))
            for link in each.findall(f"{ATOM}link")
            if link.get("rel") in (None, "alternate")
        )
        for each in entries
    }


def test_case_131_another_title_moves_no_page_and_no_entry(tmp_path: Path) -> None:
    made = World(tmp_path, make_stock(1, 6, 1, photo_base="https://images.example"))
    assert made.build(only=()).code == 0
    before, pages = _addresses(made), set(made.output.glob("*/*/index.html"))
    for listing_id in made.active():
        made.change(listing_id, title="Heel anders", slug="heel-anders", externalReference="Z-1")
    assert made.build(only=()).code == 0
    assert _addresses(made) == before
    assert set(made.output.glob("*/*/index.html")) == pages
    assert "Heel anders" in (made.output / "feeds/atom.xml").read_text()


def test_case_132_two_dealers_of_one_name_have_two_folders(tmp_path: Path) -> None:
    def rooms(folder: str, seed_order: int) -> list[str]:
        made = world(tmp_path / folder, dict.fromkeys(range(6), "Garage Peeters"))
        stock: Stock = made.stock
        turned = dict(list(stock.dealers.items())[::seed_order])
        stock.dealers.clear()
        stock.dealers.update(turned)
        assert made.build(only=()).code == 0
        assert_names_are_safe(made.output)
        return showrooms(made)

    forth = rooms("forth", 1)
    assert forth == rooms("back", -1)
    assert len(forth) == len(set(forth)) >= 2
    assert all(re.fullmatch("garage-peeters-[a-z2-7]{8}", each) for each in forth)


def test_case_132_nobody_takes_the_folder_of_another_by_its_name() -> None:
    """Not by the name that is made for one of two who are called alike."""
    taken = f"gent-{token('a')}"
    found = distinct_slugs({"a": "gent", "b": "Gent", "c": taken})
    assert len(set(found.values())) == 3
    assert found["a"] == taken
    only = distinct_slugs({"a": "con", "c": f"con-{token('a')}"})
    assert len(set(only.values())) == 2


def test_case_132_nor_where_a_name_makes_way_for_a_configured_one() -> None:
    names = {"a": "Gent", "c": f"gent-{token('a')}", "d": "x"}
    tree = Tree(Dealer(id=each, location_code=name) for each, name in names.items())
    found = slugs({}, tree, taken=("gent",))
    assert len(set(found.values())) == 3
    assert "gent" not in found.values()


def test_case_133_no_slug_adds_a_rule_for_the_host(odd: World, tmp_path: Path) -> None:
    tame = world(tmp_path, dict.fromkeys(range(4), "Garage"))
    assert tame.build(only=(), languages=("nl", "fr")).code == 0
    assert odd.output.joinpath("_headers").read_bytes() == _at(tame, "_headers")
    for line in odd.output.joinpath("_redirects").read_text().split("\n")[:-1]:
        assert re.fullmatch(r"/(?:[a-z0-9-]+/)*\* (?:/[a-z]{2})?/404\.html 404", line), line
    for name in ("robots.txt", "_headers", "_redirects"):
        assert "evil.example" not in odd.output.joinpath(name).read_text()
    for path in odd.output.rglob("sitemap*.xml"):
        for each in etree.parse(path).iter("{*}loc"):
            assert re.fullmatch(r"https://[a-z.]+/[A-Za-z0-9./_-]*", each.text or ""), each.text


def _at(made: World, name: str) -> bytes:
    return made.output.joinpath(name).read_bytes()


@pytest.mark.parametrize("name", HUNDRED)
def test_case_126_a_slug_is_safe_or_empty(name: str) -> None:
    assert re.fullmatch("(?:[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?)?", slugify(name))
