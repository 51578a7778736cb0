import gc
import pickle
import tracemalloc
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest

from syndicator import catalogue as catalogue_module
from syndicator.catalogue import NEVER, Catalogue
from syndicator.errors import OutputError, UsageError
from syndicator.exporters._batches import rest_of
from syndicator.models import Listing, Money, Photo, PricePoint, Rendition, Status
from syndicator.reader import Rows
from syndicator.store import MirroredPhoto, Store
from syndicator.testing import sample_dealer, sample_listing

CREATED = datetime(2026, 3, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
MIRROR = "https://voorraad.example/assets/photos"


def car(listing_id: str, dealer_id: str = "gent", day: int = 0, **changes: object) -> Listing:
    fields: dict[str, object] = {
        "id": listing_id,
        "dealer_id": dealer_id,
        "created": CREATED,
        "updated": CREATED + day * DAY,
        "photos": (Photo(url=f"https://images.example/{listing_id}"),),
    }
    return sample_listing(**(fields | changes))


def copy_of(listing_id: str, digest: str = "00ff") -> MirroredPhoto:
    return MirroredPhoto(
        url=f"https://images.example/{listing_id}",
        digest=digest,
        recipe="one",
        widths=(480, 800),
        height_px=600,
        length_bytes=1234,
        tint="#8a97a3",
    )


def fill(store: Store, *listings: Listing) -> None:
    store.apply(listings)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "state.db") as opened:
        yield opened


@pytest.fixture
def catalogue(store: Store) -> Iterator[Catalogue]:
    with Catalogue(store.path) as opened:
        yield opened


def ids(listings: Collection[Listing]) -> list[str]:
    return [each.id for each in listings]


