"""How many records a document has, by name: of XML its elements, of JSON the entries of lists."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

import msgspec
from lxml import etree

TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


class Occurrences:
    """How often some bytes stand in what is looked at, chunk by chunk."""

    def __init__(self, mark: bytes) -> None:
        self.count = 0
        self._mark = mark
        self._tail = b""

    def look(self, chunk: bytes) -> None:
        """The next chunk."""
        window = self._tail + chunk
        self.count += window.count(self._mark)
        self._tail = window[max(0, len(window) - len(self._mark) + 1) :]


def is_counted(path: str) -> bool:
    """Whether the records of a document can be counted, by its suffix."""
    return PurePath(path).suffix in COUNTERS


def records(path: str, chunks: Iterable[bytes]) -> Counter[str]:
    """What a document holds on the level where its records stand."""
    return COUNTERS[PurePath(path).suffix](chunks)


def xml_records(chunks: Iterable[bytes]) -> Counter[str]:
    """How often each element occurs on the level of an XML document where its records stand.

    That is the level below the root, or, where a wrapper stands there as in RSS, the next one.
    Records have parts: elements that hold none count only where all are so. Tombstones are none.
    """
    listener: Any = _Levels()
    parser = etree.XMLParser(
        target=listener, resolve_entities=False, no_network=True, huge_tree=True
    )
    for chunk in chunks:
        parser.feed(chunk)
    parser.close()
    _, second, third, fourth = listener.levels
    wrapped = second.total() == 1 and fourth.total() > third.total()
    level = 2 if wrapped else 1
    found: Counter[str] = listener.parted[level] or listener.levels[level]
    del found[TOMBSTONE]
    return found


class _Levels:
    """Counts elements by name on the first four levels; nothing is kept of a document."""

    def __init__(self) -> None:
        self.levels: tuple[Counter[str], ...] = tuple(Counter() for _ in range(4))
        self.parted: tuple[Counter[str], ...] = tuple(Counter() for _ in range(4))
        self._depth = 0
        self._last = 0  # how deep the element was that began last

    def start(self, name: str, _: object) -> None:
        if self._depth < len(self.levels):
            self.levels[self._depth][name] += 1
        self._depth += 1
        self._last = self._depth

    def end(self, name: str) -> None:
        if self._depth <= len(self.levels) and self._last > self._depth:
            self.parted[self._depth - 1][name] += 1
        self._depth -= 1

    def close(self) -> None:
        """Nothing was kept."""


def json_records(chunks: Iterable[bytes]) -> Counter[str]:
    """The length of each list in the root of a JSON document, or in an object there, by its path.

    ``items`` of a JSON Feed, ``@graph`` of JSON-LD; empty where it is no JSON. The whole document
    is in memory for it.
    """
    return Counter(dict(_lists(b"".join(chunks), "", depth=2)))


def _lists(text: bytes | msgspec.Raw, path: str, depth: int) -> Iterator[tuple[str, int]]:
    try:
        value = _containers(text)
    except msgspec.DecodeError:  # neither an object nor a list
        return
    if isinstance(value, list):
        yield path, len(value)
    elif depth:
        for name, member in value.items():
            yield from _lists(member, f"{path}/{name}", depth - 1)


_containers = msgspec.json.Decoder(dict[str, msgspec.Raw] | list[msgspec.Raw]).decode

COUNTERS: Mapping[str, Callable[[Iterable[bytes]], Counter[str]]] = {
    ".xml": xml_records,
    ".json": json_records,
}
