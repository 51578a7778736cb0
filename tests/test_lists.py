"""What lists offer to narrow them: filters, their index, and pages for a make, a fuel or a body."""

import json
import re
from typing import Any

import msgspec
import pytest
from test_showroom import (
    OTHER_ID,
    TEMPLATES,
    Document,
    group_view,
    many,
    showroom_view,
    site_view,
)
from test_showroom import (
    made as files,
)

from syndicator.contract import Artefact, Kind, View
from syndicator.exporters.showroom.choices import filters
from syndicator.exporters.showroom.lists import lists
from syndicator.exporters.showroom.paint import Colour, base
from syndicator.exporters.showroom.tally import Range, Tally
from syndicator.exporters.showroom.traits import traits
from syndicator.i18n import Words
from syndicator.models import Body, Fuel, Listing, Money, Transmission
from syndicator.render import RenderKit
from syndicator.testing import sample_listing

LIST = "vb-leuven/index.html"


def cars(**columns: list[Any]) -> list[Listing]:
    """A car per value, the first one listed first."""
    count = len(next(iter(columns.values())))
    plain = many(count)[::-1]
    return [
        msgspec.structs.replace(car, **{name: values[n] for name, values in columns.items()})
        for n, car in enumerate(plain)
    ]


def exported(view: View, per_page: int = 60) -> dict[str, Artefact]:
    """Path in ``output/`` to file: the lists alone."""
    made = lists(RenderKit(TEMPLATES, "nl"), view, per_page=per_page)
    return {view.links.place + str(each.path): each for each in made}


def documents(view: View, per_page: int = 60) -> dict[str, Document]:
    return {
        path: Document(b"".join(each.chunks).decode())
        for path, each in exported(view, per_page).items()
        if path.endswith(".html") and "/embed/" not in path
    }


def tally(listings: list[Listing]) -> Tally:
    found = Tally()
    for listing in listings:
        found.add(listing, traits(listing))
    return found


def words(language: str = "nl") -> Words:
    return RenderKit(TEMPLATES, language).words


def offered(listings: list[Listing], language: str = "nl") -> dict[str, dict[str, int]]:
    """Group to label to number of cars."""
    return {
        group.name: {option.label: option.count for option in group.options}
        for group in filters(tally(listings), words(language)).groups
    }


# Colours


@pytest.mark.parametrize(
    ("written", "colour"),
    [
        ("Blauw", Colour.BLUE),
        ("Donkerblauw metallic", Colour.BLUE),
        ("licht-grijs", Colour.GREY),
        ("zilvergrijs", Colour.GREY),
        ("Antraciet", Colour.GREY),
        ("witte", Colour.WHITE),
        ("Parelmoerwit", Colour.WHITE),
        ("zwart / rood", Colour.BLACK),
        ("mat zwart", Colour.BLACK),
        ("Rosso Corsa", Colour.OTHER),
        ("???", Colour.OTHER),
        ("", None),
        (None, None),
    ],
)
def test_what_a_seller_writes_has_a_plain_colour_behind_it(
    written: str | None, colour: Colour | None
) -> None:
    assert base(written) is colour


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_every_colour_has_a_name_of_its_own_in_each_language(language: str) -> None:
    colors = ["wit zwart grijs zilver blauw rood groen bruin beige geel oranje paars roze goud"]
    listings = cars(color=[*colors[0].split(), "brons", "Rosso Corsa"])
    found = offered(listings, language)["colour"]
    assert len(found) == len(Colour) == len(listings)
    assert all(label[0].isupper() for label in found)
    assert ("Blauw" in found) == (language == "nl")


# What the filters offer


def test_filters_offer_what_there_is_with_its_number_of_cars() -> None:
    listings = cars(
        make=["BMW", "Audi", "BMW", None],
        fuel=[Fuel.DIESEL, Fuel.PETROL, Fuel.DIESEL, Fuel.OTHER],
        transmission=[Transmission.MANUAL, Transmission.OTHER, None, None],
        body=[Body.OTHER, Body.OTHER, Body.OTHER, Body.OTHER],
        color=["Donkerblauw", "blauw", "rood", None],
    )
    assert offered(listings) == {
        "make": {"Audi": 1, "BMW": 2},
        "fuel": {"Benzine": 1, "Diesel": 2, "Andere": 1},
        "gearbox": {"Manueel": 1, "Andere": 1},
        "colour": {"Blauw": 2, "Rood": 1},
    }


