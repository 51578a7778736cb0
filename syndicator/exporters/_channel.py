"""What a feed for readers is made of, whatever its format and whatever its entries tell. Pure."""

import re
from datetime import datetime
from typing import Annotated

import msgspec
from pydantic import AfterValidator, Field

from syndicator.contract import Kit, StockOptions, View, Words
from syndicator.errors import UsageError
from syndicator.links import tag
from syndicator.mistakes import wrong
from syndicator.models import Listing, Photo
from syndicator.templating import WebAddress


def _with_ending(filename: str) -> str:
    if not re.fullmatch(r".*[^./]\.[A-Za-z0-9]+", filename):
        raise wrong(f"{filename!r} has no ending", "say one, such as .xml")
    return filename


Filename = Annotated[str, AfterValidator(_with_ending)]  # more may follow in a folder without it


class FeedOptions(StockOptions):
    """``limit``: entries per document; ``hub``: the WebSub hub that is told of news."""

    limit: int = Field(default=200, ge=1, le=1000, description="entries per document")
    hub: WebAddress = Field(default="", description="address of the WebSub hub")


class PagedOptions(FeedOptions):
    """``pages``: so many documents at most; with 1 the feed is of the newest cars only.

    A car that comes or goes moves those behind it, so each further document is one more to write.
    """

    pages: int = Field(default=5, ge=1, le=1000, description="documents at most")

    @property
    def told_at_most(self) -> int | None:
        """Those that all documents have room for."""
        return self.pages * self.limit


class Author(msgspec.Struct, frozen=True, kw_only=True):
    """Who sells, and the address of the showroom."""

    name: str
    uri: str


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """A stable word for machines on the axis ``scheme``, and its label for people."""

    scheme: str
    term: str
    label: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A car, or what happened to one.

    ``summary`` is plain text, ``content`` HTML, ``point`` latitude and longitude.
    """

    id: str
    title: str
    updated: datetime
    published: datetime
    address: str
    author: Author
    summary: str
    content: str
    categories: tuple[Category, ...]
    photos: tuple[Photo, ...]  # with a media type wherever it can be told
    point: str | None = None


class Removal(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that is no more; ``comment`` says why."""

    id: str
    when: datetime
    comment: str


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """One document of a feed; ``address`` is its own, ``home`` the page the feed stands for.

    ``pages`` leads to the feed's other documents by relation (RFC 5005, section 3). Where
    ``is_complete``, what is not in the document is not in the feed (section 2).
    """

    id: str
    title: str
    subtitle: str
    address: str
    home: str
    updated: datetime
    locale: str
    author: Author
    hub: str = ""
    pages: tuple[tuple[str, str], ...] = ()
    is_complete: bool = False
    entries: tuple[bytes, ...] = ()  # as the format writes them
    removals: tuple[Removal, ...] = ()


class Sellers:
    """Whom the entries of a slice are by, in one language."""

    def __init__(self, view: View, words: Words) -> None:
        self._links = view.links
        self._language = words.language
        self._names = {dealer.id: dealer.name for dealer in view.dealers}
        self.house = house(view, words)

    def of(self, listing: Listing) -> Author:
        """The dealer, or the house where nobody knows its name."""
        name = self._names.get(listing.dealer_id)
        if name is None:
            return self.house
        return Author(name=name, uri=self._links.dealer(listing.dealer_id, self._language))


def house(view: View, words: Words) -> Author:
    """Whose feed it is: the showroom's; a saved search is the site's."""
    if view.showroom is None or view.showroom.search:
        return Author(name=view.site.title, uri=view.links.site(words.language))
    return Author(name=name_of(view, words), uri=view.links.home(words.language))


def name_of(view: View, words: Words) -> str:
    """What the slice is called in this language."""
    return view.showroom.called(words.language) if view.showroom else view.site.title


def is_search(view: View) -> bool:
    """Whether the slice is a saved search."""
    return bool(view.showroom and view.showroom.search)


def spoken(view: View, kit: Kit, options: FeedOptions) -> Words:
    """The language of the feed.

    :raises UsageError: the site has no pages in it.
    """
    languages = view.site.languages
    language = options.language or languages[0]
    if language not in languages:
        raise UsageError(
            f"feed {options.filename}: the site has no pages in {language!r}",
            hint=f"it has {', '.join(languages)}",
        )
    return kit.speak(language)


def feed_id(view: View, options: FeedOptions, language: str, *parts: str) -> str:
    """Another language is another subscription, and so is a feed of another filename.

    :param parts: what else tells the feed from others of the slice.
    """
    slice_ = ["site"]
    if view.showroom:
        slice_ = ["search" if view.showroom.search else "showroom", view.showroom.slug]
    other = [] if language == view.site.languages[0] else [language]
    usual = type(options).model_fields["filename"].default
    own = ["feed", options.filename] if options.filename != usual else []
    return tag(view.site.authority, *slice_, *parts, *other, *own)
