"""Finding a car on a list that fits on one page: by script, by keyboard, and without either."""

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests import shifts

if TYPE_CHECKING:
    from browser.conftest import Visitor

pytestmark = pytest.mark.browser

GROUP = "/dex-hq/"


def cards(page: Page) -> Locator:
    return page.locator("#stock > li")


def numbers(page: Page, name: str) -> list[float]:
    """What the cards know, in the order shown; unknown is no number."""
    return [
        float(each)
        for each in cards(page).evaluate_all(
            "(all, name) => all.map(each => each.dataset[name])", name
        )
        if each is not None
    ]


def open_filters(page: Page) -> None:
    """On a phone they are in a sheet."""
    if page.locator("#opener").is_visible():
        page.locator("#opener").click()
        expect(page.locator("#sheet")).to_be_visible()


def close_filters(page: Page) -> None:
    if page.locator("#sheet").is_visible():
        page.locator("#show").click()
        expect(page.locator("#sheet")).to_be_hidden()


def choose(page: Page, group: str, index: int = 0) -> tuple[str, int]:
    """Tick the so-manyeth value that there is; its value and number of cars."""
    details = page.locator(f"[data-group={group}]")
    if not details.evaluate("each => each.open"):
        details.locator("summary").click()
    choice = details.locator("li:visible:not(:has(:disabled)) .choice").nth(index)
    tally = int(choice.locator(".tally").inner_text())
    value = choice.locator("input").get_attribute("value") or ""
    choice.locator("input").check()
    return value, tally


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_makes_add_up_other_groups_narrow_and_each_says_how_many(visitor: "Visitor") -> None:
    page = visitor.go(GROUP)
    total = cards(page).count()
    open_filters(page)
    first, one = choose(page, "make", 0)
    second, two = choose(page, "make", 1)
    fuel, three = choose(page, "fuel", 0)
    close_filters(page)
    assert one + two < total
    expect(cards(page)).to_have_count(three)
    expect(page.locator("#count")).to_have_text(re.compile(rf"^{three} "))
    assert asked(page) == {"make": [first, second], "fuel": [fuel]}
    assert {each.get_attribute("data-make") for each in cards(page).all()} <= {first, second}
    expect(page.locator("[data-told]").first).to_have_text(page.locator("#count").inner_text())


def test_a_value_without_cars_cannot_be_chosen(visitor: "Visitor") -> None:
    page = visitor.go(f"{GROUP}?fuel=electric")
    open_filters(page)
    diesel = page.locator("input[name=fuel][value=diesel]")
    expect(diesel).to_be_enabled()
    for box in page.locator("[data-group=make] .choice").all():
        tally = int(box.locator(".tally").text_content() or "")
        assert box.locator("input").is_disabled() == (tally == 0)


def test_models_are_those_of_the_chosen_makes(visitor: "Visitor") -> None:
    page = visitor.go(GROUP)
    open_filters(page)
    expect(page.locator("#models")).to_be_hidden()
    page.locator("input[name=make][value=peugeot]").check()
    models = page.locator("#models .choice")
    expect(models.first).to_be_visible()
    name = models.first.locator("bdi").inner_text()
    tally = int(models.first.locator(".tally").inner_text())
    models.first.locator("input").check()
    close_filters(page)
    expect(cards(page)).to_have_count(tally)
    expect(cards(page).first.locator(".name")).to_contain_text(name)
    page.reload(wait_until="networkidle")
    expect(cards(page)).to_have_count(tally)
    open_filters(page)
    page.locator("input[name=make][value=peugeot]").uncheck()
    close_filters(page)
    assert asked(page) == {}


def test_active_filters_stand_above_the_cars_and_go_with_one_click(visitor: "Visitor") -> None:
    page = visitor.go(GROUP)
    total = cards(page).count()
    open_filters(page)
    choose(page, "make", 0)
    page.locator("select[name=price_to]").select_option("20000")
    close_filters(page)
    chips = page.locator("#chips .chip")
    expect(chips).to_have_count(2)
    expect(chips.last).to_have_attribute(
        "aria-label", re.compile(r"^Filter wissen: Prijs tot .*20.000")
    )
    assert max(numbers(page, "price")) <= 20_000
    chips.first.click()
    expect(chips).to_have_count(1)
    expect(chips.first).to_be_focused()
    assert list(asked(page)) == ["price_to"]
    open_filters(page)
    choose(page, "fuel", 0)
    page.locator("button[data-clear]:visible").first.click()
    close_filters(page)
    expect(chips).to_have_count(0)
    expect(cards(page)).to_have_count(total)
    assert asked(page) == {}


@pytest.mark.parametrize(
    ("sort", "name", "down"),
    [
        ("price", "price", False),
        ("-price", "price", True),
        ("km", "km", False),
        ("-since", "since", True),
        ("-kw", "kw", True),
    ],
)
def test_cars_stand_in_the_order_that_is_asked_for(
    visitor: "Visitor",
    sort: str,
    name: str,
    down: bool,  # noqa: FBT001 - a case
) -> None:
    page = visitor.go(GROUP)
    total = cards(page).count()
    page.locator("#sort").select_option(sort)
    expect(cards(page)).to_have_count(total)
    found = numbers(page, name)
    assert found == sorted(found, reverse=down)
    assert found
    assert asked(page) == {"sort": [sort]}
    page.locator("#sort").select_option("")
    found = numbers(page, "n")
    assert found == sorted(found)


