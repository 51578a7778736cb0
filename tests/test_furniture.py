import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from syndicator.contract import Kind
from syndicator.errors import OutputError
from syndicator.furniture import assets, photos, schemas
from syndicator.jobs import templates
from syndicator.schema import MirroredPhoto

PHOTO = MirroredPhoto(
    url="u", digest="dd1", recipe="r", widths=(1, 2), height_px=1, length_bytes=3, tint="#000000"
)


class Pictured:
    """As much of a catalogue as is asked for: the same picture under two addresses."""

    def mirrored(self, _dealer_ids: tuple[str, ...]) -> Iterator[MirroredPhoto]:
        yield from (PHOTO, PHOTO)


CATALOGUE: Any = Pictured()


def test_assets_and_schemas_land_first() -> None:
    schema, page = schemas(templates(None))
    made = [*assets(templates(None)), schema]
    assert {each.kind for each in made} == {Kind.ASSET}
    assert any(str(each.path).endswith(".css") for each in made)
    assert str(schema.path) == "schemas/vehicles-1.xsd"
    assert (str(page.path), page.kind) == ("schemas/vehicles-1.html", Kind.LEAF)


def test_the_field_guide_finds_its_schema_and_its_style_sheets() -> None:
    chosen = templates(None)
    made = [*assets(chosen), *schemas(chosen)]
    published = {str(each.path) for each in made}
    text = b"".join(made[-1].chunks).decode()
    links = re.findall(r'<(?:link|a)[^>]* href="([^#"]+)"', text)
    assert len(links) == 4
    for link in links:
        assert posixpath.normpath(f"schemas/{link}") in published


def test_a_picture_is_published_once_from_wherever_it_is_kept(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    (old / "dd").mkdir(parents=True)
    for name in PHOTO.files:
        (old / name).write_bytes(name.encode())
    made = {str(each.path): b"".join(each.chunks) for each in photos(CATALOGUE, (), (new, old))}
    assert made == {
        f"assets/photos/dd/dd1-{width}.{ending}": f"dd/dd1-{width}.{ending}".encode()
        for ending in ("avif", "webp", "jpg")
        for width in (1, 2)
    }


def test_a_picture_that_is_lost_is_named_with_a_way_out(tmp_path: Path) -> None:
    *_, made = photos(CATALOGUE, (), (tmp_path,))
    with pytest.raises(OutputError, match=PHOTO.filename):
        list(made.chunks)
