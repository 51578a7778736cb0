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
        if synced is not None:
            _count(told, synced, dealer_ids)
            _read(told, synced.of(target))
            _judge(told, synced, target, dealer_ids, tree)
        summary.targets.append(told)
    if synced is not None:
        summary.warnings += _others_held(synced, targets, tree)
        summary.skipped_records = sum(each.skipped for each in synced.readings.values())
    summary.exit_code = _exit_code(summary, synced)


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
    told: TargetSummary, synced: Synced, target: Target, dealer_ids: frozenset[str], tree: Tree
) -> None:
    held = {key: each for key, each in synced.settled.held.items() if key in dealer_ids}
    errors = [each.error for each in synced.of(target) if each.error is not None]
    if held or any(isinstance(each, HoldError) for each in errors):
        told.state = "held"
    elif errors:
        told.state = "failed"
    reasons = dict.fromkeys(str(error) for error in errors)
    several = len(dealer_ids) > 1
    for dealer_id, hold in sorted(held.items()):
        reasons[f"{tree.name(dealer_id)}: {hold.reason}" if several else hold.reason] = None
    told.reason = "; ".join(reasons)


def _others_held(synced: Synced, targets: Iterable[Target], tree: Tree) -> Iterator[str]:
    """Held dealers that are published, though this run did not ask for them."""
    told = frozenset().union(*(shown_by(target, tree) for target in targets))
    for dealer_id, hold in sorted(synced.settled.held.items()):
        if dealer_id not in told:
            yield f"{tree.name(dealer_id)}: HELD: {hold.reason}"


def _exit_code(summary: Summary, synced: Synced | None) -> int:
    if synced is None:
        return SourceError.exit_code if summary.jobs.failed else 0
    return exit_code(
        synced.errors,
        holds=bool(synced.settled.held),
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
