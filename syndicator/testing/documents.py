"""Whether a document is well-formed for what its name says it is."""

import json
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import PurePosixPath

from lxml import etree

VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"]
)


def elements(path: PurePosixPath, body: bytes) -> frozenset[str]:
    """The names of the elements in a document, once it is found well-formed.

    Raises ``AssertionError`` or the parser's own error where it is not.
    """
    text = body.decode()  # whatever it is, it is UTF-8
    check = CHECKS.get(path.suffix)
    return check(text) if check else frozenset()


def _xml(text: str) -> frozenset[str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    root = etree.fromstring(text.encode(), parser)
    assert "<!DOCTYPE" not in text, "a document type invites entities"
    return frozenset(etree.QName(node).localname for node in root.iter(etree.Element))


def _json(text: str) -> frozenset[str]:
    json.loads(text, parse_constant=_no_constant)
    return frozenset()


def _no_constant(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def _html(text: str) -> frozenset[str]:
    assert text.lower().startswith("<!doctype html>"), "a page without its doctype is quirky"
    balance = _Balance()
    balance.feed(text)
    balance.close()
    assert not balance.open, f"never closed: {balance.open}"
    return frozenset(balance.seen)


class _Balance(HTMLParser):
    """Every element that must be closed is, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> says an attribute twice: {names}"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element of SVG, closed at once."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another element, line {self.getpos()}"


CHECKS: Mapping[str, Callable[[str], frozenset[str]]] = {
    ".xml": _xml,
    ".xsd": _xml,
    ".svg": _xml,
    ".html": _html,
    ".json": _json,
    ".webmanifest": _json,
}
