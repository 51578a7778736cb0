"""What Netlify is told of the photos' hosts."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from syndicator.errors import OutputError
from syndicator.netlify import MOST, allow, forget, host_of, pattern
from syndicator.simulator.stock import make_stock
from tests.world import World

FILE = ".netlify/v1/config.json"
OKASIE = r"^https://images\.okasie\.be/.*$"


def patterns(folder: Path) -> list[str]:
    facts = json.loads((folder / FILE).read_bytes())
    assert facts.keys() == {"images"}
    assert facts["images"].keys() == {"remote_images"}
    found: list[str] = facts["images"]["remote_images"]
    return found


def put(folder: Path, facts: Any) -> bytes:
    path = folder / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(facts if isinstance(facts, str) else json.dumps(facts))
    return path.read_bytes()


def test_there_is_one_pattern_for_each_host(tmp_path: Path) -> None:
    urls = ["https://images.okasie.be/1.jpg", "https://B.example/2.jpg", "https://images.okasie.be"]
    assert list(allow(tmp_path, urls)) == []
    assert patterns(tmp_path) == [r"^https://b\.example/.*$", OKASIE]


def test_a_pattern_matches_whole_addresses_at_its_host_and_nothing_else() -> None:
    found = re.compile(pattern("images.okasie.be"))
    assert found.search("https://images.okasie.be/a/b.jpg?x=1")
    for other in (
        "https://imagesxokasie.be/a.jpg",
        "https://images.okasie.be.evil.example/a.jpg",
        "https://evil.example/?u=https://images.okasie.be/a.jpg",
        "http://169.254.169.254/#https://images.okasie.be/",
        "http://images.okasie.be/a.jpg",
        "https://images.okasie.be@evil.example/",
        "https://images.okasie.be:8443/a.jpg",
    ):
        assert not found.search(other), other


@pytest.mark.parametrize(
    "url",
    [
        "http://images.example/a.jpg",
        "https://localhost/a.jpg",
        "https://10.0.0.1/a.jpg",
        "https://2130706433/a.jpg",
        "https://0x7f.0.0.0x1/a.jpg",
        "https://127.1/a.jpg",
        "https://[::1]/a.jpg",
        "https://images.example:8443/a.jpg",
        "https://user@images.example/a.jpg",
        "https://images.example:port/a.jpg",
        "https://[images.example/a.jpg",
        "https://.*/a.jpg",
        "https://a.(b|c)/a.jpg",
        "https://-a.example/a.jpg",
        "https://a..example/a.jpg",
        f"https://{'a' * 64}.example/a.jpg",
        "https:///a.jpg",
        "",
    ],
)
def test_no_stranger_leads_elsewhere(url: str) -> None:
    assert host_of(url) == ""


def test_a_photo_that_cannot_be_shown_is_told(tmp_path: Path) -> None:
    warnings = list(allow(tmp_path, ["https://images.okasie.be/1", "http://a.example/1", "x"]))
    assert warnings == ["2 photos are at no public https host: Netlify's image service takes none"]
    assert patterns(tmp_path) == [OKASIE]


def test_only_the_most_used_hosts_are_let_through(tmp_path: Path) -> None:
    hosts = [f"h{number:03}.example" for number in range(MOST + 7)]
    urls = [f"https://{host}/{photo}" for host in hosts for photo in range(2)]
    urls += [f"https://{hosts[-1]}/{photo}" for photo in range(2, 9)]
    (warning,) = allow(tmp_path, urls)
    assert warning.startswith("14 photos are at more than 50 hosts")
    found = patterns(tmp_path)
    assert len(found) == MOST
    assert pattern(hosts[-1]) in found
    assert pattern(hosts[MOST - 1]) not in found


def test_a_host_for_every_photo_fills_no_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syndicator.netlify.MOST_COUNTED", 60)
    urls = [f"https://h{number}.example/1" for number in range(100)]
    assert len(list(allow(tmp_path, urls))) == 2
    assert len(patterns(tmp_path)) == MOST


def test_the_same_photos_make_the_same_bytes_and_touch_no_file(tmp_path: Path) -> None:
    urls = ["https://a.example/1", "https://b.example/2"]
    list(allow(tmp_path, urls))
    path = tmp_path / FILE
    before, number = path.read_bytes(), path.stat().st_ino
    list(allow(tmp_path, reversed(urls)))
    assert (path.read_bytes(), path.stat().st_ino) == (before, number)
    list(allow(tmp_path, urls[:1]))
    assert path.read_bytes() != before


def test_what_else_the_file_says_is_kept(tmp_path: Path) -> None:
    put(tmp_path, {"redirects": [1], "images": {"other": 2, "remote_images": ["old"]}})
    list(allow(tmp_path, ["https://images.okasie.be/1"]))
    assert json.loads((tmp_path / FILE).read_bytes()) == {
        "redirects": [1],
        "images": {"other": 2, "remote_images": [OKASIE]},
    }


@pytest.mark.parametrize("text", ["", "[]", "{", '{"images": []}', "\ufffe", "null"])
def test_what_is_no_configuration_is_left_alone_and_named(tmp_path: Path, text: str) -> None:
    before = put(tmp_path, text)
    with pytest.raises(OutputError, match=r"config\.json: is no configuration of Netlify"):
        list(allow(tmp_path, ["https://a.example/1"]))
    forget(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


@pytest.mark.parametrize(
    "facts",
    [
        {"images": {"remote_images": [OKASIE]}, "headers": []},
        {"images": {"remote_images": [OKASIE], "x": 1}},
        {"images": {"remote_images": [OKASIE, "https://theirs.example/.*"]}},
        {"images": {"remote_images": [OKASIE, 3]}},
        {"images": {}},
        {},
    ],
)
def test_what_is_not_ours_alone_is_not_removed(tmp_path: Path, facts: Any) -> None:
    before = put(tmp_path, facts)
    forget(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def test_what_is_ours_alone_is_removed(tmp_path: Path) -> None:
    forget(tmp_path)
    list(allow(tmp_path, ["https://images.okasie.be/1", "https://xn--9ca.example/1"]))
    forget(tmp_path)
    assert not (tmp_path / FILE).exists()


def test_a_build_writes_it_beside_the_configuration_and_a_dry_run_does_not(tmp_path: Path) -> None:
    world = World(tmp_path, make_stock(3, 12, 3, photo_base="https://images.example"))
    asked: dict[str, Any] = {"config_file": tmp_path / "syndicator.toml"}
    assert world.build(images="netlify", dry_run=True, **asked).code == 0
    assert not (tmp_path / FILE).exists()
    assert world.build(images="netlify", **asked).code == 0
    assert patterns(tmp_path) == [r"^https://images\.example/.*$"]
    before = (tmp_path / FILE).stat().st_mtime_ns
    assert world.build(images="netlify", **asked).code == 0
    assert (tmp_path / FILE).stat().st_mtime_ns == before
    assert world.build(images="remote", dry_run=True, **asked).code == 0
    assert (tmp_path / FILE).exists()
    assert world.build(images="remote", **asked).code == 0
    assert not (tmp_path / FILE).exists()


def test_photos_that_netlify_will_not_take_are_told_by_the_build(tmp_path: Path) -> None:
    world = World(tmp_path, make_stock(3, 12, 3, photo_base="http://images.example"))
    built = world.build(images="netlify", config_file=tmp_path / "syndicator.toml")
    assert built.code == 0
    assert "photos are at no public https host" in built.said
    assert patterns(tmp_path) == []
