"""What a landing would do: staged files against the manifest and what stands in ``output/``.

Nothing is written here, so a plan is also the answer to ``--dry-run``.
"""

import os
import stat
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

import msgspec

from syndicator import disk
from syndicator.claims import Made, Owned, claims, refuse_rivals
from syndicator.contract import Kind
from syndicator.errors import OutputError, UsageError
from syndicator.folders import Ways
from syndicator.journal import Landing, Put
from syndicator.manifest import Entry, Manifest, as_landed
from syndicator.stage import Staged, fold

MARKER: Final = "build.json"
NAMED: Final = 5  # paths in one message

_KINDS: Final = (Kind.ASSET, Kind.LEAF, Kind.FEED, Kind.INDEX, Kind.SITEMAP, Kind.RECORD)
_ORDER: Final = {kind: turn for turn, kind in enumerate(_KINDS)}


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a landing will do. All paths are relative to the output."""

    landing: Landing
    added: tuple[str, ...]
    replaced: tuple[str, ...]
    edited: tuple[str, ...]  # of the replaced: somebody else had changed them
    unchanged: int
    size_bytes: int  # of what is added or replaced

    @property
    def removed(self) -> tuple[str, ...]:
        """Files that go."""
        return self.landing.removals

    @property
    def changes_files(self) -> bool:
        """Whether the output will change by a byte."""
        return bool(self.added or self.replaced or self.removed)


class _Marker(msgspec.Struct):
    generator: str


def plan(
    output: Path, manifest: Manifest, made: Sequence[Made], *, pruned: Collection[str] = ()
) -> Plan:
    """Work out what to write, replace and remove.

    Only files of jobs in ``made`` and ``pruned`` are touched; those of failed jobs stay.

    :param pruned: jobs that are to be no more.
    :raises UsageError: two jobs claim one path, or something of somebody else's is in the way.
    :raises OutputError: a file that was to be left alone has changed meanwhile.
    """
    output = output.resolve()
    files = manifest.files(output)
    keys = manifest.job_keys(output)
    going = {each.job for each in made}.union(pruned)
    owned = Owned(files, going)
    refuse_rivals(made, owned)
    survey = _Survey(output, owned, takes_over=not files and is_marked(output))
    staged = []  # what is out already needs no order, and is more than can be held twice
    for claim in claims(made):
        if claim.staged.place is None:
            survey.meet(claim)
        else:
            staged.append(claim)
    _put_in_order(staged, files)
    for claim in staged:
        survey.meet(claim)
    survey.refuse_strangers()
    claimed = sorted(claim.staged.path for claim in claims(made))  # a set takes much more room
    left = sorted(path for path in owned if not _holds(claimed, path))
    removals = survey.removable(left, claimed)
    return Plan(
        landing=Landing(
            output=str(output),
            puts=survey.puts,
            removals=removals,
            forgotten=tuple(sorted(set(left).difference(removals))),
            keys={each.job: each.key for each in made if keys.get(each.job) != each.key},
            dropped=tuple(sorted(keys.keys() & set(pruned))),
        ),
        added=tuple(survey.added),
        replaced=tuple(survey.replaced),
        edited=tuple(survey.edited),
        unchanged=survey.unchanged,
        size_bytes=sum(put.staged.size for put in survey.puts if put.staged.place is not None),
    )


def is_marked(output: Path) -> bool:
    """Whether an earlier build of ours, whose manifest is lost, made this tree."""
    try:
        data = b"".join(disk.chunks(output / MARKER))
        return msgspec.json.decode(data, type=_Marker).generator == "syndicator"
    except (OutputError, msgspec.MsgspecError, UnicodeDecodeError):
        return False


class _Survey:
    """Compares claims with what stands in the output, one after the other."""

    def __init__(self, output: Path, owned: Mapping[str, Entry], *, takes_over: bool) -> None:
        self.puts: list[Put] = []
        self.added: list[str] = []
        self.replaced: list[str] = []
        self.edited: list[str] = []
        self.unchanged = 0
        self._output = output
        self._owned = owned
        self._takes_over = takes_over
        self._strangers: list[str] = []
        self._ways = Ways()

    @cached_property
    def _aliases(self) -> dict[str, str]:
        return {fold(path): path for path in self._owned}

    def meet(self, claim: Put) -> None:
        """Decide what becomes of one file."""
        staged = claim.staged
        found = self._look(staged.path)
        if staged.place is None:
            self._expect(staged, found)
            self._leave(claim)
        elif found is None:
            self.added.append(staged.path)
            self.puts.append(claim)
        elif self._equals(staged, found):
            out = msgspec.structs.replace(staged, place=None, mtime_ns=found.st_mtime_ns)
            self._leave(Put(out, claim.job))
        elif self._is_ours(staged.path, found):
            self._replace(claim)
        else:
            self._strangers.append(staged.path)

    def refuse_strangers(self) -> None:
        """Files that nobody here has written are never overwritten."""
        if self._strangers:
            raise UsageError(
                f"{self._output}: would overwrite what this build did not write: "
                + _named(self._strangers),
                hint="move it away; if a build did write it, delete the folder .syndicator",
            )

    def removable(self, paths: Sequence[str], claimed: Iterable[str]) -> tuple[str, ...]:
        """Those of our old paths where a file stands that is not also a new one by other case."""
        if not paths:
            return ()
        going = set(map(fold, paths))
        renamed = {name: path for path in claimed if (name := fold(path)) in going}
        return tuple(path for path in paths if self._is_removable(path, renamed.get(fold(path))))

    def _is_removable(self, path: str, alias: str | None) -> bool:
        found = self._look(path, strict=False)
        if found is None:
            return False
        twin = disk.status(self._output / alias) if alias else None
        return twin is None or not os.path.samestat(found, twin)

    def _look(self, path: str, *, strict: bool = True) -> os.stat_result | None:
        """The file at a path; that the way to it leads through a link is never right."""
        for folder in self._ways.new(path):
            self._walk(folder)
        found = disk.status(f"{self._output}/{path}")
        if found is None or stat.S_ISREG(found.st_mode):
            return found
        if strict:
            raise _in_the_way(self._output / path, "no file")
        return None

    def _walk(self, folder: str) -> None:
        found = disk.status(f"{self._output}/{folder}")
        if found is not None and not stat.S_ISDIR(found.st_mode):
            raise _in_the_way(self._output / folder, "no folder")

    def _expect(self, staged: Staged, found: os.stat_result | None) -> None:
        if found is None or found.st_size != staged.size:
            raise OutputError(
                f"{self._output / staged.path}: changed while the build ran", hint="build again"
            )

    def _equals(self, staged: Staged, found: os.stat_result) -> bool:
        return (
            found.st_size == staged.size
            and disk.digest(self._output / staged.path) == staged.digest
        )

    def _is_ours(self, path: str, found: os.stat_result) -> bool:
        if self._takes_over or path in self._owned:
            return True
        alias = self._aliases.get(fold(path))
        twin = disk.status(self._output / alias) if alias else None
        return twin is not None and os.path.samestat(found, twin)

    def _leave(self, claim: Put) -> None:
        self.unchanged += 1
        if self._owned.get(claim.staged.path) != claim.entry:
            self.puts.append(claim)

    def _replace(self, claim: Put) -> None:
        path = claim.staged.path
        before = self._owned.get(path)
        if before and as_landed(self._output / path, before) is None:
            self.edited.append(path)
        self.replaced.append(path)
        self.puts.append(claim)


def _put_in_order(claims: list[Put], files: Collection[str]) -> None:
    """First what is new, to which nobody can come before what is out already links to it.

    Of both by kind, and of lists first the deepest: a first build's front page links to all others.
    Sorted by one thing after the other, the last first: keys of several take much room.
    """
    claims.sort(key=lambda each: each.staged.path)
    claims.sort(key=lambda each: -each.staged.path.count("/"))
    claims.sort(key=lambda each: _ORDER[each.staged.kind])
    claims.sort(key=lambda each: each.staged.path in files)


def _holds(paths: Sequence[str], path: str) -> bool:
    place = bisect_left(paths, path)
    return place < len(paths) and paths[place] == path


def _in_the_way(path: Path, what: str) -> UsageError:
    return UsageError(f"{path}: is {what} of this build's", hint="move it away")


def _named(paths: Sequence[str]) -> str:
    rest = len(paths) - NAMED
    return ", ".join(paths[:NAMED]) + (f" and {rest} more" if rest > 0 else "")
