"""The main job: read, plan, render what is not fresh, land it, say what happened."""

from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from syndicator import ground, holds, late, netlify, outcome, planning, publish, showrooms
from syndicator.agenda import Wish
from syndicator.catalogue import Catalogue
from syndicator.config import Config, Target
from syndicator.crawls import shown_by
from syndicator.errors import HoldError, UsageError
from syndicator.fronts import Front
from syndicator.logbook import Logbook
from syndicator.manifest import Manifest
from syndicator.models import Dealer
from syndicator.order import Order
from syndicator.outcome import Standing
from syndicator.places import Places
from syndicator.record import Condition, published_counts
from syndicator.registry import Feed, activate, check_languages
from syndicator.rendering import Rendering
from syndicator.source import normalise
from syndicator.source.client import Client, LocationQuery, Secret
from syndicator.source.clock import SYSTEM, Clock
from syndicator.store import Store
from syndicator.summary import Notify, Summary
from syndicator.sync import Synced, sync
from syndicator.tree import Tree
from syndicator.views import Setting, Slice, slices
from syndicator.webhook import Webhook

if TYPE_CHECKING:
    from syndicator import cluster, fetch, gallery, mirror
else:  # few builds want a cluster or copies of photos
    cluster, fetch, gallery, mirror = (
        late.module(f"syndicator.{name}") for name in ("cluster", "fetch", "gallery", "mirror")
    )

Connect = Callable[[str, Secret, float, Clock], Client]
"""From address, key, seconds for the whole run and clock."""


