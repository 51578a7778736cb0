"""What every page has around its content: addresses, languages, style sheets, feeds."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec

from syndicator.contract import Kit, View, Words
from syndicator.exporters._basis import basis
from syndicator.exporters._languages import NATIVE
from syndicator.exporters.showroom import theme
from syndicator.exporters.showroom.contact import Contact, contact
from syndicator.exporters.showroom.social import Bid, Preview, preview
from syndicator.links import FeedAddress
from syndicator.models import Dealer, Photo, Seller

READERS = {  # the media types that feed readers look for
    "application/atom+xml": "Atom",
    "application/rss+xml": "RSS",
    "application/feed+json": "JSON Feed",
}
MOST_SELLERS = 12  # in a footer; a larger group names itself only


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """The same page in one of the site's languages."""

    language: str
    locale: str  # nl-BE
    name: str  # in that language
    address: str
    href: str


class FeedLink(msgspec.Struct, frozen=True, kw_only=True):
    """A feed of the slice for readers, for autodiscovery and the page that explains feeds."""

    label: str
    title: str
    media_type: str
    address: str
    href: str
    is_news: bool  # what happens to the cars, rather than the cars


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One level of the breadcrumb."""

    name: str
    address: str
    href: str


class Icons(msgspec.Struct, frozen=True, kw_only=True):
    """The site's sign for tabs, bookmarks and a phone's home screen."""

    drawing: str
    small: str  # 32 pixels
    home_screen: str  # 180 pixels


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """The frame of one document; ``trail`` ends with the page itself."""

    language: str
    locale: str
    title: str
    description: str
    address: str
    versions: tuple[Version, ...]
    trail: tuple[Step, ...]
    brand: str
    logo: str
    home: str
    root: str  # of the site
    prefix: str  # of the language within a showroom: empty, or ``fr/``
    styles: tuple[str, ...]
    icons: Icons
    manifest: str
    feeds: tuple[FeedLink, ...]
    follow: str  # the page that explains them; empty where there is none
    sellers: tuple[Contact, ...]
    stale_since: datetime | None = None
    indexed: bool = True
    keeps: bool = False  # cars on it can be kept and compared
    embedded: bool = False  # made to be shown in a frame; ``address`` is the full page's
    image: Preview | None = None  # shown where the page is shared
    bid: Bid | None = None  # of the car that the page offers
    early: tuple[str, ...] = ()  # scripts that come before anything is shown
    scripts: tuple[str, ...] = ()
    data: object = None  # JSON-LD


class Frame:
    """Makes the pages of one slice; holds what they all share."""

    def __init__(self, kit: Kit, view: View) -> None:
        self.kit = kit
        self.view = view
        self.links = view.links
        self.languages = view.site.languages
        self.dealers: dict[str, Dealer] = {dealer.id: dealer for dealer in view.dealers}
        self.name = view.showroom.name if view.showroom else view.site.title
        self.seller = view.showroom.seller if view.showroom else Seller()
        self.look = theme.worn(view)
        self._constants: dict[str, dict[str, Any]] = {}  # by language

    @cached_property
    def basis(self) -> bytes:
        """Of the sellers, whom every page may name."""
        return basis(tuple(self.view.dealers))

    def asset(self, name: str) -> str:
        """The href of an asset."""
        return self.links.href(self.links.at(self.kit.asset(name)))

    def called(self, language: str) -> str:
        """The name of the slice for readers of a language."""
        return self.view.showroom.called(language) if self.view.showroom else self.name

    def prefix(self, language: str) -> str:
        """The folder of a language within the slice: empty, or ``fr/``."""
        return self.links.home(language).removeprefix(self.links.home())

    def step(self, name: str, address: str) -> Step:
        """One level of a breadcrumb."""
        return Step(name=name, address=address, href=self.links.href(address))

    def top(self, language: str) -> tuple[Step, ...]:
        """The breadcrumb down to this slice's front page; a site of one showroom starts there."""
        site = self.step(self.view.site.title, self.links.site(language))
        if self.view.showroom is None:
            return (site,)
        return (site, self.step(self.called(language), self.links.home(language)))

    def contacts(self, words: Words) -> tuple[Contact, ...]:
        """Every seller of the slice."""
        return tuple(contact(dealer, self.seller, words) for dealer in self.dealers.values())

    def follow(self, language: str) -> str:
        """The address of the page that explains the feeds."""
        return self.links.at(f"{self.links.folder}{self.prefix(language)}feeds/")

    def feeds(self, words: Words) -> tuple[FeedLink, ...]:
        """The feeds that readers understand: those of the page's language where there are any."""
        found = [feed for feed in self.links.feeds if feed.media_type in READERS]
        spoken = [feed for feed in found if (feed.language or self.languages[0]) == words.language]
        return tuple(self._feed(feed, words) for feed in spoken or found)

    def _feed(self, feed: FeedAddress, words: Words) -> FeedLink:
        name, format_ = self.called(words.language), READERS[feed.media_type]
        is_news = feed.exporter == "changes"
        address = self.links.at(self.links.folder + feed.path)
        return FeedLink(
            label=words.text("Alerts") if is_news else format_,
            title=words.text("{name}: news ({format})", name=name, format=format_)
            if is_news
            else words.text("{name}: stock ({format})", name=name, format=format_),
            media_type=feed.media_type,
            address=address,
            href=self.links.href(address),
            is_news=is_news,
        )

    def addresses(self, where: Callable[[str], str]) -> dict[str, str]:
        """The same page in each language."""
        return {language: where(language) for language in self.languages}

    def page(
        self,
        words: Words,
        addresses: Mapping[str, str],
        trail: tuple[Step, ...],
        *,
        image: Photo | None = None,
        **own: Any,
    ) -> Page:
        """The frame of the page that has these addresses, by language."""
        title = " · ".join(step.name for step in reversed(trail))
        fields: dict[str, Any] = {
            "title": title,
            "description": title,
            "address": addresses[words.language],
            "versions": tuple(self.versions(addresses)),
            "trail": trail,
            "image": preview(image, trail[-1].name) if image else None,
        }
        return Page(**(self._constant(words) | fields | own))

    def render(self, template: str, page: Page, words: Words, **context: object) -> Iterator[bytes]:
        """A document: ``page``, ``text`` and ``words`` are known to every template."""
        return self.kit.render(template, page=page, words=words, text=words.text, **context)

    def _constant(self, words: Words) -> dict[str, Any]:
        """What all pages of a language share."""
        known = self._constants.get(words.language)
        if known is None:
            home = self.links.home(words.language)
            known = self._constants[words.language] = {
                "language": words.language,
                "locale": words.locale,
                "brand": self.called(words.language),
                "logo": self._logo(),
                "home": self.links.href(home),
                "root": self.links.href(self.links.at("")),
                "prefix": self.prefix(words.language),
                "styles": self.styles(),
                "early": self.scripts("frame.js"),
                "icons": Icons(
                    drawing=self.asset("icon.svg"),
                    small=self.asset("icon-32.png"),
                    home_screen=self.asset("icon-180.png"),
                ),
                "manifest": self.links.href(self.links.at("site.webmanifest")),
                "feeds": self.feeds(words),
                "follow": self.links.href(self.follow(words.language)) if self.feeds(words) else "",
                "sellers": self.contacts(words) if len(self.dealers) <= MOST_SELLERS else (),
                "stale_since": self.view.showroom.stale_since if self.view.showroom else None,
            }
        return known

    def versions(self, addresses: Mapping[str, str]) -> Iterator[Version]:
        """The languages that a page can be had in."""
        for language, address in addresses.items():
            yield Version(
                language=language,
                locale=self.kit.speak(language).locale,
                name=NATIVE[language],
                address=address,
                href=self.links.href(address),
            )

    def styles(self, *own: str) -> tuple[str, ...]:
        """The style sheets of a page; ``own`` are assets that others do not need."""
        return (*(self.asset(name) for name in ("showroom.css", *own)), *self._theme())

    def scripts(self, *own: str) -> tuple[str, ...]:
        """The scripts of a page; each works alone, and the page without any."""
        return tuple(self.asset(name) for name in own)

    def _theme(self) -> tuple[str, ...]:
        path = theme.stylesheet(self.look)
        return (self.links.href(self.links.at(self.links.folder + path)),) if path else ()

    def _logo(self) -> str:
        """The configured one, a file of ``assets/`` or an address; else the only dealer's own."""
        chosen = self.look.logo
        if chosen:
            return chosen if chosen.startswith("https://") else self.asset(chosen)
        if self.view.showroom and len(self.dealers) == 1:
            (dealer,) = self.dealers.values()
            return dealer.logo_url or ""
        return ""
