import json
from pathlib import Path

import pytest

from syndicator.errors import LockedError, UsageError
from syndicator.ground import prepared, refuse_mixing
from syndicator.manifest import Manifest
from syndicator.places import Places, beside, templates_beside
from syndicator.store import Store


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return beside(tmp_path / "syndicator.toml")


def test_two_builds_never_share_the_ground(places: Places, tmp_path: Path) -> None:
    output = tmp_path / "output"
    with (
        prepared(places, output, dry_run=False),
        pytest.raises(LockedError),
        prepared(places, output, dry_run=False),
    ):
        pass


def test_a_dry_run_works_on_copies(places: Places, tmp_path: Path) -> None:
    with Store.open(places.state) as store:
        store.remember("x", {"a": "b"})
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    with prepared(places, tmp_path / "output", dry_run=True) as (copy, _):
        with Store.open(copy.state) as store:
            assert store.recall("x") == {"a": "b"}
            store.forget("x")
        assert places.photos in copy.photo_folders
        assert copy.photos != places.photos
    assert not copy.root.exists()
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_an_interrupted_build_is_finished_by_a_real_one(places: Places, tmp_path: Path) -> None:
    places.root.mkdir()
    (places.root / "journal").write_text("{}")
    with (
        pytest.raises(UsageError, match="interrupted"),
        prepared(places, tmp_path / "output", dry_run=True),
    ):
        pass


@pytest.mark.parametrize(("demo", "refused"), [(True, False), (False, True)])
def test_a_demo_knows_a_real_site_by_its_record(
    places: Places, tmp_path: Path, *, demo: bool, refused: bool
) -> None:
    (tmp_path / "build.json").write_text(json.dumps({"generator": "syndicator", "demo": demo}))
    with Manifest.open(places.manifest) as manifest:
        refuse_mixing(manifest, tmp_path, demo=False, prefix="demo/")
        if refused:
            with pytest.raises(UsageError, match="real site"):
                refuse_mixing(manifest, tmp_path, demo=True, prefix="demo/")
        else:
            refuse_mixing(manifest, tmp_path, demo=True, prefix="demo/")


def test_a_demo_has_its_own_stock_and_the_same_lock(places: Places) -> None:
    demo = Places(root=places.root, demo=True)
    assert demo.state != places.state
    assert (demo.lock, demo.manifest) == (places.lock, places.manifest)


def test_only_own_templates_are_looked_up_beside_the_configuration(tmp_path: Path) -> None:
    config = tmp_path / "syndicator.toml"
    assert templates_beside(config) is None
    (tmp_path / "templates").mkdir()
    assert templates_beside(config) == tmp_path / "templates"
    assert templates_beside(Path(__file__).parent.parent / "syndicator.toml") is None