def connect(api_url: str, secret: Secret, seconds: float, clock: Clock) -> Client:
    """The API over the network."""
    return Client(api_url, secret, seconds=seconds, clock=clock)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One build as it was asked for.

    ``targets`` are read now; ``configured`` are all that the configuration names, which keep their
    showrooms. Without a ``secret`` nothing is asked: what is stored is rendered. With a
    ``scheduler``, the workers of its Dask cluster render and develop photos.
    """

    config: Config
    places: Places
    targets: tuple[Target, ...]
    configured: tuple[Target, ...] = ()
    config_file: Path | None = None
    secret: Secret | None = None
    webhook: Webhook | None = None
    only: tuple[str, ...] = ()
    full: bool = False
    force: tuple[str, ...] = ()
    rerender: bool = False
    prune: bool = False
    dry_run: bool = False
    workers: int | None = None  # as many as pay
    scheduler: str = ""
    templates: Path | None = None
    loopback_origin: str = ""  # of a simulator, whose photos may be fetched
    connect: Connect = connect
    clock: Clock = SYSTEM


def build(request: Request, notify: Notify) -> Summary:
    """One whole build.

    :raises SyndicatorError: nothing was published; see the error's exit code.
    """
    output = request.config.output
    feeds = activate(request.config.feeds)
    check_languages(feeds, request.config.site.languages)
    summary = Summary(output=str(output), dry_run=request.dry_run)
    book = _logbook(request, summary)
    with book.kept_from_the_start():
        publish.check_output(output, state=request.places.root, config=request.config_file)
        with (
            ground.prepared(request.places, output, dry_run=request.dry_run) as (places, manifest),
            _hired(request, places, feeds) as hired,
        ):
            ground.refuse_mixing(manifest, output, demo=places.demo, prefix=planning.DEMO)
            with book.kept():
                _Build(
                    request,
                    feeds=feeds,
                    places=places,
                    manifest=manifest,
                    summary=summary,
                    notify=notify,
                    hired=hired,
                ).run()
    return summary


def _hired(
    request: Request, places: Places, feeds: tuple[Feed, ...]
) -> "AbstractContextManager[cluster.Cluster | None]":
    """The workers of the cluster, if the build is to have any but its own."""
    if not request.scheduler:
        return nullcontext()
    address, output = request.scheduler, request.config.output
    return cluster.joined(address, places, output, feeds, trusted=request.loopback_origin)


def _logbook(request: Request, summary: Summary) -> Logbook:
    return Logbook(
        places=request.places,
        site=request.config.site,
        table=request.config.alerts,
        webhook=request.webhook,
        asked=tuple(each.name for each in request.targets),
        configured={each.name for each in request.configured},
        now=request.clock.utc,
        is_silent=request.dry_run,
        is_judged=request.secret is not None and not request.places.demo,
        started=request.clock.utc(),
        summary=summary,
    )


class _Build:
    def __init__(
        self,
        request: Request,
        *,
        feeds: tuple[Feed, ...],
        places: Places,
        manifest: Manifest,
        summary: Summary,
        notify: Notify,
        hired: "cluster.Cluster | None",
    ) -> None:
        self._request = request
        self._hired = hired
        self._feeds = feeds
        self._published = published_counts(request.config.output, demo=places.demo)
        self._places = places
        self._manifest = manifest
        self._summary = summary
        self._notify = notify

    def run(self) -> None:
        """Read, render, land, tell."""
        with Store.open(self._places.state) as store:
            rebuilt = [each for each in (store.rebuilt, self._manifest.rebuilt) if each]
            self._summary.warnings += rebuilt
            synced = self._read(store)
            settled = self._settle(store)
            self._refuse_to_publish_nothing(synced, settled)
            self._refuse_to_forget(store, synced)
            if self._request.config.site.images == "mirror":
                self._keep_photos(store)
            tree = Tree(store.dealers())
            standing = self._standing(store)
        rooms, setting = showrooms.setting(
            self._request.config, self._feeds, settled, tree, standing.stale
        )
        order = self._order(setting, slices(rooms), standing)
        rendering = Rendering(order, self._manifest, self._summary, self._notify)
        rendering.run()
        self._allow_photos(rendering.catalogue, setting)
        rendering.catalogue.close()
        outcome.tell(
            self._summary,
            self._request.targets,
            synced,
            rooms={key: room for key, room in rooms.items() if not room.search},
            standing=standing,
            tree=tree,
        )

    def _read(self, store: Store) -> Synced | None:
        """Ask the API, unless the build is offline."""
        request = self._request
        if request.secret is None:
            return None
        wish = Wish(
            targets=request.targets,
            full=request.full,
            full_every=request.config.sync.full_every,
            force=request.force,
            published=self._published,
        )
        seconds = request.config.sync.deadline.total_seconds()
        with request.connect(
            request.config.api_url, request.secret, seconds, request.clock
        ) as client:
            try:
                synced = sync(client, store, wish, self._notify, request.clock)
            finally:
                self._summary.requests = client.requests
        self._summary.warnings += synced.warnings
        return synced

    def _settle(self, store: Store) -> dict[str, Front]:
        """The showrooms that the site has from now on."""
        with Catalogue(self._places.state) as catalogue:
            active = catalogue.counts()
        targets = (*self._request.targets, *self._request.configured)
        settled = showrooms.settle(store, active, targets, prune=self._request.prune)
        showrooms.remember(store, settled)
        return settled

    def _refuse_to_forget(self, store: Store, synced: Synced | None) -> None:
        """Where our memory is lost, a dealer that is out and was not read would just disappear."""
        tree = Tree(store.dealers())
        asked = {each for target in self._request.targets for each in shown_by(target, tree)}
        kept = asked if self._request.prune else self._published.keys()
        known = holds.confirmed(store)
        lost = [each for each in sorted(kept) if self._published.get(each) and each not in known]
        if lost and synced is not None and synced.errors:
            raise synced.errors[0]
        if lost:
            raise HoldError(
                f"nothing is known any more of {len(lost)} dealers that are out, as {lost[0]}",
                hint="build once for all targets; --prune removes those that are not configured",
            )

    def _refuse_to_publish_nothing(self, synced: Synced | None, settled: dict[str, Front]) -> None:
        """What is out may be the whole stock; without any of our own it stays as it is."""
        if synced is None:
            if not settled:
                raise UsageError("no stock is stored yet", hint="build once without --offline")
            return
        if forgotten := synced.settled.forgotten:
            reasons = sorted({synced.settled.held[each].reason for each in forgotten})
            raise HoldError(
                f"what was read is less than what is out: {'; '.join(reasons)}",
                hint="our memory was lost, so nothing is published; look, then --force TARGET",
            )
        if not settled and synced.errors:
            raise synced.errors[0]

    def _standing(self, store: Store) -> Standing:
        with Catalogue(self._places.state) as catalogue:
            active = catalogue.counts()
        now, after = self._request.clock.utc(), self._request.config.sync.stale_after
        return Standing(
            active=active,
            held=holds.held(store),
            confirmed=holds.confirmed(store),
            stale=holds.stale(store, now, after),
        )

    def _order(self, setting: Setting, cuts: tuple[Slice, ...], standing: Standing) -> Order:
        request = self._request
        secret = request.secret
        return Order(
            output=request.config.output,
            places=self._places,
            feeds=self._feeds,
            slices=cuts,
            setting=setting,
            images=request.config.site.images,
            templates=request.templates,
            only=request.only,
            rerender=request.rerender,
            prune=request.prune,
            dry_run=request.dry_run,
            workers=request.workers,
            cluster=self._hired,
            forbidden=secret.forms if secret else frozenset(),
            conditions=conditions(standing),
        )

    def _allow_photos(self, catalogue: Catalogue, setting: Setting) -> None:
        config, images = self._request.config_file, self._request.config.site.images
        if config and not self._request.dry_run:
            self._summary.warnings += netlify.settle(config, images, catalogue, setting.homes)

    def _keep_photos(self, store: Store) -> None:
        """Make the copies of pictures that we have not, and drop those of cars long gone."""
        folders = self._places.photo_folders
        with (
            closing(fetch.Fetcher(trusted_origin=self._request.loopback_origin)) as fetcher,
            Catalogue(self._places.state) as catalogue,
        ):
            make = self._hired.mirror if self._hired else mirror.mirror
            pictures = gallery.refresh(store, catalogue, fetcher, folders, make)
            for done, is_there in enumerate(pictures, start=1):
                self._summary.photos_missing += not is_there
                self._notify("photos", done, None)
            gallery.tidy(store, catalogue, folders[0])


def conditions(standing: Standing) -> dict[str, Condition]:
    """What is not well with each dealer, for ``build.json``."""
    return {
        dealer_id: Condition(
            stale_since=standing.stale.get(dealer_id),
            held_since=standing.held[dealer_id].since if dealer_id in standing.held else None,
        )
        for dealer_id in sorted(standing.stale.keys() | standing.held.keys())
    }


def visible(api_url: str, secret: Secret) -> tuple[Dealer, ...]:
    """The dealers and locations that a key can see."""
    with Client(api_url, secret) as client:
        return normalise.locations(client.locations(LocationQuery()).records)[0]
