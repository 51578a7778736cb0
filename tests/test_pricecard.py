"""The card behind the windscreen, read from its pages."""

import re

import msgspec
import pytest
import zxingcpp
from test_showroom import HOSTILE, Document

from syndicator.contract import Kind, Place, View
from syndicator.exporters.showroom import Showroom, qr
from syndicator.exporters.showroom.pricecard import lead
from syndicator.look import Theme
from syndicator.models import Feature, Tombstone
from syndicator.render import RenderKit, Templates
from syndicator.testing import sample_dealer, sample_listing, sample_view
from tests import odd_cars

TEMPLATES = Templates()
ADDRESS = "https://voorraad.example/vb-leuven/skoda-octavia-k3jx2m7q/"


def made(view: View, **options: bool) -> dict[str, str]:
    exporter = Showroom(Showroom.Options(**options), RenderKit(TEMPLATES, "nl"))
    return {
        view.links.place + str(each.path): b"".join(each.chunks).decode()
        for each in exporter.export(view)
    }


def cards(view: View, **options: bool) -> dict[str, Document]:
    return {
        path: Document(text)
        for path, text in made(view, **options).items()
        if path.endswith("/card/index.html")
    }


def card(name: str, language: str = "nl") -> Document:
    path = odd_cars.path(name, language)
    return cards(odd_cars.view())[path.lstrip("/") + "card/index.html"]


def modules(code: qr.Code) -> set[tuple[int, int]]:
    """The black ones, as column and row within the quiet zone."""
    black: set[tuple[int, int]] = set()
    for left, row, strokes in re.findall(r"M(\d+) (\d+)\.5([^M]*)", code.path):
        column = int(left)
        for pen, length in re.findall(r"([hm])(\d+)", strokes):
            run = range(column, column + int(length)) if pen == "h" else ()
            black |= {(each - qr.QUIET, int(row) - qr.QUIET) for each in run}
            column += int(length)
    return black


def test_each_car_for_sale_has_a_card_in_each_language() -> None:
    view = sample_view(place=Place.ROOT)
    found = cards(view)
    car = sample_listing()
    assert set(found) == {
        f"{view.links.vehicle_path(car, language)}card/index.html"
        for language in view.site.languages
    }
    assert {page.all("html")[0]["lang"] for page in found.values()} == {
        *("nl-BE", "fr-BE", "de-BE", "en")
    }


def test_a_car_that_is_not_for_sale_has_none() -> None:
    car = sample_listing()
    gone = Tombstone(listing=car, when=car.updated, sold=True)
    assert cards(sample_view([], gone=[gone], place=Place.ROOT)) == {}
    assert cards(sample_view([], pending=[car], place=Place.ROOT)) == {}


def test_no_card_is_made_or_linked_where_none_is_wanted() -> None:
    files = made(sample_view(place=Place.ROOT), price_cards=False)
    assert not [path for path, text in files.items() if "card/" in path or "/card/" in text]


def test_the_cars_page_leads_to_its_card_and_back() -> None:
    view = sample_view(place=Place.ROOT)
    files = made(view)
    folder = view.links.vehicle_path(sample_listing(), "fr")
    assert f'href="/{folder}card/"' in files[f"{folder}index.html"]
    assert f'href="/{folder}"' in files[f"{folder}card/index.html"]


def test_a_card_is_not_found_by_searching_and_names_the_cars_page() -> None:
    view = sample_view(place=Place.ROOT)
    for language in view.site.languages:
        page = cards(view)[view.links.vehicle_path(sample_listing(), language) + "card/index.html"]
        assert page.all("meta", name="robots")[0]["content"] == "noindex"
        (canonical,) = page.all("link", rel="canonical")
        assert canonical["href"] == view.links.vehicle(sample_listing(), language)


def test_a_card_tells_what_must_stand_with_a_car() -> None:
    text = card("usual").visible
    for wanted in (
        *("Skoda Octavia", "Ambition", "€ 17.450", "Btw aftrekbaar", "VB-2207"),
        *("09/2020", "61.200 km", "Benzine", "Manueel", "81 kW", "Euro 6d", "(WLTP)"),
        *("12 maanden", "twee jaar garantie", "public.car-pass.be/vhr/example"),
        *("Stationsstraat 5", "0123.456.749", "BE 0123.456.749", "RPR Leuven"),
    ):
        assert wanted in text.replace("\N{NO-BREAK SPACE}", " "), wanted


