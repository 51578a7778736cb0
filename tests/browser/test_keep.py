"""Favourites and comparison, as a visitor has them; they stay on the device."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests import shifts

if TYPE_CHECKING:
    from browser.conftest import Visitor

pytestmark = pytest.mark.browser

PAGE = re.compile(r"-[a-z0-9]{8}/$")  # of a car
STORED = "Object.keys(localStorage).length"


def pick(page: Page, number: int, what: str) -> Locator:
    return page.locator(".card").nth(number).locator(f"[data-pick={what}]")


def told(page: Page) -> None:
    """Wait for what the chosen cars' own pages say."""
    expect(page.locator("#choice-body")).to_have_attribute("data-told", "yes")


def focusing(one: Locator) -> Callable[[Route], None]:
    """Lets a request go once somebody is at a control."""

    def late(route: Route) -> None:
        one.focus()
        route.continue_()

    return late


def test_nothing_is_stored_before_a_car_is_chosen(
    visitor: "Visitor", pages: dict[str, str]
) -> None:
    page = visitor.go(pages["group"])
    assert page.evaluate(STORED) == 0
    expect(page.locator("#tray")).to_be_hidden()
    pick(page, 0, "kept").click()
    assert page.evaluate(STORED) == 1
    pick(page, 0, "kept").click()
    assert page.evaluate(STORED) == 0
    expect(page.locator("#tray")).to_be_hidden()


def test_what_is_kept_is_there_on_other_pages_and_in_other_languages(
    visitor: "Visitor", pages: dict[str, str]
) -> None:
    page = visitor.go(pages["group"])
    name = page.locator(".card .name a bdi").first.inner_text()
    href = page.locator(".card .name a").first.get_attribute("href") or ""
    pick(page, 0, "kept").click()
    visitor.go(href)
    expect(page.locator("[data-keep] [data-pick=kept]")).to_have_attribute("aria-pressed", "true")
    page.locator("a[hreflang=fr]").first.click()
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-keep] [data-pick=kept]")).to_have_attribute("aria-pressed", "true")
    page.locator("[data-open=kept]").click()
    dialog = page.locator("#choice")
    expect(dialog.locator("li")).to_have_count(1)
    expect(dialog.locator("li a")).to_have_text(name)
    assert "/fr/" in (dialog.locator("li a").get_attribute("href") or "")
    expect(dialog.locator("li")).to_contain_text("€")


def test_three_cars_stand_side_by_side_and_a_fourth_does_not(
    visitor: "Visitor", pages: dict[str, str]
) -> None:
    page = visitor.go(pages["group"])
    for number in range(3):
        pick(page, number, "compared").click()
    fourth = pick(page, 3, "compared")
    expect(fourth).to_have_attribute("aria-disabled", "true")
    fourth.press("Enter")  # a click would wait until it is enabled
    expect(page.locator("#said")).not_to_be_empty()
    expect(fourth).to_have_attribute("aria-pressed", "false")
    page.locator("[data-open=compared]").click()
    dialog = page.locator("#choice")
    expect(dialog.locator("thead th")).to_have_count(3)
    asked = page.locator(".card .amount").all_inner_texts()[:3]
    label = dialog.locator("tbody th").first
    assert page.evaluate("label => label.getBoundingClientRect().left >= 0", label.element_handle())
    told = dialog.locator("tbody tr").first.locator("td").all_inner_texts()
    assert all(price in cell for price, cell in zip(asked, told, strict=True))
    assert dialog.locator("tbody tr").count() > 8
    dialog.locator("thead .clear").first.click()
    expect(dialog.locator("thead th")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_car_that_left_says_so_and_can_be_taken_away(
    visitor: "Visitor", pages: dict[str, str]
) -> None:
    page = visitor.go(pages["group"])
    pick(page, 0, "kept").click()
    page.evaluate(
        "for (const key of Object.keys(localStorage)) localStorage[key] = JSON.stringify("
        "{kept: [{path: 'nowhere/auto-aaaaaaaa', name: 'Golf'}, {path: '../x', name: 'Y'}, 7]})"
    )
    visitor.go(pages["group"])
    page.locator("[data-open=kept]").click()
    expect(page.locator("#choice .away")).to_have_text("Niet meer te koop")
    page.locator("#choice .clear").click()
    expect(page.locator("#choice")).to_be_hidden()
    assert page.evaluate(STORED) == 0
    expected = ("404 for", "status of 404")  # of the car that is nowhere, and of nothing else
    assert sum(expected[0] in each for each in visitor.faults) == 1
    visitor.faults = [each for each in visitor.faults if not any(e in each for e in expected)]


def test_blocked_storage_costs_nothing_but_memory(
    visitor: "Visitor", pages: dict[str, str]
) -> None:
    visitor.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('blocked'); }})"
    )
    page = visitor.go(pages["group"])
    pick(page, 0, "compared").click()
    expect(pick(page, 0, "compared")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#tray")).to_be_visible()


def test_focus_comes_back_and_the_closed_dialog_is_in_nobodys_way(
    visitor: "Visitor", pages: dict[str, str]
) -> None:
    page = visitor.go(pages["group"])
    pick(page, 0, "kept").click()
    page.locator("[data-open=kept]").click()
    page.keyboard.press("Escape")
    expect(page.locator("[data-open=kept]")).to_be_focused()
    pick(page, 1, "kept").click()
    expect(page.locator("[data-open=kept] .picked")).to_have_text("2")


def test_a_similar_car_can_be_kept_from_the_page_of_another(
    visitor: "Visitor", pages: dict[str, str]
) -> None:
    page = visitor.go(pages["vehicle"])
    page.locator(".similar [data-pick=kept]").first.click()
    page.locator("[data-keep] [data-pick=kept]").click()
    expect(page.locator("[data-open=kept] .picked")).to_have_text("2")


def test_what_is_alike_can_be_left_out_of_a_comparison(
    visitor: "Visitor", pages: dict[str, str]
) -> None:
    page = visitor.go(pages["group"])
    for number in range(2):
        pick(page, number, "compared").click()
    page.locator("[data-open=compared]").click()
    rows = page.locator("#choice tbody tr")
    expect(rows.first).to_be_visible()
    alike = page.locator("#choice tr.same")
    assert 0 < alike.count() < rows.count()
    for cells in (row.locator("td").all_inner_texts() for row in alike.all()):
        assert len({cell for cell in cells if cell != "\N{EN DASH}"}) <= 1
    page.locator("#only").check()
    expect(page.locator("#choice tr.same:visible")).to_have_count(0)
    expect(page.locator("#choice tr.differs:visible").first).to_be_visible()
    page.locator("#choice .clear").first.click()
    expect(page.locator("#only")).to_be_hidden()
    assert page.locator("#choice tbody tr:visible").count() == rows.count() > 8


def test_the_keyboard_stays_in_the_list_when_a_car_is_taken_away(
    visitor: "Visitor", pages: dict[str, str]
) -> None:
    page = visitor.go(pages["group"])
    for number in range(3):
        pick(page, number, "kept").click()
    page.locator("[data-open=kept]").click()
    told(page)
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.resource_type))
    removers = page.locator("#choice .clear")
    removers.nth(2).press("Enter")
    expect(removers).to_have_count(2)
    expect(removers.nth(1)).to_be_focused()
    assert "xhr" not in asked
    for _ in range(2):
        removers.first.press("Enter")
    expect(page.locator("#choice")).to_be_hidden()
    expect(page.locator("#main")).to_be_focused()


