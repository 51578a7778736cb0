import os
import resource
import signal
import sqlite3
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syndicator.catalogue import Catalogue
from syndicator.database import open_for_writing
from syndicator.errors import LockedError, OutputError, UsageError
from syndicator.history import Changes
from syndicator.models import Event, EventKind, Listing, Money, PricePoint, Status, Tombstone
from syndicator.schema import STEPS
from syndicator.store import MirroredPhoto, Store
from syndicator.testing import DEALER_ID, sample_dealer, sample_listing

CREATED = datetime(2026, 3, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
ID = "a"


def car(day: int = 0, **changes: object) -> Listing:
    """A listing edited so many days after it was created."""
    fields: dict[str, object] = {"id": ID, "created": CREATED, "updated": CREATED + day * DAY}
    return sample_listing(**(fields | changes))


def euros(amount: int) -> Money:
    return Money(minor=amount * 100, currency="EUR")


def apply(store: Store, *listings: Listing, authoritative: bool = False) -> Changes:
    return store.apply(listings, overrules=lambda _: authoritative)


def counted(changes: Changes) -> dict[str, int]:
    names = [name for name in changes.__struct_fields__ if name != "by_dealer"]
    return {name: getattr(changes, name) for name in names if getattr(changes, name)}


def happened(store: Store) -> list[tuple[EventKind, int]]:
    """Kinds and days of all events, oldest first."""
    with Catalogue(store.path) as catalogue:
        events = list(catalogue.events())
    return [(each.kind, (each.when - CREATED).days) for each in reversed(events)]


def prices(store: Store) -> list[tuple[int, Money | None]]:
    with Catalogue(store.path) as catalogue:
        return [((each.since - CREATED).days, each.price) for each in catalogue.prices()[ID]]


def gone(store: Store) -> list[Tombstone]:
    with Catalogue(store.path) as catalogue:
        return list(catalogue.gone())


def shown(store: Store) -> list[Listing]:
    with Catalogue(store.path) as catalogue:
        return [*catalogue.listings(), *catalogue.pending()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".syndicator" / "state.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as opened:
        yield opened


class TestTheFile:
    def test_is_made_with_its_folder_for_the_owner_alone(self, store: Store) -> None:
        assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
        assert store.rebuilt == ""

    def test_keeps_what_was_written(self, path: Path) -> None:
        with Store.open(path) as store:
            apply(store, car())
        with Store.open(path) as store:
            assert store.rebuilt == ""
            assert store.live_ids() == {ID}

    def test_uses_a_rollback_journal_and_full_sync(self, store: Store) -> None:
        settings = [
            store._connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous")
        ]
        assert settings == ["delete", 2]

    @pytest.mark.parametrize("damage", ["cut", "zeroed", "random", "foreign", "version", "page"])
    def test_is_set_aside_when_it_cannot_be_used(self, path: Path, damage: str) -> None:
        with Store.open(path) as store:
            apply(store, *(car(id=str(number)) for number in range(50)))
        sound = path.read_bytes()
        broken = {
            "cut": sound[: len(sound) // 2],
            "zeroed": bytes(len(sound)),
            "random": b"\x97\x13 no database" * 400,
            "version": sound[:60] + bytes(4) + sound[64:],
            "page": sound[:8192] + b"\xff" * 4096 + sound[12288:],
            "foreign": sound[:68] + b"GPKG" + sound[72:],
        }[damage]
        path.write_bytes(broken)
        with Store.open(path) as store:
            assert "state.db.corrupt-1" in store.rebuilt
            assert store.live_ids() == set()
            apply(store, car())
        assert path.with_name("state.db.corrupt-1").read_bytes() == broken
        with Store.open(path) as store:
            assert store.rebuilt == ""
            assert store.live_ids() == {ID}

    def test_set_aside_twice_keeps_both(self, path: Path) -> None:
        path.parent.mkdir()
        for number in (1, 2):
            path.write_bytes(b"garbage" * 100 * number)
            Store.open(path).close()
        kept = sorted(each.name for each in path.parent.glob("state.db.corrupt-*"))
        assert kept == ["state.db.corrupt-1", "state.db.corrupt-2"]

    @pytest.mark.parametrize("suffix", ["-journal", "-wal"])
    def test_that_starts_afresh_takes_nothing_from_an_old_journal(
        self, path: Path, suffix: str
    ) -> None:
        path.parent.mkdir()
        path.write_bytes(b"garbage" * 100)
        journal = path.with_name(path.name + suffix)
        journal.write_bytes(b"old pages" * 1000)
        with Store.open(path) as store:
            assert "corrupt-1" in store.rebuilt
            assert not journal.exists()
            assert store.live_ids() == set()

    def test_cut_to_nothing_is_reported(self, path: Path) -> None:
        Store.open(path).close()
        os.truncate(path, 0)
        with Store.open(path) as store:
            assert store.rebuilt == "state.db was empty"

    def test_of_a_newer_format_is_left_alone(self, path: Path) -> None:
        Store.open(path).close()
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA user_version = 99")
        connection.close()
        before = path.read_bytes()
        with pytest.raises(UsageError, match="newer syndicator"):
            Store.open(path)
        with pytest.raises(UsageError, match="newer syndicator"), Catalogue(path) as catalogue:
            catalogue.counts()
        assert path.read_bytes() == before
        assert [each.name for each in path.parent.iterdir()] == ["state.db"]

    def test_of_an_older_format_is_migrated_in_one_go(self, tmp_path: Path) -> None:
        path = tmp_path / "old.db"
        first = ("CREATE TABLE a (x)", "INSERT INTO a VALUES (1)")
        open_for_writing(path, [first])[0].close()
        with pytest.raises(sqlite3.OperationalError):
            open_for_writing(path, [first, ("ALTER TABLE a ADD y", "no statement")])
        connection, rebuilt = open_for_writing(path, [first, ("ALTER TABLE a ADD z",)])
        assert rebuilt == ""
        assert connection.execute("SELECT * FROM a").fetchall() == [(1, None)]
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)
        connection.close()

    def test_that_is_a_folder_is_an_output_error(self, path: Path) -> None:
        path.mkdir(parents=True)
        with pytest.raises(OutputError, match="directory"):
            Store.open(path)

    def test_that_may_not_be_written_is_an_output_error(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Store.open(path).close()

        def refuse(*_: object) -> int:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(os, "open", refuse)  # rights do not stop the superuser
        with pytest.raises(OutputError, match="Permission denied"):
            Store.open(path)

    def test_on_a_full_disk_is_an_output_error_and_stays_as_it_was(self, store: Store) -> None:
        apply(store, car())
        store._connection.execute("PRAGMA max_page_count = 1")  # SQLite's own way to be full
        with pytest.raises(OutputError, match="full"):
            apply(store, *(car(id=str(number)) for number in range(200)))
        assert store.live_ids() == {ID}

    @pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="needs POSIX limits")
    def test_that_cannot_grow_is_an_output_error(self, store: Store) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (store.path.stat().st_size, hard))
        try:
            with pytest.raises(OutputError, match=r"state\.db"):
                apply(store, *(car(id=str(number)) for number in range(200)))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, handler)
        assert store.live_ids() == set()

    def test_in_use_by_another_writer_is_a_locked_error(self, store: Store) -> None:
        other = sqlite3.connect(store.path, isolation_level=None)
        store._connection.execute("PRAGMA busy_timeout = 0")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LockedError):
            apply(store, car())
        other.close()

    def test_a_failed_transaction_leaves_nothing(self, store: Store) -> None:
        def breaks() -> Iterator[Listing]:
            yield car()
            raise TimeoutError("the source was cut")

        with pytest.raises(TimeoutError):
            store.apply(breaks())
        assert store.live_ids() == set()

    def test_a_transaction_holds_all_that_is_within(self, store: Store) -> None:
        def both() -> None:
            with store.transaction():
                apply(store, car())
                store.remember("site", {"watermark": "1"})
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            both()
        assert store.live_ids() == set()
        assert store.recall("site") == {}


