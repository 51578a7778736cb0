"""A marked key, and where it may have gone: every form of it, in all that a folder holds."""

import base64
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, quote_plus

CANARY = "sk_partner_Canary/4f1c+9e7b?>~2d"  # looks another way in an address and in other case
ESCAPED = CANARY.replace("/", "\\/").replace("+", "\\u002b")  # as PHP writes it in JSON


def disguises() -> set[bytes]:
    """In lower case, but for base64, which has none."""
    plain = {CANARY, quote(CANARY, safe=""), quote(CANARY), quote_plus(CANARY), ESCAPED}
    return {each.lower().encode() for each in plain | {CANARY.encode().hex()}}


def encoded() -> set[bytes]:
    """What base64 makes of it, wherever it stands within; both alphabets."""
    middles = [base64.b64encode(bytes(shift) + CANARY.encode())[4:-4] for shift in range(3)]
    bearer = base64.b64encode(f"Bearer {CANARY}".encode())[12:-4]
    return {form for each in (*middles, bearer) for form in (each, each.translate(_SAFE))}


_SAFE = bytes.maketrans(b"+/", b"-_")


def found_in(data: bytes) -> set[bytes]:
    """The forms of the key that some bytes hold."""
    lower = data.lower()
    return {each for each in disguises() if each in lower} | {
        each for each in encoded() if each in data
    }


def traces(*folders: Path, told: str = "") -> list[str]:
    """Every file, name and value that holds the key, and whether what was printed does."""
    found = ["what was printed"] if found_in(told.encode(errors="replace")) else []
    for path in (each for folder in folders for each in folder.rglob("*")):
        if found_in(str(path).encode()):
            found.append(f"the name of {path}")
        if path.is_file() and any(map(found_in, _readings(path))):
            found.append(str(path))
    return found


def holders(folder: Path, text: str) -> list[str]:
    """The files that hold a text, also within what is packed."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [str(path) for path in files if any(text.encode() in each for each in _readings(path))]


def _readings(path: Path) -> Iterator[bytes]:
    """The bytes, and what they mean where they are packed."""
    data = path.read_bytes()
    yield data
    if data.startswith(b"SQLite format 3"):
        yield from _values(path)


def _values(path: Path) -> Iterator[bytes]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        connection.text_factory = bytes
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for name in [each.decode() for (each,) in names.fetchall()]:
            for row in connection.execute(f'SELECT * FROM "{name}"'):
                yield from (_unpacked(each) for each in row if isinstance(each, bytes))


def _unpacked(value: bytes) -> bytes:
    try:
        return zlib.decompress(value)
    except zlib.error:
        return value
