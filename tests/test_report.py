"""The portal report: what it counts, what it says, and in which words."""

import json
import pkgutil
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import PurePosixPath
from typing import Any

import msgspec
import pytest
from audited import audited, told
from catalogues import catalogues, entries, forms, messages, missing, sources
from lxml import html

from syndicator import exporters, selection
from syndicator.contract import Audit, Finding, FormatField, Kit, Outcome, View
from syndicator.exporters import _sheet
from syndicator.exporters.report import Report
from syndicator.exporters.report.labels import labels
from syndicator.exporters.report.tally import Tallies, Teller
from syndicator.i18n import LANGUAGES, Words
from syndicator.models import Listing
from syndicator.offers import available, load
from syndicator.testing import bodies, sample_dealer, sample_listing, sample_view

SPOKEN = ("syndicator/exporters/report", "templates/report")
ONE, TWO, THREE = (sample_listing(id=each, reference=f"R-{each}") for each in "abc")


def lost(listing: Listing, **changes: Any) -> Finding:
    fields: dict[str, Any] = {
        "listing_id": listing.id,
        "outcome": Outcome.LEFT_OUT,
        "field": "colour",
        "source": "color",
        "reason": _sheet.MISSING,
    }
    return Finding(**(fields | changes))


def poor(listing: Listing, **changes: Any) -> Finding:
    return lost(listing, outcome=Outcome.POORER, reason=_sheet.WANTED, **changes)


def with_audits(*audits: Audit, listings: Sequence[Listing] = (ONE, TWO, THREE), **of: Any) -> View:
    return msgspec.structs.replace(sample_view(listings, **of), audits=audits)


def made(view: View, kit: Kit, **options: Any) -> dict[str, bytes]:
    exporter = Report(Report.Options(**options), kit)
    return {str(path): body for path, body in bodies(exporter.export(view)).items()}


def record(view: View, kit: Kit) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(made(view, kit)["feeds/report.json"])
    return found


def page(view: View, kit: Kit, path: str = "report/index.html", **options: Any) -> Any:
    return html.fromstring(made(view, kit, **options)[path])


def said(node: Any) -> str:
    return " ".join(node.text_content().split())


# What is counted


def test_each_car_is_counted_once_by_its_worst_finding(kit: Kit) -> None:
    findings = [poor(ONE), lost(ONE), poor(TWO), Finding(listing_id="c", outcome=Outcome.SENT)]
    (feed,) = record(with_audits(told(*findings)), kit)["feeds"]
    assert feed["counts"] == {"sent": 1, "poorer": 1, "left_out": 1}
    assert [(each["id"], each["outcome"]) for each in feed["cars"]] == [
        ("a", "left-out"),
        ("b", "poorer"),
    ]
    assert feed["sent"] == ["c"]


def test_findings_of_a_car_that_come_apart_are_put_together(kit: Kit) -> None:
    rule = lost(TWO, field="", source="price", reason=selection.TOO_DEAR, values={"amount": "9"})
    findings = [rule, poor(ONE), lost(TWO)]
    (feed,) = record(with_audits(told(*findings)), kit)["feeds"]
    assert [len(each["findings"]) for each in feed["cars"]] == [1, 2]
    assert feed["cars"][1]["findings"][0] == {
        "outcome": "left-out",
        "source": "price",
        "reason": "De prijs ligt boven 9, het maximum voor deze feed.",
    }


def test_a_car_that_no_finding_names_is_sent(kit: Kit) -> None:
    (feed,) = record(with_audits(told(lost(TWO))), kit)["feeds"]
    assert feed["sent"] == ["a", "c"]


def test_only_what_is_not_simply_sent_is_kept_and_equal_findings_once() -> None:
    sent = [Finding(listing_id=str(number), outcome=Outcome.SENT) for number in range(50)]
    (tally,) = Tallies(with_audits(told(*sent, poor(ONE), poor(TWO)))).all
    assert sorted(tally.cars) == ["a", "b"]
    assert tally.cars["a"][0] is tally.cars["b"][0]


def test_findings_are_walked_once_for_all_files(kit: Kit) -> None:
    walks: list[int] = []

    class Counted:
        def __iter__(self) -> Iterator[Finding]:
            walks.append(1)
            return iter([lost(ONE)])

    audit = msgspec.structs.replace(told(), findings=Counted())
    assert len(made(with_audits(audit), kit)) == 5
    assert walks == [1]


