"""Files in the output of which no record tells are named, and left alone."""

import os
import re
from pathlib import Path

from syndicator import strays
from syndicator.places import beside
from tests.world import World


def test_files_that_only_a_lost_record_knew_are_named_once(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.build(only=()).code == 0
    (world.output / ".well-known").mkdir()
    (world.output / ".well-known/mine.txt").touch()
    manifest = beside(world.folder / "syndicator.toml").manifest
    manifest.unlink()
    built = world.build(only=())
    assert (built.code, "no record" in built.said) == (0, False)  # all has been made again

    before = set(world.files())
    (world.output / "CNAME").write_text("www.example.be")
    world.change(world.active()[0], status="sold")
    manifest.unlink()
    built = world.build(only=())
    assert built.code == 0
    assert "CNAME" in built.said
    assert re.search(r"/card/index\.html.* in no record", built.said)
    assert set(world.files()) == before | {"CNAME"}
    assert "no record" not in world.build(only=()).said


def test_a_build_of_some_feeds_names_nothing_for_it_knows_too_little(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.build(only=()).code == 0
    beside(world.folder / "syndicator.toml").manifest.unlink()
    built = world.build(only=("vehicles",))
    assert (built.code, "no record" in built.said) == (0, False)


def test_where_the_records_are_right_files_of_others_are_nobodys_business(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.build(only=()).code == 0
    (world.output / "CNAME").write_text("www.example.be")
    record = world.output / "build.json"
    record.write_bytes(record.read_bytes().replace(b"\n", b"\r\n"))
    assert "no record" not in world.build(only=()).said


def test_a_name_that_is_no_utf_8_is_told_as_it_can_be(tmp_path: Path) -> None:
    path = os.fsdecode(b"caf\xe9.txt")
    said = list(strays.warnings(tmp_path, ()))
    (tmp_path / path).touch()
    (tmp_path / "known").touch()
    assert said == []
    (said,) = strays.warnings(tmp_path, {"known"})
    assert r"caf\xe9.txt: in no record" in said
