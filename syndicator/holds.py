"""The dealers that are held, and those whose stock was confirmed, kept in the store."""

import contextlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from syndicator.guard import Hold
from syndicator.store import Store

HELD, READ = "hold:", "read:"

_Kept = TypeVar("_Kept", bound=msgspec.Struct)


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A hold, and since when, by the API's clock."""

    hold: Hold
    since: datetime

    @property
    def is_lost(self) -> bool:
        """Whether the key may not see the dealer any more."""
        return self.hold.is_lost


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """When a dealer's whole stock was last known to be true: by the API's clock, and by ours."""

    served: datetime
    checked: datetime


def held(store: Store) -> dict[str, Held]:
    """All holds, by dealer id."""
    return _all(store, HELD, Held)


def confirmed(store: Store) -> dict[str, Confirmed]:
    """Every dealer that was read to the end at least once; of others nothing is shown."""
    return _all(store, READ, Confirmed)


def stale(store: Store, now: datetime, after: timedelta) -> dict[str, datetime]:
    """The dealers that nobody has confirmed for so long, with their last time.

    Both times are this machine's, so that a clock that is wrong all the time does no harm.
    """
    return {
        dealer_id: each.served
        for dealer_id, each in confirmed(store).items()
        if now - each.checked >= after
    }


def was_read(store: Store, dealer_id: str) -> bool:
    """Whether the dealer's listings were read to the end at least once."""
    return bool(store.recall(READ + dealer_id))


def confirm(store: Store, dealer_ids: Iterable[str], when: Confirmed) -> None:
    """These dealers' stocks are known to be true."""
    for dealer_id in sorted(dealer_ids):
        _keep(store, READ + dealer_id, when)


def replace(
    store: Store, dealer_ids: Iterable[str], holds: Mapping[str, Hold], when: datetime
) -> None:
    """The holds of these dealers from now on; one that goes on keeps its beginning."""
    earlier = held(store)
    for dealer_id in sorted(dealer_ids):
        if dealer_id not in holds:
            store.forget(HELD + dealer_id)
            continue
        before = earlier.get(dealer_id)
        since = before.since if before else when
        _keep(store, HELD + dealer_id, Held(hold=holds[dealer_id], since=since))


def _all(store: Store, prefix: str, kind: type[_Kept]) -> dict[str, _Kept]:
    """Notes that another version wrote are none."""
    found = {}
    for name, facts in store.remembered(prefix).items():
        with contextlib.suppress(msgspec.MsgspecError, KeyError):
            found[name.removeprefix(prefix)] = msgspec.json.decode(facts["note"], type=kind)
    return found


def _keep(store: Store, name: str, note: msgspec.Struct) -> None:
    store.remember(name, {"note": msgspec.json.encode(note).decode()})
