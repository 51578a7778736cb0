"""What a build tells its user: one value, as lines for people and as JSON for programs. Pure."""

from collections.abc import Callable, Iterator, Mapping

import msgspec

Notify = Callable[[str, int, int | None], None]
"""Told while a build runs: what is going on, how far, out of how much (``None``: not known)."""

KEPT = "what was not seen to go was kept"


class Unusable(msgspec.Struct, frozen=True, kw_only=True):
    """A record that was left out, and why."""

    id: str
    reason: str


class TargetSummary(msgspec.Struct, kw_only=True):
    """One target of the run and what became of its stock."""

    target: str  # as asked for: "location DEX-GENT"
    slugs: tuple[str, ...] = ()
    listings: int = 0
    added: int = 0
    changed: int = 0
    price_changed: int = 0
    gone: int = 0
    state: str = "ok"  # ok | failed | held
    reason: str = ""
    last_success: str = ""  # RFC 3339, as are the others
    stale_since: str = ""
    held_since: str = ""
    requests: int = 0
    seconds: float = 0.0
    unusable: tuple[Unusable, ...] = ()  # the first hundred


class Files(msgspec.Struct, kw_only=True):
    """Files in ``output/``."""

    written: int = 0
    removed: int = 0
    unchanged: int = 0


class Jobs(msgspec.Struct, kw_only=True):
    """Feeds times slices."""

    run: int = 0
    fresh: int = 0
    failed: int = 0


class Summary(msgspec.Struct, kw_only=True):
    """The whole run."""

    output: str
    dry_run: bool = False
    targets: list[TargetSummary] = []
    files: Files = msgspec.field(default_factory=Files)
    jobs: Jobs = msgspec.field(default_factory=Jobs)
    requests: int = 0
    skipped_records: int = 0
    left_out: dict[str, dict[str, int]] = {}  # feed to the field that is wanting, to listings
    photos_missing: int = 0
    warnings: list[str] = []
    failures: list[str] = []  # jobs that made nothing, in words
    exit_code: int = 0

    @property
    def changed(self) -> bool:
        """Whether the tree differs from what was out before."""
        return bool(self.files.written or self.files.removed)


def as_json(summary: Summary) -> str:
    """One object on one line; ``changed`` says whether a deploy is worth it."""
    facts = msgspec.to_builtins(summary) | {"changed": summary.changed}
    return msgspec.json.encode(facts, order="sorted").decode()


def lines(summary: Summary) -> Iterator[str]:
    """A short report in fixed columns that fits 80 characters where names do."""
    width = max((len(each.target) for each in summary.targets), default=0)
    for each in summary.targets:
        yield f"{each.target:<{width}}  {_stock(each)}"
    for feed, reasons in sorted(summary.left_out.items()):
        yield f"{feed}: left out {_reasons(reasons)}"
    for failure in summary.failures:
        yield f"failed: {failure}"
    if summary.photos_missing:
        yield f"photos: {grouped(summary.photos_missing)} not fetched; asked for again next time"
    verb = "would be written" if summary.dry_run else "written"
    files = summary.files
    yield (
        f"files: {grouped(files.written)} {verb}, {grouped(files.removed)} removed, "
        f"{grouped(files.unchanged)} unchanged in {summary.output}"
    )
    yield (
        f"jobs: {grouped(summary.jobs.run)} run, {grouped(summary.jobs.fresh)} fresh, "
        f"{grouped(summary.jobs.failed)} failed; requests: {grouped(summary.requests)}"
    )


def trouble(summary: Summary) -> Iterator[str]:
    """What must be said even where little is wanted: each target and feed that is not well."""
    for each in summary.targets:
        if each.state != "ok":
            yield f"{each.target}: {each.state.upper()}: {each.reason}; {KEPT}"
    for failure in summary.failures:
        yield f"failed: {failure}"


def _stock(each: TargetSummary) -> str:
    counts = f"{grouped(each.listings):>6} listings"
    parts = [
        f"{grouped(number)} {word}"
        for number, word in (
            (each.added, "new"),
            (each.changed, "changed"),
            (each.price_changed, "price changed"),
            (each.gone, "gone"),
        )
        if number
    ]
    if each.state != "ok":
        parts.append(f"{each.state.upper()}: {each.reason}; {KEPT}")
    return ", ".join([counts, *(parts or ["nothing changed"])])


def _reasons(reasons: Mapping[str, int]) -> str:
    total = grouped(sum(reasons.values()))
    return (
        f"{total} (" + ", ".join(f"{why}: {grouped(n)}" for why, n in sorted(reasons.items())) + ")"
    )


def grouped(number: int) -> str:
    """A number with a space between thousands."""
    return f"{number:,}".replace(",", " ")
