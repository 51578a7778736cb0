"""The host's control files: ``_headers`` and ``_redirects``, as Netlify and others read them.

The general rule comes first and later ones are more specific. The security policy is set once, so
no path ever gets two. Only generated names stand in paths. In ``_headers`` the folders of showrooms
and searches are one placeholder, which is any one folder to Netlify and to Cloudflare: a rule for
each would be thousands of lines, and Cloudflare reads no more than a hundred rules.

Which sites may show ours in a frame is part of that one policy, for all pages alike: two policies
on one response both hold, so a rule of an embed's own could only forbid more. And a visitor goes
from the framed list to the cars, whose pages are the normal ones.
"""

import re
from collections.abc import Iterator
from itertools import chain
from urllib.parse import urlsplit

from pydantic import Field

from syndicator.contract import Artefact, ExporterOptions, Kind, Kit, Place, Scope, View
from syndicator.links import EMBED

DAY_SECONDS = 86_400
MOST_HOMES = 50  # sites that may frame ours, named one by one; beyond, any https site may
MOST_CHARACTERS = 1900  # of the policy: Cloudflare Pages takes lines of 2000
MOST_ORIGINS = 20  # photo hosts named one by one; beyond, any https host may show a picture
PAGES = "public, max-age=0, must-revalidate"
HASHED = "public, max-age=31536000, immutable"  # RFC 8246: the name holds the digest
FEEDS = "public, max-age=300, stale-while-revalidate=600"  # RFC 5861

OPEN = {
    "Cache-Control": FEEDS,
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
ANY_FOLDER = ":showroom/"
PAGE = "text/html"  # of exporters that make pages, which are for visitors
PAGED = ("atom", "rss", "jsonfeed")  # exporters whose feeds go on in further documents

Rule = tuple[str, dict[str, str]]


class Hosting:
    """The host's control files: security, caching, media types, wrong addresses."""

    scopes = frozenset({Scope.SITE})
    place = Place.ROOT
    media_type = ""

    class Options(ExporterOptions):
        """``hsts_days``: how long browsers shall insist on https; 0 leaves it to the host."""

        hsts_days: int = Field(default=0, ge=0, le=730)

    def __init__(self, options: Options, kit: Kit) -> None:
        self.options = options
        self.kit = kit

    def export(self, view: View) -> Iterator[Artefact]:
        """Both files."""
        rules = chain([("/*", self._everywhere(view))], _cached(view), _feeds(view))
        headers = "\n".join(_block(path, fields) for path, fields in rules)
        yield Artefact.whole("_headers", headers.encode(), Kind.RECORD)
        redirects = "".join(f"{rule}\n" for rule in _redirects(view))
        yield Artefact.whole("_redirects", redirects.encode(), Kind.RECORD)

    def _everywhere(self, view: View) -> dict[str, str]:
        https = view.site.url.startswith("https://")
        homes = embedding_origins(view)
        fields = {
            "Content-Security-Policy": short_policy(photo_origins(view), homes, https=https),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
            "browsing-topics=(), fullscreen=(self)",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cache-Control": PAGES,
        }
        if not homes:  # RFC 7034 knows no list, and would forbid what the policy allows
            fields["X-Frame-Options"] = "SAMEORIGIN"
        if https and self.options.hsts_days:
            age = self.options.hsts_days * DAY_SECONDS
            fields["Strict-Transport-Security"] = f"max-age={age}; includeSubDomains"
        return fields


def short_policy(photos: tuple[str, ...], homes: tuple[str, ...], *, https: bool) -> str:
    """The policy that names the most and that every host still takes for a line."""
    for each in ((photos, homes), (("https:",), homes)):
        policy = content_policy(*each, https=https)
        if len(policy) <= MOST_CHARACTERS:
            return policy
    return content_policy(("https:",), ("https:",), https=https)


def content_policy(photos: tuple[str, ...], homes: tuple[str, ...] = (), *, https: bool) -> str:
    """Content Security Policy Level 3 without any ``unsafe-``.

    Our scripts build documents out of nodes, so they need no policy of Trusted Types, and whoever
    would hand a text to a browser as markup or script is stopped.

    :param photos: the other hosts that pictures come from.
    :param homes: the other sites that may show ours in a frame.
    """
    directives = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        " ".join(("img-src 'self' data:", *photos)),
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        " ".join(("frame-ancestors 'self'", *homes)),
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
        *(["upgrade-insecure-requests"] if https else []),
    )
    return "; ".join(directives)


