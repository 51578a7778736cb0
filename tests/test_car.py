"""What the page of one car says, and what it does not say."""

from typing import Any

import pytest
from catalogues import missing, sources, unused

from syndicator.contract import Place, View
from syndicator.exporters.showroom import Showroom, lez
from syndicator.exporters.showroom.contact import forward
from syndicator.exporters.showroom.prose import SHOWN_LINES, fold, paragraphs
from syndicator.i18n import Words
from syndicator.models import Co2Cycle, Fuel, Listing
from syndicator.render import RenderKit, Templates
from syndicator.testing import sample_dealer, sample_listing, sample_view
from tests import odd_cars

TEMPLATES = Templates()
SPOKEN = sources(
    "syndicator/exporters/showroom",
    *(f"templates/{name}" for name in ("showroom", "site", "layout.html", "macros.html")),
)


def page(car: Listing, language: str = "nl", view: View | None = None, **options: Any) -> str:
    """The document of a car, blanks folded."""
    shown = view or sample_view([car], place=Place.ROOT)
    exporter = Showroom(Showroom.Options(**options), RenderKit(TEMPLATES, "nl"))
    wanted = shown.links.vehicle_path(car, language) + "index.html"
    (body,) = (
        b"".join(each.chunks)
        for each in exporter.export(shown)
        if shown.links.place + str(each.path) == wanted
    )
    return " ".join(body.decode().split())


def block(text: str, identity: str) -> str:
    """The section that a heading with this id names."""
    start = text.index(f'aria-labelledby="{identity}"')
    return text[start : text.index("</section>", start)]


def test_what_a_car_gives_off_stands_together_and_names_the_test() -> None:
    environment = block(page(sample_listing()), "environment")
    for wanted in ("121", "(WLTP)", "5,3", "Euro 6d", "WLTP en NEDC"):
        assert wanted in environment
    facts = block(page(sample_listing()), "facts")
    assert "WLTP" not in facts
    assert "Euro 6d" not in facts


def test_a_figure_of_no_known_test_is_not_said_to_be_of_one() -> None:
    for cycle in (None, Co2Cycle.OTHER):
        assert "NEDC" not in page(sample_listing(co2_cycle=cycle))


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_the_cities_are_asked_about_their_zones(language: str) -> None:
    words = Words.of(language)
    zones = lez.zones(sample_listing(), words)
    assert [each.city for each in zones] == [
        words.text("Brussels"),
        words.text("Antwerp"),
        words.text("Ghent"),
    ]
    text = page(sample_listing(), language)
    assert all(f'href="{each.href}" rel="noopener nofollow"' in text for each in zones)


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({}, True),
        ({"fuel": None}, True),
        ({"emission_class": None}, True),
        ({"fuel": None, "emission_class": None}, False),
        ({"fuel": Fuel.ELECTRIC}, False),
    ],
)
def test_zones_are_named_where_there_is_something_to_ask(
    changes: dict[str, Any],
    asked: bool,  # noqa: FBT001 - a case
) -> None:
    car = sample_listing(**changes)
    assert bool(lez.zones(car, Words.of("nl"))) == asked
    assert ("lez.brussels" in page(car)) == asked


def test_a_lawful_warranty_is_the_sellers_and_the_legal_one_always_stands() -> None:
    guarantee = block(page(sample_listing(warranty_months=24)), "guarantee")
    assert "Garantie van de verkoper: 24 maanden" in guarantee
    assert "twee jaar garantie" in guarantee
    for months in (6, None):
        silent = block(page(sample_listing(warranty=None, warranty_months=months)), "guarantee")
        assert "van de verkoper:" not in silent
        assert "twee jaar garantie" in silent


def test_a_new_car_is_not_told_that_its_guarantee_may_be_shorter() -> None:
    used, new = (
        block(page(sample_listing(conditions=(each,))), "guarantee") for each in ("used", "new")
    )
    assert "één jaar" in used
    assert "één jaar" not in new


def test_a_car_pass_is_explained_linked_or_numbered_and_never_made_up() -> None:
    cars = odd_cars.cars()
    linked = page(cars["usual"], view=odd_cars.view())
    assert 'href="https://public.car-pass.be/vhr/example"' in linked
    assert "terugroepacties" in linked
    numbered = block(page(cars["numbered"], view=odd_cars.view()), "car-pass")
    assert "12345678901" in numbered
    assert "<a " not in numbered
    assert "Car-Pass</h2>" not in page(cars["bare"], view=odd_cars.view())


