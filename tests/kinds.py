"""Of a finished site, a few addresses that stand for all: each kind of file with each headers."""

from pathlib import Path
from urllib.parse import quote

from syndicator.serve import CONTROL, header_rules, headers_for

# Where nothing is, in several languages.
LOST = (
    "/nowhere/",
    "/fr/nowhere/",
    "/dex-gent/fr/no/where",
    "/assets/none.css",
    "/feeds/atom/99.xml",
)


def kinds(site: Path) -> list[str]:
    """Two files of each kind with each set of headers; a page is asked for by its folder."""
    rules = header_rules((site / "_headers").read_text("utf-8"))
    found: dict[tuple[str, ...], list[str]] = {}
    for file in sorted(site.rglob("*")):
        if file.is_file() and file.name not in CONTROL:
            path = "/" + file.relative_to(site).as_posix().removesuffix("index.html")
            kind = (file.suffix, *map(str, sorted(headers_for(rules, path).items())))
            found.setdefault(kind, []).append(quote(path))
    return [path for group in found.values() for path in group[:2]]
