"""``status.json``: what the last build came to, for whoever watches. It moves with the clock.

One object: ``run`` tells of the whole build, ``targets`` of each target by name, ``alerts`` of each
problem. A target that failed or was left out keeps the times of its last success.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from syndicator import atomic
from syndicator.errors import HoldError, SyndicatorError
from syndicator.summary import TargetSummary

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """The last build; ``error`` says why it ended early, where it did, ``hint`` what to do."""

    started: datetime
    finished: datetime
    exit_code: int
    changed: bool = False
    requests: int = 0
    error: str = ""
    hint: str = ""
    failures: tuple[str, ...] = ()  # feeds that were not made, with the reason
    warnings: tuple[str, ...] = ()


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """A problem that people are told of.

    :ivar since: when a build first saw it.
    :ivar builds: how many in a row have seen it; 0: it is over, and that is still to be told.
    """

    since: datetime
    builds: int = 0
    is_told: bool = False


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file."""

    run: Run
    targets: Mapping[str, TargetSummary] = {}
    alerts: Mapping[str, Alert] = {}  # by problem, see alerts.py


def after(
    before: Status,
    run: Run,
    targets: Iterable[TargetSummary],
    configured: Collection[str] = (),
) -> Status:
    """The status after one more build. Pure.

    :param configured: names of targets; those of other builds that are not among them have left
        the configuration and are forgotten. Without any, all are kept.
    """
    told = {each.target: each for each in targets}
    kept = {
        name: each
        for name, each in before.targets.items()
        if name not in told and (not configured or name in configured)
    }
    return Status(run=run, targets=kept | told, alerts=before.alerts)


def write(path: Path, status: Status) -> None:
    """Put the file in place of the last one.

    :raises OutputError: it cannot be written.
    """
    text = msgspec.json.format(msgspec.json.encode(status), indent=2)
    atomic.replace(path, text + b"\n")


def failed(before: Status, names: Iterable[str], error: SyndicatorError) -> Iterator[TargetSummary]:
    """The targets of a build that ended early: as they were, but failed."""
    state = "held" if isinstance(error, HoldError) else "failed"
    for name in names:
        known = before.targets.get(name, TargetSummary(target=name))
        yield msgspec.structs.replace(known, state=state, reason=error.message)


def read(path: Path) -> Status:
    """The status of the last build; an empty one where the file cannot be used."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Status)
    except (OSError, msgspec.MsgspecError):
        return Status(run=Run(started=NEVER, finished=NEVER, exit_code=0))
