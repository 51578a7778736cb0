import importlib
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from syndicator.catalogue import Catalogue
from syndicator.config import FeedTable
from syndicator.contract import Scope
from syndicator.models import Showroom, Site
from syndicator.planning import code_digest, digest, grounds, jobs
from syndicator.registry import activate, feed_addresses
from syndicator.store import Store
from syndicator.testing import sample_listing
from syndicator.views import Setting, slices

GENT = Showroom(slug="gent", name="Gent", dealer_ids=("a",))
AALST = Showroom(slug="aalst", name="Aalst", dealer_ids=("b",))
ROOMS = {"dealer:a": GENT, "dealer:b": AALST}


def keys(state: Path, *, look: str = "l", rooms: Any = None, **options: Any) -> dict[str, str]:
    rooms = rooms or ROOMS
    feeds = activate({"atom": FeedTable.model_validate(options)})
    setting = Setting(
        site=Site(
            url="https://s.example", title="S", languages=("nl",), showrooms=tuple(rooms.values())
        ),
        homes={"a": "gent", "b": "aalst"},
        feeds=feed_addresses(feeds),
        feed_scopes={feed.name: feed.scopes for feed in feeds},
    )
    with Catalogue(state) as catalogue:
        planned = jobs(
            feeds,
            slices(rooms),
            setting,
            catalogue,
            grounds=grounds(feeds, lambda _: look),
            prefix="x/",
        )
        return {job.id: job.key for job in planned}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    path = tmp_path / "state.db"
    add(path, "car", "a")
    add(path, "van", "b")
    return path


def add(state: Path, identity: str, dealer: str, **changes: Any) -> None:
    with Store.open(state) as store:
        store.apply([sample_listing(id=identity, dealer_id=dealer, **changes)])


def test_a_job_is_fresh_while_nothing_it_shows_has_changed(state: Path) -> None:
    before = keys(state)
    assert list(before) == ["x/atom@dealer:a", "x/atom@dealer:b", "x/atom@site"]
    assert keys(state) == before


def test_news_of_one_dealer_leave_the_others_alone(state: Path) -> None:
    before = keys(state)
    add(state, "car", "a", title="Anders")
    after = keys(state)
    assert {name for name in before if before[name] != after[name]} == {
        "x/atom@dealer:a",
        "x/atom@site",
    }


def test_options_look_and_name_are_part_of_the_key(state: Path) -> None:
    before = keys(state)["x/atom@dealer:a"]
    renamed = ROOMS | {"dealer:a": msgspec.structs.replace(GENT, name="Anders")}
    for other in (keys(state, limit=3), keys(state, look="m"), keys(state, rooms=renamed)):
        assert other["x/atom@dealer:a"] != before


def test_a_digest_knows_no_order_of_sets() -> None:
    assert digest(frozenset([Scope.SITE, Scope.SHOWROOM])) == digest(
        frozenset([Scope.SHOWROOM, Scope.SITE])
    )


@pytest.mark.parametrize("name", ["acme_module.py", "acme_package/__init__.py"])
def test_edited_code_of_an_exporter_is_noticed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("x = 1")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    package = name.partition("/")[0].removesuffix(".py")
    before = code_digest(package)
    os.utime(file, ns=(1, 1))
    code_digest.cache_clear()
    assert code_digest(package) != before
    assert code_digest("there-is-none") == code_digest("sys")


def test_edited_code_beyond_a_link_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    edited = tmp_path / "elsewhere/__init__.py"
    edited.write_text("x = 1")
    (tmp_path / "acme_linked").mkdir()
    (tmp_path / "acme_linked/__init__.py").touch()
    (tmp_path / "acme_linked/inner").symlink_to(tmp_path / "elsewhere")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    before = code_digest("acme_linked")
    os.utime(edited, ns=(1, 1))
    code_digest.cache_clear()
    assert code_digest("acme_linked") != before
