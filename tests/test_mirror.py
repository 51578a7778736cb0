import io
import zlib
from pathlib import Path

import pytest
from PIL import Image

from syndicator.errors import OutputError
from syndicator.fetch import Fetched, Fetcher, FetchError
from syndicator.mirror import MAX_PIXELS, Failed, examine, mirror
from syndicator.schema import MirroredPhoto


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "#336699").save(buffer, kind)
    return buffer.getvalue()


class Shelf(Fetcher):
    def __init__(self, pictures: dict[str, bytes]) -> None:
        self.pictures = pictures

    def get(self, url: str) -> Fetched:
        if url not in self.pictures:
            raise FetchError("status 404 from images.example")
        return Fetched(self.pictures[url])


def test_pictures_are_kept_under_the_digest_of_their_bytes(tmp_path: Path) -> None:
    data = picture()
    (kept,) = mirror(
        ["https://images.example/a"], Shelf({"https://images.example/a": data}), tmp_path
    )
    assert isinstance(kept, MirroredPhoto)
    assert (kept.width_px, kept.height_px, kept.media_type) == (40, 30, "image/jpeg")
    assert kept.length_bytes == len(data)
    assert (tmp_path / kept.filename).read_bytes() == data
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot keep photos"):
        list(mirror([], Shelf({}), tmp_path / "file" / "photos"))


def test_the_same_bytes_from_two_addresses_are_one_file(tmp_path: Path) -> None:
    shelf = Shelf({"a": picture(), "b": picture()})
    assert len({kept.digest for kept in mirror(["a", "b"], shelf, tmp_path)}) == 1  # type: ignore[union-attr]
    assert len(list(tmp_path.iterdir())) == 1


def test_a_missing_picture_costs_that_picture_and_order_is_kept(tmp_path: Path) -> None:
    shelf = Shelf({f"u{n}": picture(size=(n + 1, 1)) for n in range(80) if n != 50})
    results = list(mirror([f"u{n}" for n in range(80)], shelf, tmp_path))
    assert [result.url for result in results] == [f"u{n}" for n in range(80)]
    assert [result.url for result in results if isinstance(result, Failed)] == ["u50"]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_what_browsers_show_is_taken(kind: str) -> None:
    assert examine("u", picture(kind)).width_px == 40


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", picture("GIF"), b"\xff\xd8\xff"],
)
def test_anything_else_is_not(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a picture"):
        examine("u", data)


def test_a_picture_of_too_many_pixels_is_refused_by_its_header() -> None:
    bomb = picture("PNG", (1, 1))
    width = (MAX_PIXELS + 1).to_bytes(4, "big")
    bomb = bomb[:16] + width + bomb[20:]
    bomb = bomb[:29] + zlib.crc32(bomb[12:29]).to_bytes(4, "big") + bomb[33:]
    with pytest.raises(ValueError, match=r"too many|DecompressionBomb"):
        examine("u", bomb)


def test_a_cache_that_cannot_be_written_is_no_bad_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: Path, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="No space left"):
        list(mirror(["a"], Shelf({"a": picture()}), tmp_path))