class TestApply:
    def test_a_listing_comes_back_as_it_was(self, store: Store) -> None:
        listing = car(3, originals={"fuelType": "Wasserstoff", "body": "x"})
        apply(store, listing)
        assert shown(store) == [listing]

    def test_a_new_car_is_new_since_it_was_created(self, store: Store) -> None:
        changes = apply(store, car(5, price=euros(9000)))
        assert counted(changes) == {"added": 1}
        assert happened(store) == [(EventKind.NEW, 0)]
        assert prices(store) == [(5, euros(9000))]
        with Catalogue(store.path) as catalogue:
            (event,) = catalogue.events()
        assert event == Event(
            kind=EventKind.NEW,
            listing_id=ID,
            dealer_id=DEALER_ID,
            when=CREATED,
            after=euros(9000),
        )

    def test_the_same_again_changes_no_byte(self, store: Store) -> None:
        records = [car(1), car(2, id="b", status=Status.PENDING), car(2, id="c", price=None)]
        apply(store, *records)
        before = store.path.read_bytes()
        assert counted(apply(store, *records)) == {}
        assert store.path.read_bytes() == before

    def test_a_new_date_alone_is_stored_and_is_no_change(self, store: Store) -> None:
        apply(store, car(1))
        assert counted(apply(store, car(2))) == {}
        assert shown(store) == [car(2)]
        assert happened(store) == [(EventKind.NEW, 0)]

    def test_an_older_record_is_ignored(self, store: Store) -> None:
        apply(store, car(2, title="New"))
        assert counted(apply(store, car(1, title="Old"))) == {"ignored": 1}
        assert shown(store) == [car(2, title="New")]

    def test_an_older_record_of_a_clean_sweep_wins(self, store: Store) -> None:
        apply(store, car(1, price=euros(2)), car(9000, price=euros(1)))
        apply(store, car(3, price=euros(3)), authoritative=True)
        assert shown(store) == [car(3, price=euros(3))]
        assert prices(store) == [(1, euros(2)), (3, euros(3))]

    def test_of_two_with_one_date_the_later_wins(self, store: Store) -> None:
        apply(store, car(1, price=euros(1)))
        apply(store, car(1, price=euros(2)))
        assert shown(store) == [car(1, price=euros(2))]
        assert prices(store) == [(1, euros(2))]

    def test_a_changed_price_is_an_event_and_a_point(self, store: Store) -> None:
        apply(store, car(1, price=euros(9000)))
        changes = apply(store, car(2, price=euros(8500)), car(4, price=None), car(5, price=None))
        assert counted(changes) == {"changed": 2, "price_changed": 2}
        assert happened(store) == [(EventKind.NEW, 0), (EventKind.PRICE, 2), (EventKind.PRICE, 4)]
        assert prices(store) == [(1, euros(9000)), (2, euros(8500)), (4, None)]
        with Catalogue(store.path) as catalogue:
            request, drop, _ = catalogue.events()
        assert (drop.before, drop.after) == (euros(9000), euros(8500))
        assert (request.before, request.after) == (euros(8500), None)

    def test_a_changed_text_is_a_change_without_event(self, store: Store) -> None:
        apply(store, car(1))
        assert counted(apply(store, car(2, description="Garantie"))) == {"changed": 1}
        assert happened(store) == [(EventKind.NEW, 0)]

    def test_a_reserved_car_is_kept_apart_and_may_come_back(self, store: Store) -> None:
        apply(store, car(1))
        changes = apply(store, car(2, status=Status.PENDING))
        assert counted(changes) == {"changed": 1, "reserved": 1}
        assert store.live_ids() == set()
        assert store.live_ids(status=Status.PENDING) == {ID}
        assert gone(store) == []
        assert counted(apply(store, car(3))) == {"changed": 1, "back": 1}
        assert happened(store) == [
            (EventKind.NEW, 0),
            (EventKind.RESERVED, 2),
            (EventKind.BACK, 3),
        ]

    def test_a_car_first_seen_reserved_is_new_once_it_is_on_offer(self, store: Store) -> None:
        assert counted(apply(store, car(1, status=Status.PENDING))) == {}
        assert counted(apply(store, car(4))) == {"changed": 1, "added": 1}
        assert happened(store) == [(EventKind.NEW, 4)]

    @pytest.mark.parametrize("status", [Status.SOLD, Status.DRAFT, Status.OTHER])
    def test_a_car_that_was_never_shown_leaves_no_trace(self, store: Store, status: Status) -> None:
        assert counted(apply(store, car(1, status=status))) == {}
        assert (gone(store), happened(store), store.dealers()) == ([], [], ())

    def test_counts_are_kept_for_each_dealer(self, store: Store) -> None:
        total = apply(store, car(), car(id="b", dealer_id="other"))
        total.add(apply(store, car(1, status=Status.SOLD)))
        assert counted(total) == {"added": 2, "gone": 1}
        assert {key: counted(each) for key, each in total.by_dealer.items()} == {
            DEALER_ID: {"added": 1, "gone": 1},
            "other": {"added": 1},
        }


