"""Files that no exporter makes: style sheets and icons, mirrored photos, published schemas."""

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from syndicator.catalogue import Catalogue
from syndicator.contract import Artefact, Kind
from syndicator.errors import OutputError
from syndicator.exporters import vehicles
from syndicator.guide import guide
from syndicator.render import Templates
from syndicator.views import PHOTOS

CHUNK_BYTES = 256 * 1024


def assets(templates: Templates) -> Iterator[Artefact]:
    """The assets of the template set, each under a name that holds its digest."""
    for path, data in templates.assets():
        yield Artefact.whole(path, data, Kind.ASSET)


def schemas(templates: Templates) -> Iterator[Artefact]:
    """The schema of our neutral XML, for programs, and the field guide beside it, for people."""
    schema = vehicles.schema()
    yield Artefact.whole(vehicles.SCHEMA, schema, Kind.ASSET)
    path = PurePosixPath(vehicles.SCHEMA)
    page = templates.stream(
        "schemas/guide.html",
        {
            "guide": guide(schema),
            "schema": path.name,
            "styles": [f"../{templates.asset(name)}" for name in ("showroom.css", "guide.css")],
            "icon": f"../{templates.asset('icon.svg')}",
        },
    )
    yield Artefact.stream(str(path.with_suffix(".html")), page, Kind.LEAF)


def photos(
    catalogue: Catalogue, dealer_ids: tuple[str, ...], folders: Sequence[Path]
) -> Iterator[Artefact]:
    """Our copies of the pictures that pages of these dealers show."""
    seen: set[str] = set()
    for photo in catalogue.mirrored(dealer_ids):
        if photo.digest not in seen:
            seen.add(photo.digest)
            for name in photo.files:
                yield Artefact.stream(f"{PHOTOS}/{name}", contents(folders, name), Kind.ASSET)


def contents(folders: Sequence[Path], name: str) -> Iterator[bytes]:
    """The bytes of a kept picture, read only when they are asked for."""
    places = [folder / name for folder in folders]
    place = next((each for each in places if each.exists()), places[0])
    try:
        with place.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
    except OSError as error:
        raise OutputError(
            f"{place}: {error.strerror}",
            hint="delete the state folder; the next build fetches the photos again",
        ) from error
