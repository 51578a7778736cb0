"""Walks a finished ``output/`` and names every dead link and every document that is not whole.

``python -m tests.tree output`` prints the counts, or the faults and exits 1.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree, html

LINKS = (("href", "//*[@href]"), ("src", "//*[@src]"), ("data", "//object[@data]"))
STRICT = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def site_url(root: Path) -> str:
    """Where the tree says it will be served, from the Sitemap line of robots.txt."""
    for line in (root / "robots.txt").read_text("utf-8").splitlines():
        if line.startswith("Sitemap: "):
            return line.removeprefix("Sitemap: ").removesuffix("/sitemap.xml")
    raise AssertionError("robots.txt names no sitemap")


def page_links(page: Path) -> Iterator[str]:
    """Every address that a page refers to."""
    tree = html.fromstring(page.read_bytes())
    for attribute, path in LINKS:
        yield from (node.get(attribute) for node in tree.xpath(path))
    for node in tree.xpath("//*[@srcset]"):
        yield from (part.split()[0] for part in node.get("srcset").split(",") if part.strip())
    yield from tree.xpath("//meta[starts-with(@property, 'og:image')]/@content")


def xml_links(document: Path) -> Iterator[str]:
    """Every absolute address in an XML document, in text or attribute."""
    for node in etree.parse(document, STRICT).iter(etree.Element):
        for value in (node.text or "", *node.attrib.values()):
            if value.strip().startswith(("http://", "https://")) and " " not in value.strip():
                yield value.strip()


def file_for(root: Path, path: str) -> Path:
    """The file that a static host answers with."""
    target = root / unquote(path).lstrip("/")
    return target / "index.html" if path.endswith("/") or target.is_dir() else target


def faults(root: Path) -> Iterator[str]:
    """One line for each thing that is wrong."""
    base = site_url(root)
    prefix = urlsplit(base).path
    for document in sorted(path for path in root.rglob("*") if path.is_file()):
        name = document.relative_to(root).as_posix()
        links: Iterator[str] = iter(())
        try:
            if document.suffix == ".html":
                if not document.read_bytes().rstrip().endswith(b"</html>"):
                    yield f"{name}: cut off"
                links = page_links(document)
            elif document.suffix in {".xml", ".xsd", ".svg"}:
                links = xml_links(document)
            elif document.suffix in {".json", ".webmanifest"}:
                json.loads(document.read_bytes())
            own = f"{base}/{name}".removesuffix("index.html")
            for link in links:
                full = urljoin(own, link)
                parts = urlsplit(full)
                if f"{parts.scheme}://{parts.netloc}" != base.removesuffix(prefix):
                    continue
                if not file_for(root, parts.path.removeprefix(prefix)).is_file():
                    yield f"{name}: dead link {link}"
        except (etree.XMLSyntaxError, etree.ParserError, ValueError) as error:
            yield f"{name}: {error}"


def main() -> None:
    root = Path(sys.argv[1])
    found = list(faults(root))
    print("\n".join(found) or f"{sum(1 for p in root.rglob('*') if p.is_file())} files, no fault")  # noqa: T201 - a program
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
