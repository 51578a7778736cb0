import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.errors import RecordError
from syndicator.models import (
    Body,
    CarPass,
    Co2Cycle,
    Dealer,
    Drive,
    Feature,
    FeatureCategory,
    Fuel,
    Listing,
    Money,
    ParentRef,
    Photo,
    Place,
    Status,
    Transmission,
    VatRegime,
)
from syndicator.source import normalise
from syndicator.source.fields import address
from syndicator.source.normalise import Issue, Normalised

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = "2b1e6c1a-0d35-4a52-9a51-3f0f5a1c0001"
BRANCH = "2b1e6c1a-0d35-4a52-9a51-3f0f5a1c0002"

SPARSE = {
    "id": "a1",
    "dealerProfileId": "d1",
    "status": "active",
    "title": "Skoda Octavia",
    "createdAt": "2026-01-12T08:15:00Z",
    "updatedAt": "2026-03-03T16:40:22Z",
}

FULL = {
    "id": "9d0c5d52-6c0e-4a0b-8f53-0b6a4b0f7e11",
    "slug": "skoda-octavia",
    "listingUrl": "https://www.okasie.example/skoda-octavia",
    "dealerProfileId": BRANCH,
    "externalReference": "VB-2207",
    "externalProvider": "voorbeeld",
    "title": "Skoda Octavia Combi 1.0 TSI",
    "description": "Eerste eigenaar.\r\nOnderhoudsboekje.",
    "status": "sold",
    "price": 17450,
    "currency": "EUR",
    "brand": "Skoda",
    "model": "Octavia",
    "variant": "Ambition",
    "year": 2020,
    "firstRegistration": "2020-09",
    "mileage": 61200,
    "fuelType": "petrol",
    "transmission": "manual",
    "bodyType": "wagon",
    "driveType": "FWD",
    "gears": 6,
    "engine": "1.0 TSI 110pk",
    "powerKw": 81,
    "doors": 5,
    "seats": 5,
    "color": "Grijs",
    "interiorColor": "Zwart",
    "interiorMaterial": "Stof",
    "paintType": "Metallic",
    "weight": 1320,
    "previousOwners": 1,
    "serviceHistory": True,
    "warranty": False,
    "warrantyMonths": 12,
    "co2Emission": 121,
    "co2Type": "WLTP",
    "emissionClass": "Euro 6d",
    "fuelConsumption": 5.3,
    "conditionTags": ["used", "demo"],
    "vehicleType": "btw",
    "vin": "tmbzzzne0l0000001",
    "carPassUrl": "98765432109",
    "location": {
        "postalCode": "3000",
        "city": "Leuven",
        "province": "Vlaams-Brabant",
        "latitude": 50.8798,
        "longitude": 4.7005,
    },
    "images": [{"url": "https://images.example/a.webp", "position": 0}],
    "mainImageUrl": "https://images.example/a.webp",
    "features": [{"category": "comfort", "name": "Cruise control"}],
    "dealer": {
        "id": BRANCH,
        "parentId": HEAD,
        "locationCode": "VB-LEUVEN",
        "companyName": "Voorbeeld Leuven BV",
        "displayName": "Voorbeeld Leuven",
        "metadata": {},
        "parent": {
            "id": HEAD,
            "locationCode": "VB-HQ",
            "companyName": "Voorbeeld NV",
            "fullName": "Voorbeeld",
            "displayName": "Voorbeeld",
        },
    },
    "createdAt": "2026-01-12T08:15:00Z",
    "updatedAt": "2026-03-03T16:40:22Z",
    "soldAt": "2026-03-03T16:40:22Z",
}


def raw(**members: Any) -> bytes:
    return json.dumps(SPARSE | members).encode()


def read(**members: Any) -> Normalised:
    return normalise.listing(raw(**members))


