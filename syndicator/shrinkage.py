"""The output guard: a job may lose files and records as the stock loses listings, not faster.

What falls faster was broken by a template or an exporter, and then nothing is published. Each job
carries in its key what its files were made of, so it is compared with its own last making, however
long ago that was. Only jobs that were made are looked at.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from syndicator import disk
from syndicator.catalogue import Catalogue
from syndicator.claims import Made
from syndicator.contract import Kind
from syndicator.errors import OutputError
from syndicator.jobs import (
    Job,
    Stock,
    Workshop,
    catalogue_of,
    exporter_for,
    fragments_of,
    mark_of,
    refused,
    seen_by,
)
from syndicator.manifest import Entry
from syndicator.planning import digest
from syndicator.records import Occurrences, is_counted, records
from syndicator.stage import Staged
from syndicator.views import dealers_of

SPARED: Final = 3  # while fewer are missing than this, there is nothing to see
LARGE_BYTES: Final = 1 << 20  # from here on, documents that kept their size are not counted
RECORDS: Final = {Kind.FEED: "feed entries", Kind.SITEMAP: "sitemap entries"}
HINT: Final = (
    "nothing was published: a template or an exporter may be broken; "
    "if this is meant, build once with --rerender"
)


class Basis(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """What the files of a job were made of, in numbers."""

    shape: str  # digest of the configuration: with another, all comparing ends
    languages: int
    listings: int
    pending: int
    gone: int
    events: int
    dealers: int
    showrooms: int
    as_of: datetime  # the newest change that the files told of

    @property
    def pages(self) -> int:
        """The listings that have a page."""
        return self.listings + self.pending + self.gone


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """From one making of a job to the next."""

    before: Basis
    now: Basis

    @property
    def leaving(self) -> int:
        """How many things, at most, have left a document; each change of state counts as one."""
        names = ("listings", "pending", "gone", "dealers", "showrooms")
        falls = (getattr(self.before, name) - getattr(self.now, name) for name in names)
        fallen: int = sum(fall for fall in falls if fall > 0)
        return max(fallen, self.before.events - self.now.events)  # a feed of events loses those

    def expected(self, count: int, kind: Kind | None = None) -> int:
        """What must be left of ``count`` if all that has left took its share along.

        :param kind: of the documents whose records are counted; ``None`` for files.
        """
        if kind is Kind.FEED:
            share = -(-count // max(1, self.before.listings))
        else:  # a listing has a page in each language, and may have other files
            share = max(self.before.languages, -(-count // max(1, self.before.pages)))
        return max(0, count - share * self.leaving)


def is_broken(count: int, left: int) -> bool:
    """Whether ``left`` is less than half of the ``count`` that should be there, and not by few."""
    return 2 * left < count and count - left >= SPARED


def marked(key: str, basis: Basis) -> str:
    """A job's key together with what its files were made of."""
    return f"{key} {msgspec.json.encode(basis).decode()}"


def bare(key: str) -> str:
    """The job's own key again."""
    return key.partition(" ")[0]


def basis_in(key: str) -> Basis | None:
    """What the files of a job were made of; ``None`` where an older program made them."""
    try:
        return msgspec.json.decode(key.partition(" ")[2], type=Basis)
    except msgspec.DecodeError:
        return None


def basis_of(job: Job, workshop: Workshop, catalogue: Catalogue, stock: Stock | None) -> Basis:
    """What the files of a job are made of now.

    :param stock: what was chosen for the job. Where nothing was, the catalogue is asked, and not
        the view that the exporter saw, for that may itself be what is broken.
    """
    own = job.setting
    shown = dealers_of(job.slice, own)
    counted = stock or Stock(
        listings=len(catalogue.listings(shown)),
        pending=len(catalogue.pending(shown)),
        gone=len(catalogue.gone(shown)),
        events=len(catalogue.events(shown)),
        as_of=catalogue.as_of(shown),
    )
    return Basis(
        shape=digest(
            (
                *(job.feed, job.audited, own.feeds, own.site.languages, workshop.images),
                *(tuple(room.slug for room in own.site.searches), _look(job)),
            )
        ),
        languages=len(own.site.languages),
        listings=counted.listings,
        pending=counted.pending,
        gone=counted.gone,
        events=counted.events,
        dealers=len(job.slice.dealer_ids or shown),
        showrooms=len(own.site.showrooms),
        as_of=counted.as_of,
    )


def _look(job: Job) -> object:
    """What is configured of a showroom, without what the data says of it."""
    room = job.slice.showroom
    return room and (
        (room.slug, room.is_group, room.search, room.seller, room.theme, room.embed_on)
    )


class Document(msgspec.Struct, frozen=True):
    """A file whose records are counted, and its size; ``path`` is what it is called out there."""

    path: str
    file: Path
    size: int


