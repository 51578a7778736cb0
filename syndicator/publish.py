"""From a plan to a new build in ``output/``: decide it, carry it out, recover it.

At every instant each published file is whole and no link dangles; after any crash the next start
ends in exactly one build.
"""

import logging
import stat
from itertools import chain
from pathlib import Path
from typing import Final

from syndicator import disk, journal
from syndicator.claims import Made
from syndicator.errors import OutputError
from syndicator.folders import Ways
from syndicator.manifest import Manifest
from syndicator.outputs import check_output, clear_stages, staging
from syndicator.plan import Plan, plan
from syndicator.verify import Unsound, verify

__all__ = [
    "Made",
    "Plan",
    "Unsound",
    "check_output",
    "land",
    "plan",
    "recover",
    "staging",
    "verify",
]

RESERVE_BYTES: Final = 64 << 20

log = logging.getLogger(__name__)


def land(plan: Plan, manifest: Manifest, state: Path) -> None:
    """Make the plan true. Files that do not change are not touched.

    If this fails before the journal is written, nothing has happened; from then on
    :func:`recover` finishes it.

    :raises OutputError: says which file, and what to do.
    """
    assert not journal.exists(state), "recover first"
    landing = plan.landing
    if plan.changes_files:
        folder = next(each for each in Path(landing.output, "x").parents if each.exists())
        _check_space(folder, plan.size_bytes)
        staged = (file for file, _ in landing.moves)
        if (first := next(staged, None)) is not None:
            disk.sync(Path(first).parent.parent, chain([first], staged))
        _refuse_newcomers(landing.output, plan)
        journal.write(state, landing)
        journal.carry_out(landing, manifest)
        journal.forget(state)
    elif landing.puts or landing.forgotten or landing.keys or landing.dropped:
        journal.carry_out(landing, manifest)


def recover(state: Path, manifest: Manifest, output: Path) -> bool:
    """Finish what a killed build had decided, then clear away what it left; the lock must be held.

    :returns: whether there was anything to finish.
    """
    unfinished = journal.exists(state)
    if unfinished:
        log.warning("finishing a build that was interrupted")
        journal.carry_out(journal.read(state), manifest, again=True)
    journal.forget(state)
    clear_stages(state, output)
    return unfinished


def _refuse_newcomers(output: str, plan: Plan) -> None:
    """What was put in the way after the landing was planned is somebody else's.

    Once the landing is decided it could neither be finished nor be forgotten.
    """
    ways, added = Ways(), iter(plan.added)  # which is in the order of the moves
    awaited = next(added, None)
    _expect_folder(output)
    for _, path in plan.landing.moves:
        for folder in ways.new(path):
            _expect_folder(f"{output}/{folder}")
        found = disk.status(f"{output}/{path}")
        is_new = path == awaited
        if is_new:
            awaited = next(added, None)
        if found is not None and (is_new or not stat.S_ISREG(found.st_mode)):
            raise _came(f"{output}/{path}")
    assert awaited is None, "all that is added is moved"


def _expect_folder(place: str) -> None:
    found = disk.status(place)
    if found is not None and not stat.S_ISDIR(found.st_mode):
        raise _came(place)


def _came(place: str) -> OutputError:
    return OutputError(f"{place}: came while the build ran", hint="move it away, or build again")


def _check_space(folder: Path, size_bytes: int) -> None:
    """Twice the change and a reserve, of which the staged files already take one half."""
    missing = size_bytes + RESERVE_BYTES - disk.free_bytes(folder)
    if missing > 0:
        raise OutputError(
            f"{folder}: {missing / 1e6:.0f} MB too little room to publish", hint="make room there"
        )