def test_what_is_of_a_seller_stands_apart_from_the_cars(kit: Kit) -> None:
    finding = Finding(
        listing_id="", dealer_id="d", outcome=Outcome.POORER, reason="There is no photo."
    )
    (feed,) = record(with_audits(told(finding)), kit)["feeds"]
    assert feed["dealer_findings"] == [
        {"dealer_id": "d", "outcome": "poorer", "reason": "Er is geen foto."}
    ]
    assert feed["counts"]["sent"] == 3


def test_two_feeds_for_one_receiver_are_told_apart(kit: Kit) -> None:
    view = with_audits(told(feed="new", title="Acme"), told(feed="used", title="Acme"))
    assert [each["title"] for each in record(view, kit)["feeds"]] == ["Acme (new)", "Acme (used)"]


# What is said


@pytest.mark.parametrize(
    ("language", "reason"),
    [
        ("nl", "Kleur: niet ingevuld. Acme neemt geen wagen zonder."),
        ("fr", "Couleur : donnée manquante. Acme ne prend aucune voiture sans elle."),
        ("de", "Farbe: keine Angabe. Acme nimmt kein Fahrzeug ohne sie."),
        ("en", "Colour: missing. Acme takes no car without it."),
    ],
)
def test_reasons_are_in_the_first_language_of_the_site(
    language: str, reason: str, kit: Kit
) -> None:
    view = with_audits(told(lost(ONE)), languages=(language,))
    found = record(view, kit)["feeds"][0]["cars"][0]["findings"][0]
    assert found == {
        "outcome": "left-out",
        "field": "colour",
        "source": "color",
        "reason": reason,
    }


def test_what_no_listing_has_is_called_as_the_format_calls_it() -> None:
    teller = Teller(Words.of("en"))
    assert teller.sentence(lost(ONE, source=""), "Acme").startswith("colour: missing.")
    assert teller.sentence(lost(ONE, reason=""), "Acme") == "No reason is given."


def test_values_are_never_filled_in_themselves() -> None:
    finding = lost(ONE, reason="{what}: {given}", values={"given": "{portal.__class__}"})
    assert Teller(Words.of("en")).sentence(finding, "A") == "Colour: {portal.__class__}"


def reasons() -> set[str]:
    """Every sentence that a finding of ours may say."""
    walk = pkgutil.walk_packages(exporters.__path__, f"{exporters.__name__}.")
    modules = [selection, *(import_module(each.name) for each in walk)]
    told = {reason for each in modules for reason in getattr(each, "REASONS", ())}
    return told | {
        *(_sheet.MISSING, _sheet.WANTED, _sheet.UNFIT, _sheet.UNFIT_AND_WANTED),
        *(_sheet.SHORTENED, _sheet.FEWER, _sheet.ENOUGH),
        *(selection.BY_RULE, selection.TOO_CHEAP, selection.TOO_DEAR, selection.TOO_FEW_PHOTOS),
    }


def known(language: str) -> set[str]:
    return {
        forms(message.id)[0]
        for catalogue in catalogues(language).values()
        for message in entries(catalogue)
        if message.context is None
    }