def test_no_net_price_is_made_up_of_a_price() -> None:
    text = page(sample_listing())
    assert "Btw aftrekbaar" in text
    assert "14.421" not in text
    assert "excl" not in text


def test_the_sellers_language_is_named_where_it_may_not_be_the_readers() -> None:
    assert "In de taal van de verkoper." not in page(sample_listing())
    assert page(sample_listing(), "fr").count("Dans la langue du vendeur.") == 2
    assert '<div class="prose" lang="" dir="auto">' in page(sample_listing(), "fr")


@pytest.mark.parametrize(
    ("reserved", "said", "unsaid"),
    [
        (False, "Momenteel niet beschikbaar", "Gereserveerd"),
        (True, "Gereserveerd", "Momenteel niet beschikbaar"),
    ],
)
def test_pending_means_reserved_only_where_the_seller_says_so(
    reserved: bool,  # noqa: FBT001 - a case
    said: str,
    unsaid: str,
) -> None:
    car = sample_listing(id="pending")
    view = sample_view([], pending=[car], place=Place.ROOT)
    text = page(car, view=view, pending_is_reserved=reserved)
    assert said in text
    assert unsaid not in text


def test_a_car_that_left_offers_others_and_no_tools() -> None:
    sold = odd_cars.view().gone[0].listing
    text = page(sold, view=odd_cars.view())
    assert 'href="#similar"' in text
    own = text.split('class="similar"')[0]
    for absent in ('class="tools"', 'class="office"', "17.450", "/card/"):
        assert absent not in own
    assert "/share." not in text


def test_a_seller_without_address_or_number_still_looks_meant() -> None:
    for dealer in (
        sample_dealer(address=None, postal_code=None, city=None, phone=None, email=None),
        sample_dealer(phone="bel ons", email="op kantoor"),
        sample_dealer(address=None),
    ):
        view = sample_view(dealers=[dealer], place=Place.ROOT)
        seller = block(page(sample_listing(), view=view), "seller")
        assert "Voorbeeld Leuven" in seller
        assert "<br><bdi></bdi>" not in seller
        assert "None" not in seller
        assert '<ul class="actions"> </ul>' not in seller
        assert all(each in seller for each in (dealer.phone or "", dealer.email or ""))


def test_the_first_photo_is_wanted_at_once_and_fifty_are_not() -> None:
    text = page(odd_cars.cars()["fifty-photos"], view=odd_cars.view())
    strip = text[text.index('id="strip"') : text.index('class="thumbs"')]
    assert strip.count("<img") == 50
    assert strip.count('fetchpriority="high"') == 1
    assert strip.count('loading="lazy"') == 49
    assert strip.index('fetchpriority="high"') < strip.index('loading="lazy"')


def test_a_car_without_photos_has_no_gallery_to_run() -> None:
    text = page(odd_cars.cars()["unphotographed"], view=odd_cars.view())
    assert "Nog geen foto" in text
    assert "gallery." not in text
    assert 'id="viewer"' not in text


def test_buttons_that_need_a_script_are_hidden_until_it_runs() -> None:
    text = page(odd_cars.cars()["usual"], view=odd_cars.view())
    outside = text[: text.index("<dialog")]
    for button in outside.split("<button")[1:]:
        within_hidden = '<div class="turns" hidden><button' in outside and "data-turn" in button
        assert " hidden " in button.split(">")[0] or within_hidden


def test_a_letter_to_a_friend_holds_the_address() -> None:
    href = forward("Skoda & co", "https://x.example/a?b=c&d")
    assert href == "mailto:?subject=Skoda%20%26%20co&body=https%3A//x.example/a%3Fb%3Dc%26d"


def test_a_long_story_is_folded_and_none_of_it_is_lost() -> None:
    whole = paragraphs("\n".join(f"regel {number}" for number in range(60)))
    shown, folded = fold(whole)
    assert sum(map(len, shown)) == SHOWN_LINES
    assert [line for part in (*shown, *folded) for line in part] == list(whole[0])
    assert fold(whole[:0]) == ((), ())
    short = paragraphs("een\n\ntwee")
    assert fold(short) == ((("een",), ("twee",)), ())


def test_markup_in_a_story_is_shown_as_it_is() -> None:
    text = page(odd_cars.cars()["wordy"], view=odd_cars.view())
    assert "&lt;b&gt;opmaak&lt;/b&gt; &amp;amp; meer." in text


def test_every_sentence_is_translated_and_none_is_left_over() -> None:
    assert missing(SPOKEN) == []
    assert unused("car", SPOKEN) == []
