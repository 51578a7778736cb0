"""The MUSTs of RFC 4287, and of RFC 6721 for tombstones, that a document can break.

Written from the text of the specifications; each check names its section.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
FEED_PARTS = frozenset(
    [
        "author",
        "category",
        "contributor",
        "generator",
        "icon",
        "id",
        "link",
        "logo",
        "rights",
        "subtitle",
        "title",
        "updated",
        "entry",
    ]
)
ENTRY_PARTS = frozenset(
    [
        "author",
        "category",
        "content",
        "contributor",
        "id",
        "link",
        "published",
        "rights",
        "source",
        "summary",
        "title",
        "updated",
    ]
)
AT_MOST_ONE_IN_FEED = ("generator", "icon", "logo", "rights", "subtitle")
AT_MOST_ONE_IN_ENTRY = ("content", "published", "rights", "source", "summary")


def faults(document: bytes) -> list[str]:
    """Every broken rule, with its section."""
    feed = etree.fromstring(document)
    if feed.tag != f"{ATOM}feed":
        return ["4.1: the document is no feed"]
    entries = feed.findall(f"{ATOM}entry")
    found = [*_feed(feed, entries), *_common(feed)]
    for entry in entries:
        found += _entry(entry, has_author=feed.find(f"{ATOM}author") is not None)
    return found


def _feed(feed: etree._Element, entries: list[etree._Element]) -> Iterator[str]:
    yield from _exactly_one(feed, "4.1.1", "id", "title", "updated")
    yield from _at_most_one(feed, "4.1.1", *AT_MOST_ONE_IN_FEED)
    yield from _alternates(feed, "4.1.1")
    yield from _foreign(feed, FEED_PARTS)
    if feed.find(f"{ATOM}author") is None and any(e.find(f"{ATOM}author") is None for e in entries):
        yield "4.1.1: neither the feed nor every entry has an author"
    pairs = [(e.findtext(f"{ATOM}id"), e.findtext(f"{ATOM}updated")) for e in entries]
    if len(pairs) != len(set(pairs)):
        yield "4.1.1: two entries with one id and one updated"
    gone = [(e.get("ref"), e.get("when")) for e in feed.findall(TOMBSTONE)]
    if len(gone) != len(set(gone)):
        yield "RFC 6721 3: two tombstones with one ref and one when"
    for ref, when in gone:
        if not ref or not _is_absolute(ref):
            yield f"RFC 6721 3: ref {ref!r} is no IRI"
        if not DATE.fullmatch(when or ""):
            yield f"RFC 6721 3: when {when!r} is no date"


def _entry(entry: etree._Element, *, has_author: bool) -> Iterator[str]:
    yield from _exactly_one(entry, "4.1.2", "id", "title", "updated")
    yield from _at_most_one(entry, "4.1.2", *AT_MOST_ONE_IN_ENTRY)
    yield from _alternates(entry, "4.1.2")
    yield from _foreign(entry, ENTRY_PARTS)
    if entry.find(f"{ATOM}author") is None and not has_author:
        yield "4.1.2: no author"
    content = entry.find(f"{ATOM}content")
    plain = [link for link in _links(entry) if link.get("rel", "alternate") == "alternate"]
    if content is None:
        if not plain:
            yield "4.1.2: neither content nor an alternate link"
        return
    if content.get("src") is not None and entry.find(f"{ATOM}summary") is None:
        yield "4.1.2: content elsewhere without a summary"
    kind = content.get("type", "text")
    if kind not in {"text", "html", "xhtml"} and not MEDIA_TYPE.fullmatch(kind):
        yield f"4.1.3.1: content of type {kind!r}"
    if kind in {"text", "html"} and len(content):
        yield "4.1.3.3: elements in text or html content"


def _common(feed: etree._Element) -> Iterator[str]:
    yield from _values(feed)
    yield from _texts(feed)
    for person in _every(feed, "author", "contributor"):
        yield from _exactly_one(person, "3.2", "name")
        yield from _at_most_one(person, "3.2", "uri", "email")
    for link in _every(feed, "link"):
        yield from _link(link)
    for category in _every(feed, "category"):
        if not category.get("term"):
            yield "4.2.2: a category without a term"
        if "scheme" in category.attrib and not _is_absolute(category.get("scheme", "")):
            yield f"4.2.2: scheme {category.get('scheme')!r}"


def _values(feed: etree._Element) -> Iterator[str]:
    for node in _every(feed, "id", "icon", "logo", "uri"):
        if not _is_absolute(node.text or ""):
            yield f"4.2.6: {node.text!r} is no absolute IRI"
    for node in _every(feed, "updated", "published"):
        if not DATE.fullmatch(node.text or ""):
            yield f"3.3: {node.text!r} is no date"
    for node in feed.iter():
        if LANG in node.attrib and not LANGUAGE.fullmatch(node.get(LANG, "")):
            yield f"2: xml:lang {node.get(LANG)!r}"


def _texts(feed: etree._Element) -> Iterator[str]:
    for node in _every(feed, "title", "summary", "subtitle", "rights"):
        kind = node.get("type", "text")
        if kind not in {"text", "html", "xhtml"}:
            yield f"3.1.1: text of type {kind!r}"
        if kind != "xhtml" and len(node):
            yield "3.1.1: elements in a text construct"


def _every(feed: etree._Element, *names: str) -> Iterator[etree._Element]:
    return feed.iter(*(f"{ATOM}{name}" for name in names))


def _link(link: etree._Element) -> Iterator[str]:
    href = link.get("href")
    if not href or not _is_absolute(href):
        yield f"4.2.7.1: href {href!r}"
    if not re.fullmatch(r"[a-z-]+|\w+:.+", link.get("rel", "alternate")):
        yield f"4.2.7.2: rel {link.get('rel')!r}"
    if "type" in link.attrib and not MEDIA_TYPE.fullmatch(link.get("type", "")):
        yield f"4.2.7.3: type {link.get('type')!r}"
    if "hreflang" in link.attrib and not LANGUAGE.fullmatch(link.get("hreflang", "")):
        yield f"4.2.7.4: hreflang {link.get('hreflang')!r}"
    if not link.get("length", "0").isdigit():
        yield f"4.2.7.6: length {link.get('length')!r}"


def _links(node: etree._Element) -> list[etree._Element]:
    return node.findall(f"{ATOM}link")


def _exactly_one(node: etree._Element, section: str, *names: str) -> Iterator[str]:
    for name in names:
        count = len(node.findall(f"{ATOM}{name}"))
        if count != 1:
            yield f"{section}: {count} {name} in {etree.QName(node).localname}"


def _at_most_one(node: etree._Element, section: str, *names: str) -> Iterator[str]:
    for name in names:
        count = len(node.findall(f"{ATOM}{name}"))
        if count > 1:
            yield f"{section}: {count} {name} in {etree.QName(node).localname}"


def _alternates(node: etree._Element, section: str) -> Iterator[str]:
    kinds = [
        (link.get("type"), link.get("hreflang"))
        for link in _links(node)
        if link.get("rel", "alternate") == "alternate"
    ]
    if len(kinds) != len(set(kinds)):
        yield f"{section}: two alternate links of one type and language"


def _foreign(node: etree._Element, known: frozenset[str]) -> Iterator[str]:
    for child in node:
        name = etree.QName(child)
        if name.namespace == ATOM[1:-1] and name.localname not in known:
            yield f"4.1: {name.localname} within {etree.QName(node).localname}"
        if not name.namespace:
            yield f"6: {name.localname} without a namespace"


def _is_absolute(iri: str) -> bool:
    parts = urlsplit(iri)
    allowed = not re.search(r'[\s<>"{}|\\^`\x00-\x1f]', iri)
    return bool(parts.scheme and (parts.netloc or parts.path) and allowed)