class TestListings:
    def test_are_newest_first_then_by_id(self, store: Store, catalogue: Catalogue) -> None:
        fill(
            store,
            car("b", "gent"),
            car("a", "aalst"),
            car("d", "gent", created=CREATED + timedelta(microseconds=1)),
            car("c", "aalst", created=CREATED - DAY),
        )
        assert ids(catalogue.listings()) == ["d", "a", "b", "c"]
        assert ids(catalogue.listings(["gent", "aalst"])) == ["d", "a", "b", "c"]

    def test_are_cut_by_dealer_and_status(self, store: Store, catalogue: Catalogue) -> None:
        fill(store, car("a"), car("b", "aalst"), car("c", status=Status.PENDING), car("d"))
        fill(store, car("d", day=1, status=Status.SOLD))
        assert ids(catalogue.listings(["gent"])) == ["a"]
        assert ids(catalogue.listings({"aalst", "unknown"})) == ["b"]
        assert ids(catalogue.listings(())) == []
        assert ids(catalogue.pending()) == ["c"]
        assert ids(catalogue.listings(status=Status.PENDING)) == ["c"]
        assert [each.listing.id for each in catalogue.gone(["gent"])] == ["d"]
        assert len(catalogue.gone(["aalst"])) == 0

    def test_can_be_counted_searched_and_walked_again_and_within(
        self, store: Store, catalogue: Catalogue
    ) -> None:
        fill(store, car("a"), car("b"), car("c", "aalst"))
        listings = catalogue.listings(["gent"])
        assert isinstance(listings, Collection)
        assert len(listings) == 2
        assert [(x.id, y.id) for x in listings for y in listings] == [
            ("a", "a"),
            ("a", "b"),
            ("b", "a"),
            ("b", "b"),
        ]
        assert "a" in listings
        assert car("b") in listings
        assert car("c", "aalst") not in listings
        assert None not in listings

    def test_are_found_by_their_ids_without_a_walk(
        self, store: Store, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill(store, car("a"), car("b"), car("c", "aalst"), car("d", status=Status.PENDING))
        fill(store, car("e"))
        fill(store, car("e", day=1, status=Status.SOLD))
        monkeypatch.setattr(Rows, "__iter__", None)
        wanted = ["b", "c", "d", "e", "nobody"]
        gent = ["gent"]
        assert ids([*catalogue.listings(gent).among(wanted)]) == ["b"]
        assert ids([*catalogue.pending(gent).among(wanted)]) == ["d"]
        assert [each.listing.id for each in catalogue.gone(gent).among(wanted)] == ["e"]
        assert [*catalogue.listings(gent).among([])] == []

    def test_see_what_the_store_wrote_since(self, store: Store, catalogue: Catalogue) -> None:
        listings = catalogue.listings()
        assert len(listings) == 0
        fill(store, car("a"))
        assert len(listings) == 1

    def test_of_more_dealers_than_sqlite_has_variables(
        self, store: Store, catalogue: Catalogue
    ) -> None:
        fill(store, car("a", "dealer-39999"))
        dealers = [f"dealer-{number}" for number in range(40_000)]
        assert ids(catalogue.listings(dealers)) == ["a"]

    def test_are_decoded_one_by_one(
        self, store: Store, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill(store, *(car(f"{number:03}") for number in range(100)))
        decode = catalogue_module._listing
        decoded = 0

        def counting(body: bytes, service: str | None) -> Listing:
            nonlocal decoded
            decoded += 1
            return decode(body, service)

        monkeypatch.setattr(catalogue_module, "_listing", counting)
        listings = catalogue.listings()
        assert (len(listings), "005" in listings, decoded) == (100, True, 0)
        walk = iter(listings)
        next(walk)
        next(walk)
        assert decoded == 2
        assert ids(rest_of(listings, 97)) == ids([*listings][97:])
        assert decoded == 2 + 3 + 100

    def test_of_those_walked_a_fixed_number_is_remembered(
        self, store: Store, catalogue: Catalogue
    ) -> None:
        fill(store, *(car(str(number)) for number in range(catalogue_module.REMEMBERED + 100)))
        first = next(iter(catalogue.listings()))
        assert next(iter(catalogue.listings())) is first
        assert sum(1 for _ in catalogue.listings()) == catalogue_module.REMEMBERED + 100
        assert catalogue_module._listing.cache_info().currsize == catalogue_module.REMEMBERED

    def test_take_no_more_memory_for_the_walk(
        self, store: Store, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(catalogue_module, "_listing", catalogue_module._listing.__wrapped__)
        text = "x" * 1000
        fill(store, *(car(str(number), description=text) for number in range(3000)))
        tracemalloc.start()
        try:
            assert sum(1 for _ in catalogue.listings()) == 3000
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 512 * 1024  # of 3 MB of text


class TestEventsAndPrices:
    def test_events_are_latest_first_then_by_listing(
        self, store: Store, catalogue: Catalogue
    ) -> None:
        fill(store, car("b", day=1), car("a", day=1), car("c", "aalst", day=1))
        fill(store, car("a", day=2, price=None))
        events = catalogue.events(["gent"])
        assert [(each.kind.value, each.listing_id) for each in events] == [
            ("price", "a"),
            ("new", "a"),
            ("new", "b"),
        ]
        assert len(events) == 3
        assert next(iter(events)) in events
        assert next(iter(catalogue.events(["aalst"]))) not in events

    def test_prices_are_a_mapping_of_the_slice(self, store: Store, catalogue: Catalogue) -> None:
        cheap = Money(minor=100, currency="EUR")
        fill(store, car("b"), car("a"), car("c", "aalst"), car("a", day=1, price=cheap))
        prices = catalogue.prices(["gent"])
        assert list(prices) == ["a", "b"]
        assert len(prices) == 2
        assert prices["a"] == (
            PricePoint(since=CREATED, price=car("a").price),
            PricePoint(since=CREATED + DAY, price=cheap),
        )
        assert prices.get("c") is prices.get("nobody") is None
        assert "c" not in prices
        assert len(catalogue.prices()["c"]) == 1


class TestDealers:
    def test_are_given_by_id(self, store: Store, catalogue: Catalogue) -> None:
        dealers = [sample_dealer(id=each) for each in ("b", "a", "c")]
        store.put_dealers(dealers, from_location=True)
        assert [each.id for each in catalogue.dealers()] == ["a", "b", "c"]
        assert [each.id for each in catalogue.dealers({"c", "b", "x"})] == ["b", "c"]

    def test_are_counted_by_what_they_have_on_offer(
        self, store: Store, catalogue: Catalogue
    ) -> None:
        fill(store, car("a"), car("b"), car("c", "aalst"), car("d", status=Status.PENDING))
        fill(store, car("e", "luik"), car("e", "luik", day=1, status=Status.SOLD))
        assert catalogue.counts() == {"aalst": 1, "gent": 2}


class TestAsOf:
    def test_is_1970_before_anything_happened(self, catalogue: Catalogue) -> None:
        assert catalogue.as_of() == NEVER

    def test_is_the_newest_change_of_the_slice_else_of_the_site(
        self, store: Store, catalogue: Catalogue
    ) -> None:
        fill(store, car("a", day=1), car("b", "aalst", day=5))
        assert catalogue.as_of(["gent"]) == CREATED + DAY
        assert catalogue.as_of(["luik"]) == CREATED + 5 * DAY
        assert catalogue.as_of() == CREATED + 5 * DAY

    def test_counts_what_left(self, store: Store, catalogue: Catalogue) -> None:
        fill(store, car("a", day=1))
        store.bury(["a"], CREATED + 3 * DAY)
        assert catalogue.as_of(["gent"]) == CREATED + 3 * DAY


def _again(store: Store) -> None:
    fill(store, car("a"), car("p", status=Status.PENDING))


VISIBLE: dict[str, Callable[[Store], object]] = {
    "added": lambda store: fill(store, car("z")),
    "edited": lambda store: fill(store, car("a", day=1, title="Other")),
    "dated": lambda store: fill(store, car("a", day=1)),
    "priced": lambda store: fill(store, car("a", day=1, price=None)),
    "reserved": lambda store: fill(store, car("a", day=1, status=Status.PENDING)),
    "pending edited": lambda store: fill(store, car("p", day=1, status=Status.PENDING)),
    "sold": lambda store: fill(store, car("a", day=1, status=Status.SOLD)),
    "buried": lambda store: store.bury(["a"], CREATED),
    "known to be sold": lambda store: fill(store, car("g", day=3, status=Status.SOLD)),
    "back": lambda store: fill(store, car("g", day=3)),
    "purged": lambda store: store.purge(CREATED + 40 * DAY),
    "dealer": lambda store: store.put_dealers(
        [sample_dealer(id="gent", phone="2")], from_location=True
    ),
}
INVISIBLE: dict[str, Callable[[Store], object]] = {
    "read again": _again,
    "an older record": lambda store: fill(store, car("a", day=-1, title="Old")),
    "another dealer's car": lambda store: fill(store, car("x", "aalst", day=9)),
    "another dealer": lambda store: store.put_dealers([sample_dealer()], from_location=True),
    "a car never shown": lambda store: fill(store, car("x", status=Status.SOLD)),
    "a car sold again": lambda store: fill(store, car("s", day=9, status=Status.SOLD)),
    "a suspicion": lambda store: store.suspect(["a"]),
    "notes": lambda store: store.remember("gent", {"watermark": "1"}),
    "a photo of another dealer": lambda store: store.put_photo(copy_of("m")),
    "a dealer said twice": lambda store: store.put_dealers(
        [sample_dealer(id="gent", phone="1")], from_location=False
    ),
}


class TestDigest:
    @pytest.fixture(params=[None, MIRROR])
    def catalogue(self, request: pytest.FixtureRequest, store: Store) -> Iterator[Catalogue]:
        dealer = sample_dealer(id="gent", phone="1")
        store.put_dealers([dealer], from_location=False)
        _again(store)
        fill(store, car("m", "aalst"), car("g"), car("s"), car("s", status=Status.SOLD))
        store.bury(["g"], CREATED + DAY)
        with Catalogue(store.path, mirror=request.param) as opened:
            yield opened

    @pytest.mark.parametrize("change", VISIBLE)
    def test_changes_with_what_can_be_seen(
        self, store: Store, catalogue: Catalogue, change: str
    ) -> None:
        before = catalogue.digest(["gent"]), catalogue.digest()
        VISIBLE[change](store)
        assert catalogue.digest(["gent"]) != before[0]
        assert catalogue.digest() != before[1]

    @pytest.mark.parametrize("change", INVISIBLE)
    def test_stays_with_everything_else(
        self, store: Store, catalogue: Catalogue, change: str
    ) -> None:
        before = catalogue.digest(["gent"])
        INVISIBLE[change](store)
        assert catalogue.digest(["gent"]) == before

    def test_is_the_same_for_the_same_data_in_another_order(self, tmp_path: Path) -> None:
        cars = [car(str(number), f"dealer-{number % 3}", number) for number in range(12)]
        digests = set()
        for name, order in (("one", cars), ("two", cars[::-1])):
            with Store.open(tmp_path / name) as store:
                fill(store, *order)
                with Catalogue(store.path) as catalogue:
                    digests.add(catalogue.digest())
        assert len(digests) == 1


class TestMirror:
    def test_photos_point_to_our_copies_and_others_are_left_out(self, store: Store) -> None:
        urls = [f"https://images.example/{name}" for name in "abc"]
        fill(store, car("a", photos=tuple(Photo(url=url) for url in urls)), car("g"))
        store.bury(["g"], CREATED)
        for photo in (copy_of("c", "0c"), copy_of("a", "0a"), copy_of("g", "99")):
            store.put_photo(photo)
        with Catalogue(store.path, mirror=MIRROR) as catalogue:
            (listing,) = catalogue.listings()
            (tombstone,) = catalogue.gone()
        assert [each.url for each in listing.photos] == [
            f"{MIRROR}/0a/0a-800.jpg",
            f"{MIRROR}/0c/0c-800.jpg",
        ]
        assert listing.photos[0] == Photo(
            url=f"{MIRROR}/0a/0a-800.jpg",
            width_px=800,
            height_px=600,
            media_type="image/jpeg",
            length_bytes=1234,
            tint="#8a97a3",
            renditions=tuple(
                Rendition(url=f"{MIRROR}/0a/0a-{width}.{end}", width_px=width, media_type=kind)
                for end, kind in (
                    ("avif", "image/avif"),
                    ("webp", "image/webp"),
                    ("jpg", "image/jpeg"),
                )
                for width in (480, 800)
            ),
        )
        assert [each.url for each in tombstone.listing.photos] == [f"{MIRROR}/99/99-800.jpg"]

    def test_a_service_offers_widths_of_all_photos_at_their_own_address(self, store: Store) -> None:
        fill(store, car("a"), car("g"))
        store.bury(["g"], CREATED)
        with Catalogue(store.path, service="https://voorraad.example/images") as catalogue:
            shown = [*catalogue.listings(), *(each.listing for each in catalogue.gone())]
        assert [each.photos[0].url for each in shown] == [
            "https://images.example/a",
            "https://images.example/g",
        ]
        assert [len(each.photos[0].renditions) for each in shown] == [3, 3]

    def test_the_digest_tells_one_service_from_another_and_from_none(self, store: Store) -> None:
        fill(store, car("a"))
        digests = set()
        for service in (None, "https://a.example/i", "https://b.example/i"):
            with Catalogue(store.path, service=service) as catalogue:
                digests.add(catalogue.digest())
        assert len(digests) == 3

    @pytest.mark.parametrize("mirror", [None, MIRROR])
    def test_the_digest_sees_a_new_copy_only_where_copies_are_shown(
        self, store: Store, mirror: str | None
    ) -> None:
        fill(store, car("a"))
        with Catalogue(store.path, mirror=mirror) as catalogue:
            before = catalogue.digest()
            store.put_photo(copy_of("a"))
            assert (catalogue.digest() != before) is (mirror is not None)

    def test_the_copies_of_a_slice_can_be_listed(self, store: Store, catalogue: Catalogue) -> None:
        fill(store, car("a"), car("g"), car("x", "aalst"))
        store.bury(["g"], CREATED)
        copies = [copy_of("a", "0a"), copy_of("g", "0b"), copy_of("x", "0c")]
        for photo in copies:
            store.put_photo(photo)
        assert list(catalogue.mirrored(["gent"])) == copies[:2]

    def test_addresses_are_distinct_and_of_shown_cars(
        self, store: Store, catalogue: Catalogue
    ) -> None:
        shared = (Photo(url="https://images.example/s"), Photo(url="https://images.example/s"))
        fill(store, car("b", photos=shared), car("a", photos=shared), car("c"), car("g"))
        fill(store, car("p", status=Status.PENDING), car("x", "aalst"))
        store.bury(["g"], CREATED)
        names = [url.rpartition("/")[2] for url in catalogue.photo_urls(["gent"])]
        assert names == ["s", "c", "p"]
        every = [url.rpartition("/")[2] for url in catalogue.every_photo_url(["gent"])]
        assert sorted(every) == ["c", "g", "p", "s"]

    def test_the_store_may_write_while_addresses_are_walked(
        self, store: Store, catalogue: Catalogue
    ) -> None:
        fill(store, *(car(str(number)) for number in range(5)))
        store._connection.execute("PRAGMA busy_timeout = 0")
        for url in catalogue.photo_urls():
            store.put_photo(copy_of(url.rpartition("/")[2]))
        assert all(store.photo(url) for url in catalogue.photo_urls())


def walked(catalogue: Catalogue) -> list[str]:
    with catalogue:
        return ids(catalogue.listings())


class TestTheFile:
    def test_a_catalogue_pickles_as_its_path(self, store: Store, catalogue: Catalogue) -> None:
        fill(store, car("a"))
        assert len(catalogue.listings()) == 1
        with pickle.loads(pickle.dumps(Catalogue(store.path, mirror=MIRROR))) as again:
            assert (again.path, again.mirror) == (store.path, MIRROR)
        assert walked(pickle.loads(pickle.dumps(catalogue))) == ["a"]

    def test_another_process_reads_the_same(self, store: Store, catalogue: Catalogue) -> None:
        fill(store, car("a"), car("b"))
        assert len(catalogue.listings()) == 2
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            assert pool.submit(walked, catalogue).result() == ["a", "b"]

    def test_cannot_be_written(self, catalogue: Catalogue) -> None:
        connection = catalogue._reader.connection
        with pytest.raises(Exception, match="readonly"):
            connection.execute("DELETE FROM listings")

    def test_a_name_with_any_character_will_do(self, tmp_path: Path) -> None:
        path = tmp_path / "a ?mode=rw#% é.db"
        Store.open(path).close()
        with Catalogue(path) as catalogue:
            assert catalogue.counts() == {}
        assert [each.name for each in tmp_path.iterdir()] == [path.name]

    def test_without_one_the_user_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="no state yet"):
            Catalogue(tmp_path / "state.db").counts()
        assert list(tmp_path.iterdir()) == []

    def test_closing_twice_and_asking_again_is_fine(self, catalogue: Catalogue) -> None:
        assert catalogue.counts() == {}
        catalogue.close()
        catalogue.close()
        assert catalogue.counts() == {}

    def test_a_row_that_makes_no_sense_is_an_output_error(
        self, store: Store, catalogue: Catalogue
    ) -> None:
        fill(store, car("a"))
        store._connection.execute("UPDATE listings SET body = x'00'")
        with pytest.raises(OutputError, match=r"state\.db"):
            list(catalogue.listings())


def test_a_walk_that_was_cut_short_may_outlive_the_file(tmp_path: Path) -> None:
    with Store.open(tmp_path / "state.db") as store:
        store.apply(sample_listing(id=each) for each in "abc")
    catalogue = Catalogue(tmp_path / "state.db")
    walk = iter(catalogue.listings())
    next(walk)
    catalogue.close()
    del walk  # an error here would be told on standard error, and warnings are errors
    gc.collect()
