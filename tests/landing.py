"""A small site for the tests of landing: jobs are dicts of path to bytes."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from syndicator import disk
from syndicator.contract import Kind
from syndicator.manifest import Manifest, intact
from syndicator.publish import Made, Plan, land, plan, recover, staging, verify
from syndicator.stage import Stage

Files = Mapping[str, bytes]


class World:
    """An output, its state, and what a build does with them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.output = root / "output"
        self.state = root / ".syndicator"
        self.manifest = self.state / "manifest.db"

    def build(
        self,
        jobs: Mapping[str, Files],
        *,
        pruned: Sequence[str] = (),
        dry_run: bool = False,
        forbidden: Sequence[bytes] = (),
    ) -> Plan:
        """What the main process does around the workers."""
        with Manifest.open(self.manifest, read_only=dry_run) as manifest:
            if not dry_run:
                recover(self.state, manifest, self.output)
            with staging(self.state, self.output, dry_run=dry_run) as stage:
                made = [self._make(stage, manifest, job, files) for job, files in jobs.items()]
                for each in made:
                    verify(each.staged, forbidden)
                planned = plan(self.output, manifest, made, pruned=pruned)
                if not dry_run:
                    land(planned, manifest, self.state)
        return planned

    def recover(self) -> bool:
        with Manifest.open(self.manifest) as manifest:
            return recover(self.state, manifest, self.output)

    def tree(self) -> dict[str, bytes]:
        """Every file in the output, and every folder that is empty."""
        return {
            path.relative_to(self.output).as_posix(): b"" if path.is_dir() else path.read_bytes()
            for path in self.output.rglob("*")
            if not path.is_dir() or not any(path.iterdir())
        }

    def rests(self) -> set[str]:
        """What lies around that should not, between two builds."""
        names = {path.name for path in [*self.state.iterdir(), *self.root.iterdir()]}
        return names - {"output", ".syndicator", "manifest.db", "elsewhere"}

    def recorded(self) -> dict[str, int]:
        with Manifest.open(self.manifest) as manifest:
            return {path: entry.size for path, entry in manifest.files(self.output).items()}

    def _make(self, root: Path, manifest: Manifest, job: str, files: Files) -> Made:
        known = intact(self.output, manifest.files(self.output, job=job))
        stage = Stage(root / job)
        staged = tuple(
            stage.write(path, [data], kind(path), known.get(path)) for path, data in files.items()
        )
        return Made(job=job, key=hashlib.blake2b(repr(files).encode()).hexdigest(), staged=staged)


def kind(path: str) -> Kind:
    """The kinds that the names in these tests stand for."""
    if path.startswith("assets/"):
        return Kind.ASSET
    if path == "sitemap.xml":
        return Kind.SITEMAP
    if path == "build.json":
        return Kind.RECORD
    if path.startswith("feeds/"):
        return Kind.FEED
    return Kind.LEAF if path.count("/") > 1 else Kind.INDEX


class Killed(BaseException):
    """The process is gone: no handler of ours may act on it."""


class Fault:
    """Lets the first ``calls`` changes of the disk or the manifest happen, then fails.

    ``error`` is raised once for an :class:`OSError`, at every further call for :class:`Killed`.
    """

    def __init__(self, calls: int, error: BaseException) -> None:
        self.left = calls
        self.error = error
        self.struck = False
        self.recorded = False  # struck within record
        self._perform = disk._perform
        self._record = Manifest.record

    def perform(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.tick()
        return self._perform(call, *args, **kwargs)

    def recording(self) -> Callable[..., None]:
        """A ``Manifest.record`` that may fail before or after its commit.

        It raises the error bare; SQLite's own would come as an :class:`OutputError`.
        """

        def record(manifest: Manifest, *args: Any, **kwargs: Any) -> None:
            self.recorded = True
            self.tick()
            self._record(manifest, *args, **kwargs)
            self.tick()
            self.recorded = False

        return record

    def tick(self) -> None:
        if self.struck and isinstance(self.error, Killed):
            raise self.error
        if self.left == 0 and not self.struck:
            self.struck = True
            raise self.error
        self.left -= 1
