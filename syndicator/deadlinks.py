"""Walks a finished ``output/`` and names every dead link and every document that is not whole.

Pages are taken one at a time and XML element by element, so that no file need fit into memory.
"""

import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import msgspec
from lxml import etree, html

SITEMAP = "Sitemap: "
UNSOUND = (  # what the parsers say of a file that is not whole; UnicodeError is a ValueError
    *(etree.XMLSyntaxError, etree.ParserError, msgspec.DecodeError, ValueError, RecursionError),
)
WRITTEN = frozenset(  # elements in which a seller's own words stand, whatever they look like
    ["title", "description", "summary", "content", "encoded", "subtitle", "feature", "listingUrl"]
)
SOCIAL_IMAGES = frozenset(["og:image", "og:image:url", "og:image:secure_url"])
OF_THE_HOST = "/.netlify/"  # what Netlify serves beside the tree
ADDRESSES = frozenset(["url", "@id", "feed_url", "next_url", "home_page_url"])  # members of JSON


def site_url(root: Path) -> str | None:
    """Where the tree says it will be served, from the Sitemap line of robots.txt."""
    try:
        lines = (root / "robots.txt").read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return None
    named = (line.removeprefix(SITEMAP) for line in lines if line.startswith(SITEMAP))
    return next((each.removesuffix("/sitemap.xml") for each in named), None)


def faults(
    root: Path,
    base: str,
    notify: Callable[[str, int, int | None], None] = lambda *_: None,
    owned: Collection[str] | None = None,
) -> Iterator[str]:
    """One line for each thing that is wrong, by file.

    :param base: where the tree is served, without a trailing slash: links to it are followed.
    :param notify: told while it goes on.
    :param owned: the files to look into; others may be led to. ``None``: all.
    """
    names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    known = frozenset(names)
    for number, name in enumerate(names, start=1):
        if owned is not None and name not in owned:
            continue
        try:
            for link in links(root / name):
                if not _leads(link, name, base, known):
                    yield f"{name}: dead link {link}"
        except UNSOUND as error:
            yield f"{name}: {error}"
        if number % 100 == 0:
            notify("following links", number, len(names))


def links(document: Path) -> Iterator[str]:
    """Every address that a file refers to, by what its name says it is.

    :raises ValueError: it is not whole; lxml and msgspec have words of their own for it.
    """
    if document.suffix == ".html":
        yield from page_links(document)
    elif document.suffix in {".xml", ".xsd", ".svg"}:
        yield from xml_links(document)
    elif document.suffix in {".json", ".webmanifest"}:
        yield from json_links(msgspec.json.decode(document.read_bytes()))


def page_links(page: Path) -> Iterator[str]:
    """Every address that a page refers to."""
    text = page.read_bytes()
    if not text.rstrip().endswith(b"</html>"):
        raise ValueError("cut off")
    for node in html.fromstring(text).iter(etree.Element):
        for attribute in ("href", "src", *(["data"] if node.tag == "object" else [])):
            address = node.get(attribute)
            if address is not None:
                yield address
        yield from candidates(node.get("srcset", ""))
        if node.tag == "meta" and node.get("property") in SOCIAL_IMAGES:
            yield node.get("content", "")


def candidates(srcset: str) -> Iterator[str]:
    """The addresses of a ``srcset``; one may hold commas, but not end with one (HTML, 4.8.4)."""
    for found in re.finditer(r"[\s,]*(\S*[^\s,])(?:[^\S,]*[^,]*)?", srcset):
        yield found[1]


def xml_links(document: Path) -> Iterator[str]:
    """Every absolute address in an XML document, in text or attribute."""
    walk = etree.iterparse(
        document, events=("end",), resolve_entities=False, no_network=True, huge_tree=False
    )
    for _, node in walk:
        if isinstance(node.tag, str):
            free = etree.QName(node).localname in WRITTEN
            for value in ("" if free else node.text or "", *node.attrib.values()):
                address = value.strip()
                if address.startswith(("http://", "https://")) and " " not in address:
                    yield address
        node.clear(keep_tail=False)
        while node.getprevious() is not None:
            del node.getparent()[0]


def json_links(value: object) -> Iterator[str]:
    """Every address in a JSON value, by the names of its members."""
    if isinstance(value, dict):
        for name, member in value.items():
            if name in ADDRESSES and isinstance(member, str):
                yield member
            else:
                yield from json_links(member)
    elif isinstance(value, list):
        for member in value:
            yield from json_links(member)


def _leads(link: str, name: str, base: str, known: frozenset[str]) -> bool:
    """Whether a static host answers; what is on another site is not asked for."""
    try:
        parts = urlsplit(urljoin(f"{base}/{name}".removesuffix("index.html"), link))
    except ValueError:  # of an address that is none: a browser goes nowhere either
        return False
    own = urlsplit(base)
    if (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
        return True
    if parts.path != own.path and not parts.path.startswith(f"{own.path}/"):
        return True  # the host has more than this tree
    if parts.path.startswith(OF_THE_HOST):
        return True
    path = unquote(parts.path.removeprefix(own.path)).lstrip("/")
    folder = path.rstrip("/")
    page = f"{folder}/index.html" if folder else "index.html"
    return page in known if path.endswith("/") or not path else path in known or page in known
