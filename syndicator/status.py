"""``status.json``: what the last build came to, for whoever watches. It moves with the clock.

One object: ``run`` tells of the whole build, ``targets`` of each target by name. A target that
failed or was left out keeps the times of its last success.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from syndicator import disk
from syndicator.errors import HoldError, SyndicatorError
from syndicator.summary import TargetSummary

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """The last build; ``error`` says why it ended early, where it did."""

    started: datetime
    finished: datetime
    exit_code: int
    changed: bool = False
    requests: int = 0
    error: str = ""
    warnings: tuple[str, ...] = ()


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file."""

    run: Run
    targets: Mapping[str, TargetSummary] = {}


def write(path: Path, run: Run, targets: Iterable[TargetSummary]) -> None:
    """Put the file in place of the last one, from which other targets are kept.

    :raises OutputError: it cannot be written.
    """
    told = {**read(path).targets, **{each.target: each for each in targets}}
    text = msgspec.json.format(msgspec.json.encode(Status(run=run, targets=told)), indent=2)
    new = path.with_name(f"{path.name}.new")
    disk.make_folder(path.parent)
    if new.exists():
        disk.remove(new)
    descriptor = disk.create(new)
    disk.write(descriptor, text + b"\n", new)
    disk.finish(descriptor, new)
    disk.move(new, path)


def failed(path: Path, names: Iterable[str], error: SyndicatorError) -> Iterator[TargetSummary]:
    """The targets of a build that ended early: as they were, but failed."""
    before = read(path).targets
    state = "held" if isinstance(error, HoldError) else "failed"
    for name in names:
        known = before.get(name, TargetSummary(target=name))
        yield msgspec.structs.replace(known, state=state, reason=error.message)


def read(path: Path) -> Status:
    """The status of the last build; an empty one where the file cannot be used."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Status)
    except (OSError, msgspec.MsgspecError):
        return Status(run=Run(started=NEVER, finished=NEVER, exit_code=0))
