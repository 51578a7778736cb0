"""The documented example listing, served by any HTTP server, comes out in every feed."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree, html

from syndicator import cli

HEAD = "2b1e6c1a-0d35-4a52-9a51-3f0f5a1c0001"
LEUVEN = "2b1e6c1a-0d35-4a52-9a51-3f0f5a1c0002"
LISTING: dict[str, Any] = {
    "id": "9d0c5d52-6c0e-4a0b-8f53-0b6a4b0f7e11",
    "slug": None,
    "listingUrl": None,
    "dealerProfileId": LEUVEN,
    "externalReference": "VB-2207",
    "externalProvider": "voorbeeld",
    "title": "Skoda Octavia Combi 1.0 TSI",
    "description": None,
    "status": "active",
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
    "color": "Grijs",
    "interiorColor": "Zwart",
    "interiorMaterial": "Stof",
    "paintType": "Metallic",
    "weight": 1320,
    "previousOwners": 1,
    "serviceHistory": True,
    "warranty": True,
    "warrantyMonths": 12,
    "co2Emission": 121,
    "co2Type": "WLTP",
    "emissionClass": "Euro 6d",
    "fuelConsumption": 5.3,
    "conditionTags": [],
    "vehicleType": "btw",
    "vin": None,
    "carPassUrl": "98765432109",
    "location": {
        "postalCode": "3000",
        "city": "Leuven",
        "province": "Vlaams-Brabant",
        "latitude": 50.8798,
        "longitude": 4.7005,
    },
    "images": [{"url": "https://images.example/vb-2207/a.webp", "position": 0}],
    "mainImageUrl": "https://images.example/vb-2207/a.webp",
    "features": [{"category": "comfort", "name": "Cruise control"}],
    "dealer": {
        "id": LEUVEN,
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
    "soldAt": None,
}
ENVELOPE = {
    "data": [LISTING],
    "pagination": {"page": 1, "pageSize": 200, "totalItems": 1, "totalPages": 1},
    "meta": {"partner": {"id": "prt-demo-01", "name": "Voorbeeld Partner"}},
}


class Handler(BaseHTTPRequestHandler):
    """The same answer to whatever is asked below ``listings``; nothing else is there."""

    def do_GET(self) -> None:
        known = self.path.partition("?")[0].endswith("/listings")
        body = json.dumps(ENVELOPE if known else {"error": {"code": "NOT_FOUND"}}).encode()
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OKASIE_API_SECRET", "an-example-key")
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        api = f"http://127.0.0.1:{httpd.server_port}"
        site = ["--site-url", "https://voorraad.example"]
        assert cli.run(["build", "--location", "vb-leuven", "--api-url", api, *site]) == 0
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()
    return tmp_path / "output" / "vb-leuven"


def plain(text: str) -> str:
    """With ordinary blanks, whatever kind a language puts between number and unit."""
    return " ".join(text.split())


def texts(element: etree._Element) -> set[str]:
    """Every text and attribute value within an element."""
    found = {(node.text or "").strip() for node in element.iter()}
    return found | {value for node in element.iter() for value in node.attrib.values()}


def test_the_example_comes_out_in_every_feed(output: Path) -> None:
    vehicles = texts(etree.parse(output / "feeds/vehicles.xml").getroot())
    assert vehicles >= {
        *("9d0c5d52-6c0e-4a0b-8f53-0b6a4b0f7e11", LEUVEN, HEAD, "VB-2207", "voorbeeld"),
        *("Skoda Octavia Combi 1.0 TSI", "active", "17450.00", "EUR", "deductible"),
        *("Skoda", "Octavia", "Ambition", "2020", "2020-09", "61200", "petrol", "manual"),
        *("wagon", "fwd", "6", "1.0 TSI 110pk", "81", "5", "Grijs", "Zwart", "Stof"),
        *("Metallic", "1320", "1", "true", "12", "121", "wltp", "Euro 6d", "5.3"),
        *("98765432109", "3000", "Leuven", "Vlaams-Brabant", "50.8798", "4.7005"),
        *("https://images.example/vb-2207/a.webp", "comfort", "Cruise control"),
        *("VB-LEUVEN", "Voorbeeld Leuven BV", "Voorbeeld Leuven", "VB-HQ", "Voorbeeld NV"),
        *("2026-01-12T08:15:00Z", "2026-03-03T16:40:22Z"),
    }

    meta = texts(etree.parse(output / "feeds/meta.xml").getroot())
    assert meta >= {
        *("VB-2207", "Skoda Octavia Combi 1.0 TSI", "Skoda", "Octavia", "2020", "61200", "KM"),
        *("WAGON", "MANUAL", "PETROL", "FWD", "Grijs", "Zwart", "USED", "17450 EUR", "AVAILABLE"),
        *("Ambition", "2026-01-12", "Leuven", "Vlaams-Brabant", "3000", "BE", "50.8798"),
        *("4.7005", "VB-LEUVEN", "Voorbeeld Leuven", "https://images.example/vb-2207/a.webp"),
    }

    for name in ("atom.xml", "rss.xml"):
        feed = feedparser.parse((output / "feeds" / name).read_bytes())
        assert not feed.bozo
        (entry,) = feed.entries
        assert entry.title.startswith("Skoda Octavia")
        assert entry.id == "tag:okasie.be,2026:listing/9d0c5d52-6c0e-4a0b-8f53-0b6a4b0f7e11"
        for word in ("17.450", "61.200", "09/2020", "Benzine", "Manueel", "81 kW", "Grijs"):
            assert word in plain(entry.content[0].value), word
        for word in ("Cruise control", "98765432109", "121 g/km", "5,3", "Euro 6d", "VB-2207"):
            assert word in plain(entry.content[0].value), word


def test_the_example_has_its_page(output: Path) -> None:
    (page,) = output.glob("skoda-octavia-*/index.html")
    shown = plain(html.fromstring(page.read_text()).text_content())
    for word in ("€ 17.450", "61.200 km", "Benzine", "Cruise control", "98765432109", "VB-2207"):
        assert word in shown, word
