"""XML of any length, written while it is read: one record in memory at a time."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar

from lxml import etree

from syndicator.models import Listing
from syndicator.units import plain

CHUNK_BYTES = 64 * 1024

log = logging.getLogger(__name__)
Node: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no other name for it
Made = TypeVar("Made")


def document(
    root: str,
    children: Iterable[Node | bytes],
    *,
    namespace: str | None = None,
    attributes: Mapping[str, str] | None = None,
) -> Iterator[bytes]:
    """An indented UTF-8 document in chunks of about 64 KiB.

    :param children: made without a namespace; in the text they fall under the root's, which spares
        each a declaration. Bytes are of :func:`part`.
    """
    sink = _Sink()
    with etree.xmlfile(sink, encoding="UTF-8") as xml:
        xml.write_declaration()
        with xml.element(root, attributes or {}, nsmap={None: namespace} if namespace else None):
            yield from _written(xml, sink, children, level=1)
    yield sink.take() + b"\n"


def rss(children: Iterable[Node | bytes], prefixes: Mapping[str, str]) -> Iterator[bytes]:
    """The same for RSS 2.0: the children stand in its channel.

    :param prefixes: of the namespaces that they use, declared once, at the root.
    """
    sink = _Sink()
    with etree.xmlfile(sink, encoding="UTF-8") as xml:
        xml.write_declaration()
        with xml.element("rss", {"version": "2.0"}, nsmap=dict(prefixes)):
            xml.write("\n  ")
            with xml.element("channel"):
                yield from _written(xml, sink, children, level=2)
            xml.write("\n")
    yield sink.take() + b"\n"


def part(node: Node, *, level: int = 1, prefixes: Mapping[str, str] | None = None) -> bytes:
    """A child as it stands in the text of a document, for :func:`document` or :func:`rss`.

    :param level: 1 of a document, 2 of RSS.
    :param prefixes: those of the root.
    """
    etree.indent(node, level=level)
    sink = _Sink()
    with (
        etree.xmlfile(sink, encoding="UTF-8") as xml,
        xml.element("root", nsmap=dict(prefixes) if prefixes else None),
    ):
        xml.write("")  # ends the tag of the root
        xml.flush()
        sink.take()
        _put(xml, node)
        xml.flush()
        return sink.take()


def _written(
    xml: Any,  # lxml has no public name for it
    sink: "_Sink",
    children: Iterable[Node | bytes],
    level: int,
) -> Iterator[bytes]:
    """Indented children; what has gathered is given on whenever it makes a chunk."""
    for child in children:
        xml.write("\n" + "  " * level)
        if isinstance(child, bytes):
            xml.flush()
            sink.write(child)
        else:
            etree.indent(child, level=level)
            _put(xml, child)
            xml.flush()
        if sink.size >= CHUNK_BYTES:
            yield sink.take()
    xml.write("\n" + "  " * (level - 1))


def _put(xml: Any, node: Node) -> None:
    """A node, at once where it uses no prefix: each such node would declare it anew."""
    if not any(str(each.tag).startswith("{") for each in node.iter()):
        xml.write(node)
        return
    with xml.element(node.tag, {str(name): str(value) for name, value in node.items()}):
        if node.text:
            xml.write(node.text)
        for child in node:
            _put(xml, child)
            if child.tail:
                xml.write(child.tail)


def records(listings: Iterable[Listing], make: Callable[[Listing], Made]) -> Iterator[Made]:
    """What ``make`` gives for each listing; text that XML cannot hold costs its own listing only.

    The gate lets no such text pass: this is the second lock on the same door.
    """
    for listing in listings:
        try:
            made = make(listing)
        except ValueError as error:  # lxml's word for it, and the codec's
            log.warning("listing %s left out: %s", listing.id, error)
        else:
            yield made


def add(parent: Node, element: str, value: object, /, **attributes: object) -> None:
    """A child that holds this value, unless it is unknown; so with its attributes."""
    if value is None:
        return
    node = etree.SubElement(parent, element)
    node.text = text(value)
    for name, each in attributes.items():
        if each is not None:
            node.set(name, text(each))


def known(**attributes: object) -> dict[str, str]:
    """The attributes whose values are known, as text."""
    return {name: text(value) for name, value in attributes.items() if value is not None}


def text(value: object) -> str:
    """A value as XML Schema writes it: ``true``, ``5.3``, a time in UTC with ``Z``."""
    match value:
        case str():
            return str(value)  # of an enum, its value
        case bool():
            return "true" if value else "false"
        case Decimal():
            return plain(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case _:
            return str(value)


class _Sink:
    """Collects what lxml writes until it is taken away."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def write(self, piece: bytes) -> int:
        self._pieces.append(piece)
        self.size += len(piece)
        return len(piece)

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        self.size = 0
        return taken
