"""The contents of answers, by their numbers in the catalogue of faults: whatever stands in them,
no car that is for sale gets lost, and none that is not gets out.
"""

import logging
from pathlib import Path

import msgspec
import pytest

from syndicator import cli
from syndicator.simulator.dealers import Json
from syndicator.simulator.messages import Request, Response
from syndicator.simulator.server import Simulator
from syndicator.simulator.stock import make_stock
from tests.meddling import BUSY, SLUG, Meddled
from tests.world import KEY

PHOTOS = "https://images.example"
PLAIN = {"authorization": f"Bearer {KEY}"}  # and no compression


pytestmark = pytest.mark.usefixtures("small_pages")


@pytest.fixture
def world(fresh: Meddled) -> Meddled:
    """One whose whole stock is out."""
    assert fresh.build().code == 0
    assert fresh.shown() == set(fresh.active())
    return fresh


def sweeps(world: Meddled) -> list[dict[str, str]]:
    """The questions of the last build for pages of everything on offer."""
    return [
        each for each in world.asked() if each["status"] == "active" and each["pageSize"] != "1"
    ]


def spoilt(world: Meddled, number: int = 1, code: str | None = None) -> str:
    """The id of a listing that is spoilt by its place on the first page."""
    return world.active(code)[number - 1]


def test_case_38_an_error_under_200_is_an_error(world: Meddled) -> None:
    before = world.files()
    world.change(spoilt(world), price=12_345)
    built = world.build(faults=("error-200@listings#1+",))
    assert built.code == 3
    assert "an error under status 200: FETCH_FAILED Could not fetch data" in built.said
    assert world.files() == before
    assert world.status().targets["all"].state == "failed"


@pytest.mark.parametrize("body", ["html", "text", "string", "array", "empty"])
@pytest.mark.parametrize(("status", "code"), [(500, 6), (400, 3), (401, 5), (404, 3)])
def test_case_39_of_a_body_that_is_no_envelope_the_status_decides(
    world: Meddled, body: str, status: int, code: int
) -> None:
    before = world.files()
    built = world.build(faults=(f"status={status};body={body}@listings#1+",))
    assert built.code == code
    assert f"the API answered {status}" in built.said
    assert world.files() == before


@pytest.mark.parametrize("body", [b"[%s]", b'{"error":{"message":"%s"}}', b'{"error":"%s"}'])
def test_case_39_a_long_complaint_is_cut(world: Meddled, body: bytes) -> None:
    answer = world._service.answer

    def refused(request: Request) -> Response:
        text = body % (b"\x1b[31mlang " * 900)
        return msgspec.structs.replace(answer(request), status=400, body=text)

    before = world.files()
    world._service.answer = refused  # type: ignore[method-assign]
    built = world.build(BUSY)
    assert built.code == 3
    for said in (world.status().targets[f"location {BUSY}"].reason, *world.status().run.warnings):
        assert len(said) < 500
        assert said.isprintable()
    assert world.files() == before


def test_case_40_a_page_without_pagination_is_read_until_an_empty_one(world: Meddled) -> None:
    vanished = spoilt(world)
    world.stock.remove(vanished)
    known = world.shown()
    for _ in range(3):
        built = world.build(faults=("no-pagination",), full=True)
        assert built.code == 0
        assert "unsettled" in built.said
        assert world.shown() == known  # a walk without totals says nothing of absence


def test_case_40_numbers_in_strings_are_numbers(fresh: Meddled) -> None:
    built = fresh.build(faults=("text-pagination",))
    assert built.code == 0
    assert "unsettled" not in built.said
    assert len(sweeps(fresh)) == 6
    assert fresh.shown() == set(fresh.active())


