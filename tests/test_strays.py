"""Files in the output of which no record tells are named, and left alone."""

import re
from pathlib import Path

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
