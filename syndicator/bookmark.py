"""What a crawl must know of its last time, kept in the store."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from syndicator.crawls import Crawl
from syndicator.store import Store

EDITION: Final = "1"  # of what we take from a record; another one reads everything anew


class Bookmark(msgspec.Struct, frozen=True, kw_only=True):
    """Where a crawl stands.

    :ivar watermark: all changes before it are stored; by the API's clock.
    :ivar swept: when all was last read, by this machine's clock.
    :ivar unusable: active records that could not be read then; the API counts them.
    :ivar is_due: all must be read again, whatever the time.
    """

    watermark: datetime
    swept: datetime
    unusable: int = 0
    is_due: bool = False
    edition: str = EDITION

    def allows_following(self, now: datetime, full_every: timedelta) -> bool:
        """Whether it is enough to ask what changed. A clock set back reads everything anew."""
        fresh = timedelta(0) <= now - self.swept < full_every
        return fresh and not self.is_due and self.edition == EDITION


def find(store: Store, crawl: Crawl) -> Bookmark | None:
    """The crawl's bookmark, if it ever went through."""
    kept = store.recall(_name(crawl)).get("bookmark")
    try:
        return msgspec.json.decode(kept, type=Bookmark) if kept else None
    except msgspec.MsgspecError:
        return None  # of another version: all is read anew


def keep(store: Store, crawl: Crawl, bookmark: Bookmark) -> None:
    """Put the bookmark in place of the last one."""
    store.remember(_name(crawl), {"bookmark": msgspec.json.encode(bookmark).decode()})


def postpone(store: Store, crawl: Crawl) -> None:
    """Have all read next time; the watermark stays where it is."""
    if kept := find(store, crawl):
        keep(store, crawl, msgspec.structs.replace(kept, is_due=True))


def _name(crawl: Crawl) -> str:
    return f"crawl:{crawl.name}"
