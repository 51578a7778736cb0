"""What became of each target, for the summary."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from syndicator.config import Target
from syndicator.crawls import shown_by
from syndicator.errors import HoldError, KeyRefused, SourceError, SyndicatorError, Unreachable
from syndicator.holds import Confirmed, Held
from syndicator.models import Showroom
from syndicator.reading import Reading
from syndicator.summary import Summary, TargetSummary
from syndicator.sync import Synced
from syndicator.tree import Tree

MOST_UNUSABLE = 100  # records named in a report
MOST_REASONS = 10  # of one target


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where the dealers stand after the run; all by dealer id."""

    active: Mapping[str, int]  # listings on offer
    held: Mapping[str, Held]
    confirmed: Mapping[str, Confirmed]
    stale: Mapping[str, datetime]


def tell(
    summary: Summary,
    targets: tuple[Target, ...],
    synced: Synced | None,
    *,
    rooms: Mapping[str, Showroom],
    standing: Standing,
    tree: Tree,
) -> None:
    """Fill in the targets and the exit code."""
    for target in targets:
        dealer_ids = shown_by(target, tree)
        told = TargetSummary(
            target=target.name,
            slugs=tuple(room.slug for room in rooms.values() if set(room.dealer_ids) & dealer_ids),
            listings=sum(standing.active.get(each, 0) for each in dealer_ids),
        )
        _date(told, dealer_ids, standing)
        readings = synced.of(target) if synced is not None else []
        if synced is not None:
            _count(told, synced, dealer_ids)
        _read(told, readings)
        _judge(told, readings, standing, dealer_ids, tree)
        summary.targets.append(told)
    others = _others_held(standing, rooms.values(), targets, tree)
    summary.warnings += others.values()
    if synced is not None:
        summary.skipped_records = sum(each.skipped for each in synced.readings.values())
    is_held = bool(others) or any(each.state == "held" for each in summary.targets)
    summary.exit_code = _exit_code(summary, synced, holds=is_held)


def _date(told: TargetSummary, dealer_ids: Iterable[str], standing: Standing) -> None:
    """Since when things are as they are: of several dealers the one that is worst off."""
    ids = sorted(dealer_ids)
    known = [standing.confirmed[each].checked for each in ids if each in standing.confirmed]
    stale = [standing.stale[each] for each in ids if each in standing.stale]
    held = [standing.held[each].since for each in ids if each in standing.held]
    told.last_success = instant(min(known)) if known else ""
    told.stale_since = instant(min(stale)) if stale else ""
    told.held_since = instant(min(held)) if held else ""


def instant(when: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return when.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _count(told: TargetSummary, synced: Synced, dealer_ids: Iterable[str]) -> None:
    """Add up what happened to these dealers' listings."""
    for dealer_id in dealer_ids:
        for own in synced.changes(dealer_id):
            told.added += own.added + own.back
            told.changed += own.changed
            told.price_changed += own.price_changed
            told.gone += own.gone + own.reserved


def _read(told: TargetSummary, readings: Iterable[Reading]) -> None:
    for reading in readings:
        told.requests += reading.requests
        told.seconds = round(told.seconds + reading.seconds, 3)
        told.unusable = (*told.unusable, *reading.unusable.values())[:MOST_UNUSABLE]


def _judge(
    told: TargetSummary,
    readings: Iterable[Reading],
    standing: Standing,
    dealer_ids: frozenset[str],
    tree: Tree,
) -> None:
    held = {key: each.hold for key, each in standing.held.items() if key in dealer_ids}
    errors = [each.error for each in readings if each.error is not None]
    if held or any(isinstance(each, HoldError) for each in errors):
        told.state = "held"
    elif errors:
        told.state = "failed"
    reasons = dict.fromkeys(str(error) for error in errors)
    several = len(dealer_ids) > 1
    for dealer_id, hold in sorted(held.items()):
        reasons[f"{tree.name(dealer_id)}: {hold.reason}" if several else hold.reason] = None
    shown = list(reasons)[:MOST_REASONS]
    rest = len(reasons) - len(shown)
    told.reason = "; ".join([*shown, *([f"and {rest} more"] if rest else [])])


def _others_held(
    standing: Standing, rooms: Iterable[Showroom], targets: Iterable[Target], tree: Tree
) -> dict[str, str]:
    """Held dealers that are published, though this run did not ask for them, and why."""
    told = frozenset().union(*(shown_by(target, tree) for target in targets))
    out = {each for room in rooms for each in room.dealer_ids}
    return {
        key: f"{tree.name(key)}: HELD: {standing.held[key].hold.reason}"
        for key in sorted(standing.held.keys() & out - told)
    }


def _exit_code(summary: Summary, synced: Synced | None, *, holds: bool) -> int:
    if synced is None:
        return exit_code([], holds=holds, jobs_failed=bool(summary.jobs.failed), all_failed=False)
    return exit_code(
        synced.errors,
        holds=holds,
        jobs_failed=bool(summary.jobs.failed),
        all_failed=not any(each.is_whole for each in synced.readings.values()),
    )


def exit_code(
    errors: Iterable[SyndicatorError], *, holds: bool, jobs_failed: bool, all_failed: bool
) -> int:
    """The refused key wins, then a hold, then an API that nobody could reach."""
    kinds = set(_kinds(errors, holds=holds))
    if any(issubclass(kind, KeyRefused) for kind in kinds):
        return KeyRefused.exit_code
    if HoldError in kinds:
        return HoldError.exit_code
    if all_failed and kinds and all(issubclass(kind, Unreachable) for kind in kinds):
        return Unreachable.exit_code
    return SourceError.exit_code if kinds or jobs_failed else 0


def _kinds(errors: Iterable[SyndicatorError], *, holds: bool) -> Iterator[type[SyndicatorError]]:
    yield from map(type, errors)
    if holds:
        yield HoldError
