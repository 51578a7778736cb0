"""Atom (RFC 4287) and RSS 2.0 documents by feedgen, kept from its defects.

feedgen 1.0 takes the clock for every date left out, prepends entries, loses all but the address of
an entry's links, and lets one bad entry spoil the feed. So here every date is given, entries are
made one by one, each in a document of its own, and joined as text; and all links but the plain
one, the photos and the place are written by an extension of our own. feedgen makes Atom elements
without a namespace under a default one, and so does the extension.
"""

import html
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lxml import etree

from syndicator import late
from syndicator.exporters._channel import Channel, Entry
from syndicator.exporters._xml import Node, add, known

if TYPE_CHECKING:
    from feedgen import entry as entries
    from feedgen import feed as feeds
else:  # a build that finds all fresh writes no feed
    entries, feeds = late.module("feedgen.entry"), late.module("feedgen.feed")

MEDIA = "http://search.yahoo.com/mrss/"
GEORSS = "http://www.georss.org/georss"
CONTENT = "http://purl.org/rss/1.0/modules/content/"  # feedgen's own
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
HISTORY = "http://purl.org/syndication/history/1.0"
ATOM = "http://www.w3.org/2005/Atom"
RSS_MANUAL = "https://www.rssboard.org/rss-specification"
TTL_MINUTES = 60
IN_ATOM = {"media": MEDIA, "georss": GEORSS, "at": TOMBSTONES, "fh": HISTORY}
IN_RSS = {"media": MEDIA, "georss": GEORSS, "dc": DUBLIN_CORE, "fh": HISTORY}
PLAIN_TEXT = re.compile(rb"<(title|description|dc:creator|category\b[^>]*)>[^<]*")


def atom(channel: Channel) -> bytes:
    """The channel as an Atom document, with a tombstone (RFC 6721) for each removal."""
    feed = _feed(channel, "application/atom+xml")
    feed.extras.namespaces = IN_ATOM
    return _joined(feed.atom_str(pretty=True), channel.entries, b"</feed>")


def atom_entry(entry: Entry) -> bytes:
    """An entry for :func:`atom`.

    :raises ValueError: it has text that XML cannot hold.
    """
    item = _item(entry, entry.summary)
    feed = etree.Element("feed", nsmap=IN_ATOM)
    feed.append(item.atom_entry())
    return _within(feed, b"</feed>", level=1)


def rss(channel: Channel) -> bytes:
    """The channel as an RSS document; a description is HTML there, so plain text is escaped."""
    feed = _feed(channel, "application/rss+xml")
    feed.extras.namespaces = IN_RSS
    head = PLAIN_TEXT.sub(_coded, feed.rss_str(pretty=True))
    return _joined(head, channel.entries, b"  </channel>")


def rss_entry(entry: Entry) -> bytes:
    """An item for :func:`rss`.

    :raises ValueError: it has text that XML cannot hold.
    """
    item = _item(entry, html.escape(entry.summary, quote=False))
    lead = entry.photos[0] if entry.photos else None
    if lead and lead.media_type:  # zero is RSS for a length that nobody knows
        item.enclosure(lead.url, lead.length_bytes or 0, lead.media_type)
    root = etree.Element("rss", nsmap=IN_RSS | {"content": CONTENT})
    etree.SubElement(root, "channel").append(item.rss_entry())
    return PLAIN_TEXT.sub(_coded, _within(root, b"  </channel>", level=2))


def _joined(document: bytes, entries: Iterable[bytes], end: bytes) -> bytes:
    """A document without entries, and the entries before its end."""
    head, end, rest = document.rpartition(end)
    return b"".join((head, *entries, end, rest))


def _within(root: Node, end: bytes, *, level: int) -> bytes:
    """The lines of an entry, so many levels deep, indented as in the whole document."""
    text: bytes = etree.tostring(root, pretty_print=True, encoding="UTF-8", xml_declaration=False)
    lines = text[: text.rindex(end)].split(b"\n", level)
    return lines[level]


def _coded(element: re.Match[bytes]) -> bytes:
    """The same text, coded as the RSS profile advises: it survives being decoded twice."""
    return element[0].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")