class TestTombstones:
    def test_a_sold_car_leaves_one_that_looks_as_last_shown(self, store: Store) -> None:
        apply(store, car(1))
        changes = apply(store, car(2, status=Status.SOLD, make=None, model=None))
        assert counted(changes) == {"gone": 1}
        assert gone(store) == [Tombstone(listing=car(1), when=CREATED + 2 * DAY, sold=True)]
        assert happened(store)[-1] == (EventKind.SOLD, 2)
        assert shown(store) == []

    def test_a_withdrawn_car_is_gone_and_not_sold(self, store: Store) -> None:
        apply(store, car(1), car(2, status=Status.DRAFT))
        assert [each.sold for each in gone(store)] == [False]
        assert happened(store)[-1] == (EventKind.GONE, 2)

    def test_an_absent_car_is_buried_once(self, store: Store) -> None:
        apply(store, car(1), car(id="b"))
        changes = store.bury([ID, "unknown"], CREATED + 3 * DAY)
        assert counted(changes) == {"gone": 1}
        assert counted(store.bury([ID], CREATED + 4 * DAY)) == {}
        assert gone(store) == [Tombstone(listing=car(1), when=CREATED + 3 * DAY, sold=False)]
        assert happened(store)[-1] == (EventKind.GONE, 3)
        assert store.live_ids() == {"b"}

    def test_one_that_comes_back_does_so_after_it_left(self, store: Store) -> None:
        apply(store, car(1))
        store.bury([ID], CREATED + 3 * DAY)
        assert counted(apply(store, car(1))) == {"back": 1}
        assert gone(store) == []
        assert shown(store) == [car(1)]
        assert happened(store)[-1] == (EventKind.BACK, 3)
        assert prices(store) == [(1, car().price)]

    def test_one_that_comes_back_cheaper_says_both(self, store: Store) -> None:
        apply(store, car(1, price=euros(5)), car(2, status=Status.SOLD))
        changes = apply(store, car(4, price=euros(4)))
        assert counted(changes) == {"back": 1, "price_changed": 1}
        with Catalogue(store.path) as catalogue:
            kinds = [each.kind for each in catalogue.events()]
        assert kinds == [EventKind.PRICE, EventKind.BACK, EventKind.SOLD, EventKind.NEW]
        assert prices(store) == [(1, euros(5)), (4, euros(4))]

    def test_a_lagging_replica_raises_no_dead(self, store: Store) -> None:
        apply(store, car(1), car(3, status=Status.SOLD), car(4, status=Status.SOLD))
        assert counted(apply(store, car(2))) == {"ignored": 1}
        assert [each.when for each in gone(store)] == [CREATED + 3 * DAY]

    def test_a_car_gone_for_no_reason_may_turn_out_sold(self, store: Store) -> None:
        apply(store, car(1))
        store.bury([ID], CREATED + 2 * DAY)
        apply(store, car(3, status=Status.SOLD))
        assert gone(store) == [Tombstone(listing=car(1), when=CREATED + 2 * DAY, sold=True)]

    def test_they_and_events_go_after_thirty_days_of_the_api(self, store: Store) -> None:
        apply(store, car(0), car(1, status=Status.SOLD), car(2, id="b"))
        store.purge(CREATED + 31 * DAY)
        assert [each.listing.id for each in gone(store)] == [ID]
        store.purge(CREATED + 31 * DAY + timedelta(microseconds=1))
        assert gone(store) == []
        assert happened(store) == []
        with Catalogue(store.path) as catalogue:
            assert dict(catalogue.prices()) == {
                "b": (PricePoint(since=CREATED + 2 * DAY, price=car().price),)
            }


