"""What portals have in common: ids that meet once, addresses by template. Pure."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from string import Formatter
from urllib.parse import quote

from syndicator.links import vehicle_slug
from syndicator.models import Listing

PLACEHOLDERS = frozenset({"reference", "id", "slug"})


class Identities:
    """Ids for one document: the seller's reference where it can serve, else the listing's id.

    A reference that occurs twice, or as another car's id, serves none of its cars, so that an id
    never moves from one car to another.
    """

    def __init__(self, listings: Iterable[Listing], longest: int) -> None:
        pairs = ((listing.id, listing.reference) for listing in listings)
        self._uses = Counter(text for text in chain.from_iterable(pairs) if text)
        self._longest = longest

    def of(self, listing: Listing) -> str | None:
        """The id, or ``None`` where neither is short enough."""
        reference = listing.reference
        if reference and len(reference) <= self._longest and self._uses[reference] == 1:
            return reference
        return listing.id if len(listing.id) <= self._longest else None


def check_template(link: str) -> str:
    """The template itself, where it is one for :func:`landing_page`; else ``ValueError``."""
    if not re.match(r"https?://[^{}/]+/", link):
        raise ValueError("must start with http:// or https:// and a host")
    for _, name, spec, conversion in Formatter().parse(link):
        if name is not None and (name not in PLACEHOLDERS or spec or conversion):
            raise ValueError(f"unknown {{{name}}}: use {{reference}}, {{id}} or {{slug}}")
    return link


def landing_page(template: str, listing: Listing) -> str | None:
    """The address of a car on another site; ``None`` where the template lacks the reference."""
    if "{reference}" in template and not listing.reference:
        return None
    return template.format(
        reference=quote(listing.reference or "", safe=""),
        id=quote(listing.id, safe=""),
        slug=vehicle_slug(listing),
    )


def cut(text: str, most: int) -> str:
    """At most so many characters, ended at a word where there is one."""
    if len(text) <= most:
        return text
    whole_words = re.match(rf"(?s).{{1,{most}}}(?=\s)", text)
    return (whole_words[0] if whole_words else text[:most]).rstrip()
