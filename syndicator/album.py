"""The pictures that are kept, as rows of the state file."""

from collections.abc import Iterable

import msgspec

from syndicator.database import Connection
from syndicator.schema import MirroredPhoto


def find(connection: Connection, url: str) -> MirroredPhoto | None:
    """Our copies of the picture at this address, if there are any."""
    row = connection.execute(
        "SELECT url, digest, recipe, widths, height_px, length_bytes, tint "
        "FROM photos WHERE url = ?",
        (url,),
    ).fetchone()
    if row is None:
        return None
    url, digest, recipe, widths, height_px, length_bytes, tint = row
    return MirroredPhoto(
        url=url,
        digest=digest,
        recipe=recipe,
        widths=msgspec.json.decode(widths, type=tuple[int, ...]),
        height_px=height_px,
        length_bytes=length_bytes,
        tint=tint,
    )


def put(connection: Connection, photo: MirroredPhoto) -> None:
    """Remember a picture that was mirrored; its original as sent is needed no more."""
    fields = msgspec.structs.asdict(photo)
    fields["widths"] = msgspec.json.encode(photo.widths).decode()
    connection.execute(
        """INSERT OR REPLACE INTO photos VALUES
            (:url, :digest, :recipe, :widths, :height_px, :length_bytes, :tint)""",
        fields,
    )
    connection.execute("DELETE FROM originals WHERE url = ?", (photo.url,))


def forget(connection: Connection, url: str) -> None:
    """Forget a picture of which our copies are lost."""
    connection.execute("DELETE FROM photos WHERE url = ?", (url,))
    connection.execute("DELETE FROM originals WHERE url = ?", (url,))


def original(connection: Connection, url: str) -> str | None:
    """The name of the file as sent, where a version before this one kept it."""
    row = connection.execute("SELECT filename FROM originals WHERE url = ?", (url,)).fetchone()
    return row[0] if row else None


def is_needed(connection: Connection, filename: str) -> bool:
    """Whether a file as sent has still to be developed, for one address or another."""
    query = "SELECT 1 FROM originals WHERE filename = ?"
    return connection.execute(query, (filename,)).fetchone() is not None


def retain(connection: Connection, urls: Iterable[str]) -> set[str]:
    """Forget all other pictures; digests of those left, and names of files as sent."""
    connection.execute("CREATE TEMP TABLE retained (url TEXT PRIMARY KEY) WITHOUT ROWID")
    connection.executemany("INSERT INTO retained VALUES (?)", ((url,) for url in urls))
    for table in ("photos", "originals"):
        connection.execute(f"DELETE FROM {table} WHERE url NOT IN retained")  # noqa: S608 - ours
    connection.execute("DROP TABLE retained")
    rows = connection.execute("SELECT digest FROM photos UNION SELECT filename FROM originals")
    return {name for (name,) in rows}