def test_a_card_names_the_lowest_price_beside_a_lower_one() -> None:
    text = card("reduced").visible.replace("\N{NO-BREAK SPACE}", " ")
    assert "Laagste prijs van de voorbije 30 dagen: € 17.450" in text
    assert "€ 16.450" in text


def test_a_card_without_a_price_says_that_it_is_told_on_request() -> None:
    assert "Prijs op aanvraag" in card("priceless").visible


def test_a_car_pass_known_by_number_gets_no_code() -> None:
    page = card("numbered")
    assert page.text.count('class="qr"') == 1
    assert "12345678901" in page.visible
    assert card("usual").text.count('class="qr"') == 2
    assert "Car-Pass" not in card("bare").visible


def test_cards_are_leaves_so_that_no_link_dangles() -> None:
    exporter = Showroom(Showroom.Options(), RenderKit(TEMPLATES, "nl"))
    artefacts = list(exporter.export(sample_view(place=Place.ROOT)))
    assert {each.kind for each in artefacts if "card" in each.path.parts} == {Kind.LEAF}


def test_a_card_wears_the_showrooms_colours() -> None:
    view = sample_view(place=Place.ROOT)
    assert view.showroom
    room = msgspec.structs.replace(view.showroom, theme=Theme(accent="#c2410c"))
    for page in cards(msgspec.structs.replace(view, showroom=room)).values():
        assert "theme." in page.all("link", rel="stylesheet")[-1]["href"]


def test_hostile_text_is_shown_on_a_card_and_never_obeyed() -> None:
    fields = ("title", "make", "model", "variant", "color", "emission_class", "reference")
    car = sample_listing(**dict.fromkeys(fields, HOSTILE), features=(Feature(name=HOSTILE),))
    dealer = sample_dealer(display_name=HOSTILE, address=HOSTILE, phone=HOSTILE, email=HOSTILE)
    found = cards(sample_view([car], dealers=[dealer], place=Place.ROOT))
    assert len(found) == 4
    for page in found.values():
        assert not [fields for _, fields in page.tags if "onerror" in fields]
        assert page.data["@graph"]
        assert HOSTILE.partition(" ")[0] in page.visible


# Codes


@pytest.mark.parametrize(
    "address", [ADDRESS, "https://x.example/", f"{ADDRESS}{'x' * 300}", "https://x.example/?q=€é"]
)
def test_a_code_is_read_as_its_address(address: str) -> None:
    code = qr.code(address)
    assert code
    read = scanned(code)
    assert read.text == address
    assert read.ec_level == "M"


def test_a_code_has_the_quiet_zone_that_the_standard_asks_for() -> None:
    code = qr.code(ADDRESS)
    assert code
    black = modules(code)
    inner = code.side - 2 * 4
    assert {min(column for column, _ in black), min(row for _, row in black)} == {0}
    assert {max(column for column, _ in black), max(row for _, row in black)} == {inner - 1}


def scanned(code: qr.Code, scale: int = 4) -> zxingcpp.Barcode:
    """What a phone makes of the drawing."""
    black = modules(code)
    places = range(-qr.QUIET, code.side - qr.QUIET)
    rows = (
        b"".join((b"\0" if (column, row) in black else b"\xff") * scale for column in places)
        for row in places
    )
    side = code.side * scale
    pixels = b"".join(line * scale for line in rows)
    view = zxingcpp.ImageView(pixels, side, side, zxingcpp.ImageFormat.Lum)
    (found,) = zxingcpp.read_barcodes(view)
    return found


def test_what_fits_in_no_code_has_none() -> None:
    assert qr.code("x" * 3000) is None
    assert lead("https://x.example/" + "x" * 3000) is None


def test_people_read_an_address_without_what_they_need_not_type() -> None:
    found = lead("https://x.example/gent/")
    assert found
    assert found.shown == "x.example/gent"
    assert found.code == qr.code("https://x.example/gent/")
