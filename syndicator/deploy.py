"""Sends a finished ``output/`` to an object store, in the order in which a build lands.

The store keeps a record of ours: each path that is ours there, with a mark of the content and the
headers that it was sent with. What is about to be sent is claimed in the record first, without a
mark. So whatever a killed deploy has left is known for ours, and the next one goes on from there.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import compress, groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from syndicator import disk, ledger, lock
from syndicator.bucket import Bucket, Found
from syndicator.errors import SyndicatorError, UsageError
from syndicator.ledger import CLAIMED
from syndicator.places import Places
from syndicator.shipment import Item, nothing_built, tree
from syndicator.summary import Notify, grouped

AT_ONCE: Final = 8  # requests
BATCH: Final = 500  # files between two looks at whether the record is due
SHARE: Final = 20  # one in so many marks of the record may be unsaved

T = TypeVar("T")


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What the store lacks and what it has too much of."""

    sends: Sequence[Item]  # in their order
    removals: Sequence[str]
    found: Sequence[Item]  # are there as they should be, though the record does not say so
    forgotten: Sequence[str]  # stand in the record only
    unchanged: int


class Deployed(msgspec.Struct, frozen=True, kw_only=True):
    """What a deploy came to; the paths of a dry run are those that it would touch."""

    bucket: str
    sent: int
    sent_bytes: int
    removed: int
    unchanged: int
    dry_run: bool = False
    sends: tuple[str, ...] = ()
    removals: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the store differs from what it held before."""
        return bool(self.sent or self.removed)


def deploy(
    output: Path,
    places: Places,
    bucket: Bucket,
    name: str,
    *,
    force: bool = False,
    dry_run: bool = False,
    notify: Notify = lambda *_: None,
) -> Deployed:
    """Make the store hold what ``output`` holds; no build lands meanwhile.

    :param name: what people call the bucket.
    :param force: replace objects that no deploy has put there.
    :raises UsageError: nothing was built, or somebody else's objects are in the way.
    :raises OutputError: files are not as they were built; nothing was sent.
    :raises SyndicatorError: the store failed; what was sent stays recorded.
    """
    if not places.manifest.exists():
        raise nothing_built(output)
    with lock.held(places.lock), ThreadPoolExecutor(AT_ONCE) as pool:
        items = tree(output, places)
        known, warning = ledger.read(bucket)
        plan = _compare(items, known, bucket, pool, output=output, force=force, name=name)
        if not dry_run:
            _Errand(bucket, output, pool, known, notify).carry_out(plan)
    return Deployed(
        bucket=name,
        sent=len(plan.sends),
        sent_bytes=sum(each.size for each in plan.sends),
        removed=len(plan.removals),
        unchanged=plan.unchanged,
        dry_run=dry_run,
        sends=tuple(each.path for each in plan.sends) if dry_run else (),
        removals=tuple(plan.removals) if dry_run else (),
        warnings=(f"{name}: {warning}",) if warning else (),
    )


def _compare(
    items: Sequence[Item],
    known: Mapping[str, str],
    bucket: Bucket,
    pool: ThreadPoolExecutor,
    *,
    output: Path,
    force: bool,
    name: str,
) -> Plan:
    """What is to be done.

    :raises UsageError: somebody else's objects are in the way.
    """
    paths = {item.path for item in items}
    stored = {each.path: each for each in bucket.list() if each.path in paths or each.path in known}
    settled = {item.path for item in items if _is_settled(item, known, stored)}
    unsure = [item for item in items if item.path not in settled and _may_be(item, known, stored)]
    look = partial(_is_same, bucket, output, stored)
    same = (each for batch in _batches(unsure) for each in pool.map(look, batch))
    found = list(compress(unsure, same))
    there = settled | {item.path for item in found}
    sends = [item for item in items if item.path not in there]
    foreign = [each.path for each in sends if each.path in stored and each.path not in known]
    if foreign and not force:
        raise UsageError(
            f"{name}: somebody else's objects are in the way: {grouped(len(foreign))}, "
            f"among them {min(foreign)}",
            hint="deploy to a folder of its own, or replace them with --force",
        )
    old = sorted(known.keys() - paths - {ledger.RECORD})
    return Plan(
        sends=sends,
        removals=[path for path in old if path in stored],
        found=found,
        forgotten=[path for path in old if path not in stored],
        unchanged=len(there),
    )


def _is_settled(item: Item, known: Mapping[str, str], stored: Mapping[str, Found]) -> bool:
    """Whether the record says that it is there, and the listing does not say otherwise."""
    found = stored.get(item.path)
    return known.get(item.path) == item.mark and found is not None and found.size == item.size


def _may_be(item: Item, known: Mapping[str, str], stored: Mapping[str, Found]) -> bool:
    """Whether it may be there, though the record does not say."""
    found = stored.get(item.path)
    is_unknown = known.get(item.path, CLAIMED) == CLAIMED
    return is_unknown and found is not None and found.size == item.size


def _is_same(bucket: Bucket, output: Path, stored: Mapping[str, Found], item: Item) -> bool:
    """Whether the object is what would be sent. An ETag that is no MD5 says that it is not."""
    state = hashlib.md5(usedforsecurity=False)
    etag = stored[item.path].etag.lower()
    if len(etag) != len(state.hexdigest()):
        return False
    for chunk in disk.chunks(output / item.path):
        state.update(chunk)
    return state.hexdigest() == etag and item.headers.items() <= bucket.headers(item.path).items()


class _Errand:
    """Carries a plan out. ``files`` is what the record is to say; it is saved now and then."""

    def __init__(
        self,
        bucket: Bucket,
        output: Path,
        pool: ThreadPoolExecutor,
        files: dict[str, str],
        notify: Notify,
    ) -> None:
        self._bucket = bucket
        self._output = output
        self._pool = pool
        self._files = files
        self._notify = notify
        self._unsaved = 0

    def carry_out(self, plan: Plan) -> None:
        """Claim, send stage by stage, remove; the record follows, whatever ends it."""
        self._note({each.path: each.mark for each in plan.found})
        self._forget(plan.forgotten)
        claims = {each.path: CLAIMED for each in plan.sends}
        self._note({path: CLAIMED for path in claims if self._files.get(path) != CLAIMED})
        if claims:
            self._save()
        try:
            self._send(plan.sends)
            if plan.removals:
                self._save()
            for paths in _batches(plan.removals):
                self._bucket.remove(paths)
                self._forget(paths)
            self._save()
        except BaseException:
            self._pool.shutdown(cancel_futures=True)
            with suppress(SyndicatorError):  # the first error is the one to mend
                self._save()
            raise

    def _send(self, items: Sequence[Item]) -> None:
        done = 0
        for _, stage in groupby(items, attrgetter("kind")):
            for batch in _batches(stage):
                self._unsaved += len(batch)
                for _ in self._pool.map(self._send_one, batch):
                    done += 1
                    self._notify("uploading", done, len(items))
                if self._unsaved >= max(BATCH, len(self._files) // SHARE):
                    self._save()

    def _send_one(self, item: Item) -> None:
        self._bucket.write(item.path, self._output / item.path, item.headers)
        self._files[item.path] = item.mark

    def _note(self, marks: Mapping[str, str]) -> None:
        self._files |= marks
        self._unsaved += len(marks)

    def _forget(self, paths: Collection[str]) -> None:
        for path in paths:
            del self._files[path]
        self._unsaved += len(paths)

    def _save(self) -> None:
        if self._unsaved:
            ledger.write(self._bucket, self._files)
            self._unsaved = 0


def _batches(values: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(values)
    while batch := list(islice(rest, BATCH)):
        yield batch


def as_json(done: Deployed) -> str:
    """One object on one line."""
    facts = msgspec.to_builtins(done) | {"changed": done.changed}
    return msgspec.json.encode(facts, order="sorted").decode()


def lines(done: Deployed) -> Iterator[str]:
    """What people read: of a dry run each path, then the counts."""
    yield from (f"send {path}" for path in done.sends)
    yield from (f"remove {path}" for path in done.removals)
    would = "would be " if done.dry_run else ""
    yield (
        f"deploy: {grouped(done.sent)} {would}sent ({_size(done.sent_bytes)}), "
        f"{grouped(done.removed)} {would}removed, {grouped(done.unchanged)} unchanged "
        f"in {done.bucket}"
    )


def _size(count: int) -> str:
    for power, unit in ((9, "GB"), (6, "MB"), (3, "kB")):
        if count >= 10**power:
            return f"{count / 10**power:.1f} {unit}"
    return f"{count} B"
