"""Where a build may write: the real places under the lock, or, for a dry run, copies of them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from syndicator import database, lock, publish
from syndicator.errors import UsageError
from syndicator.manifest import Manifest
from syndicator.places import Places
from syndicator.record import holds_real_site


@contextmanager
def prepared(places: Places, output: Path, *, dry_run: bool) -> Iterator[tuple[Places, Manifest]]:
    """The places and the open manifest, with whatever a crash left behind put in order.

    :raises LockedError: another build is at work.
    """
    if dry_run:
        with copied(places) as copy, Manifest.open(copy.manifest) as manifest:
            yield copy, manifest
        return
    with lock.held(places.lock), Manifest.open(places.manifest) as manifest:
        publish.recover(places.root, manifest, output)
        yield places, manifest


@contextmanager
def copied(places: Places) -> Iterator[Places]:
    """The same knowledge in a temporary folder; new photos go there, kept ones are only read."""
    if (places.root / "journal").exists():
        raise UsageError(
            "an interrupted build must be finished first", hint="build once without --dry-run"
        )
    with tempfile.TemporaryDirectory(prefix="syndicator-") as folder:
        copy = Places(
            root=Path(folder),
            demo=places.demo,
            photos_before=places.photos,
            fragments_before=places.fragments,
        )
        for source, target in ((places.state, copy.state), (places.manifest, copy.manifest)):
            if source.exists():
                database.copy(source, target)
        yield copy


def refuse_mixing(manifest: Manifest, output: Path, *, demo: bool, prefix: str) -> None:
    """A demo must never stand in for a real site, whether or not we remember it.

    :raises UsageError: the output holds real pages and this is a demo.
    """
    known = manifest.job_keys(output)
    is_real = not all(job.startswith(prefix) for job in known) if known else holds_real_site(output)
    if demo and is_real:
        raise UsageError(
            f"{output} holds a real site; a demo would replace it",
            hint="give the demo a folder of its own with --output",
        )