def test_whoever_is_in_the_list_already_stays_there_when_prices_come(
    visitor: "Visitor", pages: dict[str, str]
) -> None:
    page = visitor.go(pages["group"])
    for number in range(2):
        pick(page, number, "kept").click()
    for name in (".title", "[data-pick=compared]", ".clear"):
        one = page.locator(f"#choice li {name}").nth(1)
        late = focusing(one)
        page.route(PAGE, late)
        page.locator("[data-open=kept]").click()
        told(page)
        expect(page.locator("#choice .cost")).to_have_count(2)
        expect(one).to_be_focused()
        page.unroute(PAGE, late)
        page.keyboard.press("Escape")


@pytest.mark.parametrize("name", [".title", "[data-pick=compared]"])
def test_whoever_is_at_a_car_that_left_is_led_to_what_is_left_of_it(
    visitor: "Visitor", pages: dict[str, str], name: str
) -> None:
    page = visitor.go(pages["group"])
    pick(page, 0, "kept").click()
    one = page.locator(f"#choice li {name}")

    def gone(route: Route) -> None:
        one.focus()
        route.fulfill(status=200, content_type="text/html", body="<title>Nothing</title>")

    page.route(PAGE, gone)
    page.locator("[data-open=kept]").click()
    told(page)
    expect(page.locator("#choice .away")).to_have_text("Niet meer te koop")
    expect(page.locator("#choice .clear")).to_be_focused()
    expect(page.locator("#choice a")).to_have_count(0)


def test_a_favourite_can_be_put_into_the_comparison(
    visitor: "Visitor", pages: dict[str, str]
) -> None:
    page = visitor.go(pages["group"])
    pick(page, 0, "kept").click()
    page.locator("[data-open=kept]").click()
    told(page)
    page.locator("#choice [data-pick=compared]").click()
    page.keyboard.press("Escape")
    expect(pick(page, 0, "compared")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-open=compared] .picked")).to_have_text("1")


@pytest.mark.parametrize("kind", ["group", "vehicle"])
def test_nothing_jumps_when_the_buttons_come(
    visitor: "Visitor", pages: dict[str, str], kind: str
) -> None:
    shifts.watch(visitor.page)
    page = visitor.go(pages["group"])
    for number in range(2):
        pick(page, number, "kept").click()
        pick(page, number, "compared").click()
    page = visitor.go(pages[kind])
    expect(page.locator("#tray")).to_be_visible()
    expect(page.locator("main [data-pick]:visible").first).to_be_visible()
    assert shifts.moved(page) < shifts.MOST


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("list_", ["kept", "compared"])
def test_axe_finds_no_violation_in_what_is_chosen(
    visitor: "Visitor", pages: dict[str, str], list_: str, scheme: str
) -> None:
    visitor.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page = visitor.go(pages["group"])
    for number in range(2):
        pick(page, number, list_).click()
    page.locator(f"[data-open={list_}]").click()
    told(page)
    page.locator("#choice").evaluate(
        "each => Promise.all(each.getAnimations().map(one => one.finished))"
    )
    axe = Path(os.environ["NPM_MODULES"], "axe-core", "axe.min.js").read_text("utf-8")
    page.evaluate(axe)
    found = page.evaluate("axe.run().then(result => result.violations)")
    assert [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found] == []


def test_without_a_script_there_are_no_buttons_for_it(
    scriptless: "Visitor", pages: dict[str, str]
) -> None:
    page = scriptless.go(pages["showroom"])
    assert page.locator(".picks:visible").count() == 0
    expect(page.locator("#tray")).to_be_hidden()
    expect(page.locator("#choice")).to_be_hidden()