@pytest.mark.parametrize("nonsense", ["veel", "1e3", "-6", -6, 6.5, True, None, [], "6 000"])
def test_case_40_what_is_no_number_loses_no_car(world: Meddled, nonsense: object) -> None:
    def rewrite(payload: Json) -> Json:
        return payload | {"pagination": dict.fromkeys(payload["pagination"], nonsense)}

    vanished = spoilt(world)
    world.stock.remove(vanished)
    known = world.shown()
    for _ in range(3):
        assert world.build(rewrite=rewrite, full=True).code == 0
        assert world.shown() == known


def test_case_41_a_smaller_page_than_asked_for_loses_no_car(
    fresh: Meddled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syndicator.walk.PAGE_SIZE", 200)
    assert fresh.build(faults=("clamp=7",)).code == 0
    assert [(each["page"], each["pageSize"]) for each in sweeps(fresh)] == [
        (str(number), "200") for number in range(1, 10)
    ]
    assert fresh.shown() == set(fresh.active())


def test_case_42_the_total_says_that_there_is_another_page(fresh: Meddled) -> None:
    assert fresh.build(faults=("pages=3",)).code == 0
    assert [each["page"] for each in sweeps(fresh)] == ["1", "2", "3", "4", "5", "6"]
    assert fresh.shown() == set(fresh.active())


def test_case_43_a_million_pages_end_where_the_total_does(fresh: Meddled) -> None:
    assert fresh.build(faults=("pages=1000000",)).code == 0
    assert len(sweeps(fresh)) <= 7
    assert fresh.shown() == set(fresh.active())


def test_case_44_a_first_page_that_comes_again_and_again_is_a_loop(world: Meddled) -> None:
    before = world.files()
    world.change(spoilt(world, code=BUSY), price=12_345)
    built = world.build(BUSY, faults=("first-page",), full=True)
    assert built.code == 3
    assert "the same listings as on the page before" in built.said
    assert len(world.requests) < 6
    assert world.files() == before


def test_case_44_a_loop_in_the_walk_over_everything_costs_the_large_dealers_only(
    world: Meddled,
) -> None:
    dearer, cheaper = spoilt(world, code="DEX-LEUVEN"), spoilt(world, code=BUSY)
    world.change(dearer, price=12_345)
    world.change(cheaper, price=1_234)
    assert world.build(faults=("first-page",), full=True).code == 3
    assert world.told("price")[dearer] == "12345.00"
    assert world.told("price")[cheaper] != "1234.00"
    assert world.shown() == set(world.active())


def test_case_45_an_empty_page_in_the_middle_ends_no_walk(tmp_path: Path) -> None:
    world = Meddled(tmp_path, make_stock(3, 240, 6, photo_base=PHOTOS))
    assert world.build().code == 0
    known = world.shown()
    dearer = [each.id for each in world.stock if each.status == "active"][-1]
    world.change(dearer, price=12_345)
    asked = {"faults": ("blank-page@listings#2,26",), "full": True}
    built = world.build(**asked)
    assert built.code == 0
    assert "unsettled" in built.said
    assert len(sweeps(world)) == 48
    assert world.shown() == known
    assert world.told("price")[dearer] == "12345.00"


def test_case_45_an_empty_page_is_no_witness(world: Meddled) -> None:
    known = world.shown()
    for _ in range(3):
        assert world.build(BUSY, faults=("blank-page@listings#2,5,8,11",), full=True).code in (0, 3)
        assert world.shown() == known


@pytest.mark.parametrize("order", [1, -1])
def test_case_46_of_an_id_that_comes_twice_the_newer_record_wins(
    fresh: Meddled, order: int
) -> None:
    twice = fresh.active(BUSY)[-1]  # on a page with room for one more

    def rewrite(payload: Json) -> Json:
        data: list[Json] = []
        for each in payload["data"]:
            older = each | {"price": 1, "updatedAt": "2020-01-01T00:00:00Z"}
            data += [each, older][::order] if each["id"] == twice else [each]
        return payload | {"data": data}

    assert fresh.build(BUSY, rewrite=rewrite).code == 0
    assert fresh.told("price")[twice] == f"{fresh.stock.listing(twice)['price']}.00"
    assert fresh.shown(SLUG) == set(fresh.active(BUSY))


def test_case_46_an_older_version_beside_a_record_changes_nothing(fresh: Meddled) -> None:
    assert fresh.build(BUSY).code == 0
    before = fresh.files()
    assert fresh.build(BUSY, faults=("twice=7@listings#3",), full=True).code == 0
    assert fresh.files() == before


def test_case_47_of_two_dealers_the_one_that_was_asked_for_has_the_car(
    fresh: Meddled, caplog: pytest.LogCaptureFixture
) -> None:
    both = fresh.active(BUSY)[-1]
    with caplog.at_level(logging.WARNING):
        assert fresh.build(BUSY, faults=("two-dealers=7@listings#3",)).code == 0
    assert f"{both} also came as listing of dealer" in caplog.text
    assert fresh.shown(SLUG) == set(fresh.active(BUSY))
    assert 'dealerRef="00000000' not in (fresh.output / "feeds/vehicles.xml").read_text()


@pytest.mark.parametrize("fault", ["no-id", "null-id", "long-id"])
def test_case_48_a_record_without_a_usable_id_costs_no_other_one(
    fresh: Meddled, fault: str
) -> None:
    built = fresh.build(faults=(f"{fault}=2@listings#1",))
    assert built.code == 0
    assert "1 unusable records were left out" in built.said
    assert fresh.shown() == set(fresh.active()) - {spoilt(fresh, 2)}
    assert fresh.build(full=True).code == 0
    assert fresh.shown() == set(fresh.active())


def test_case_49_a_lone_surrogate_costs_no_car(fresh: Meddled) -> None:
    assert fresh.build(faults=("surrogate=7@listings#2",)).code == 0
    assert fresh.shown() == set(fresh.active())
    assert fresh.told("title")[spoilt(fresh, 17)] == "Half \N{REPLACEMENT CHARACTER} paar"


@pytest.mark.parametrize("fault", ["nan", "infinite"])
def test_case_50_a_price_that_is_no_number_costs_the_price_alone(
    fresh: Meddled, fault: str
) -> None:
    assert fresh.build(faults=(f"{fault}=3@listings#1",)).code == 0
    assert fresh.shown() == set(fresh.active())
    prices = fresh.told("price")
    assert prices[spoilt(fresh, 3)] is None
    assert prices[spoilt(fresh, 4)] is not None


def test_case_51_a_record_nested_beyond_reason_stops_nothing(world: Meddled) -> None:
    deep = spoilt(world, code=BUSY)
    world.change(deep, price=12_345)  # and is the first one now
    assert world.build(faults=("nested=1",), full=True).code == 0
    assert world.shown() == set(world.active())
    assert world.told("price")[deep] == "12345.00"


def test_case_51_a_record_that_is_nothing_but_arrays_is_left_out(fresh: Meddled) -> None:
    assert fresh.build(BUSY).code == 0
    before = fresh.files()
    answer = fresh._service.answer

    def nested(request: Request) -> Response:
        if dict(request.query).get("page") != "3":
            return answer(request)
        found = answer(msgspec.structs.replace(request, headers=PLAIN))
        start, end = b"[" * 50_000, b"]" * 50_000
        data = found.body.replace(b'"data":[{', b'"data":[%s%s,{' % (start, end), 1)
        return msgspec.structs.replace(found, body=data)

    fresh._service.answer = nested  # type: ignore[method-assign]
    for _ in range(2):
        built = fresh.build(BUSY, full=True)
        assert built.code == 0
        assert "1 unusable records were left out" in built.said
        assert fresh.files() == before


def test_case_52_members_and_words_that_nobody_knows_cost_nothing(fresh: Meddled) -> None:
    news = {"batterySoh": 97, "drivetrain": {"kind": "x"}, "fuelType": "waterstofkern"}

    def rewrite(payload: Json) -> Json:
        return payload | {"data": [each | news for each in payload["data"]], "links": [1]}

    built = fresh.build(rewrite=rewrite)
    assert built.code == 0
    assert "fuelType holds what we do not know in 60 of 60 listings" in built.said
    assert fresh.shown() == set(fresh.active())
    assert set(fresh.told("fuel").values()) == {"other"}


def test_case_52_a_status_that_nobody_knows_puts_no_car_on_offer(world: Meddled) -> None:
    template = world.stock.listing(world.active()[0])
    now = world.watch.utc().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    world.stock.put(template | {"id": "new", "status": "gereserveerd", "updatedAt": now})
    assert world.build().code == 0
    assert world.shown() == set(world.active())


def test_case_52_a_status_that_nobody_knows_takes_no_car_off_either(world: Meddled) -> None:
    """It came among the active ones: the API renamed a word, and nobody has sold anything."""
    before = world.shown()
    for _ in range(2):
        assert world.build(faults=("unknown-status=2@listings#1",), full=True).code == 0
        assert world.shown() == before


def test_case_52_a_car_that_has_an_unknown_status_and_is_on_no_list_is_gone(world: Meddled) -> None:
    odd = world.active()[5]
    world.change(odd, status="gearchiveerd")
    assert world.build().code == 0
    assert world.build().code == 0
    assert odd not in world.shown()


def test_case_53_when_many_records_cannot_be_read_the_dealer_is_held(world: Meddled) -> None:
    before = world.files()
    for _ in range(3):
        built = world.build(faults=("invalid=30%",), full=True)
        assert built.code == 4
        assert "cannot be read; did the API change?" in built.said
        assert world.files() == before
    assert world.status().targets["all"].held_since
    assert world.build().code == 0
    assert world.shown() == set(world.active())


@pytest.mark.parametrize("known", [False, True])
def test_case_54_a_filter_that_is_ignored_publishes_nobody_else(
    fresh: Meddled, *, known: bool
) -> None:
    if known:
        assert fresh.build(BUSY).code == 0
    before = fresh.files()
    built = fresh.build(BUSY, faults=("ignore=dealer",), full=True)
    assert built.code == 4
    assert "listings of other dealers" in built.said
    assert fresh.files() == before


def test_case_54_a_filter_that_is_ignored_in_an_incremental_run_publishes_nobody_else(
    world: Meddled,
) -> None:
    before = world.files()
    for _ in range(2):
        stranger = spoilt(world, code="ZILVERMEEUW")
        world.change(stranger, price=12_345)
        assert world.build(BUSY, faults=("ignore=dealer",)).code == 4
        assert world.files() == before


@pytest.mark.parametrize("kind", ["dealer", "parent", "location"])
@pytest.mark.parametrize("blank", ["", " "])
def test_case_55_a_blank_target_is_a_mistake_before_any_request(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    blank: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OKASIE_API_SECRET", KEY)
    (tmp_path / "syndicator.toml").write_text(f'[[targets]]\n{kind} = "{blank}"\n')
    with Simulator(make_stock(3, 3, 2), key=KEY) as simulator:
        address = ["--api-url", simulator.base_url]
        assert cli.run(["build", *address]) == 2
        assert cli.run(["build", *address, f"--{kind}", ""]) == 2
        assert len(simulator.requests) == 0
    assert "empty" in capsys.readouterr().err
    assert not (tmp_path / "output").exists()


def test_case_56_a_sold_car_among_the_active_ones_is_not_published(fresh: Meddled) -> None:
    sold = spoilt(fresh, 2)
    faults = ("sold=2@listings#1",)
    assert fresh.build(faults=faults).code == 0
    assert fresh.shown() == set(fresh.active()) - {sold}


def test_case_56_a_known_car_that_says_it_is_sold_leaves(world: Meddled) -> None:
    sold = spoilt(world, 2)
    assert world.build(faults=("sold=2@listings#1",), full=True).code == 0
    assert world.shown() == set(world.active()) - {sold}


@pytest.mark.parametrize(
    "fault", ["no-updated", "updated-number", "updated-zoneless", "updated-2099"]
)
@pytest.mark.parametrize("share", ["1", "100%"])
def test_case_57_a_date_that_is_none_costs_no_car_and_hides_no_change(
    fresh: Meddled, fault: str, share: str
) -> None:
    assert fresh.build(faults=(f"{fault}={share}",)).code == 0
    assert fresh.shown() == set(fresh.active())
    assert "2099-" not in (fresh.output / "feeds/vehicles.xml").read_text()
    served = fresh.watch.utc()
    dearer = fresh.active()[0]
    for price in (12_345, 12_456):
        fresh.change(dearer, price=price)
        assert fresh.build().code == 0
        since = next(each["updatedSince"] for each in fresh.asked() if "updatedSince" in each)
        assert since < served.isoformat()
        assert fresh.told("price")[dearer] == f"{price}.00"


def test_case_57_a_date_that_is_none_hides_no_change_from_those_who_read_it_always(
    world: Meddled,
) -> None:
    dearer = spoilt(world)
    for price in (12_345, 12_456):
        world.change(dearer, price=price)
        assert world.build(faults=("updated-2099=1",), full=True).code == 0
        assert world.told("price")[dearer] == f"{price}.00"


def test_case_58_a_byte_order_mark_is_no_part_of_the_answer(fresh: Meddled) -> None:
    assert fresh.build(faults=("bom",)).code == 0
    assert fresh.shown() == set(fresh.active())


def test_case_58_wrong_bytes_cost_no_other_record(fresh: Meddled) -> None:
    spoiled = spoilt(fresh, 2)
    built = fresh.build(faults=("latin1=2@listings#1",))
    assert built.code == 0
    assert "1 unusable records were left out" in built.said
    assert fresh.shown() == set(fresh.active()) - {spoiled}


def test_case_58_a_known_car_with_wrong_bytes_was_seen_all_the_same(world: Meddled) -> None:
    known = world.shown()
    for _ in range(3):
        assert world.build(faults=("latin1=2@listings#1",), full=True).code == 0
        assert world.shown() == known


def test_case_59_a_description_of_ten_megabytes_is_cut_everywhere(fresh: Meddled) -> None:
    assert fresh.build(only=(), faults=("huge-description=1@listings#1",)).code == 0
    long = fresh.told("description")[spoilt(fresh)]
    assert long is not None
    assert 15_000 < len(long) <= 20_000
    assert long.endswith("…")
    pages = {path: data for path, data in fresh.files().items() if path.endswith(".html")}
    assert max(map(len, pages.values())) < 400_000


def test_case_60_pages_that_are_too_large_are_asked_for_smaller_from_the_first_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syndicator.source.client.MAX_BYTES", 5 * 2**19)
    world = Meddled(tmp_path, make_stock(3, 12, 3, photo_base=PHOTOS))
    assert world.build(faults=("huge-description=100%;mb=1",)).code == 0
    assert [(each["page"], each["pageSize"]) for each in sweeps(world)] == [
        ("1", "10"),
        *((str(number), "2") for number in range(1, 7)),
    ]
    assert world.shown() == set(world.active())


def test_case_61_of_five_thousand_pictures_sixty_are_shown(fresh: Meddled) -> None:
    many = spoilt(fresh)
    built = fresh.build(only=(), faults=("many-images=1@listings#1",))
    assert built.code == 0
    assert "images holds what we do not know in 1 of 60 listings" in built.said
    feed = (fresh.output / "feeds/vehicles.xml").read_text()
    own = feed.partition(f'<vehicle id="{many}"')[2].partition("</vehicle>")[0]
    assert own.count("<photo ") == 60
    page = own.partition("<url>https://s.example/")[2].partition("</url>")[0]
    text = (fresh.output / page / "index.html").read_text()
    assert "https://images.example/0.jpg" in text
    assert "https://images.example/58.jpg" in text
    assert "https://images.example/60.jpg" not in text
    assert all(b"images.example/60.jpg" not in data for data in fresh.files().values())