class TestSuspects:
    def test_a_mark_stays_until_the_car_is_seen(self, path: Path) -> None:
        with Store.open(path) as store:
            apply(store, car(2), car(id="b"), car(id="c"))
            store.suspect([ID, "b", "unknown"])
        with Store.open(path) as store:
            assert store.suspects() == {ID, "b"}
            assert store.suspects(["other"]) == set()
            apply(store, car(2))
            store.bury(["b"], CREATED + DAY)
            assert store.suspects() == set()

    def test_an_older_record_is_a_sighting_too(self, store: Store) -> None:
        apply(store, car(2))
        store.suspect([ID])
        apply(store, car(1))
        assert store.suspects() == set()


class TestDealers:
    def test_a_listing_brings_its_dealer(self, store: Store) -> None:
        apply(store, car(dealer_id="z"), car(id="b", dealer_id="y"))
        assert [(each.id, each.name) for each in store.dealers()] == [("y", "y"), ("z", "z")]

    @pytest.mark.parametrize("order", [(True, False), (False, True)])
    def test_a_location_wins_over_an_embedded_dealer(
        self, store: Store, order: tuple[bool, bool]
    ) -> None:
        stated = sample_dealer(phone=None, email="stated@example.com", is_root=False)
        embedded = sample_dealer(phone="1", email="embedded@example.com", is_root=True)
        for from_location in order:
            dealer = stated if from_location else embedded
            store.put_dealers([dealer], from_location=from_location)
        (merged,) = store.dealers()
        assert (merged.phone, merged.email, merged.is_root) == ("1", "stated@example.com", False)

    def test_what_a_location_no_longer_says_is_forgotten(self, store: Store) -> None:
        store.put_dealers([sample_dealer(phone="1")], from_location=True)
        store.put_dealers([sample_dealer(phone=None)], from_location=True)
        assert store.dealers()[0].phone is None

    def test_embedded_dealers_add_up_and_the_later_is_fresher(self, store: Store) -> None:
        store.put_dealers([sample_dealer(phone="1", metadata={"a": "1"})], from_location=False)
        store.put_dealers([sample_dealer(phone=None, city="Gent")], from_location=False)
        (merged,) = store.dealers()
        assert (merged.phone, merged.city, merged.metadata) == ("1", "Gent", {})

    def test_a_listing_leaves_what_is_known_of_its_dealer(self, store: Store) -> None:
        store.put_dealers([sample_dealer()], from_location=True)
        apply(store, car())
        assert store.dealers() == (sample_dealer(),)


