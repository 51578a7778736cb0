import io
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import IO, Any

import pytest
from PIL import Image

from syndicator import darkroom, renditions
from syndicator import mirror as mirror_module
from syndicator.developer import Answer, Develop, Print, Question, send
from syndicator.errors import OutputError
from syndicator.fetch import Fetched, Fetcher, FetchError
from syndicator.mirror import Failed, Wanted, is_whole, mirror
from syndicator.schema import MirroredPhoto


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "#336699").save(buffer, kind)
    return buffer.getvalue()


class Shelf(Fetcher):
    """Pictures without a network; counts how often it is asked."""

    def __init__(self, pictures: dict[str, bytes]) -> None:
        self.pictures = pictures
        self.asked: list[str] = []

    def get(self, url: str) -> Fetched:
        self.asked.append(url)
        if url not in self.pictures:
            raise FetchError("status 404 from images.example")
        return Fetched(self.pictures[url])


def taken(shelf: Shelf, folder: Path, *urls: str) -> list[MirroredPhoto | Failed]:
    return list(mirror((Wanted(url=url) for url in urls), shelf, folder))


def kept(folder: Path) -> set[str]:
    files = (each for each in folder.rglob("*") if each.is_file())
    return {each.relative_to(folder).as_posix() for each in files}


def test_each_picture_is_kept_in_all_its_copies_and_nothing_else(tmp_path: Path) -> None:
    (found,) = taken(Shelf({"a": picture("PNG", (1000, 750))}), tmp_path, "a")
    assert isinstance(found, MirroredPhoto)
    assert (found.widths, found.height_px, found.tint) == ((480, 1000), 750, "#336699")
    assert kept(tmp_path) == set(found.files)
    assert len(found.files) == 6
    assert is_whole(found, [tmp_path])


def test_its_own_name_is_that_of_the_widest_jpeg(tmp_path: Path) -> None:
    (found,) = taken(Shelf({"a": picture("WEBP", (1000, 750))}), tmp_path, "a")
    assert isinstance(found, MirroredPhoto)
    data = (tmp_path / found.filename).read_bytes()
    assert Image.open(io.BytesIO(data)).format == "JPEG"
    assert Image.open(io.BytesIO(data)).size == (found.width_px, found.height_px)
    assert len(data) == found.length_bytes


def test_a_name_is_made_of_content_recipe_and_width(tmp_path: Path) -> None:
    data = picture()
    (found,) = taken(Shelf({"a": data}), tmp_path, "a")
    assert isinstance(found, MirroredPhoto)
    assert found.digest == renditions.name_of(data)
    assert found.filename == f"{found.digest[:2]}/{found.digest}-40.jpg"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot keep photos"):
        taken(Shelf({}), tmp_path / "file" / "photos")


def test_the_same_bytes_from_two_addresses_are_the_same_files(tmp_path: Path) -> None:
    found = taken(Shelf({"a": picture(), "b": picture()}), tmp_path, "a", "b")
    assert len({each.files for each in found if isinstance(each, MirroredPhoto)}) == 1
    assert len(kept(tmp_path)) == 3


def test_a_copy_that_is_there_is_not_encoded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf({"a": picture(size=(700, 500))})
    (found,) = taken(shelf, tmp_path, "a")
    assert isinstance(found, MirroredPhoto)
    (tmp_path / found.file("image/webp", 480)).unlink()
    asked: list[Question | Answer] = []

    def noted(target: IO[bytes], message: Question | Answer) -> None:
        asked.append(message)
        send(target, message)

    monkeypatch.setattr(darkroom, "send", noted)
    assert taken(shelf, tmp_path, "a") == [found]
    assert [each for each in asked if isinstance(each, Print)] == [Print(480, "image/webp")]
    assert is_whole(found, [tmp_path])


def test_a_missing_picture_costs_that_picture_and_order_is_kept(tmp_path: Path) -> None:
    pictures = {f"u{n}": picture("PNG", (n + 1, 1)) for n in range(80) if n != 50}
    pictures["u60"] = pictures["u60"][:30]
    results = taken(Shelf(pictures), tmp_path, *(f"u{n}" for n in range(80)))
    assert [result.url for result in results] == [f"u{n}" for n in range(80)]
    assert [each.url for each in results if isinstance(each, Failed)] == ["u50", "u60"]


def test_no_more_pictures_are_asked_for_ahead_than_fit_into_memory(tmp_path: Path) -> None:
    asked: list[str] = []

    def wanted() -> Iterator[Wanted]:
        for number in range(200):
            asked.append(str(number))
            yield Wanted(url=str(number))

    results = mirror(wanted(), Shelf({}), tmp_path)
    next(results)
    assert len(asked) <= mirror_module.WINDOW + 1
    assert len(list(results)) == 199


def test_an_original_that_is_kept_needs_no_host(tmp_path: Path) -> None:
    shelf, original = Shelf({}), tmp_path / "a.png"
    original.write_bytes(picture("PNG"))
    (found,) = mirror([Wanted(url="a", original=original)], shelf, tmp_path / "photos")
    assert isinstance(found, MirroredPhoto)
    assert shelf.asked == []


@pytest.mark.parametrize("broken", [b"\xff\xd8\xff", None])
def test_an_original_that_is_broken_or_lost_is_fetched_again(
    tmp_path: Path, broken: bytes | None
) -> None:
    original = tmp_path / "a.jpg"
    if broken:
        original.write_bytes(broken)
    wanted = Wanted(url="a", original=original)
    (found,) = mirror([wanted], Shelf({"a": picture()}), tmp_path / "photos")
    assert isinstance(found, MirroredPhoto)


def test_very_large_pictures_are_developed_one_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(darkroom, "GREAT_PIXELS", 100)
    door, alone = Lock(), []
    ask = darkroom._Process.ask

    def watched(process: darkroom._Process, question: Any, kind: Any) -> Any:
        if not isinstance(question, Develop):
            return ask(process, question, kind)
        alone.append(door.acquire(blocking=False))
        answer = ask(process, question, kind)
        door.release()
        return answer

    monkeypatch.setattr(darkroom._Process, "ask", watched)
    shelf = Shelf({f"u{n}": picture("PNG", (n + 100, 300)) for n in range(6)})
    taken(shelf, tmp_path, *shelf.pictures)
    assert alone == [True] * 6


def test_a_cache_that_cannot_be_written_is_no_bad_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: Path, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="No space left"):
        taken(Shelf({"a": picture()}), tmp_path, "a")


def test_a_pillow_without_a_format_is_told_before_anything_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renditions, "unable", lambda: ("AVIF",))
    shelf = Shelf({"a": picture()})
    with pytest.raises(OutputError, match="cannot write AVIF"):
        taken(shelf, tmp_path, "a")
    assert shelf.asked == []


def test_a_copy_that_was_emptied_is_made_anew(tmp_path: Path) -> None:
    shelf = Shelf({"https://i.example/a": picture()})
    (found,) = taken(shelf, tmp_path, "https://i.example/a")
    assert isinstance(found, MirroredPhoto)
    for name in found.files:
        (tmp_path / name).write_bytes(b"")
    assert not is_whole(found, [tmp_path])
    assert taken(shelf, tmp_path, "https://i.example/a") == [found]
    assert is_whole(found, [tmp_path])


def test_a_picture_is_whole_wherever_its_copies_are(tmp_path: Path) -> None:
    (found,) = taken(Shelf({"a": picture()}), tmp_path / "old", "a")
    assert isinstance(found, MirroredPhoto)
    assert is_whole(found, [tmp_path / "new", tmp_path / "old"])
    assert not is_whole(found, [tmp_path / "new"])
