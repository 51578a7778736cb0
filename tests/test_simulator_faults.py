from email.utils import parsedate_to_datetime

import pytest

from syndicator.simulator.delivery import Cut
from syndicator.simulator.faults import KINDS, FaultError, Script, parse
from syndicator.simulator.stock import Stock, make_stock
from tests.asking import NOON, asking, body


@pytest.fixture
def stock() -> Stock:
    return make_stock(3, 120, 6, "http://photos.example")


@pytest.mark.parametrize("name", list(KINDS))
def test_every_kind_says_how_it_is_written_and_what_it_means(name: str) -> None:
    kind = KINDS[name]
    assert kind.syntax.startswith(name)
    assert kind.meaning.endswith(".")
    assert len(kind.meaning) < 100


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("drop@3", "fault 'drop@3': unknown kind 'drop' (did you mean 'drip'?)"),
        ("xyzzy", "one of status, revoked, "),
        ("status=", "needs a whole number"),
        ("status=99", "of at least 200"),
        ("status=600", "from 200 to 599"),
        ("status=1e3", "needs a whole number"),
        ("status=429;retry=3", "unknown option 'retry' (it is written status=CODE;"),
        ("status=500;body=nice", "one of html, text, string, array, empty"),
        ("hang=3", "takes no value, but got '3'"),
        ("hang;a=b", "unknown option 'a'"),
        ("cut=deep", "one of length, unsized, chunked"),
        ("drip=0/1", "of at least 1"),
        ("drip=1/nan", "needs a number"),
        ("latency", "needs a number"),
        ("latency=-1", "needs a number"),
        ("latency=inf", "needs a number"),
        ("clamp=0", "of at least 1"),
        ("missing=50", "needs a share such as 30%"),
        ("missing=101%", "needs a share such as 30%"),
        ("redirect=ftp://a", "needs an address"),
        ("header=Date", "needs a header"),
        ("lost", "needs the code of a location"),
        ("lost=A;as=404", "one of 403, empty"),
        ("encoding", "needs the name"),
        ("ignore=page", "one of dealer, status, updatedSince"),
        ("nan=0", "of at least 1"),
        ("nan=200%", "needs a share"),
        ("hang@", "'' is no request (write 2, 4-6, 8+ or 30%)"),
        ("hang@0", "'0' covers no request"),
        ("hang@5-4", "'5-4' covers no request"),
        ("hang@a", "'a' is no request"),
        ("hang@x#1", "unknown path 'x' (one of listings, locations)"),
        ("hang@120%", "needs a share"),
        ("header=A: b\r\nC: d", "is not plain ASCII"),
    ],
)
def test_what_cannot_be_understood_is_told_in_one_line(spec: str, said: str) -> None:
    with pytest.raises(FaultError) as refused:
        parse(spec)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert repr(spec) in refused.value.message


def test_a_script_of_wrong_text_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="did you mean 'latency'"):
        Script.of("hang@1", "latancy=1")


@pytest.mark.parametrize(
    ("times", "struck"),
    [
        ("", [1, 2, 3, 4, 5, 6]),
        ("@2", [2]),
        ("@1,3", [1, 3]),
        ("@2-4", [2, 3, 4]),
        ("@5+", [5, 6]),
        ("@1, 3-4, 6+", [1, 3, 4, 6]),
        ("@100%", [1, 2, 3, 4, 5, 6]),
        ("@0%", []),
        ("@listings#2", [3]),
        ("@locations#1,3", [2, 6]),
        ("@locations#100%", [2, 4, 6]),
    ],
)
def test_a_fault_strikes_at_the_requests_it_names(
    stock: Stock, times: str, struck: list[int]
) -> None:
    ask = asking(stock, f"status=500{times}")
    targets = ["/listings?pageSize=1", "/locations"] * 3
    statuses = [ask(target).status for target in targets]
    assert [number for number, each in enumerate(statuses, 1) if each == 500] == struck


def test_the_listings_of_a_location_count_as_listings(stock: Stock) -> None:
    ask = asking(stock, "status=500@listings#2")
    gent = list(stock.dealers)[1]
    assert ask().status == 200
    assert ask(f"/locations/{gent}/listings").status == 500


def test_a_share_of_requests_is_the_same_for_the_same_seed(stock: Stock) -> None:
    def struck(seed: int) -> list[int]:
        ask = asking(stock, "status=500@30%", seed=seed)
        return [number for number in range(200) if ask("/listings?pageSize=1").status == 500]

    assert 40 < len(struck(1)) < 80
    assert struck(1) == struck(1)
    assert struck(1) != struck(2)


def test_where_no_fault_strikes_the_answer_is_as_it_was(stock: Stock) -> None:
    assert asking(stock, "hang@9")() == asking(stock)()
    assert asking(stock)().headers["Content-Encoding"] == "gzip"


def test_faults_add_up_in_their_order(stock: Stock) -> None:
    ask = asking(stock, "latency=1", "nan=1", "no-id=2", "latency=0.5", "cut=unsized", "skew=60")
    response = ask()
    first, second, *_ = body(response)["data"]
    assert first["price"] != first["price"]
    assert "id" not in second
    assert response.delay == 1.5
    assert response.delivery == Cut(framing="none")
    assert parsedate_to_datetime(response.headers["Date"]).timestamp() == NOON + 60


def test_records_of_locations_are_left_alone_unless_they_are_named(stock: Stock) -> None:
    assert body(asking(stock, "no-id")("/locations"))["data"][0]["id"]
    assert "id" not in body(asking(stock, "no-id@locations#1")("/locations"))["data"][0]


def test_a_refusal_keeps_its_body_whatever_happens_to_pages(stock: Stock) -> None:
    ask = asking(stock, "nan", "blank-page", "total=3")
    assert ask("/listings?status=gone").status == 422
    assert body(ask("/listings?status=gone"))["error"]["code"] == "VALIDATION_FAILED"
