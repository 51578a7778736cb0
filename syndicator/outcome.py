"""What became of each target, for the summary."""

from collections.abc import Iterable, Mapping

from syndicator.config import Target
from syndicator.crawls import resolve
from syndicator.errors import HoldError, KeyRefused, SourceError, SyndicatorError, Unreachable
from syndicator.history import Changes
from syndicator.models import Showroom
from syndicator.summary import Summary, TargetSummary
from syndicator.sync import Synced
from syndicator.tree import Tree


def tell(
    summary: Summary,
    targets: tuple[Target, ...],
    synced: Synced | None,
    *,
    rooms: Mapping[str, Showroom],
    active: Mapping[str, int],
    tree: Tree,
) -> None:
    """Fill in the targets and the exit code.

    :param active: listings on offer per dealer.
    """
    ids = resolve(targets, tree)
    for target in targets:
        dealer_ids = shown_by(target, ids, tree)
        told = TargetSummary(
            target=target.name,
            slugs=tuple(room.slug for room in rooms.values() if set(room.dealer_ids) & dealer_ids),
            listings=sum(active.get(each, 0) for each in dealer_ids),
        )
        if synced is not None:
            outcome = synced.of(target)
            count(told, outcome.changes, dealer_ids)
            concerned = not outcome.held or outcome.held & dealer_ids
            if outcome.error is not None and concerned:
                told.state = "held" if isinstance(outcome.error, HoldError) else "failed"
                told.reason = str(outcome.error)
        summary.targets.append(told)
    if synced is not None:
        summary.skipped_records = sum(each.skipped for each in synced.outcomes.values())
    errors = synced.errors if synced is not None else []
    whole = synced is not None and len(errors) == len(synced.outcomes)
    summary.exit_code = exit_code(errors, jobs_failed=bool(summary.jobs.failed), all_failed=whole)


def shown_by(target: Target, ids: Mapping[str, str], tree: Tree) -> set[str]:
    """The dealers whose listings a target stands for."""
    if target.kind == "all":
        return set(tree.ids)
    if target.name not in ids:
        return set()
    if target.kind == "parent":
        return set(tree.family(ids[target.name]))
    return {ids[target.name]}


def count(told: TargetSummary, changes: Changes, dealer_ids: Iterable[str]) -> None:
    """Add up what happened to these dealers' listings."""
    for dealer_id in dealer_ids:
        if own := changes.by_dealer.get(dealer_id):
            told.added += own.added + own.back
            told.changed += own.changed
            told.price_changed += own.price_changed
            told.gone += own.gone + own.reserved


def exit_code(errors: Iterable[SyndicatorError], *, jobs_failed: bool, all_failed: bool) -> int:
    """The refused key wins, then a hold, then an API that nobody could reach."""
    kinds = {type(error) for error in errors}
    if any(issubclass(kind, KeyRefused) for kind in kinds):
        return KeyRefused.exit_code
    if HoldError in kinds:
        return HoldError.exit_code
    if all_failed and kinds and all(issubclass(kind, Unreachable) for kind in kinds):
        return Unreachable.exit_code
    return SourceError.exit_code if kinds or jobs_failed else 0
