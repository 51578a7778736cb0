import pytest

from syndicator.simulator.stock import Stock, make_stock
from tests.asking import asking, body


@pytest.fixture
def stock() -> Stock:
    return make_stock(3, 120, 6, "http://photos.example")


@pytest.mark.parametrize(
    ("spec", "content"),
    [
        ("nan", b'"price":NaN,'),
        ("infinite", b'"price":1e400,'),
        ("surrogate", rb'"title":"Half \ud83d paar",'),
        ("latin1", b'"title":"Citro\xebn",'),
        ("nested", b"[" * 50_000 + b"]" * 50_000),
    ],
)
def test_json_may_hold_what_decoders_refuse(stock: Stock, spec: str, content: bytes) -> None:
    assert asking(stock, spec)().body.count(content) == 1


@pytest.mark.parametrize(
    ("spec", "member", "value"),
    [
        ("null-id", "id", None),
        ("long-id", "id", "x" * 5_000),
        ("sold", "status", "sold"),
        ("unknown-status", "status", "reserved"),
        ("updated-number", "updatedAt", 1_796_040_000),
        ("updated-2099", "updatedAt", "2099-01-01T00:00:00Z"),
        ("invalid", "status", None),
    ],
)
def test_one_record_is_odd_and_the_others_are_not(
    stock: Stock, spec: str, member: str, value: object
) -> None:
    good = body(asking(stock)())
    odd = body(asking(stock, f"{spec}=3")())
    assert odd["data"][2][member] == value
    assert [*odd["data"][:2], *odd["data"][3:]] == [*good["data"][:2], *good["data"][3:]]
    assert odd["pagination"] == good["pagination"]


def test_members_may_be_missing(stock: Stock) -> None:
    first, second, third, *_ = body(asking(stock, "no-id=2", "no-updated=3")())["data"]
    assert {"id", "updatedAt"} <= first.keys()
    assert "id" not in second
    assert "updatedAt" not in third


def test_a_date_may_be_without_a_zone(stock: Stock) -> None:
    found = body(asking(stock, "updated-zoneless")())["data"]
    assert found[0]["updatedAt"] + "Z" > found[1]["updatedAt"]


def test_a_share_of_the_records_is_always_the_same(stock: Stock) -> None:
    def struck(size: int) -> set[str]:
        ask, found = asking(stock, "invalid=30%"), set()
        for page in range(1, 120 // size + 1):
            records = body(ask(f"/listings?pageSize={size}&page={page}"))["data"]
            found |= {each["id"] for each in records if each["status"] is None}
        return found

    assert 20 < len(struck(120)) < 52
    assert struck(120) == struck(40)


def test_an_id_may_come_twice_in_two_versions(stock: Stock) -> None:
    answered = body(asking(stock, "twice")())
    first, second, *rest = answered["data"]
    assert first["id"] == second["id"]
    assert first["updatedAt"] > second["updatedAt"]
    assert (second["price"], len(rest)) == (1, 49)
    odd = body(asking(stock, "no-updated", "twice")())["data"]
    assert odd[0]["id"] == odd[1]["id"]


def test_a_record_may_be_somebody_elses(stock: Stock) -> None:
    first, second, *_ = body(asking(stock, "two-dealers")())["data"]
    assert first["id"] == second["id"]
    assert second["dealerProfileId"] == second["dealer"]["id"] != first["dealerProfileId"]
    foreign = body(asking(stock, "foreign")())["data"]
    assert foreign[0]["dealerProfileId"] not in stock.dealers
    assert len(foreign) == 50


def test_a_record_may_be_huge(stock: Stock) -> None:
    first = body(asking(stock, "huge-description")())["data"][0]
    assert 9_900_000 < len(first["description"]) < 10 * 2**20 + 1
    records = body(asking(stock, "huge-description=100%;mb=1")("/listings?pageSize=3"))["data"]
    assert all(len(each["description"]) > 999_000 for each in records)
    assert len(body(asking(stock, "many-images")())["data"][0]["images"]) == 5_000
    assert len(body(asking(stock, "many-images;count=61")())["data"][0]["images"]) == 61
