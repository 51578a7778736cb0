import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from syndicator import gallery as gallery_module
from syndicator import renditions
from syndicator.catalogue import Catalogue
from syndicator.database import open_for_writing, transaction
from syndicator.gallery import refresh, tidy
from syndicator.models import Photo
from syndicator.schema import STEPS, MirroredPhoto
from syndicator.store import Store
from syndicator.testing import sample_listing
from tests.test_mirror import Shelf

WHEN = datetime(2026, 3, 1, 8, tzinfo=UTC)
URL = "https://images.example/1"
OTHER = "https://images.example/2"
GONE = "https://images.example/gone"


def picture(colour: str = "red", kind: str = "JPEG") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (600, 450), colour).save(data, kind)
    return data.getvalue()


class Gallery:
    """A store with a car on offer that has two photos and a car that left with one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "photos"
        self.path = folder / "state.db"
        self.shelf = Shelf({URL: picture(), OTHER: picture("blue"), GONE: picture("green")})
        with Store.open(self.path) as store:
            photos = (Photo(url=URL), Photo(url=OTHER))
            store.apply([sample_listing(id="a", photos=photos)])
            store.apply([sample_listing(id="g", photos=(Photo(url=GONE),))])

    def bury(self) -> None:
        with Store.open(self.path) as store:
            store.bury(["g"], WHEN)

    def refresh(self, *folders: Path) -> list[bool]:
        self.shelf.asked.clear()
        with Store.open(self.path) as store, Catalogue(self.path) as catalogue:
            return list(refresh(store, catalogue, self.shelf, folders or (self.folder,)))

    def tidy(self) -> set[str]:
        with Store.open(self.path) as store, Catalogue(self.path) as catalogue:
            tidy(store, catalogue, self.folder)
        return {each.name for each in self.folder.rglob("*.*")}

    def photo(self, url: str = URL) -> MirroredPhoto:
        with Store.open(self.path) as store:
            found = store.photo(url)
        assert found is not None
        return found

    def has(self, url: str) -> bool:
        with Store.open(self.path) as store:
            return store.photo(url) is not None

    def keep_as_sent(self, *urls: str) -> list[Path]:
        """As the version before this one left it: one file as sent, no copies."""
        with Store.open(self.path) as store:
            connection = store._connection
            for table in ("photos", "originals"):
                connection.execute(f"DROP TABLE {table}")
            connection.execute(STEPS[0][6])
            for number, url in enumerate(urls):
                row = (url, f"0{number}", "image/png", 600, 450, 1)
                connection.execute("INSERT INTO photos VALUES (?, ?, ?, ?, ?, ?)", row)
            connection.execute("ALTER TABLE listings ADD COLUMN raw BLOB")
            connection.execute("PRAGMA user_version = 2")
        self.folder.mkdir()
        files = [self.folder / f"0{number}.png" for number in range(len(urls))]
        for number, file in enumerate(files):
            file.write_bytes(picture(("red", "blue", "green")[number], "PNG"))
        return files


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    return Gallery(tmp_path)


def test_what_is_kept_is_not_asked_for_again(gallery: Gallery) -> None:
    assert gallery.refresh() == [True, True, True]
    assert gallery.refresh() == []
    assert gallery.shelf.asked == []


def test_a_copy_that_is_lost_is_made_anew(gallery: Gallery) -> None:
    gallery.refresh()
    lost = gallery.folder / gallery.photo().file("image/avif", 480)
    before = lost.read_bytes()
    lost.unlink()
    assert gallery.refresh() == [True]
    assert gallery.shelf.asked == [URL]
    assert lost.read_bytes() == before


def test_a_copy_that_is_lost_for_good_takes_its_picture_along(gallery: Gallery) -> None:
    gallery.refresh()
    (gallery.folder / gallery.photo().filename).unlink()
    del gallery.shelf.pictures[URL]
    assert gallery.refresh() == [False]
    assert not gallery.has(URL)
    assert gallery.has(OTHER)


def test_a_picture_that_cannot_be_had_is_asked_for_next_time(
    gallery: Gallery, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "syndicator")
    data = gallery.shelf.pictures.pop(URL)
    assert sorted(gallery.refresh()) == [False, True, True]
    assert caplog.messages == ["no photo from images.example: status 404 from images.example"]
    gallery.shelf.pictures[URL] = data
    assert gallery.refresh() == [True]


def test_another_recipe_makes_all_copies_anew_and_loses_none(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery.refresh()
    gallery.bury()
    before = [gallery.photo(url) for url in (URL, OTHER, GONE)]
    for module in (renditions, gallery_module):
        monkeypatch.setattr(module, "RECIPE", "another")
    del gallery.shelf.pictures[OTHER]
    assert gallery.refresh() == [True, False]
    assert gallery.photo(URL).digest != before[0].digest
    assert gallery.photo(OTHER) == before[1]
    assert gallery.photo(GONE) == before[2]
    assert sorted(gallery.shelf.asked) == sorted([URL, OTHER])


def test_of_a_car_that_left_nothing_new_is_asked_for(gallery: Gallery) -> None:
    gallery.bury()
    gallery.refresh()
    assert GONE not in gallery.shelf.asked


def test_of_a_car_that_left_a_lost_copy_is_made_anew(gallery: Gallery) -> None:
    gallery.refresh()
    gallery.bury()
    (gallery.folder / gallery.photo(GONE).filename).unlink()
    assert gallery.refresh() == [True]
    assert gallery.shelf.asked == [GONE]


def test_an_old_state_heals_without_any_host(gallery: Gallery) -> None:
    gallery.bury()
    files = gallery.keep_as_sent(URL, OTHER, GONE)
    gallery.shelf.pictures.clear()
    assert gallery.refresh() == [True, True, True]
    assert gallery.shelf.asked == []
    assert not any(file.exists() for file in files)
    assert gallery.photo(GONE).widths == (480, 600)
    assert gallery.refresh() == []


def test_an_old_state_whose_files_are_lost_is_fetched_again(gallery: Gallery) -> None:
    for file in gallery.keep_as_sent(URL, OTHER, GONE):
        file.unlink()
    assert gallery.refresh() == [True, True, True]
    assert sorted(gallery.shelf.asked) == [URL, OTHER, GONE]


def test_an_original_that_two_addresses_share_serves_both(gallery: Gallery) -> None:
    first, *_ = gallery.keep_as_sent(URL, OTHER)
    with Store.open(gallery.path) as store:
        store._connection.execute("UPDATE originals SET filename = ?", (first.name,))
    gallery.shelf.pictures = {GONE: gallery.shelf.pictures[GONE]}
    assert gallery.refresh() == [True, True, True]
    assert gallery.shelf.asked == [GONE]
    assert not first.exists()


def test_a_rehearsal_leaves_the_kept_originals_alone(gallery: Gallery, tmp_path: Path) -> None:
    files = gallery.keep_as_sent(URL, OTHER)
    assert gallery.refresh(tmp_path / "rehearsal", gallery.folder) == [True, True, True]
    assert all(file.exists() for file in files)
    assert {each.name for each in gallery.folder.iterdir()} == {file.name for file in files}


def test_what_is_shown_survives_tidying_and_what_serves_nothing_goes(gallery: Gallery) -> None:
    gallery.refresh()
    gallery.bury()
    kept = gallery.tidy()
    assert kept == {
        name.rpartition("/")[2] for url in (URL, OTHER, GONE) for name in gallery.photo(url).files
    }
    for stray in ("0a/0abc-480.jpg", "0a/.0abc-480.jpg.77", "0abc.webp"):
        (gallery.folder / stray).parent.mkdir(exist_ok=True)
        (gallery.folder / stray).touch()
    assert gallery.tidy() == kept
    assert gallery.refresh() == []


def test_the_picture_of_a_car_that_left_for_good_goes(gallery: Gallery) -> None:
    gallery.refresh()
    gallery.bury()
    lost = {name.rpartition("/")[2] for name in gallery.photo(GONE).files}
    with Store.open(gallery.path) as store:
        store.purge(WHEN + timedelta(days=31))
    assert not lost & gallery.tidy()
    assert not gallery.has(GONE)
    assert gallery.has(URL)


def test_an_original_that_waits_to_be_developed_survives_tidying(gallery: Gallery) -> None:
    files = gallery.keep_as_sent(URL, OTHER)
    assert gallery.tidy() == {each.name for each in files}


def test_the_state_of_two_formats_ago_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    old, _ = open_for_writing(path, STEPS[:1])
    kinds = {"avif": "image/avif", "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
    with transaction(old):
        for ending, kind in kinds.items():
            row = (ending, "ab", kind, 1, 1, 1)
            old.execute("INSERT INTO photos VALUES (?, ?, ?, ?, ?, ?)", row)
    old.close()
    with Store.open(path) as store:
        assert store.rebuilt == ""
        assert {each: store.original(each) for each in kinds} == {
            each: f"ab.{each}" for each in kinds
        }
        assert store.photo("jpg") is None