def test_a_shared_address_shows_the_same_cars_to_somebody_else(
    visitor: "Visitor", browser: Browser
) -> None:
    page = visitor.go(f"{GROUP}?fuel=petrol&fuel=diesel&price_to=20001&sort=-price")
    shown = numbers(page, "n")
    assert shown
    other = browser.new_page()
    other.goto(page.url, wait_until="networkidle")
    assert numbers(other, "n") == shown
    expect(other.locator("#chips .chip").last).to_contain_text("20.001")
    other.close()


def test_a_search_forgives_accents_and_finds_words_of_the_page(visitor: "Visitor") -> None:
    page = visitor.go(f"{GROUP}fr/")
    page.locator("#q").fill("ELECTRIQUE")
    expect(page.locator("#chips .chip")).to_have_count(1)
    assert {each.get_attribute("data-fuel") for each in cards(page).all()} == {"electric"}
    found = cards(page).count()
    page.locator("#q").fill("électriquè")
    expect(page.locator("#chips .chip")).to_contain_text("électriquè")
    expect(cards(page)).to_have_count(found)
    assert asked(page)["q"] == ["électriquè"]
    make = cards(page).first.get_attribute("data-make") or ""
    page.locator("#q").fill(f"{make.upper()} electri")
    expect(page.locator("#chips .chip")).to_contain_text(make.upper())
    assert {each.get_attribute("data-make") for each in cards(page).all()} == {make}


def test_where_nothing_fits_the_page_says_what_is_in_the_way(visitor: "Visitor") -> None:
    page = visitor.go(f"{GROUP}?make=peugeot&q=zzz")
    expect(page.locator("#none")).to_be_visible()
    expect(cards(page)).to_have_count(0)
    page.locator("#instead .chip").first.click()
    expect(page.locator("#none")).to_be_hidden()
    assert cards(page).count() > 0
    assert asked(page) == {"make": ["peugeot"]}


def test_back_undoes_a_filter_and_leads_back_from_a_car(visitor: "Visitor") -> None:
    page = visitor.go(GROUP)
    total = cards(page).count()
    open_filters(page)
    _, found = choose(page, "make", 0)
    close_filters(page)
    expect(cards(page)).to_have_count(found)
    cards(page).first.locator("a").click()
    page.wait_for_load_state("networkidle")
    page.go_back(wait_until="networkidle")
    expect(cards(page)).to_have_count(found)
    page.go_back(wait_until="networkidle")
    expect(cards(page)).to_have_count(total)
    expect(page.locator("#chips .chip")).to_have_count(0)
    page.go_forward(wait_until="networkidle")
    expect(cards(page)).to_have_count(found)


def test_the_sheet_of_a_phone_is_worked_by_keyboard(visitor: "Visitor") -> None:
    page = visitor.go(GROUP)
    if not page.locator("#opener").is_visible():
        expect(page.locator("#filters")).to_be_visible()
        return
    page.locator("#opener").focus()
    page.keyboard.press("Enter")
    sheet = page.locator("#sheet")
    expect(sheet).to_be_visible()
    assert page.evaluate("document.activeElement.closest('#sheet') !== null")
    page.locator("input[name=fuel][value=diesel]").focus()
    page.keyboard.press("Space")
    shown = re.search(r"\d+", page.locator("#show").inner_text())
    assert shown
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(page.locator("#opener")).to_be_focused()
    expect(page.locator("#active")).to_have_text("1")
    expect(cards(page)).to_have_count(int(shown[0]))


def test_nothing_jumps_while_the_page_opens(visitor: "Visitor") -> None:
    shifts.watch(visitor.page)
    assert shifts.moved(visitor.go(GROUP)) < shifts.MOST


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("kind", ["index", "group"])
def test_nothing_that_is_there_moves_while_the_rest_arrives(
    browser: Browser, demo: Path, pages: dict[str, str], kind: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844})  # type: ignore[arg-type]
    shifts.watch(page)
    with shifts.slowly(demo) as site:
        page.goto(site + pages[kind], wait_until="networkidle", timeout=120_000)
        assert shifts.movers(page) == []
        assert shifts.moved(page) < shifts.MOST
        page.close()


def test_a_page_for_a_make_is_narrowed_within_that_make(visitor: "Visitor") -> None:
    page = visitor.go(f"{GROUP}make/peugeot/")
    total = cards(page).count()
    page.locator("#sort").select_option("price")
    expect(cards(page)).to_have_count(total)
    open_filters(page)
    expect(page.locator("#models")).to_be_visible()
    expect(page.locator("[data-group=make]")).to_have_count(0)
    _, found = choose(page, "gearbox", 0)
    close_filters(page)
    expect(cards(page)).to_have_count(found)
    page.locator(".whole a").click()
    expect(page.locator("#stock")).not_to_have_attribute("data-axis", "make")


def test_without_scripts_plain_links_lead_to_makes_fuels_and_bodies(scriptless: "Visitor") -> None:
    page = scriptless.go(GROUP)
    for each in ("#column", "#opener", "#q", "#sort"):
        expect(page.locator(each)).to_be_hidden()
    for axis in ("make", "fuel", "body"):
        link = page.locator(f".ways a[href*='/{axis}/']").first
        wanted = int(re.findall(r"\((\d+)\)", link.inner_text())[0])
        link.click()
        expect(cards(page)).to_have_count(wanted)
        page.locator(".whole a").click()
        assert page.url.endswith(GROUP)
