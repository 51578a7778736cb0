"""Cuts the catalogue into slices and hands each one out as a view."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from syndicator.catalogue import Catalogue
from syndicator.cdn import service
from syndicator.contract import Place, Scope, View
from syndicator.links import FeedAddress, Links
from syndicator.models import Showroom, Site
from syndicator.selection import found

PHOTOS = "assets/photos"  # of mirrored pictures, in output/


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """The part of the stock that one job shows. ``key`` is stable: ``site``, ``dealer:<id>``."""

    key: str
    scope: Scope
    showroom: Showroom | None = None

    @property
    def dealer_ids(self) -> tuple[str, ...]:
        """Whose listings; the site's slice takes those of all its showrooms."""
        return self.showroom.dealer_ids if self.showroom else ()

    @property
    def folder(self) -> str:
        """In ``output/``, with a trailing slash; empty for the site."""
        return f"{self.showroom.slug}/" if self.showroom else ""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What all views of a build have in common."""

    site: Site
    homes: Mapping[str, str]  # dealer id to the folder that holds its cars
    feeds: tuple[FeedAddress, ...]
    feed_scopes: Mapping[str, frozenset[Scope]]


def slices(rooms: Mapping[str, Showroom]) -> tuple[Slice, ...]:
    """One per showroom or search, by key, then the site as a whole."""
    return (
        *(Slice(key=key, scope=scope_of(room), showroom=room) for key, room in rooms.items()),
        Slice(key="site", scope=Scope.SITE),
    )


def scope_of(room: Showroom) -> Scope:
    """Which exporters a showroom has."""
    return Scope.SEARCH if room.search else Scope.SHOWROOM


def dealers_of(cut: Slice, setting: Setting) -> tuple[str, ...]:
    """The dealers whose listings the slice may show: only those whose cars have a page."""
    wanted = cut.dealer_ids if cut.showroom else tuple(sorted(setting.homes))
    return tuple(each for each in wanted if each in setting.homes)


def narrowed(cut: Slice, setting: Setting) -> Setting:
    """The setting as far as this slice can see it, so that other dealers' news leave it alone."""
    if cut.showroom is None:
        own = setting
    else:
        seen = set(cut.dealer_ids)
        rooms = tuple(room for room in setting.site.showrooms if seen & set(room.dealer_ids))
        own = msgspec.structs.replace(
            setting,
            site=msgspec.structs.replace(setting.site, showrooms=rooms, searches=()),
            homes={each: slug for each, slug in setting.homes.items() if each in seen},
        )
    feeds = tuple(feed for feed in setting.feeds if cut.scope in setting.feed_scopes[feed.name])
    return msgspec.structs.replace(own, feeds=feeds)


def view(catalogue: Catalogue, cut: Slice, setting: Setting, place: Place) -> View:
    """The slice as an exporter sees it.

    :param setting: already narrowed to this slice.
    """
    dealer_ids = dealers_of(cut, setting)
    shown = dealer_ids if cut.showroom is None else cut.dealer_ids
    whole = View(
        scope=cut.scope,
        site=setting.site,
        showroom=cut.showroom,
        dealers=catalogue.dealers(shown),
        listings=catalogue.listings(dealer_ids),
        pending=catalogue.pending(dealer_ids),
        gone=catalogue.gone(dealer_ids),
        events=catalogue.events(dealer_ids),
        prices=catalogue.prices(dealer_ids),
        as_of=catalogue.as_of(dealer_ids),
        links=Links(
            site_url=setting.site.url,
            languages=setting.site.languages,
            folder=cut.folder,
            place=cut.folder + place.value,
            dealers=setting.homes,
            feeds=setting.feeds,
        ),
    )
    return found(whole, cut.showroom.search) if cut.showroom and cut.showroom.search else whole


def open_catalogue(state: Path, site_url: str, *, images: str) -> Catalogue:
    """The catalogue, with its photos where the configuration's ``images`` says."""
    return Catalogue(
        state,
        mirror=f"{site_url}/{PHOTOS}" if images == "mirror" else None,
        service=service(site_url) if images == "netlify" else None,
    )
