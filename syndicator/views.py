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


def told_of(cut: Slice, setting: Setting) -> tuple[str, ...]:
    """The dealers whom the slice tells of: a group's locations also while they have no cars."""
    return cut.dealer_ids if cut.showroom else dealers_of(cut, setting)


class Narrowing:
    """Settings as far as slices can see them, so that other dealers' news leave a slice alone."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._rooms: dict[str, list[int]] = {}  # by dealer id, in the site's order
        for number, room in enumerate(setting.site.showrooms):
            for dealer_id in room.dealer_ids:
                self._rooms.setdefault(dealer_id, []).append(number)

    def of(self, cut: Slice) -> Setting:
        """What one slice sees. It is asked once for each of very many: it walks its own only."""
        setting, site = self._setting, self._setting.site
        feeds = tuple(feed for feed in setting.feeds if cut.scope in setting.feed_scopes[feed.name])
        if cut.showroom is None:
            return msgspec.structs.replace(setting, feeds=feeds)
        seen = sorted({each for key in cut.dealer_ids for each in self._rooms.get(key, ())})
        rooms = tuple(site.showrooms[each] for each in seen)
        homes = ((key, setting.homes.get(key)) for key in cut.dealer_ids)
        return msgspec.structs.replace(
            setting,
            site=msgspec.structs.replace(site, showrooms=rooms, searches=()),
            homes={key: slug for key, slug in homes if slug is not None},
            feeds=feeds,
        )


def view(catalogue: Catalogue, cut: Slice, setting: Setting, place: Place) -> View:
    """The slice as an exporter sees it.

    :param setting: already narrowed to this slice.
    """
    dealer_ids = dealers_of(cut, setting)
    whole = View(
        scope=cut.scope,
        site=setting.site,
        showroom=cut.showroom,
        dealers=catalogue.dealers(told_of(cut, setting)),
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