def test_every_field_of_the_documents_arrives() -> None:
    found = normalise.listing(json.dumps(FULL).encode())
    sold = datetime(2026, 3, 3, 16, 40, 22, tzinfo=UTC)
    assert found.listing == Listing(
        id="9d0c5d52-6c0e-4a0b-8f53-0b6a4b0f7e11",
        dealer_id=BRANCH,
        status=Status.SOLD,
        title="Skoda Octavia Combi 1.0 TSI",
        created=datetime(2026, 1, 12, 8, 15, tzinfo=UTC),
        updated=sold,
        sold=sold,
        slug="skoda-octavia",
        url="https://www.okasie.example/skoda-octavia",
        reference="VB-2207",
        provider="voorbeeld",
        description="Eerste eigenaar.\nOnderhoudsboekje.",
        price=Money(minor=1745000, currency="EUR"),
        vat_regime=VatRegime.DEDUCTIBLE,
        make="Skoda",
        model="Octavia",
        variant="Ambition",
        year=2020,
        first_registration="2020-09",
        mileage_km=61200,
        fuel=Fuel.PETROL,
        transmission=Transmission.MANUAL,
        body=Body.WAGON,
        drive=Drive.FWD,
        engine="1.0 TSI 110pk",
        gears=6,
        power_kw=Decimal(81),
        doors=5,
        seats=5,
        weight_kg=1320,
        color="Grijs",
        interior_color="Zwart",
        interior_material="Stof",
        paint="Metallic",
        previous_owners=1,
        service_history=True,
        warranty=False,
        warranty_months=12,
        co2_g_per_km=121,
        co2_cycle=Co2Cycle.WLTP,
        emission_class="Euro 6d",
        consumption_l_per_100km=Decimal("5.3"),
        conditions=("used", "demo"),
        vin="TMBZZZNE0L0000001",
        car_pass=CarPass(number="98765432109"),
        place=Place(
            postal_code="3000",
            city="Leuven",
            province="Vlaams-Brabant",
            latitude=Decimal("50.8798"),
            longitude=Decimal("4.7005"),
        ),
        photos=(Photo(url="https://images.example/a.webp"),),
        features=(Feature(name="Cruise control", category=FeatureCategory.COMFORT),),
    )
    assert found.dealer == Dealer(
        id=BRANCH,
        parent_id=HEAD,
        location_code="VB-LEUVEN",
        company_name="Voorbeeld Leuven BV",
        display_name="Voorbeeld Leuven",
        parent=ParentRef(
            id=HEAD,
            location_code="VB-HQ",
            company_name="Voorbeeld NV",
            full_name="Voorbeeld",
            display_name="Voorbeeld",
        ),
    )
    assert found.issues == ()


def test_no_field_of_the_model_is_left_out_of_that_example() -> None:
    listing = normalise.listing(json.dumps(FULL).encode()).listing
    empty = {name for name in listing.__struct_fields__ if getattr(listing, name) in (None, (), {})}
    assert empty == {"originals"}


def test_absent_null_and_empty_all_mean_unknown() -> None:
    optional = FULL.keys() - SPARSE.keys()
    plain = read().listing
    for nothing in (None, ""):
        found = read(**dict.fromkeys(optional, nothing))
        assert (found.listing, found.dealer, found.issues) == (plain, None, ())
    assert plain.conditions == plain.photos == plain.features == ()


WRONG: list[Any] = [5, -1.5, True, "x", [], [[]], {}, {"x": [1]}, [None, 3, {}], "\ud800", 10**30]


@pytest.mark.parametrize("name", sorted(FULL.keys() - {"id", "status", "dealerProfileId"}))
@pytest.mark.parametrize("wrong", WRONG)
def test_a_member_of_the_wrong_type_costs_itself_alone(name: str, wrong: Any) -> None:
    expected = normalise.listing(json.dumps(FULL).encode()).listing
    found = normalise.listing(json.dumps(FULL | {name: wrong}).encode())
    changed = {
        field
        for field in Listing.__struct_fields__
        if getattr(found.listing, field) != getattr(expected, field)
    }
    assert len(changed - {"originals"}) <= 1
    assert all(issue.path.startswith(name) for issue in found.issues)


