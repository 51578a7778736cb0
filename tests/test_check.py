"""``syndicator check`` on outputs that were built, and on some that were spoilt since."""

import json
from pathlib import Path
from typing import Any

import pytest

from syndicator import check, cli, verdict
from syndicator.config import FeedTable
from syndicator.deadlinks import faults
from syndicator.errors import UsageError
from syndicator.simulator.stock import make_stock
from syndicator.verdict import Files, Lost, Portal, Verdict
from tests.world import World

FEEDS = {name: FeedTable() for name in ("meta", "showroom", "report")}
SITE = "https://s.example"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Twelve cars of a head dealer with two locations, built; no configuration file."""
    monkeypatch.chdir(tmp_path)
    built = World(tmp_path, make_stock(3, 12, 3, photo_base="https://images.example"))
    assert built.build(only=(), feeds=FEEDS).code == 0
    return built


def checked(world: World) -> Verdict:
    manifest = world.folder / ".syndicator" / "manifest.db"
    return check.check(world.output, manifest, SITE)


def test_a_sound_output_passes_though_portals_leave_cars_out(world: World) -> None:
    result = checked(world)
    meta, showroom = result.portals
    assert (meta.title, showroom.title) == ("Meta", "Showroom")
    assert meta.left_out > 0
    assert showroom.left_out == 0
    assert result.faults == ()
    assert result.files.known > 12
    assert result.exit_code == 0


def test_a_car_that_stands_in_several_reports_counts_once(world: World) -> None:
    reports = list(world.output.glob("*/feeds/report.json"))
    told = [json.loads(each.read_text())["cars"] for each in reports]
    assert sum(told) > len(world.active())  # the group has them again
    for portal in checked(world).portals:
        assert portal.sent + portal.poorer + portal.left_out == len(world.active())
        assert len(portal.cars) == len({each.id for each in portal.cars}) == portal.left_out


def test_files_that_are_missing_or_edited_are_named(world: World) -> None:
    (world.output / "index.html").unlink()
    meta = next(world.output.glob("*/feeds/meta.xml"))
    meta.write_bytes(meta.read_bytes() + b"\n")
    result = checked(world)
    assert result.files.missing == ("index.html",)
    assert result.files.edited == (meta.relative_to(world.output).as_posix(),)
    assert result.exit_code == 7
    assert "index.html: is missing" in list(verdict.trouble(result))


def test_dead_links_and_broken_documents_are_named(world: World) -> None:
    (world.output / "page.html").write_text('<p><a href="/none/">x</a></p></html>')
    (world.output / "cut.html").write_text("<p>")
    (world.output / "away.html").write_text('<a href="https://away.example/none">x</a></html>')
    (world.output / "broken.xml").write_text("<a><b></a>")
    (world.output / "links.xml").write_text(f"<a href='{SITE}/gone.xml'>{SITE}/build.json</a>")
    (world.output / "broken.json").write_text("{]")
    found = list(faults(world.output, SITE))
    assert "page.html: dead link /none/" in found
    assert "links.xml: dead link https://s.example/gone.xml" in found
    named = {each.partition(":")[0] for each in found}
    assert named == {"page.html", "cut.html", "broken.xml", "links.xml", "broken.json"}


def test_only_what_a_build_has_landed_is_judged(world: World) -> None:
    (world.output / "google12ab.html").write_text("google-site-verification: google12ab.html")
    assert checked(world).exit_code == 0
    page = world.output / "index.html"
    page.write_text(page.read_text().replace("</html>", '<a href="/none/">x</a></html>'))
    result = checked(world)
    assert result.exit_code == 7
    assert "index.html: dead link /none/" in result.faults


def test_every_width_of_a_picture_is_looked_for(tmp_path: Path) -> None:
    (tmp_path / "a,b.jpg").touch()
    (tmp_path / "index.html").write_text(
        '<picture><source srcset="a,b.jpg 480w, gone-1.avif 960w" sizes="9rem"><img src="a,b.jpg"'
        ' srcset="gone-2.jpg#top 1x,a,b.jpg 2x, a,b.jpg, /.netlify/images?w=4 3x"></picture></html>'
    )
    assert list(faults(tmp_path, "https://s.example")) == [
        "index.html: dead link gone-1.avif",
        "index.html: dead link gone-2.jpg#top",
    ]


def test_the_picture_of_a_social_card_is_looked_for_and_its_words_are_none(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        '<meta property="og:image" content="gone.jpg"><meta property="og:image:alt" content="BMW">'
        '<meta property="og:image:width" content="1200"></html>'
    )
    assert list(faults(tmp_path, "https://s.example")) == ["index.html: dead link gone.jpg"]


def test_what_the_host_has_beside_the_site_is_no_dead_link(tmp_path: Path) -> None:
    base = "https://www.dealer.example/voorraad"
    links = [f"{base}/", f"{base}/x/", "https://www.dealer.example/auto/1", f"{base}X/1", "/home"]
    text = "".join(f'<a href="{each}">x</a>' for each in links)
    (tmp_path / "index.html").write_text(f"{text}</html>")
    assert list(faults(tmp_path, base)) == [f"index.html: dead link {base}/x/"]


def test_a_report_that_is_none_is_a_fault(world: World) -> None:
    report = next(world.output.glob("*/feeds/report.json"))
    report.write_text('{"feeds": 1}')
    result = checked(world)
    assert any(each.startswith(report.parent.parent.name) for each in result.faults)
    assert result.exit_code == 7


def test_an_output_without_a_manifest_or_a_report_says_what_was_not_looked_at(
    world: World,
) -> None:
    for each in world.output.glob("*/feeds/report.json"):
        each.unlink()
    result = check.check(world.output, world.folder / "none.db", SITE)
    assert len(result.notes) == 2
    assert result.portals == ()
    assert result.files.known == 0


@pytest.mark.parametrize("marker", [None, "{}", '{"generator": "other"}', "[]"])
def test_what_we_did_not_build_is_not_checked(marker: str | None, tmp_path: Path) -> None:
    if marker is not None:
        (tmp_path / "build.json").write_text(marker)
    with pytest.raises(UsageError, match="nothing is built here") as caught:
        check.check(tmp_path, tmp_path / "none.db", SITE)
    assert caught.value.hint.startswith("build first")


def test_the_command_reads_well_on_80_columns_and_needs_no_configuration(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["check"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["portal", "sent", "poorer", "left", "out"]
    assert lines[1].startswith("Meta ")
    assert max(map(len, lines)) <= 80
    assert lines[-1].endswith("dead links and broken documents: 0")


def test_a_quiet_run_says_only_what_is_wrong(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["check", "-q"]) == 0
    assert capsys.readouterr() == ("", "")
    (world.output / "robots.txt").unlink()
    assert cli.run(["check", "-q"]) == 7
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "robots.txt: is missing\n"


def test_as_json_it_is_one_object(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["check", "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert set(found) == {"output", "portals", "files", "faults", "notes", "exit_code"}
    assert [each["feed"] for each in found["portals"]] == ["meta", "showroom"]
    (first, *_) = found["portals"][0]["cars"]
    assert set(first) == {"id", "dealer", "title", "reference", "reasons", "slug"}


def test_a_mistake_in_the_configuration_is_told_before_anything(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    (world.folder / "syndicator.toml").write_text("[feeds.metta]\n")
    assert cli.run(["check"]) == 2
    assert "metta" in capsys.readouterr().err


def test_a_folder_that_was_never_built_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run(["check"]) == 2
    assert "build first" in capsys.readouterr().err


def portal(**changes: Any) -> Portal:
    return Portal(**({"feed": "acme", "exporter": "acme", "title": "Acme"} | changes))


def shown(portal: Portal) -> list[str]:
    files = Files(known=1)
    result = Verdict(output="output", portals=(portal,), files=files, faults=())
    return list(verdict.lines(result))


def lost(number: int, slug: str = "gent") -> Lost:
    return Lost(
        id=str(number), dealer="Gent", title="Wagen", reference="", reasons=("Nee.",), slug=slug
    )


def test_after_fifty_cars_the_report_is_named() -> None:
    lines = shown(portal(left_out=62, cars=[lost(number) for number in range(62)]))
    assert "  and 12 more: see output/gent/feeds/report.json" in lines
    assert lines.count("    - Nee.") == 50
    two = [*(lost(number) for number in range(51)), lost(51, "leuven")]
    assert "  and 2 more: see output/*/feeds/report.json" in shown(portal(left_out=52, cars=two))


def test_what_many_lack_comes_first_and_sellers_are_named() -> None:
    lines = shown(portal(poorer=3, reasons={"B.": 1, "A.": 3}, sellers={"C.": list("vwxyz")}))
    assert lines.index("     3  A.") < lines.index("     1  B.")
    assert "     5  C. (v, w, x and 2 more)" in lines


def test_no_name_breaks_a_line() -> None:
    lines = shown(portal(title="A\nB" * 60, left_out=1, cars=[lost(1)]))
    assert not any("\n" in each.strip("\n") for each in lines)
    assert len(lines[1]) <= 80
