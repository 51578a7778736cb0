import json
from decimal import Decimal
from typing import Any

import graphs
import msgspec
import pytest
import scenarios

from syndicator.contract import Kit, Scope, View
from syndicator.exporters._structured import CONDITIONS
from syndicator.exporters.schemaorg import SchemaOrg
from syndicator.models import Fuel, Listing, Money
from syndicator.selection import selected
from syndicator.tags import TAGS, Condition
from syndicator.testing import sample_dealer, sample_kit, sample_listing, sample_view
from syndicator.testing.stock import hostile_dealer, hostile_listing, sparse_listing


def document(view: View, kit: Kit, **given: Any) -> bytes:
    options = SchemaOrg.Options(**given)
    (artefact,) = SchemaOrg(options, kit).export(selected(view, options))
    return b"".join(artefact.chunks)


def nodes(view: View, kit: Kit, kind: str = "Car", **given: Any) -> list[dict[str, Any]]:
    body = document(view, kit, **given)
    assert graphs.faults(body) == []
    return [node for node in json.loads(body)["@graph"] if node["@type"] == kind]


def car(kit: Kit, listing: Listing, **given: Any) -> dict[str, Any]:
    (node,) = nodes(sample_view([listing]), kit, **given)
    return node


@pytest.mark.parametrize("scope", [Scope.SHOWROOM, Scope.SITE])
@pytest.mark.parametrize("scenario", scenarios.NAMES)
def test_every_document_passes_the_checker(scenario: str, scope: Scope, kit: Kit) -> None:
    view = scenarios.view(scenario, scope=scope)
    assert len(nodes(view, kit)) == len(view.listings)
    assert len(nodes(view, kit, "AutoDealer")) == len(view.dealers)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"https://schema.org",', b'"http://example.org",'),
        (b'"@type":"Car"', b'"@type":"Auto"'),
        (b'"vehicleTransmission"', b'"transmission"'),
        (b'"price":17450.00', b'"price":"17.450,00"'),
        (b'"price":17450.00', b'"price":0'),
        (b'"priceCurrency":"EUR",', b""),
        (b'"unitCode":"KMT"', b'"unitCode":"km"'),
        (b'"unitCode":"KWT"', b'"unitCode":"KMT"'),
        (b'"value":61200', b'"value":"61 200"'),
        (b"schema.org/InStock", b"schema.org/Yes"),
        (b'"numberOfDoors":5', b'"numberOfDoors":"5"'),
        (b'"dateVehicleFirstRegistered":"2020-09"', b'"dateVehicleFirstRegistered":"09/2020"'),
        (b'"seller":{"@id":"https://', b'"seller":{"@id":"https://other.'),
        (b'"telephone":"+3216000000"', b'"telephone":"016 00 00 00"'),
        (b'"image":["https://', b'"image":["/'),
        (b'"@type":"Brand",', b""),
        (b'"addressCountry":"BE"', b'"addressCountry":"Belgium"'),
    ],
)
def test_the_checker_refuses_what_is_wrong(old: bytes, new: bytes, kit: Kit) -> None:
    body = document(sample_view(), kit)
    assert graphs.faults(body) == []
    assert old in body
    assert graphs.faults(body.replace(old, new)) != []


def test_the_checker_refuses_a_node_that_comes_twice(kit: Kit) -> None:
    assert graphs.faults(document(sample_view([sample_listing()] * 2), kit)) != []


def test_a_car_is_told_in_full(kit: Kit) -> None:
    node = car(kit, sample_listing())
    assert set(graphs.TYPES["Car"]) - set(node) == {"vehicleIdentificationNumber"}
    assert node["offers"]["price"] == 17450
    assert node["itemCondition"] == "https://schema.org/UsedCondition"


def test_a_chassis_number_is_told_only_on_request(kit: Kit) -> None:
    listing = sample_listing()
    assert listing.vin
    assert listing.vin not in document(sample_view([listing]), kit).decode()
    assert car(kit, listing, with_vin=True)["vehicleIdentificationNumber"] == listing.vin


def test_an_email_address_is_told_only_on_request(kit: Kit) -> None:
    email = sample_dealer().email
    assert email
    assert email not in document(sample_view(), kit).decode()
    (told,) = nodes(sample_view(), kit, "AutoDealer", with_email=True)
    assert told["email"] == email


def test_numbers_are_exact_and_no_text(kit: Kit) -> None:
    listing = sample_listing(price=Money(minor=1745095, currency="CHF"), power_kw=Decimal("80.55"))
    body = document(sample_view([listing]), kit)
    assert b'"price":17450.95,"priceCurrency":"CHF"' in body
    assert b'"value":80.55,"unitCode":"KWT"' in body


def test_a_warranty_is_told_in_months_where_the_seller_gives_one(kit: Kit) -> None:
    told = car(kit, sample_listing(warranty=True, warranty_months=24))["offers"]["warranty"]
    assert told["durationOfWarranty"] == {
        "@type": "QuantitativeValue",
        "value": 24,
        "unitCode": "MON",
    }
    for unknown in ((None, None), (True, None), (False, 24), (True, 0), (True, 6)):  # 6: unlawful
        listing = sample_listing(warranty=unknown[0], warranty_months=unknown[1])
        assert "warranty" not in car(kit, listing)["offers"]


def test_what_is_unknown_is_absent(kit: Kit) -> None:
    node = car(kit, sparse_listing())
    assert set(node) == {"@type", "@id", "name", "url", "offers"}
    assert set(node["offers"]) == {"@type", "url", "availability", "seller"}


@pytest.mark.parametrize("kind", Condition)
def test_the_condition_is_that_of_the_sellers_tag(kind: Condition, kit: Kit) -> None:
    for tag in sorted(TAGS[kind]):
        node = car(kit, sample_listing(conditions=(tag,)))
        assert node["itemCondition"] == CONDITIONS[kind]
    assert "itemCondition" not in car(kit, sample_listing(conditions=("directiewagen",)))


def test_an_electric_car_has_no_litres(kit: Kit) -> None:
    node = car(kit, sample_listing(fuel=Fuel.ELECTRIC, consumption_l_per_100km=Decimal(18)))
    assert "fuelConsumption" not in node


def test_the_offer_leads_where_the_operator_wants_it_and_the_id_stays(kit: Kit) -> None:
    listing = sample_listing()
    link = "https://garage.example/{reference}"
    node, ours = car(kit, listing, link=link), car(kit, listing)
    assert node["url"] == node["offers"]["url"] == "https://garage.example/VB-2207"
    assert node["@id"] == ours["@id"] == f"{ours['url']}#car"
    assert car(kit, sample_listing(reference=None), link=link)["url"] == ours["url"]


def test_words_are_those_of_the_feeds_language() -> None:
    node = car(sample_kit("fr"), sample_listing(), language="fr")
    assert node["fuelType"] == "Essence"
    assert "/fr/" in node["url"]


def test_a_seller_without_a_page_here_is_not_named(kit: Kit) -> None:
    view = sample_view(dealers=[sample_dealer(), sample_dealer(id="elsewhere")])
    homes = {sample_dealer().id: "vb-leuven"}
    links = msgspec.structs.replace(view.links, dealers=homes)
    view = msgspec.structs.replace(view, links=links)
    assert [node["@id"] for node in nodes(view, kit, "AutoDealer")] == [
        "https://voorraad.example/vb-leuven/#dealer"
    ]


def test_hostile_text_is_text(kit: Kit) -> None:
    view = sample_view([hostile_listing()], dealers=[hostile_dealer()])
    (node,) = nodes(view, kit)
    assert node["name"] == hostile_listing().title