def tallied(
    old: Collection[Document], new: Collection[Document], mark: bytes = b""
) -> tuple[int, int]:
    """The records before and now: those of the most frequent name.

    Where nobody has that name any more it was changed, and the most frequent new one counts.

    :param mark: stands in them once for each record, so that nothing need be parsed.
    """
    size = sum(each.size for each in old)
    if size > LARGE_BYTES and 4 * sum(each.size for each in new) >= 3 * size:
        return 0, 0  # parsing 100 000 listings twice would cost more than making them
    if mark:
        return _marked(old, mark), _marked(new, mark)
    before, now = _summed(old), _summed(new)
    if not before:
        return 0, 0
    ((name, count),) = before.most_common(1)
    return count, now[name] if name in now else max(now.values(), default=0)


def _marked(documents: Iterable[Document], mark: bytes) -> int:
    total = 0
    for each in documents:
        found = Occurrences(mark)
        for chunk in disk.chunks(each.file):
            found.look(chunk)
        total += found.count
    return total


def _summed(documents: Iterable[Document]) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in documents:
        total.update(records(each.path, disk.chunks(each.file)))  # keeps lists that are empty
    return total


def is_document(staged: Staged, kind: Kind) -> bool:
    """Whether the records of a file are counted, and among those of this kind."""
    return staged.kind is kind and is_counted(staged.path)


class Guard:
    """Compares what jobs have made with what they have out.

    :param out: all that is out, by path; ``intact``: as far as nobody has changed it.
    """

    def __init__(
        self, workshop: Workshop, out: Mapping[str, Entry], intact: Mapping[str, Entry]
    ) -> None:
        self._workshop = workshop
        self._out = out
        self._intact = intact

    def check(self, pairs: Sequence[tuple[Job, Made]], keys: Mapping[str, str]) -> None:
        """Look at each job that was made, and was out before.

        :param keys: by job, as they have landed.
        :raises OutputError: one has lost more than the stock explains.
        """
        if not pairs:
            return
        files = Counter(entry.job for entry in self._out.values())
        documents = self._documents({job.id for job, _ in pairs})
        for job, made in pairs:
            shift = shift_of(keys.get(job.id, ""), made.key)
            if shift is None:
                continue
            old, new = files[job.id], len(made.staged)
            judge(f"{job.id}: {old} files", new, shift.expected(old))
            for kind in RECORDS:
                known = documents.get((job.id, kind), {})
                own = {each.path: each for each in made.staged if is_document(each, kind)}
                mark = mark_of(job) if kind is Kind.FEED else b""
                old, new = self._tallied(known, own, mark)
                should = shift.expected(old, kind)
                if is_broken(should, new) and kind is Kind.FEED:
                    new += self._left_out(job)
                judge(f"{job.id}: {old} {RECORDS[kind]}", new, should)

    def _documents(self, jobs: Collection[str]) -> dict[tuple[str, Kind], dict[str, Entry]]:
        """The published documents of these jobs, by job and kind."""
        found: dict[tuple[str, Kind], dict[str, Entry]] = {}
        for path, entry in self._intact.items():
            if entry.job in jobs and entry.kind in RECORDS and is_counted(path):
                found.setdefault((entry.job, entry.kind), {})[path] = entry
        return found

    def _tallied(
        self, known: Mapping[str, Entry], own: Mapping[str, Staged], mark: bytes
    ) -> tuple[int, int]:
        """The records that were out, and those that shall be."""
        if {path: entry.digest for path, entry in known.items()} == {
            path: staged.digest for path, staged in own.items()
        }:
            return 0, 0
        output = self._workshop.output
        return tallied(
            [Document(path, output / path, entry.size) for path, entry in known.items()],
            [
                Document(path, Path(each.file or output / path), each.size)
                for path, each in own.items()
            ],
            mark,
        )

    def _left_out(self, job: Job) -> int:
        """The listings that a feed leaves out and says so: then the data is poor, not the code."""
        with (
            catalogue_of(self._workshop, job) as catalogue,
            fragments_of(self._workshop) as parts,
        ):
            exporter = exporter_for(self._workshop, job, job.feed, parts)
            seen = seen_by(exporter, job, catalogue)
            return refused(exporter, seen)


def shift_of(landed: str, made: str) -> Shift | None:
    """What has moved between two keys; ``None`` where the configuration has, or nobody knows."""
    before, now = basis_in(landed), basis_in(made)
    if before is None or now is None or before.shape != now.shape:
        return None
    return Shift(before=before, now=now)


def judge(what: str, left: int, should: int) -> None:
    """Let a number pass.

    :param what: the job, and how many of what it had.
    :raises OutputError: it fell by more than the stock explains.
    """
    if is_broken(should, left):
        raise OutputError(
            f"{what} would become {left}, though by the stock {should} should be left", hint=HINT
        )
