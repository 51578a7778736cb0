"""What exporters of other packages may not write: what belongs to somebody else. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from syndicator.claims import Made
from syndicator.folders import above
from syndicator.jobs import Job
from syndicator.manifest import Entry
from syndicator.plan import MARKER
from syndicator.stage import fold
from syndicator.views import PHOTOS

OURS: Final = frozenset([MARKER, "assets", "schemas", PHOTOS])  # what no exporter makes


def trespassers(
    jobs: Mapping[str, Job],
    made: Iterable[Made],
    out: Mapping[str, Entry],
    slugs: Collection[str],
) -> dict[str, str]:
    """Jobs of strangers that claim what is not theirs, and what.

    :param out: what other jobs, which were not made now, have out and keep.
    :param slugs: the folders of showrooms.
    """
    strangers = [each for each in made if each.job in jobs and not jobs[each.job].is_ours]
    if not strangers:
        return {}
    held = _Held(made, out)
    found: dict[str, str] = {}
    for each in sorted(strangers, key=lambda each: len(jobs[each.job].slice.folder)):
        folder = jobs[each.job].slice.folder.rstrip("/")
        taken = {*OURS, *slugs} - {folder}
        for path in (staged.path for staged in each.staged):
            top = fold(path.partition("/")[0])
            owner = "another part of the site" if top in taken else held.by(path, each.job)
            if owner:
                found[each.job] = f"{path}: belongs to {owner}"
                held.release(each)
                break
    return found


class _Held:
    """Who holds which path, and the folders above it, in folded form."""

    def __init__(self, made: Iterable[Made], out: Mapping[str, Entry]) -> None:
        self._files: defaultdict[str, set[str]] = defaultdict(set)
        self._folders: defaultdict[str, set[str]] = defaultdict(set)
        for each in made:
            for staged in each.staged:
                self._add(staged.path, each.job)
        for path, entry in out.items():
            self._add(path, entry.job)

    def by(self, path: str, job: str) -> str:
        """Another job that holds the path, something in it, or a file where a folder must be."""
        name = fold(path)
        holders = self._files[name] | self._folders[name]
        for folder in above(name):
            holders |= self._files.get(folder, set())
        return min(holders - {job}, default="")

    def release(self, made: Made) -> None:
        """Forget what one job claims."""
        for staged in made.staged:
            name = fold(staged.path)
            self._files[name].discard(made.job)
            for folder in above(name):
                self._folders[folder].discard(made.job)

    def _add(self, path: str, job: str) -> None:
        name = fold(path)
        self._files[name].add(job)
        for folder in above(name):
            self._folders[folder].add(job)