def test_everything_said_is_translated() -> None:
    assert missing(sources(*SPOKEN)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_is_translated(language: str) -> None:
    assert sorted(reasons() - known(language)) == []


def test_every_translation_is_said() -> None:
    spoken = messages(sources(*SPOKEN)) | reasons()
    report = entries(catalogues("en")["report"])
    assert [message.id for message in report if forms(message.id)[0] not in spoken] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_a_listing_has_a_name_for_sellers(language: str) -> None:
    names = labels(Words.of(language))
    assert set(names) == set(Listing.__struct_fields__)
    assert all(name.strip() for name in names.values())


def test_every_field_of_a_format_is_made_of_one_that_has_a_name() -> None:
    ours = [load(each) for each in available().values() if each.distribution == "syndicator"]
    fields: list[FormatField] = [each for kind in ours for each in getattr(kind, "fields", ())]
    sources_ = {each.source for each in fields} - {""}
    assert sources_ > {"color", "price"}
    assert sources_ - set(labels(Words.of("nl"))) == set()


# The page


def test_the_page_is_there_in_each_language_and_kept_out_of_search_engines(kit: Kit) -> None:
    files = made(with_audits(told(lost(ONE))), kit)
    pages = {path for path in files if path.endswith(".html")}
    assert pages == {f"{each}report/index.html" for each in ("", "fr/", "de/", "en/")}
    for path in pages:
        tree = html.fromstring(files[path])
        assert tree.xpath("//meta[@name='robots']/@content") == ["noindex"]
        assert tree.xpath("//script") == []
        assert tree.xpath("//link[@rel='alternate']") == []


def test_the_headline_counts_cars_that_no_portal_leaves_out(kit: Kit) -> None:
    view = with_audits(told(lost(ONE)), told(lost(ONE), poor(TWO), feed="b", title="B"))
    (headline,) = page(view, kit, "en/report/index.html").xpath("//h1")
    assert said(headline) == "On every portal: 2 of 3 cars"


@pytest.mark.parametrize(
    ("view", "headline"),
    [
        (with_audits(), "No portal is switched on."),
        (with_audits(told(), listings=()), "No cars at the moment"),
    ],
)
def test_the_headline_claims_nothing_that_is_not_known(view: View, headline: str, kit: Kit) -> None:
    assert said(page(view, kit, "en/report/index.html").xpath("//h1")[0]) == headline


def test_the_table_has_a_row_for_each_sheet(kit: Kit) -> None:
    view = with_audits(told(lost(ONE), poor(TWO)))
    rows = page(view, kit).xpath("//table/tbody/tr")
    assert [said(each) for each in rows] == ["Acme111"]


def test_a_car_that_is_left_out_is_told_with_its_reason_and_what_to_fill_in(kit: Kit) -> None:
    view = with_audits(told(lost(ONE), poor(ONE, source="vin")))
    (car,) = page(view, kit).xpath("//section[@aria-labelledby='left-out']//ul[@class='cars']/li")
    assert said(car).startswith("Skoda Octavia ref. R-a Kleur: niet ingevuld.")
    assert said(car).endswith("Okasie: Kleur")
    (address,) = car.xpath(".//h3/a/@href")
    assert address == view.links.href(view.links.vehicle(ONE, "nl"))
    assert car.xpath(".//img/@src") == [ONE.photos[0].url]


def test_a_car_without_a_photo_has_the_placeholder(kit: Kit) -> None:
    bare = sample_listing(photos=())
    view = with_audits(told(lost(bare)), listings=[bare])
    (photo,) = page(view, kit).xpath("//ul[@class='cars']//img")
    assert photo.get("class") == "placeholder"


def test_the_law_stands_apart_from_the_portals(kit: Kit) -> None:
    view = audited(sample_view([sample_listing(vat_regime=None)]), kit)
    tree = page(view, kit)
    assert [said(each) for each in tree.xpath("//table//tbody/tr/th")] == ["Meta"]
    (law,) = tree.xpath("//section[@aria-labelledby='law']")
    assert "Btw-regeling is niet bekend" in said(law)
    assert tree.xpath("//section[@aria-labelledby='left-out']") == []


def test_cars_of_a_group_say_where_they_are(kit: Kit) -> None:
    two = sample_dealer(id="other", location_code="VB-GENT", display_name="Gent")
    car = sample_listing(dealer_id="other")
    of_group = with_audits(
        told(lost(car)), listings=[car], dealers=[sample_dealer(), two], group=True
    )
    assert "VB-2207 · Gent" in said(page(of_group, kit))
    assert "VB-2207 ·" not in said(page(with_audits(told(lost(ONE))), kit))


def test_the_page_tells_of_so_many_cars_and_says_where_the_others_are(kit: Kit) -> None:
    cars = [sample_listing(id=f"{number:03}") for number in range(9)]
    findings = [*(lost(each) for each in cars[:5]), *(poor(each) for each in cars[5:])]
    view = with_audits(told(*findings), listings=cars)
    tree = page(view, kit, "en/report/index.html", most_cars=6)
    assert len(tree.xpath("//ul[@class='cars']/li")) == 6
    assert [said(each) for each in tree.xpath("//p[@class='more']")] == [
        "3 more cars are in report.json."
    ]
    assert [said(each) for each in tree.xpath("//h2/span")] == ["5 cars", "4 cars"]
    record_ = json.loads(made(view, kit, most_cars=6)["feeds/report.json"])
    assert len(record_["feeds"][0]["cars"]) == 9


def test_files_are_where_no_address_of_a_car_or_feed_can_be(kit: Kit) -> None:
    exporter = Report(Report.Options(), kit)
    paths = [each.path for each in exporter.export(with_audits(languages=("nl",)))]
    assert paths == [PurePosixPath("feeds/report.json"), PurePosixPath("report/index.html")]


def test_the_dealer_is_led_to_the_lines_that_embed_the_showroom(kit: Kit) -> None:
    own = Audit(feed="showroom", exporter="showroom", title="Showroom", fields=(), findings=())
    (href,) = page(with_audits(own), kit).xpath("//footer//a/@href")
    assert href.endswith("/embed/howto/")
    assert not page(with_audits(), kit).xpath("//footer//a")