def _feed(channel: Channel, media_type: str) -> "feeds.FeedGenerator":
    feed = feeds.FeedGenerator()
    feed.id(channel.id)
    feed.title(channel.title)
    feed.subtitle(channel.subtitle)
    feed.description(channel.subtitle)
    feed.updated(channel.updated)
    feed.language(channel.locale)
    feed.author(name=channel.author.name, uri=channel.author.uri)
    feed.generator("syndicator")  # no version: a release alone changes no feed
    feed.docs(RSS_MANUAL)
    feed.ttl(TTL_MINUTES)
    feed.link(href=channel.address, rel="self", type=media_type)
    others = tuple(_others(channel, media_type))
    for link in others:
        feed.link(link)
    # The last link given becomes the link of an RSS channel.
    feed.link(href=channel.home, rel="alternate", type="text/html", hreflang=channel.locale)
    feed.register_extension("extras", _ChannelExtras, _EntryExtras)
    feed.extras.channel = channel
    feed.extras.others = others
    return feed


def _others(channel: Channel, media_type: str) -> Iterator[dict[str, str]]:
    """Links to the feed's other documents, and to its WebSub hub."""
    for relation, address in channel.pages:
        yield {"rel": relation, "href": address, "type": media_type}
    if channel.hub:
        yield {"rel": "hub", "href": channel.hub}


def _item(entry: Entry, summary: str) -> "entries.FeedEntry":
    item = entries.FeedEntry()
    item.id(entry.id)
    item.title(entry.title)
    item.updated(entry.updated)
    item.published(entry.published)
    item.link(href=entry.address)
    item.author(name=entry.author.name, uri=entry.author.uri)
    item.category(
        [
            {"term": each.term, "scheme": each.scheme, "label": each.label}
            for each in entry.categories
        ]
    )
    item.description(summary, isSummary=True)
    item.content(entry.content, type="html")
    item.register_extension("extras", _EntryExtras)
    item.extras.entry = entry
    return item


class _ChannelExtras:
    """What feedgen cannot say of a feed: its other links in RSS, and what is not in it."""

    namespaces: dict[str, str]
    channel: Channel
    others: tuple[dict[str, str], ...]

    def extend_ns(self) -> dict[str, str]:
        return self.namespaces

    def extend_atom(self, feed: Node) -> Node:
        self._append_complete(feed)
        for removal in self.channel.removals:
            moment = known(ref=removal.id, when=removal.when)
            tombstone = etree.SubElement(feed, f"{{{TOMBSTONES}}}deleted-entry", moment)
            add(tombstone, f"{{{TOMBSTONES}}}comment", removal.comment)
        return feed

    def extend_rss(self, root: Node) -> Node:
        for link in self.others:
            etree.SubElement(root[0], f"{{{ATOM}}}link", link)
        self._append_complete(root[0])
        return root

    def _append_complete(self, feed: Node) -> None:
        if self.channel.is_complete:
            etree.SubElement(feed, f"{{{HISTORY}}}complete")


class _EntryExtras:
    """What feedgen cannot say of an entry, or would say wrongly."""

    entry: Entry

    def extend_atom(self, entry: Node) -> Node:
        for lead in self.entry.photos[:1]:
            enclosure = known(
                rel="enclosure", href=lead.url, type=lead.media_type, length=lead.length_bytes
            )
            etree.SubElement(entry, "link", enclosure)
        self._append_media(entry)
        return entry

    def extend_rss(self, item: Node) -> Node:
        add(item, f"{{{DUBLIN_CORE}}}creator", self.entry.author.name)
        self._append_media(item)
        return item

    def _append_media(self, parent: Node) -> None:
        for photo in self.entry.photos:
            etree.SubElement(
                parent,
                f"{{{MEDIA}}}content",
                known(
                    url=photo.url,
                    medium="image",
                    type=photo.media_type,
                    width=photo.width_px,
                    height=photo.height_px,
                    fileSize=photo.length_bytes,
                ),
            )
        add(parent, f"{{{GEORSS}}}point", self.entry.point)
