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
    """No more is held than the longest line, and little of the others.

    No text of JSON goes on in the next line. So a line that is an object stands where any value
    may, and a nought in its place leaves the document as sound, or as unsound, as it is.
    """

    def __init__(self) -> None:
        self._text = codecs.getincrementaldecoder("utf-8")()
        self._line = bytearray()  # that has not ended yet
        self._rest = bytearray()
        self._fault = ""

    def feed(self, chunk: bytes) -> None:
        self._attempt(lambda: self._text.decode(chunk))
        *whole, begun = chunk.split(b"\n")
        for line in whole:
            self._line += line
            self._take(bytes(self._line))
            self._line.clear()
        self._line += begun

    def close(self) -> str:
        self._attempt(lambda: self._text.decode(b"", final=True))
        self._rest += self._line
        self._attempt(lambda: _raw(self._rest))
        return self._fault

    def _take(self, line: bytes) -> None:
        comma = b"," if line.endswith(b",") else b""
        record = line.removesuffix(b",")
        if record.startswith(b"{") and _is_sound(record):
            line = b"0" + comma
        self._rest += line + b"\n"

    def _attempt(self, step: Callable[[], object]) -> None:
        if not self._fault:
            try:
                step()
            except (UnicodeDecodeError, msgspec.DecodeError) as error:
                self._fault = f"is no sound JSON: {error}"


def _is_sound(text: bytes) -> bool:
    try:
        _raw(text)
    except msgspec.DecodeError:
        return False
    return True


_raw: Final = msgspec.json.Decoder(msgspec.Raw).decode


_FORMS: Final[dict[str, Callable[[], _Check]]] = {
    ".html": _Html,
    ".json": _Json,
    ".webmanifest": _Json,
    ".xml": _Xml,
    ".xsd": _Xml,
    ".xsl": _Xml,
    ".svg": _Xml,
}