class TestPhotosAndTargets:
    def test_a_mirrored_photo_is_remembered(self, store: Store) -> None:
        photo = MirroredPhoto(
            url="https://images.example/1",
            digest="ab" * 16,
            recipe="one",
            widths=(480, 800),
            height_px=600,
            length_bytes=1234,
            tint="#336699",
        )
        store.put_photo(photo)
        assert store.photo(photo.url) == photo
        assert photo.filename == f"ab/{photo.digest}-800.jpg"
        assert store.photo("https://images.example/2") is None

    def test_a_photo_that_is_forgotten_was_never_there(self, store: Store) -> None:
        photo = MirroredPhoto(
            url="https://images.example/1",
            digest="ab",
            recipe="one",
            widths=(1,),
            height_px=1,
            length_bytes=1,
            tint="#000000",
        )
        store.put_photo(photo)
        store.forget_photo(photo.url)
        store.forget_photo("https://images.example/2")
        assert store.photo(photo.url) is None

    def test_facts_of_a_target_replace_the_earlier_ones(self, store: Store) -> None:
        store.remember("gent", {"watermark": "2026-03-01T00:00:00Z", "clean": "no"})
        store.remember("gent", {"clean": "yes"})
        assert store.recall("gent") == {"clean": "yes"}
        assert store.recall("leuven") == {}


class TestHistory:
    def test_every_status_has_its_day(self, store: Store) -> None:
        for day, status in enumerate(
            (Status.ACTIVE, Status.ACTIVE, Status.PENDING, Status.ACTIVE, Status.SOLD)
        ):
            apply(store, car(day, status=status))
        days = [((since - CREATED).days, status) for since, status in store.statuses(ID)]
        assert days == [(0, "active"), (2, "pending"), (3, "active"), (4, "sold")]

    def test_one_that_vanished_and_came_back_says_so(self, store: Store) -> None:
        apply(store, car(1))
        store.bury([ID], CREATED + 5 * DAY)
        store.apply([car(1)], seen=CREATED + 6 * DAY)
        days = [((since - CREATED).days, status) for since, status in store.statuses(ID)]
        assert days == [(1, "active"), (5, "gone"), (6, "active")]

    def test_when_a_car_was_first_seen_never_changes(self, store: Store) -> None:
        for day in (1, 2):
            store.apply([car(day, price=euros(day))], seen=CREATED + day * DAY)
        assert store.first_seen(ID) == CREATED + DAY
        assert store.first_seen("unknown") is None

    def test_it_goes_with_the_car(self, store: Store) -> None:
        apply(store, car(1))
        apply(store, car(2, status=Status.SOLD))
        store.purge(CREATED + 40 * DAY)
        assert store.statuses(ID) == []

    def test_a_state_file_of_the_first_format_gets_it(self, path: Path) -> None:
        first, _ = open_for_writing(path, STEPS[:1])
        first.close()
        with Store.open(path) as store:
            assert store.rebuilt == ""
            apply(store, car(1))
            assert [status for _, status in store.statuses(ID)] == ["active"]
