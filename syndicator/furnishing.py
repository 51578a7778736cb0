"""What belongs to no exporter: the furniture of a site, and ``build.json``."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from heapq import merge
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Final

from syndicator import furniture, planning
from syndicator.catalogue import Catalogue
from syndicator.claims import Made
from syndicator.contract import Artefact
from syndicator.jobs import templates
from syndicator.manifest import Entry, Manifest
from syndicator.order import Order
from syndicator.record import build_record
from syndicator.stage import Stage, Staged, kept
from syndicator.views import PHOTOS

FURNITURE: Final = "furniture@site"
RECORD: Final = "record@site"


class Furnishing:
    """The two jobs of ours that come after all others.

    :param published: what is out as it was landed, by path.
    :param spoilt: jobs some of whose files are not.
    """

    def __init__(
        self,
        order: Order,
        manifest: Manifest,
        catalogue: Catalogue,
        *,
        published: Mapping[str, Entry],
        spoilt: Collection[str],
    ) -> None:
        self._order = order
        self._manifest = manifest
        self._catalogue = catalogue
        self._published = published
        self._spoilt = spoilt
        prefix = planning.DEMO if order.places.demo else ""
        self._furniture = prefix + FURNITURE
        self._record = prefix + RECORD

    @property
    def jobs(self) -> frozenset[str]:
        """The names of both."""
        return frozenset({self._furniture, self._record})

    def furniture(self, folder: Path, *, is_shown: bool) -> Made:
        """Style sheets, icons, schemas, copies of photos.

        :param is_shown: pages stay out that may show what was out before, so that it stays, too.
        """
        key = "" if is_shown else self._key()
        if key and self._is_fresh(key):
            return Made(job=self._furniture, key=key, staged=tuple(self._out(self._furniture)))
        staged = self._staged(self._furniture, self._artefacts(), folder)
        if is_shown:
            again = {each.path for each in staged}
            staged += tuple(each for each in self._out(self._furniture) if each.path not in again)
        return Made(job=self._furniture, key=key, staged=staged)

    def record(self, made: Collection[Made], stale: Collection[str], folder: Path) -> Made:
        """``build.json``, from all that will be out."""
        done = {each.job for each in made}.union(stale)
        out = self._manifest.files(self._order.output)
        left = sorted(path for path, entry in out.items() if entry.job not in done)
        staged = sorted((one for each in made for one in each.staged), key=attrgetter("path"))
        tree = merge(  # two lists in order, for a dictionary of all would take much room
            ((path, out[path].digest) for path in left),
            ((each.path, each.digest) for each in staged),
        )
        artefact = build_record(
            self._order.setting.site.showrooms,
            self._catalogue,
            tree,
            demo=self._order.places.demo,
            conditions=self._order.conditions,
        )
        return Made(job=self._record, key="", staged=self._staged(self._record, [artefact], folder))

    def _key(self) -> str:
        """Under which the furniture is fresh; empty where it depends on the stock."""
        if self._order.images == "mirror":
            return ""
        look = partial(planning.look, self._order.templates)
        return planning.digest((*map(look, self._folders()), planning.program()))

    def _is_fresh(self, key: str) -> bool:
        landed = self._manifest.job_keys(self._order.output).get(self._furniture)
        return landed == key and not self._order.rerender and self._furniture not in self._spoilt

    def _folders(self) -> Iterable[Path | None]:
        """Of the templates of other packages; ``None`` for our own."""
        return dict.fromkeys([None, *(feed.recipe().templates for feed in self._order.feeds)])

    def _artefacts(self) -> Iterator[Artefact]:
        order = self._order
        found = (furniture.assets(templates(order.templates, each)) for each in self._folders())
        assets = {each.path: each for each in chain.from_iterable(found)}
        yield from assets.values()
        yield from furniture.schemas(templates(order.templates))
        if order.images == "mirror":
            shown = tuple(sorted(order.setting.homes))
            yield from furniture.photos(self._catalogue, shown, order.places.photo_folders)

    def _out(self, job: str) -> Iterator[Staged]:
        """The files of a job as they are out."""
        for path, entry in self._published.items():
            if entry.job == job:
                yield kept(path, entry)

    def _staged(self, job: str, artefacts: Iterable[Artefact], folder: Path) -> tuple[Staged, ...]:
        stage = Stage(folder, f"{job.rpartition('/')[2].partition('@')[0]}-")
        return tuple(self._one(stage, each) for each in artefacts)

    def _one(self, stage: Stage, artefact: Artefact) -> Staged:
        """A picture that is out is not read again: its name is made of its content."""
        path = str(artefact.path)
        known = self._published.get(path)
        if known and path.startswith(f"{PHOTOS}/"):
            return kept(path, known)
        return stage.write(artefact.path, artefact.chunks, artefact.kind, known)