@pytest.mark.parametrize(
    ("price", "minor", "problem"),
    [
        (19995, 1999500, None),
        (19995.0, 1999500, None),
        (17450.95, 1745095, None),
        (0.1, 10, None),
        ("19995.00", 1999500, None),
        (" 19995 ", 1999500, None),
        (17450.005, 1745001, None),
        (0, None, None),
        ("0.00", None, None),
        (None, None, None),
        (-5, None, "out of range"),
        ("19.995,00", None, "not a number"),
        ("19,995.00", None, "not a number"),
        ("1e3", None, "not a number"),
        ("€ 19995", None, "not a number"),
        (True, None, "not a number"),
        (float("nan"), None, "not a number"),
        (float("inf"), None, "not a number"),
        (10**30, None, "out of range"),
    ],
)
def test_a_price_is_exact_or_unknown(price: Any, minor: int | None, problem: str | None) -> None:
    found = read(price=price)
    assert found.listing.price == (minor and Money(minor=minor, currency="EUR"))
    assert found.issues == ((Issue("price", problem),) if problem else ())


def test_an_exponent_beyond_reason_costs_the_price_alone() -> None:
    for number in (b"1e400", b"-1e400", b"1e-400", b"1e99999999999999999999", b"9" * 5000):
        found = normalise.listing(raw(price="?").replace(b'"?"', number))
        assert found.listing.price is None


@pytest.mark.parametrize(("currency", "kept"), [("CHF", "CHF"), ("eur", "EUR"), (None, "EUR")])
def test_a_currency_is_kept(currency: str | None, kept: str) -> None:
    assert read(price=5, currency=currency).listing.price == Money(minor=500, currency=kept)


@pytest.mark.parametrize("currency", ["€", "EURO", 978, "ÉUR"])
def test_a_price_in_an_unknown_currency_is_unknown(currency: Any) -> None:
    found = read(price=5, currency=currency)
    assert found.listing.price is None
    assert found.issues == (Issue("currency", "not a currency code"),)


@pytest.mark.parametrize(
    ("name", "field", "value", "kept"),
    [
        ("doors", "doors", 5.0, 5),
        ("doors", "doors", 5.5, None),
        ("doors", "doors", "5", None),
        ("doors", "doors", True, None),
        ("doors", "doors", 0, None),
        ("doors", "doors", 11, None),
        ("year", "year", 1899, None),
        ("year", "year", 2100, 2100),
        ("gears", "gears", 13, None),
        ("mileage", "mileage_km", 0, 0),
        ("mileage", "mileage_km", -5, None),
        ("mileage", "mileage_km", 10**30, None),
        ("previousOwners", "previous_owners", 0, 0),
        ("powerKw", "power_kw", "81.50", Decimal("81.5")),
        ("powerKw", "power_kw", "81,5", None),
        ("fuelConsumption", "consumption_l_per_100km", "5.30", Decimal("5.3")),
        ("fuelConsumption", "consumption_l_per_100km", 5.3000000001, Decimal("5.3")),
        ("fuelConsumption", "consumption_l_per_100km", 0, Decimal(0)),
        ("serviceHistory", "service_history", 1, None),
        ("serviceHistory", "service_history", "true", None),
        ("warranty", "warranty", False, False),
        ("firstRegistration", "first_registration", "2020-09-14", "2020-09-14"),
        ("firstRegistration", "first_registration", "2020", None),
        ("firstRegistration", "first_registration", "2020-13", None),
        ("firstRegistration", "first_registration", "2021-02-29", None),
        ("firstRegistration", "first_registration", "0001-01", None),
        ("soldAt", "sold", "gisteren", None),
        ("soldAt", "sold", 1772555222, None),
        ("soldAt", "sold", "2999-12-31T00:00:00Z", None),
        ("soldAt", "sold", "2026-02-30T00:00:00Z", None),
        ("vin", "vin", "x" * 32, "X" * 32),
        ("vin", "vin", "x" * 33, None),
        ("listingUrl", "url", "https://okasie.be/a", "https://okasie.be/a"),
        ("slug", "slug", 5, None),
        ("brand", "make", "  Alfa \n Romeo ", "Alfa Romeo"),
        ("brand", "make", "\u202e\x00", None),
    ],
)
def test_a_value_is_kept_or_unknown_and_noted(name: str, field: str, value: Any, kept: Any) -> None:
    found = read(**{name: value})
    assert getattr(found.listing, field) == kept
    assert type(getattr(found.listing, field)) is type(kept)
    noted = {issue.path for issue in found.issues}
    assert noted == (set() if kept is not None or value == "\u202e\x00" else {name})


