"""A last look at staged files, as they are on the disk, before anybody else can see them."""

import codecs
import hashlib
from collections.abc import Callable, Collection, Iterable
from pathlib import PurePosixPath
from typing import Any, Final, Protocol

import msgspec
from lxml import etree

from syndicator import disk
from syndicator.disguise import SMALLEST
from syndicator.errors import OutputError
from syndicator.stage import DIGEST_BYTES, Staged

_HINT: Final = "nothing was published of it; the exporter that made it is at fault"


class Unsound(OutputError):
    """A file that may not be published: whoever made it is at fault."""


def verify(staged: Iterable[Staged], forbidden: Collection[bytes] = ()) -> None:
    """Check that files are what was staged, well-formed for their names, and hold no secret.

    :param forbidden: byte strings that may be in no file; see :func:`syndicator.disguise.forms`.
    :raises Unsound: names the first file that is wrong.
    """
    needles = tuple(each for each in forbidden if len(each) >= SMALLEST)
    for each in staged:
        if _holds(each.path.encode(), needles):
            raise Unsound("the path of a file holds the API key", hint=_HINT)
        if each.file is not None and (fault := _fault(each, each.file, needles)):
            raise Unsound(f"{each.path}: {fault}", hint=_HINT)


def _holds(text: bytes, needles: Collection[bytes]) -> bool:
    return any(needle in text for needle in needles)


def _fault(staged: Staged, file: str, needles: Collection[bytes]) -> str:
    """What is wrong with a file, after one walk through it; empty if nothing is."""
    checks: list[_Check] = [_Digest(staged.digest), _Secret(needles)]
    if form := _FORMS.get(PurePosixPath(staged.path).suffix):
        checks.append(form())
    for chunk in disk.chunks(file):
        for check in checks:
            check.feed(chunk)
    return next(filter(None, (check.close() for check in checks)), "")


class _Check(Protocol):
    def feed(self, chunk: bytes, /) -> None: ...

    def close(self) -> str:
        """What is wrong; empty if nothing is."""


class _Digest:
    def __init__(self, expected: str) -> None:
        self._expected = expected
        self._state = hashlib.blake2b(digest_size=DIGEST_BYTES)

    def feed(self, chunk: bytes) -> None:
        self._state.update(chunk)

    def close(self) -> str:
        return "" if self._state.hexdigest() == self._expected else "changed after it was made"


class _Secret:
    def __init__(self, needles: Collection[bytes]) -> None:
        self._needles = needles
        self._overlap = max(map(len, needles), default=1) - 1
        self._tail = b""
        self._found = False

    def feed(self, chunk: bytes) -> None:
        window = self._tail + chunk
        self._found = self._found or _holds(window, self._needles)
        self._tail = window[len(window) - min(self._overlap, len(window)) :]

    def close(self) -> str:
        return "holds the API key" if self._found else ""


class _Xml:
    """Strict, and without entities of its own; no tree is built."""

    def __init__(self) -> None:
        self._fault = ""
        self._empty = True
        listener: Any = _Listener()  # lxml calls only those methods that are there
        self._parser = etree.XMLParser(
            target=listener, resolve_entities=False, no_network=True, huge_tree=True
        )

    def feed(self, chunk: bytes) -> None:
        self._empty = False
        self._attempt(lambda: self._parser.feed(chunk))

    def close(self) -> str:
        if self._empty:
            return "is empty, not XML"
        self._attempt(self._parser.close)
        return self._fault

    def _attempt(self, step: Callable[[], object]) -> None:
        if not self._fault:
            try:
                step()
            except (etree.XMLSyntaxError, _Doctype) as error:
                self._fault = f"is no sound XML: {error}"


class _Doctype(Exception):
    """A document type could define entities; none of our formats needs one."""


class _Listener:
    def doctype(self, *_: object) -> None:
        raise _Doctype("it has a document type")

    def close(self) -> None:
        """Nothing was kept."""


class _Html:
    def __init__(self) -> None:
        self._tail = b""

    def feed(self, chunk: bytes) -> None:
        self._tail = (self._tail + chunk)[-64:]

    def close(self) -> str:
        return "" if self._tail.rstrip().endswith(b"</html>") else "does not end with </html>"


class _Json:
    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, chunk: bytes) -> None:
        self._data += chunk

    def close(self) -> str:
        try:
            codecs.decode(self._data, "utf-8")
            msgspec.json.decode(self._data, type=msgspec.Raw)
        except (UnicodeDecodeError, msgspec.DecodeError) as error:
            return f"is no sound JSON: {error}"
        return ""


_FORMS: Final[dict[str, Callable[[], _Check]]] = {
    ".html": _Html,
    ".json": _Json,
    ".webmanifest": _Json,
    ".xml": _Xml,
    ".xsd": _Xml,
    ".xsl": _Xml,
    ".svg": _Xml,
}
