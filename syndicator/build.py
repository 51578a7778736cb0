"""The main job: read, plan, render what is not fresh, land it, say what happened."""

from contextlib import closing
from pathlib import Path

import msgspec

from syndicator import ground, outcome, planning, publish, showrooms
from syndicator.catalogue import Catalogue
from syndicator.config import Config, Target
from syndicator.errors import UsageError
from syndicator.fetch import Fetcher
from syndicator.fronts import Front
from syndicator.mirror import Failed, mirror
from syndicator.models import Dealer
from syndicator.places import Places
from syndicator.registry import activate
from syndicator.rendering import Order, Rendering
from syndicator.source import normalise
from syndicator.source.client import Client, LocationQuery, Secret
from syndicator.store import Store
from syndicator.summary import Notify, Summary
from syndicator.sync import Synced, sync
from syndicator.tree import Tree
from syndicator.views import slices


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One build as it was asked for.

    ``targets`` are read now; ``configured`` are all that the configuration names, which keep their
    showrooms. Without a ``secret`` nothing is asked: what is stored is rendered.
    """

    config: Config
    places: Places
    targets: tuple[Target, ...]
    configured: tuple[Target, ...] = ()
    config_file: Path | None = None
    secret: Secret | None = None
    only: tuple[str, ...] = ()
    rerender: bool = False
    prune: bool = False
    dry_run: bool = False
    workers: int = 1
    templates: Path | None = None
    loopback_origin: str = ""  # of a simulator, whose photos may be fetched


def build(request: Request, notify: Notify) -> Summary:
    """One whole build.

    :raises SyndicatorError: nothing was published; see the error's exit code.
    """
    output = request.config.output
    feeds = activate(request.config.feeds)
    publish.check_output(output, state=request.places.root, config=request.config_file)
    with ground.prepared(request.places, output, dry_run=request.dry_run) as (places, manifest):
        ground.refuse_mixing(manifest, output, demo=places.demo, prefix=planning.DEMO)
        summary = Summary(output=str(output), dry_run=request.dry_run)
        with Store.open(places.state) as store:
            summary.warnings += [each for each in (store.rebuilt, manifest.rebuilt) if each]
            synced = read(request, store, summary, notify)
            settled = settle(request, store, places)
            if not settled and synced is None:  # what is out may be the whole stock
                raise UsageError("no stock is stored yet", hint="build once without --offline")
            if not settled and synced and (errors := synced.errors):
                raise errors[0]  # there is no stock yet that could stay as it is
            if request.config.site.images == "mirror":
                keep_photos(request, store, places, summary, notify)
            tree = Tree(store.dealers())
        rooms, setting = showrooms.setting(request.config, feeds, settled, tree)
        order = Order(
            output=output,
            places=places,
            feeds=feeds,
            slices=slices(rooms),
            setting=setting,
            mirrored=request.config.site.images == "mirror",
            templates=request.templates,
            only=request.only,
            rerender=request.rerender,
            prune=request.prune,
            dry_run=request.dry_run,
            workers=request.workers,
            forbidden=publish.forms(request.secret.reveal()) if request.secret else frozenset(),
        )
        rendering = Rendering(order, manifest, summary, notify)
        rendering.run()
        with rendering.catalogue as catalogue:
            outcome.tell(
                summary,
                request.targets,
                synced,
                rooms=rooms,
                active=catalogue.counts(),
                tree=tree,
            )
    return summary


def read(request: Request, store: Store, summary: Summary, notify: Notify) -> Synced | None:
    """Ask the API, unless the build is offline."""
    if request.secret is None:
        return None
    with Client(request.config.api_url, request.secret) as client:
        try:
            synced = sync(client, store, request.targets, notify)
        finally:
            summary.requests = client.requests
    summary.warnings += synced.warnings
    return synced


def settle(request: Request, store: Store, places: Places) -> dict[str, Front]:
    """The showrooms that the site has from now on."""
    with Catalogue(places.state) as catalogue:
        active = catalogue.counts()
    targets = (*request.targets, *request.configured)
    settled = showrooms.settle(store, active, targets, prune=request.prune)
    showrooms.remember(store, settled)
    return settled


def keep_photos(
    request: Request, store: Store, places: Places, summary: Summary, notify: Notify
) -> None:
    """Fetch the pictures that we have no copy of."""
    with (
        closing(Fetcher(trusted_origin=request.loopback_origin)) as fetcher,
        Catalogue(places.state) as catalogue,
    ):
        missing = store.photos_missing(catalogue.photo_urls())
        for done, picture in enumerate(mirror(missing, fetcher, places.photos), start=1):
            if isinstance(picture, Failed):
                summary.photos_missing += 1
            else:
                store.put_photo(picture)
            notify("photos", done, None)


def visible(api_url: str, secret: Secret) -> tuple[Dealer, ...]:
    """The dealers and locations that a key can see."""
    with Client(api_url, secret) as client:
        return normalise.locations(client.locations(LocationQuery()).records)[0]