def test_equal_numbers_are_written_alike() -> None:
    spellings = ("81", "81.0", "81.00", 81, 81.0)
    assert {str(read(powerKw=each).listing.power_kw) for each in spellings} == {"81"}
    place = read(location={"latitude": -0.0}).listing.place
    assert place
    assert str(place.latitude) == "0"


@pytest.mark.parametrize(
    "spelled",
    [
        "2026-03-03T16:40:22Z",
        "2026-03-03t16:40:22z",
        "2026-03-03T16:40:22",
        "2026-03-03T16:40:22+00:00",
        "2026-03-03T17:40:22+01:00",
        "2026-03-03T17:40:22+0100",
        "2026-03-03 16:40:22.000Z",
        "2026-03-03T16:40:22.0000000001Z",
    ],
)
def test_a_date_is_read_in_every_spelling(spelled: str) -> None:
    found = read(updatedAt=spelled)
    assert found.listing.updated == datetime(2026, 3, 3, 16, 40, 22, tzinfo=UTC)
    assert found.issues == ()


@pytest.mark.parametrize(
    "bad", ["", "gisteren", 5, "2999-12-31T00:00:00Z", "0001-01-01T00:00+05:00"]
)
def test_one_date_stands_in_for_the_other(bad: Any) -> None:
    good = "2026-03-03T16:40:22Z"
    for found in (read(createdAt=bad, updatedAt=good), read(createdAt=good, updatedAt=bad)):
        assert found.listing.created == found.listing.updated
        assert found.listing.updated == datetime(2026, 3, 3, 16, 40, 22, tzinfo=UTC)


def test_without_any_date_a_listing_is_as_old_as_can_be() -> None:
    found = read(createdAt=None, updatedAt=None)
    assert found.listing.created == found.listing.updated == datetime(1970, 1, 1, tzinfo=UTC)
    assert [issue.path for issue in found.issues] == ["updatedAt"]


@pytest.mark.parametrize(
    ("value", "car_pass"),
    [
        ("98765432109", CarPass(number="98765432109")),
        (
            "https://public.car-pass.be/vhr/x",
            CarPass(url="https://public.car-pass.be/vhr/x"),
        ),
        ("https://car-pass.be/x", CarPass(url="https://car-pass.be/x")),
        ("https://car-pass.be.evil.example/x", None),
        ("https://evil.example/car-pass.be", None),
        ("https://car-pass.be@evil.example/", None),
        ("javascript://car-pass.be/%0aalert(1)", None),
        ("9876543210", None),
        ("٩٨٧٦٥٤٣٢١٠٩", None),
        (98765432109, None),
    ],
)
def test_a_car_pass_is_an_address_or_a_number(value: Any, car_pass: CarPass | None) -> None:
    found = read(carPassUrl=value)
    assert found.listing.car_pass == car_pass
    assert bool(found.issues) is (car_pass is None)


HOSTILE_URLS = [
    "javascript:alert(1)",
    "JaVa\tScript:alert(1)",
    "data:text/html,<script>",
    "//evil.example/a",
    "https:\\\\evil.example",
    "https://good.example\\@evil.example",
    "https://a@evil.example",
    "https://a:b@evil.example",
    "https:///path",
    "https://",
    "http://[::1",
    "https://evil.example:port/",
    "https://evil.example/a b",
    "https://evil.example/\u202egpj.exe",
    "https://evil.example/\ud800",
    "https://evil.example/" + "a" * 2048,
    "ftp://evil.example/a",
    "/a.jpg",
    5,
    None,
    {},
]


@pytest.mark.parametrize("url", HOSTILE_URLS)
def test_an_address_that_is_not_plainly_safe_is_dropped(url: Any) -> None:
    found = read(
        listingUrl=url,
        mainImageUrl=url,
        images=[{"url": url}, url],
        dealer={"id": "d1", "logoUrl": url},
    )
    assert found.listing.url is None
    assert found.listing.photos == ()
    assert found.dealer
    assert found.dealer.logo_url is None


def urls(found: Normalised) -> list[str]:
    return [photo.url.removeprefix("https://i.example/") for photo in found.listing.photos]