def embedding_origins(view: View) -> tuple[str, ...]:
    """The sites that any showroom or search may be embedded in, sorted."""
    rooms = chain(view.site.showrooms, view.site.searches)
    found = {host_source(url) for room in rooms for url in room.embed_on} - {None}
    if len(found) > MOST_HOMES:
        return ("https:",)
    return tuple(sorted(source for source in found if source))


def photo_origins(view: View) -> tuple[str, ...]:
    """The hosts that photos and logos come from, other than the site's own, sorted."""
    photos = (
        shown.url
        for listing in chain(view.listings, view.pending, (each.listing for each in view.gone))
        for photo in listing.photos
        for shown in photo.renditions or (photo,)
    )
    logos = chain(
        (dealer.logo_url for dealer in view.dealers),
        (room.theme.logo for room in view.site.showrooms),
    )
    own = host_source(view.site.url)
    origins = {url[: _end_of_origin(url)] for url in chain(photos, logos) if url}
    found = {host_source(origin) for origin in origins} - {None, own}
    if len(found) > MOST_ORIGINS:
        return ("https:",)
    return tuple(sorted(source for source in found if source))


def _end_of_origin(url: str) -> int | None:
    """Where the path of an address begins, if it has one."""
    end = url.find("/", url.find("//") + 2)
    return None if end < 0 else end


def host_source(url: str) -> str | None:
    """The origin of an address as a policy may name it; ``None`` where it is no plain host."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # UnicodeError included: a port or a name that is none
        return None
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", host):
        return None
    return f"{parts.scheme}://{host}{port}"


def _cached(view: View) -> Iterator[Rule]:
    for folder in _folders(view):
        yield f"/{folder}assets/*", {"Cache-Control": HASHED}
    manifest = {"Content-Type": "application/manifest+json; charset=utf-8"}
    yield "/site.webmanifest", manifest
    embed = {"Cache-Control": FEEDS, "Cross-Origin-Resource-Policy": "cross-origin"}
    yield f"/{EMBED}", embed


def _feeds(view: View) -> Iterator[Rule]:
    """Whatever lies where feeds do is open to scripts; each feed has its media type. Pages are not.

    The report is for whom it is sent to.

    So have the documents with what is older, in a folder called as the feed without its ending.
    """
    for folder in _folders(view) if view.links.feeds else ():
        yield f"/{folder}{Place.FEEDS}*", OPEN
        for feed in view.links.feeds:
            if feed.media_type == PAGE:
                continue
            media_type = {"Content-Type": f"{feed.media_type}; charset=utf-8"}
            is_among_feeds = feed.path.startswith(Place.FEEDS)
            yield f"/{folder}{feed.path}", media_type if is_among_feeds else media_type | OPEN
            if feed.exporter in PAGED:
                stem, _, _ = feed.path.rpartition(".")
                yield f"/{folder}{stem}/*", media_type
    if view.site.showrooms:
        yield f"/{ANY_FOLDER}{Place.FEEDS}report.json", {"X-Robots-Tag": "noindex"}


def _folders(view: View) -> tuple[str, ...]:
    """The root, and what stands for every folder of a showroom or a search."""
    return ("", ANY_FOLDER) if view.site.showrooms or view.site.searches else ("",)


def _block(path: str, fields: dict[str, str]) -> str:
    return "".join((f"{path}\n", *(f"  {name}: {value}\n" for name, value in fields.items())))


def _redirects(view: View) -> Iterator[str]:
    """The "not found" page in the language of the address; the first rule that fits wins."""
    others = view.site.languages[1:]
    rooms = [f"{room.slug}/" for room in (*view.site.showrooms, *view.site.searches)]
    folders = ["", *rooms, *(f"{room}embed/" for room in rooms)]
    for language in others:
        for folder in folders:
            yield f"/{folder}{language}/* /{language}/404.html 404"
    yield "/* /404.html 404"