def test_makes_that_differ_only_in_writing_are_one_under_its_usual_name() -> None:
    listings = cars(make=["SKODA", "Škoda", "Škoda", "Seat"])
    assert offered(listings)["make"] == {"Seat": 1, "Škoda": 3}


def test_only_the_most_frequent_values_are_shown_before_one_asks() -> None:
    names = [f"Make {letter}" for letter in "abcdefghij"]
    listings = cars(make=[*names, *names[3:]])
    (make,) = [group for group in filters(tally(listings), words()).groups if group.name == "make"]
    assert [option.label for option in make.options] == names
    assert [option.label for option in make.options if option.is_rare] == names[:3]


def test_steps_part_the_cars_and_the_last_one_holds_them_all() -> None:
    prices = Range()
    for price in (12_000, 21_000, 5_000):
        prices.widen(price)
    prices.widen(None)
    assert prices.steps((2_500, 5_000, 7_500, 15_000, 20_000, 25_000, 30_000)) == (
        *(7_500, 15_000, 20_000, 25_000),
    )
    assert Range().steps((1, 2)) == ()


def test_cars_of_1900_and_of_next_year_can_be_chosen() -> None:
    listings = cars(
        first_registration=["1900-01", "2027-02", None, None], year=[None, None, 2020, None]
    )
    assert [step.value for step in filters(tally(listings), words()).years] == [2027, 2020, 1900]


def test_a_place_is_offered_only_where_there_are_several() -> None:
    pages = documents(group_view(cars(dealer_id=[OTHER_ID, *[sample_listing().dealer_id] * 4])))
    places = pages["groep/index.html"].all("input", name="place")
    assert [each["value"] for each in places] == ["Gent", "Leuven"]
    assert not documents(showroom_view(many(5)))[LIST].all("input", name="place")


def test_what_all_cars_share_is_no_choice_but_a_search_knows_the_word() -> None:
    page = documents(showroom_view(many(5)))["vb-leuven/fr/index.html"]
    assert not page.all("input", name="fuel")
    assert page.all("span", **{"data-lone": "fuel", "data-value": "petrol"})
    assert "Essence" in page.visible


def test_a_short_list_needs_no_filters_and_no_script() -> None:
    page = documents(showroom_view(cars(make=["BMW", "Audi", "BMW"])))[LIST]
    assert not page.all("form")
    assert not [each for each in page.all("script") if "src" in each and "filter" in each["src"]]
    assert "3 wagens" in page.visible


# Cards and the index


def test_the_cards_of_one_page_say_what_filters_need() -> None:
    listings = [sample_listing(), *many(4)]
    page = documents(showroom_view(listings))[LIST]
    card = next(each for each in page.all("li") if each.get("data-n") == "5")
    assert card | {"data-id": ""} == {
        "data-id": "",
        "data-n": "5",
        "data-make": "skoda",
        "data-model": "Octavia",
        "data-price": "17450",
        "data-since": "202009",
        "data-km": "61200",
        "data-kw": "81",
        "data-fuel": "petrol",
        "data-gearbox": "manual",
        "data-body": "wagon",
        **{key: card[key] for key in ("data-colour", "data-text") if key in card},
    }
    assert "Octavia" in card["data-text"]
    assert "data-index" not in page.all("ul", id="stock")[0]