def image(name: str, **members: Any) -> dict[str, Any]:
    return {"url": f"https://i.example/{name}"} | members


def test_photos_come_by_position_then_as_listed_the_main_one_first() -> None:
    found = read(
        images=[image("c", position=7), image("x"), image("a", position=1), image("b", position=1)],
        mainImageUrl="https://i.example/b",
    )
    assert urls(found) == ["b", "a", "c", "x"]


def test_the_main_photo_is_added_and_none_comes_twice() -> None:
    found = read(
        images=[image("a"), image("a", position="first"), "https://i.example/b"],
        mainImageUrl="https://i.example/m",
    )
    assert urls(found) == ["m", "a", "b"]
    assert found.issues == (Issue("images[].position", "not a number"),)


def test_long_lists_are_cut_and_counted() -> None:
    found = read(
        images=[image(str(each)) for each in range(6_000)],
        features=[{"name": str(each)} for each in range(300)],
        conditionTags=[str(each) for each in range(30)],
    )
    listing = found.listing
    assert (len(listing.photos), len(listing.features), len(listing.conditions)) == (60, 200, 20)
    assert {issue.path for issue in found.issues} == {"images", "features", "conditionTags"}


def test_long_texts_are_cut_and_counted() -> None:
    found = read(title="T" * 10**4, description="woord " * 10**5, brand="B" * 400)
    listing = found.listing
    assert listing.description
    assert listing.make
    assert (len(listing.title), len(listing.make)) == (300, 300)
    assert len(listing.description) <= 20_000
    assert {issue.path for issue in found.issues} == {"title", "description", "brand"}


def test_a_lone_surrogate_becomes_a_replacement_character() -> None:
    assert read(title="Skoda \ud800 Octavia").listing.title == "Skoda \ufffd Octavia"


def test_an_unknown_word_is_other_and_kept() -> None:
    found = read(fuelType="Waterstof", bodyType="SUV", driveType="other")
    assert (found.listing.fuel, found.listing.body) == (Fuel.OTHER, Body.SUV)
    assert found.listing.originals == {"fuel": "Waterstof"}
    assert found.issues == (Issue("fuelType", "unknown word 'Waterstof'"),)


def test_an_unknown_status_is_not_active() -> None:
    found = read(status="archived").listing
    assert (found.status, found.originals) == (Status.OTHER, {"status": "archived"})


def test_features_are_named_in_every_shape_the_api_knows() -> None:
    found = read(
        features=[
            {"category": "Safety", "name": "ABS"},
            {"category": "safety", "name": "ABS"},
            {"feature": "Trekhaak", "category": None},
            {"category": "tuning", "name": "Spoiler"},
            "Alarm",
            {"category": "comfort"},
            {},
            None,
        ]
    )
    assert found.listing.features == (
        Feature(name="ABS", category=FeatureCategory.SAFETY),
        Feature(name="Trekhaak"),
        Feature(name="Spoiler"),
        Feature(name="Alarm"),
    )
    assert Issue("features[].category", "unknown word 'tuning'") in found.issues


def test_the_older_condition_joins_the_tags() -> None:
    assert read(conditionTags=["vip"], condition="demo").listing.conditions == ("vip", "demo")
    assert read(conditionTags=["demo"], condition="demo").listing.conditions == ("demo",)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("<b>Audi A4</b> &amp; trekhaak", "Audi A4 & trekhaak"),
        ("Audi A4<br>Avant", "Audi A4 Avant"),
        ("Audi <span style='color:red'>A4</span>", "Audi A4"),
        ("Audi < BMW & <3 km", "Audi < BMW & <3 km"),
        ("Audi A4 &amp; Avant", "Audi A4 &amp; Avant"),
        ("<b></b>", "a1"),  # as if there were none
    ],
)
def test_a_title_in_html_becomes_its_words(title: str, shown: str) -> None:
    assert read(title=title, brand=None, model=None).listing.title == shown


