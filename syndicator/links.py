"""Every public address, made of ids and configuration. Pure.

An address never depends on another car, nor on a title somebody may edit.
"""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from string import Formatter
from urllib.parse import quote, urlsplit

import msgspec
from anyascii import anyascii

from syndicator.models import Listing, Retold

SLUG_LENGTH = 60
REMEMBERED = 4096  # slugs and tags of each kind: every feed that names a car asks for the same

TAKEN = frozenset(
    (
        *("assets", "feeds", "schemas", "build", "embed", "report", "card", "index", "page"),
        *("nl", "fr", "de", "en"),
        *("404", "cdn-cgi"),  # hosts answer there themselves
    )
)
EMBED = "embed.js"  # at the site's root, under one name for years: dealers paste it once
RESERVED_ON_WINDOWS = frozenset(
    ["con", "prn", "aux", "nul", "conin", "conout"]
    + [f"{port}{digit}" for port in ("com", "lpt") for digit in range(10)]
)


@lru_cache(maxsize=REMEMBERED)
def slugify(text: str) -> str:
    """``Škoda Octavia`` to ``skoda-octavia``; empty where nothing can be written in ASCII."""
    words = re.sub(r"[^a-z0-9]+", "-", anyascii(text).lower()).strip("-")
    return words[:SLUG_LENGTH].rstrip("-")


def token(identity: str) -> str:
    """Eight lower-case base32 characters (RFC 4648) of a BLAKE2b digest of the whole id."""
    digest = hashlib.blake2b(identity.encode(), digest_size=5).digest()
    return base64.b32encode(digest).decode().lower()


def vehicle_slug(listing: Listing) -> str:
    """Make and model, then the token of the id: ``skoda-octavia-k3jx2m7q``."""
    if isinstance(listing, Retold):
        return listing.page_slug
    return _car_slug(listing.make, listing.model, listing.id)


@lru_cache(maxsize=REMEMBERED)
def _car_slug(make: str | None, model: str | None, identity: str) -> str:
    car = slugify(" ".join(part for part in (make, model) if part))
    return f"{car or 'auto'}-{token(identity)}"


def may_be_slug(slug: str) -> bool:
    """Whether a dealer's folder may be called this on every host and file system."""
    return (
        re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?", slug) is not None
        and slug not in TAKEN
        and slug not in RESERVED_ON_WINDOWS
    )


def distinct_slugs(wanted: Mapping[str, str]) -> dict[str, str]:
    """Id to folder name; those that meet, or may not be, all carry a token of their id.

    :param wanted: id to the wished-for name, not yet a slug.
    """
    slugs = {identity: slugify(name) for identity, name in wanted.items()}
    own = {identity: f"{slug or 'dealer'}-{token(identity)}" for identity, slug in slugs.items()}
    # Whoever is called like another with his token would stand in his place.
    counts = Counter([*slugs.values(), *own.values()])
    return {
        identity: slug if counts[slug] == 1 and may_be_slug(slug) else own[identity]
        for identity, slug in slugs.items()
    }


def facet_slug(value: str) -> str:
    """The folder of the cars that share a value; one for all that are written nearly alike."""
    slug = slugify(value)
    return slug if may_be_slug(slug) else f"{slug or 'other'}-{token(value.casefold())}"


class FeedAddress(msgspec.Struct, frozen=True, kw_only=True):
    """A feed of the same slice, for links to it. ``path`` is relative to the slice's folder."""

    name: str
    path: str
    media_type: str
    exporter: str = ""
    language: str = ""  # empty: the site's first


class Links(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses as seen from one feed of one slice. All methods give absolute URLs."""

    site_url: str
    languages: tuple[str, ...]
    folder: str = ""  # of the slice in output/: "" or "gent/"
    place: str = ""  # of this feed in output/: "" or "gent/" or "gent/feeds/"
    dealers: Mapping[str, str] = {}  # dealer id to the folder name that holds its cars
    feeds: tuple[FeedAddress, ...] = ()
    landing_template: str = ""  # of the pages that this feed's entries lead to; empty: ours

    def at(self, path: str) -> str:
        """The address of a path in ``output/``; ``index.html`` is left out."""
        folder, _, name = path.rpartition("/")
        if name == "index.html":
            path = f"{folder}/" if folder else ""
        return f"{self.site_url}/{quote(path)}"

    def own(self, path: str) -> str:
        """The address of an artefact of this feed."""
        return self.at(self.place + path)

    def home(self, language: str | None = None) -> str:
        """The front page of the slice: the showroom, or the site's index."""
        return self.at(self.folder + self._prefix(language))

    def site(self, language: str | None = None) -> str:
        """The front page of the whole site."""
        return self.at(self._prefix(language))

    def dealer(self, dealer_id: str, language: str | None = None) -> str:
        """The showroom that holds this dealer's cars."""
        return self.at(f"{self.dealers[dealer_id]}/{self._prefix(language)}")

    def howto(self, language: str | None = None) -> str:
        """The page of the showroom that tells its dealer how to embed it."""
        return self.at(f"{self.folder}embed/{self._prefix(language)}howto/")

    def vehicle(self, listing: Listing, language: str | None = None) -> str:
        """The page of one car."""
        return self.at(self.vehicle_path(listing, language))

    def vehicle_path(self, listing: Listing, language: str | None = None) -> str:
        """The folder of that page in ``output/``, with a trailing slash."""
        folder = self.dealers[listing.dealer_id]
        return f"{folder}/{self._prefix(language)}{vehicle_slug(listing)}/"

    def landing(self, listing: Listing, language: str | None = None) -> str | None:
        """Where an entry of this feed leads: the car's page here, or on the operator's own site.

        ``None`` where the template for such pages asks for what the listing lacks.
        """
        if not self.landing_template:
            return self.vehicle(listing, language)
        known = {
            "reference": _in_its_place(listing.reference),
            "id": _in_its_place(listing.id),
            "slug": vehicle_slug(listing),
            "dealer": self.dealers.get(listing.dealer_id),
            "language": language or self.languages[0],
        }
        asked = {name for _, name, _, _ in Formatter().parse(self.landing_template) if name}
        if any(not known[name] for name in asked):
            return None
        return self.landing_template.format(
            **{name: quote(text or "", safe="") for name, text in known.items()}
        )

    def entry(self, listing: Listing, language: str | None = None) -> str:
        """The landing page, and the car's page here where there is none."""
        return self.landing(listing, language) or self.vehicle(listing, language)

    def feed(self, name: str) -> str | None:
        """A feed of this slice by name, or ``None`` where it is not made."""
        for feed in self.feeds:
            if feed.name == name:
                return self.at(self.folder + feed.path)
        return None

    def href(self, address: str) -> str:
        """The same address for a page of this site: without scheme and host where it is ours."""
        if address == self.site_url or address.startswith(self.site_url + "/"):
            return address[len(origin(self.site_url)) :] or "/"
        return address

    def _prefix(self, language: str | None) -> str:
        return "" if language is None or language == self.languages[0] else f"{language}/"


def _in_its_place(text: str | None) -> str | None:
    """What a browser would not read as the folder above; that is not known."""
    return None if text in (".", "..") else text


def origin(url: str) -> str:
    """Scheme, host and port: ``https://voorraad.example.be``."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@lru_cache(maxsize=REMEMBERED)
def tag(authority: str, *parts: str) -> str:
    """A tag URI (RFC 4151) that no move of the site can change.

    :param authority: a domain and a date on which it was held: ``okasie.be,2026``.
    """
    return f"tag:{authority}:" + "/".join(quote(part, safe="") for part in parts)