def test_a_list_of_several_pages_has_an_index_for_all_languages_and_bare_cards() -> None:
    listings = cars(
        make=["BMW", "Audi", "BMW", None, "BMW"],
        model=["X1", "A4", "X1", "?", "i4"],
        price=[Money(minor=1_234_599, currency="EUR"), None, None, None, None],
    )
    view = showroom_view(listings)
    files = exported(view, per_page=2)
    (path,) = [path for path in files if path.endswith(".json")]
    index = json.loads(b"".join(files[path].chunks))
    assert [index["tables"]["make"][n] for n in index["columns"]["make"] if n is not None] == [
        *("bmw", "audi", "bmw", "bmw"),
    ]
    assert index["columns"]["make"][3] is None
    assert index["columns"]["price"] == [12345, None, None, None, None]
    assert {len(column) for column in index["columns"].values()} == {5}
    pages = documents(view, per_page=2)
    for page in (
        pages[LIST],
        pages["vb-leuven/page/2/index.html"],
        pages["vb-leuven/fr/index.html"],
    ):
        (stock,) = page.all("ul", id="stock")
        assert stock["data-index"] == f"/{path}"
        assert stock["data-size"] == "2"
        assert not [each for each in page.all("li") if "data-make" in each]
        assert stock["data-order"] == index["order"]
    assert files[path].kind is Kind.LEAF


def test_a_new_price_is_no_new_order_and_a_new_car_is() -> None:
    def order(listings: list[Listing]) -> str:
        files = exported(showroom_view(listings), per_page=2)
        told: str = json.loads(b"".join(files["vb-leuven/stock.json"].chunks))["order"]
        return told

    listings = many(5)
    dearer = msgspec.structs.replace(listings[0], price=Money(minor=100, currency="EUR"))
    assert order(listings) == order([dearer, *listings[1:]])
    assert order(listings) != order(listings[1:])


def test_a_new_price_leaves_pages_alone_that_do_not_show_it() -> None:
    listings = many(7)
    asked = listings[0].price
    assert asked
    dearer = msgspec.structs.replace(
        listings[0], price=Money(minor=asked.minor + 100, currency="EUR")
    )
    before, after = (
        {
            path: b"".join(artefact.chunks)
            for path, artefact in exported(showroom_view(cars), per_page=2).items()
        }
        for cars in (listings, [dearer, *listings[1:]])
    )
    assert before.keys() == after.keys()
    changed = {path for path in before if before[path] != after[path]}
    lists = re.compile(r"vb-leuven/(page/\d+/)?index\.html|vb-leuven/stock\.json")
    shown = sorted(path for path in changed if lists.fullmatch(path))
    assert len(shown) == 2
    assert shown[-1] == "vb-leuven/stock.json"


# Pages for a make, a fuel or a body


def parted() -> list[Listing]:
    """Cars of a make that has a page, and of one that leads to its only car; one body for all."""
    return cars(
        make=["Škoda", "BMW", "Skoda", "Audi", "BMW", "Skoda", "BMW", "Skoda", "BMW"],
        fuel=[Fuel.DIESEL, Fuel.PETROL] * 4 + [Fuel.DIESEL],
        body=[Body.WAGON] * 9,
    )


def ways(page: Document) -> list[dict[str, str]]:
    """The links that stand in for filters where no script runs."""
    texts = re.search(r'<nav class="ways".*?</nav>', page.text, re.DOTALL)
    return Document(texts.group()).all("a") if texts else []


@pytest.mark.parametrize("language", ["", "fr/", "de/", "en/"])
def test_every_page_has_the_same_ways_and_marks_its_own(language: str) -> None:
    pages, root = documents(showroom_view(parted())), f"vb-leuven/{language}"
    whole = ways(pages[f"{root}index.html"])
    sole, *parts = [way["href"].removeprefix(f"/{root}") for way in whole]
    assert sole.startswith("audi-")
    assert parts == ["make/bmw/", "make/skoda/", "fuel/petrol/", "fuel/diesel/"]
    assert not [way for way in whole if "aria-current" in way]
    for part in parts:
        own = {"href": f"/{root}{part}"}
        marked = [way | {"aria-current": "page"} if way == own else way for way in whole]
        assert ways(pages[f"{root}{part}index.html"]) == marked


def test_the_sitemap_names_the_pages_of_values_in_their_order() -> None:
    listings = parted()
    text = files(site_view(listings))["sitemap.xml"]
    told = re.findall(
        r"<loc>https://voorraad.example/(vb-leuven/(?:make|fuel|body)/.*?)</loc>", text
    )
    pages = documents(showroom_view(listings))
    made = [path.removesuffix("index.html") for path in pages]
    assert told == [path for path in made if path.startswith(("vb-leuven/make", "vb-leuven/fuel"))]
    assert len(told) == 4