@pytest.mark.parametrize(
    ("members", "title"),
    [
        ({"brand": "Skoda", "model": "Octavia"}, "Skoda Octavia"),
        ({"model": "Octavia"}, "Octavia"),
        ({"externalReference": "VB-1"}, "VB-1"),
        ({}, "a1"),
    ],
)
@pytest.mark.parametrize("missing", [None, "", " \u200b ", 5])
def test_a_missing_title_is_made_of_what_is_known(
    missing: Any, members: dict[str, str], title: str
) -> None:
    found = read(title=missing, **members)
    assert found.listing.title == title
    assert "title" in {issue.path for issue in found.issues}


@pytest.mark.parametrize("bad", [None, "", " ", 5, "x" * 5000, "a\nb", ["a"], {}])
def test_an_unusable_id_costs_the_record(bad: Any) -> None:
    with pytest.raises(RecordError, match="id"):
        read(id=bad)


@pytest.mark.parametrize("bad", [None, "", 5, []])
def test_an_unusable_status_costs_the_record_which_is_named(bad: Any) -> None:
    with pytest.raises(RecordError, match="status") as caught:
        read(status=bad)
    assert caught.value.record_id == "a1"


def test_without_a_profile_id_the_embedded_dealer_says_whose_it_is() -> None:
    assert read(dealerProfileId=None, dealer={"id": "d9"}).listing.dealer_id == "d9"
    with pytest.raises(RecordError, match="dealer"):
        read(dealerProfileId=None, dealer={"companyName": "?"})
    with pytest.raises(RecordError, match="dealer"):
        read(dealerProfileId=5)


def test_an_embedded_dealer_of_somebody_else_is_not_believed() -> None:
    found = read(dealer={"id": "d9", "companyName": "Vreemd"})
    assert (found.listing.dealer_id, found.dealer) == ("d1", None)
    assert found.issues == (Issue("dealer.id", "not the dealerProfileId"),)


def test_an_embedded_dealer_without_id_is_the_one_of_the_listing() -> None:
    assert read(dealer={"companyName": "A"}).dealer == Dealer(id="d1", company_name="A")


def test_issues_of_the_dealer_carry_the_whole_path() -> None:
    found = read(dealer={"phone": 5, "parent": {"id": "h", "fullName": 5}})
    assert {issue.path for issue in found.issues} == {"dealer.phone", "dealer.parent.fullName"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=8,
)
surrogates = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)


@given(
    st.dictionaries(
        st.sampled_from(sorted(FULL)), json_values | surrogates | st.sampled_from(HOSTILE_URLS)
    )
)
def test_no_members_raise_anything_but_a_record_error(members: dict[str, Any]) -> None:
    for base in ({}, SPARSE, FULL):
        try:
            found = normalise.listing(json.dumps(base | members).encode())
        except RecordError:
            continue
        again = msgspec.json.decode(msgspec.json.encode(found), type=Normalised)
        assert again == found  # every value is of the type that the model states


@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_raise_anything_but_a_record_error(data: bytes) -> None:
    reads: list[Callable[[bytes], object]] = [normalise.listing, normalise.location]
    for each in reads:
        with pytest.raises(RecordError):
            each(data)
    assert normalise.locations([data])[0] == ()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://x.example/a b.jpg", None),
        ('https://x.example/a"<b>.jpg?c={d}|e', "https://x.example/a%22%3Cb%3E.jpg?c=%7Bd%7D%7Ce"),
        ("https://x.example/50%off%20now", "https://x.example/50%25off%20now"),
        ("https://münchen.example/é", "https://xn--mnchen-3ya.example/%C3%A9"),
        ("https://x<y.example/a", None),
        ("https://user@x.example/a", None),
        ("//x.example/a", None),
    ],
)
def test_addresses_are_encoded_at_the_gate(written: str, read: str | None) -> None:
    assert address(written, lambda _: None) == read


def test_a_title_made_of_an_id_is_clean_too() -> None:
    raw = msgspec.json.encode({"id": "c\u0301", "dealerProfileId": "d", "status": "active"})
    found = normalise.listing(raw).listing
    assert (found.id, found.title) == ("c\u0301", "\u0107")


def test_a_host_that_is_none_once_it_is_encoded_is_left_out() -> None:
    assert address("https://a\u2474b.example/x.jpg", lambda _: None) is None
    assert (
        address("https://b\u00fccher.example/x", lambda _: None)
        == "https://xn--bcher-kva.example/x"
    )
