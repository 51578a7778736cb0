"""Cases 114 to 124: text that tries to be markup, script, address or command, in whole builds.

Each attack stands in every text field of some car and dealer. What is out is held against the
same build of a tame stock: not one element, attribute or member more, and every text as it was.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import jinja2
import msgspec
import pytest
from lxml import etree, html

from syndicator import console, tables
from syndicator.config import DEFAULT_FEEDS, FeedTable
from syndicator.exporters.showroom.contact import contact
from syndicator.links import vehicle_slug
from syndicator.models import Listing, Seller
from syndicator.render import RenderKit, Templates
from syndicator.simulator import hostile
from syndicator.simulator.compose import Entry
from syndicator.simulator.messages import Response
from syndicator.simulator.stock import make_stock
from syndicator.source import normalise, scrub
from syndicator.source.fields import MAX_URL, address
from tests.meddling import Meddled
from tests.tree import faults
from tests.world import World

CARS, TAME_CARS, DEALERS = len(hostile.ATTACKS) + 4, 24, 4
LANGUAGES = ("nl", "fr")
JPEG = {"image": "https://images.example/{stem}.jpg"}
ADMARKT = {
    "categories": {"Volkswagen": 1},
    "attributes": {"year": {"name": "bouwjaar"}},
    "budget": {"cpc": 5, "total_budget": 5000},
}
FEEDS = {name: FeedTable() for name in DEFAULT_FEEDS} | {
    "google": FeedTable(country="IT", **JPEG),
    "trovit": FeedTable(),
    "showroom": FeedTable(per_page=8),  # so that lists have an index
    "admarkt": FeedTable(**ADMARKT, **JPEG),
}
SPACE = {"v": "urn:syndicator:vehicles:1", "a": "http://www.w3.org/2005/Atom"} | {
    "content": "http://purl.org/rss/1.0/modules/content/"
}
FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f]")
LINKING = frozenset(["href", "src", "action", "poster", "data-src", "formaction", "cite", "data"])
HTML_IN_FEEDS = "//a:*[@type='html'] | //item/description | //content:encoded"


class Names(HTMLParser):
    """The elements of a document, each with its attributes, and where those lead."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[tuple[str, str]] = set()
        self.addresses: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add((tag, ""))
        for name, value in attrs:
            self.names.add((tag, name))
            if name in LINKING and not (tag == "link" and name == "data"):
                self.addresses.add(value or "")
            elif name == "srcset":
                self.addresses |= {each.split()[0] for each in (value or "").split(", ")}


class Output:
    """What a build left, parsed."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.files = {path: body.decode() for path, body in world.files().items() if _is_text(path)}
        self.cars: list[Listing] = [
            normalise.listing(json.dumps(world.stock.listing(each)).encode()).listing
            for each in world.active()
        ]

    def ending(self, *endings: str) -> dict[str, str]:
        return {path: text for path, text in self.files.items() if path.endswith(endings)}

    @cached_property
    def markup(self) -> Names:
        """Of every page, and of the markup within feeds."""
        found = Names()
        for text in (*self.ending(".html").values(), *self._within_feeds()):
            found.feed(text)
            found.rawdata = ""
            found.reset()
        return found

    def xml(self) -> Iterator[tuple[str, etree._Element]]:
        parser = etree.XMLParser(resolve_entities=True, no_network=True)
        for path, text in self.ending(".xml").items():
            yield path, etree.fromstring(text.encode(), parser)

    def json(self) -> Iterator[tuple[str, Any]]:
        """Files of JSON, and the blocks of data within pages."""
        for path, text in self.ending(".json", ".webmanifest").items():
            yield path, json.loads(text, parse_constant=_no_number)
        for path, text in self.ending(".html").items():
            for block in html.fromstring(text.encode()).xpath("//script[not(@src)]/text()"):
                yield path, json.loads(block, parse_constant=_no_number)

    def _within_feeds(self) -> Iterator[str]:
        for path, root in self.xml():
            if path.endswith(("atom.xml", "rss.xml", "changes.xml")):
                yield from (each.text or "" for each in root.xpath(HTML_IN_FEEDS, namespaces=SPACE))
        for path, told in self.json():
            if path.endswith("feed.json"):
                yield from (item["content_html"] for item in told["items"])


class Built(NamedTuple):
    """The same stock twice."""

    hostile: Output
    tame: Output


def _is_text(path: str) -> bool:
    return not path.endswith((".png", ".jpg", ".webp", ".avif"))


def _no_number(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def members(value: Any) -> Iterator[tuple[str, Any]]:
    """Every member of every object, at any depth."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield name, each
            yield from members(each)
    elif isinstance(value, list):
        for each in value:
            yield from members(each)


def strange(entry: Entry, listing: dict[str, Any]) -> dict[str, Any]:
    """Words that we do not know in every fifth car, which make elements of their own."""
    words = ("fuelType", "transmission", "bodyType", "driveType", "co2Type", "vehicleType")
    return listing | (dict.fromkeys(words, "anders") if entry.number % 5 == 0 else {})


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    found = []
    for is_hostile in (True, False):
        stock = make_stock(
            1, CARS if is_hostile else TAME_CARS, DEALERS, photo_base="https://images.example"
        )
        if is_hostile:
            hostile.arm(stock)
        else:
            stock.twist = strange
        world = World(tmp_path_factory.mktemp("text"), stock)
        made = world.build(only=(), languages=LANGUAGES, feeds=FEEDS)
        assert made.code == 0, made.said
        found.append(Output(world))
    return Built(*found)


def test_case_114_no_text_becomes_an_element_or_an_attribute(built: Built) -> None:
    assert built.hostile.markup.names - built.tame.markup.names == set()
    tame = {name for _, root in built.tame.xml() for name in _xml_names(root)}
    for path, root in built.hostile.xml():
        assert _xml_names(root) - tame == set(), path


def _xml_names(root: etree._Element) -> set[tuple[str, str]]:
    found = {(str(each.tag), "") for each in root.iter()}  # comments and instructions, too
    return found | {(str(e.tag), str(name)) for e in root.iter(etree.Element) for name in e.attrib}


def test_case_114_every_title_is_shown_to_the_letter(built: Built) -> None:
    output = built.hostile
    titles = {car.id: car.title for car in output.cars}
    assert len(titles) == CARS
    assert any("{{7*7}}{% include" in title and "__globals__" in title for title in titles.values())
    roots = dict(output.xml())
    told = roots["feeds/vehicles.xml"].iterfind("v:vehicle", SPACE)
    assert {str(each.get("id")): each.findtext("v:title", "", SPACE) for each in told} == titles
    said = sorted(titles.values())
    atom = roots["feeds/atom.xml"].iterfind("a:entry", SPACE)
    assert sorted(each.findtext("a:title", "", SPACE) for each in atom) == said
    rss = roots["feeds/rss.xml"].iterfind("channel/item")
    assert sorted(each.findtext("title", "") for each in rss) == said
    items = json.loads(output.files["feeds/feed.json"])["items"]
    assert sorted(each["title"] for each in items) == said
    for path in ("feeds/meta.xml", "feeds/google.xml", "feeds/trovit.xml", "feeds/admarkt.xml"):
        assert path in roots


def test_case_114_every_page_tells_its_car_to_the_letter(built: Built) -> None:
    pages = built.hostile.ending("/index.html")
    for car in built.hostile.cars:
        own = [text for path, text in pages.items() if path.split("/")[-2] == vehicle_slug(car)]
        assert len(own) == len(LANGUAGES)
        for text in own:
            page = html.fromstring(text.encode())
            (heading,) = page.xpath("//h1")
            shown = " ".join(heading.text_content().split())
            assert " ".join((car.make or car.title).split()) in shown
            for feature in car.features:
                assert page.xpath("//li[normalize-space(.) = $name]", name=feature.name)


@pytest.mark.parametrize("name", ["x.html", "x.html.j2", "x.xml", "x.xml.j2", "x.txt", "x"])
def test_case_114_whatever_a_template_is_called_it_escapes(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text('<p title="{{ text }}">{{ text }}</p>')
    kit = RenderKit(Templates(tmp_path), "nl")
    shown = b"".join(kit.render(name, text="<b onclick=\"'{{7*7}}&")).decode()
    assert shown == (
        '<p title="&lt;b onclick=&#34;&#39;{{7*7}}&amp;">&lt;b onclick=&#34;&#39;{{7*7}}&amp;</p>'
    )


@pytest.mark.parametrize("name", ["x.html", "x.html.j2", "x.xml", "x.txt", "x"])
def test_case_114_whatever_a_template_is_called_it_asks_for_nothing_unknown(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text("{{ listing.titel }}")
    kit = RenderKit(Templates(tmp_path), "nl")
    with pytest.raises(jinja2.UndefinedError):
        b"".join(kit.render(name, listing={"title": "x"}))


def test_case_115_no_link_leads_where_a_text_wants(built: Built) -> None:
    output = built.hostile
    found = set(output.markup.addresses)
    for _, root in output.xml():
        found |= {
            str(value)
            for each in root.iter(etree.Element)
            for name, value in each.attrib.items()
            if str(name) in ("href", "url", "src", "uri")
        } | {
            each.text or ""
            for each in root.iter(etree.Element)
            if re.search("(?i)url$|link$|^loc$|^photo$|^image$", etree.QName(each).localname)
            and not len(each)
        }
    for _, told in output.json():
        found |= {
            value
            for name, value in members(told)
            if isinstance(value, str) and re.search("(?i)url$|^@id$|^image$|^logo$|^item$", name)
        }
    assert len(found) > CARS
    for each in found - {""}:
        parts = urlsplit(each)
        assert parts.scheme in ("", "https", "mailto", "tel"), each
        assert "@" not in parts.netloc, each
        assert each.isascii(), each
        assert each.isprintable(), each
        assert not re.search(r"[\s\\<>\"]", each), each
        assert (parts.hostname or "") in HOSTS, each
        if parts.scheme == "":
            assert re.match(r"[/?#](?!/)|\.\./|[a-z0-9][a-z0-9.-]*(?:/|$)", each), each


HOSTS = frozenset(
    (
        "", "s.example", "images.example", "www.google.com", "wa.me", "schema.org", "jsonfeed.org",
        "www.rssboard.org", "lez.brussels", "www.slimnaarantwerpen.be", "stad.gent",
    )
)  # fmt: skip


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVa\tScript:alert(1)",
        " \x01javascript:alert(1)",
        "vbscript:x",
        "data:text/html,<script>",
        "file:///etc/passwd",
        "//evil.example/x",
        "/x",
        "https:\\\\evil.example",
        "https:/\\evil.example",
        "https://good.example\\@evil.example/",
        "https://a@evil.example/",
        "https://a:b@evil.example/",
        "https:///evil.example",
        "https:evil.example",
        "https://evil.example:port/",
        "https://evil.example:99999/",
        "https://evil.example:8\u0660/",
        "https://e\u202evil.example/",
        "https://evil.example/\u2028x",
        "https://evil.example/a b",
        "https://[::1]evil.example/",
        "https://evil.example[::1]/",
        'https://[::1]"onclick="x/',
        "https://[v1.evil]/",
        "https://ev%69l.example/",
        "https://evil.example/" + "a" * MAX_URL,
        "https://evil.example/" + "\N{AUTOMOBILE}" * (MAX_URL // 8),  # twelve characters each
    ],
)
def test_case_115_an_address_that_is_not_plainly_one_is_left_out(url: str) -> None:
    names = ("listingUrl", "mainImageUrl", "carPassUrl")
    raw = dict.fromkeys(names, url) | {
        "id": "a",
        "status": "active",
        "images": [url, {"url": url}, {"imageUrl": url}],
        "dealer": {"id": "d", "logoUrl": url, "email": url},
    }
    found = normalise.listing(json.dumps(raw).encode())
    assert found.dealer is not None
    assert (found.listing.url, found.listing.car_pass, found.listing.photos) == (None, None, ())
    assert (found.dealer.logo_url, found.dealer.email) == (None, None)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://\u0430\u0440\u0440\u04cf\u0435.com/", "https://xn--80ak6aa92e.com/"),
        ("HTTPS://\uff45xample.com:8443/é", "https://example.com:8443/%C3%A9"),
        ("https://[::1]:80/", "https://[::1]:80/"),
    ],
)
def test_case_115_a_host_is_written_in_letters_that_look_like_no_other(
    written: str, kept: str
) -> None:
    assert address(written, lambda _: None) == kept


@pytest.mark.parametrize(
    ("email", "phone"),
    [
        ("a@b.example?bcc=x@evil.example", "+32 470 00 00 00;ext=1"),
        ("a@b.example,x@evil.example", "+32 470 00 00 00,,1"),
        ("a@b.example%0aBcc:x@evil.example", "tel:0470000000"),
        ("a@b.example\r\nBcc: x@evil.example", "0470 00 00 00\r\n*#06#"),
        ("a@b.example;x", "*21*0900000000#"),
        ('"a"@b.example', "0470%2300"),
        ("a&subject=x@b.example", "٠٤٧٠٠٠٠٠٠٠"),
        ("a@b.exampl\u0435", "+" * 300),
    ],
)
def test_case_115_no_text_writes_a_letter_or_dials_a_number(email: str, phone: str) -> None:
    raw = {"id": "a", "status": "active", "dealer": {"id": "d", "email": email, "phone": phone}}
    dealer = normalise.listing(json.dumps(raw).encode()).dealer
    assert dealer is not None
    made = contact(dealer, Seller(), RenderKit(Templates(), "nl").words, about="x&bcc=y\n")
    assert re.fullmatch(
        r"|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+\?subject=[^&]*&body=[^&]*", made.mail
    )
    assert re.fullmatch(r"|tel:\+?[0-9]+", made.call)
    assert not (made.mail and "evil" in made.mail)


def test_case_116_blocks_of_data_are_json_that_equals_the_text(built: Built) -> None:
    titles = {vehicle_slug(car): car.title for car in built.hostile.cars}
    assert any("</script><script>" in title for title in titles.values())
    assert any("<!--" in title for title in titles.values())
    told: dict[str, set[str]] = {}
    for path, data in built.hostile.json():
        for each in data.get("@graph", ()) if path.endswith("/index.html") else ():
            if each["@type"] == "Car" and "name" in each:
                told.setdefault(path.split("/")[-2], set()).add(each["name"])
    assert told == {slug: {title} for slug, title in titles.items()}


def test_case_117_what_xml_forbids_costs_no_car(built: Built) -> None:
    output = built.hostile
    roots = dict(output.xml())  # each was parsed strictly
    assert len(roots["feeds/atom.xml"].findall("a:entry", SPACE)) == CARS
    assert len(roots["feeds/rss.xml"].findall("channel/item")) == CARS
    descriptions = {
        str(each.get("id")): each.findtext("v:description", None, SPACE)
        for each in roots["feeds/vehicles.xml"].iterfind("v:vehicle", SPACE)
    }
    assert descriptions == {car.id: car.description for car in output.cars}
    for part in ("]]>", "&#0;", "half \ufffd of \ufffd a \ufffd character"):
        assert any(part in (each or "") for each in descriptions.values())
    for path, text in output.files.items():
        if not path.startswith("assets/"):
            assert not FORBIDDEN.search(text.replace("\t", "")), path
            assert "<![CDATA[" not in text or not path.endswith(".xml"), path


def test_case_118_nothing_is_expanded(built: Built) -> None:
    dtd = next(each for each in hostile.ATTACKS if each.startswith("<!DOCTYPE"))
    described = [
        each.findtext("v:description", "", SPACE)
        for each in dict(built.hostile.xml())["feeds/vehicles.xml"].iterfind("v:vehicle", SPACE)
    ]
    assert any(dtd in each for each in described)
    for path, text in built.hostile.ending(".xml").items():
        assert "<!DOCTYPE" not in text, path
        assert "<!ENTITY" not in text, path
        assert "root:" not in text, path


TURNED = "\u202e00.991 €\u2066\u2067\u200b\u200e\u200f\ufeff\u00ad"


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        (f"Golf{TURNED}", "Golf00.991 €"),
        ("Go\U000e0001\U000e0047\U000e007flf\U000e0000\U000e01ef", "Golf"),  # tags, and their kin
        ("Go\ufff9lf\ufffax\ufffb", "Golfx"),  # interlinear annotation
        ("\u3164\u115f\uffa0\u2800\u034f", None),  # nothing to see: no text
        ("\u200d\u200c\ufe0f", None),
        ("\ufdd0G\U0001fffeo", "Go"),
        ("\u0338Golf", "Golf"),  # would turn the end of a tag into another character
        ("Golf" + "\ufe0f" * 300, "Golf" + "\ufe0f" * 4),
        ("Golf" + "\u200d\u200c" * 300, "Golf" + "\u200d\u200c" * 2),
    ],
)
def test_case_119_no_mark_that_is_not_seen_is_let_in(dirty: str, clean: str | None) -> None:
    names = ("title", "brand", "model", "variant", "engine", "color", "paintType", "emissionClass")
    names += ("externalReference", "externalProvider", "slug", "interiorColor", "interiorMaterial")
    about = ("locationCode", "companyName", "fullName", "displayName", "phone", "address")
    about += ("postalCode", "city", "province")
    raw = dict.fromkeys(names, dirty) | {
        "id": "a",
        "status": "active",
        "description": dirty,
        "conditionTags": [dirty],
        "features": [dirty, {"name": dirty}],
        "location": dict.fromkeys(("postalCode", "city", "province"), dirty),
        "dealer": dict.fromkeys(about, dirty) | {"id": "d", "metadata": {"x": dirty}},
    }
    found = normalise.listing(json.dumps(raw).encode())
    assert found.listing.title == clean or (clean is None and found.listing.title == "a")
    listing, dealer = msgspec.to_builtins(found.listing), msgspec.to_builtins(found.dealer)
    for name in ("make", "model", "variant", "engine", "color", "paint", "reference", "slug"):
        assert listing[name] == clean, name
    assert listing["description"] == clean
    assert {each["name"] for each in listing["features"]} == ({clean} if clean else set())
    assert [dealer[name] for name in ("company_name", "city", "phone")] == [clean] * 3
    assert vehicle_slug(found.listing).isascii()


def test_case_119_a_name_and_a_price_each_keep_their_direction(built: Built) -> None:
    """A name stands in an element that no neighbour's direction reaches."""
    cards = 0
    for path, text in built.hostile.ending("index.html").items():
        page = html.fromstring(text.encode())
        for name in page.xpath("//article[@class='card']//*[@class='name']/a"):
            assert not (name.text or "").strip(), path
            assert {each.tag for each in name} == {"bdi"}, path
            cards += 1
        for heading in page.xpath("//h1"):
            bare = " ".join(each.strip() for each in heading.xpath("text()"))
            assert not re.search("[\u0590-\u08ff]", bare), path
    assert cards > CARS


def test_case_120_a_tower_of_marks_is_cut(built: Built) -> None:
    tower = "e" + "\u0301" * hostile.TOWER
    assert any(scrub.line(tower) in car.title for car in built.hostile.cars)
    for path, text in built.hostile.files.items():
        marks = 0
        for character in text:
            marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
            assert marks <= scrub.MOST_MARKS, path


@pytest.mark.parametrize("mark", ["\u0301", "\u0e49", "\u0489", "\u064b", "\ufe0f", "\u20dd"])
@pytest.mark.parametrize("between", ["", "\u200d", "\ufe0f", "\u034f", "\u200b"])
def test_case_120_a_tower_of_any_marks_is_cut(mark: str, between: str) -> None:
    shown = scrub.line("x" + (mark + between) * 300)
    assert shown[0] == "x"
    assert len(shown) <= 1 + scrub.MOST_MARKS


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("<p>a</p><style>*{display:none}</style>b", ["a", "b"]),
        ("<p>a</p><script>alert(1)</script><p>b</p>", ["a", "b"]),
        ('<div>a<svg onload="x()"><style>*{}</style></svg>b</div>', ["ab"]),
        ("<p>a<math><mtext><table><mglyph><style><img src=x onerror=x()></style></math>b", ["a"]),
        ('<p style="position:fixed" onclick="x()">a</p>', ["a"]),
        ('<p><a href="javascript:x()">a</a></p>', ["a"]),
        ("<div><div><b>a", ["a"]),
        ("</p></div></body></html><p>a", ["a"]),
        ("<p>a<!-- <script>x()</script> -->b</p>", ["ab"]),
        ("<p>a</p><iframe srcdoc='<script>x()</script>'></iframe>", ["a"]),
    ],
)
def test_case_121_of_a_description_in_html_no_tag_survives(written: str, lines: list[str]) -> None:
    raw = {"id": "a", "status": "active", "dealerProfileId": "d", "description": written}
    found = normalise.listing(json.dumps(raw).encode()).listing.description or ""
    assert [each for each in found.split("\n") if each] == lines


def test_case_121_tags_that_were_escaped_twice_are_words(built: Built) -> None:
    said = scrub.paragraphs("<p>&lt;style&gt;*{}&lt;/style&gt;</p>")
    raw = {"id": "a", "status": "active", "dealerProfileId": "d", "description": said}
    found = normalise.listing(json.dumps(raw).encode()).listing
    assert found.description == "<style>*{}</style>"
    assert ("style", "") not in built.hostile.markup.names


ANSI = "\x1b[2J\x1b]0;owned\x07\x9b31mred\rhidden\nWARNING forged\u2028line\u0085end\u202e"


def unseen(text: str) -> str:
    """What of a text would move a cursor or turn a line around."""
    return "".join(each for each in text if not each.isprintable())


def test_case_123_what_is_logged_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    console.set_up_logging(0)
    console.log.warning("title %s", ANSI.replace("\n", " "))
    console.tell(ANSI)
    said = capsys.readouterr().err
    assert said.startswith("WARNING syndicator.console: title \\x1b[2J\\x1b]0;owned\\x07\\x9b31m")
    assert len(said.splitlines()) == 2
    assert unseen(said) == "\n\n"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429, 500])
def test_case_123_what_the_api_answers_has_no_effect_on_a_terminal(
    status: int, fresh: Meddled, capsys: pytest.CaptureFixture[str]
) -> None:
    body = json.dumps({"error": {"code": ANSI, "message": ANSI * 50}}).encode()
    headers = {"Retry-After": "0"}
    answer = Response(status=status, body=body, headers=headers)
    fresh._service.answer = lambda _: answer  # type: ignore[method-assign, assignment]
    made = fresh.build()
    assert f"the API answered {status}" in made.said
    assert unseen(made.said) == ""
    console.tell_error(SimpleNamespace(message=made.said, hint=ANSI))  # type: ignore[arg-type]
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 2
    assert unseen(said) == "\n\n"
    fresh.refused = 0


def test_case_123_a_table_of_dealers_has_a_line_for_each() -> None:
    stock = make_stock(1, 8, 60, photo_base="https://images.example")
    hostile.arm(stock)
    raw = [json.dumps(each.profile | {"id": each.id}).encode() for each in stock.dealers.values()]
    dealers, _ = normalise.locations(raw)
    shown = console.printable(tables.locations(dealers, as_object=False))
    assert len(dealers) > 50
    assert len(shown.splitlines()) == len(dealers) + 1
    assert unseen(shown) == "\n" * len(dealers)


def test_case_124_no_name_of_a_member_is_one_that_somebody_else_chose(built: Built) -> None:
    for path, told in built.hostile.json():
        chosen = {name for name, _ in members(told)} & {"__proto__", "constructor", "prototype"}
        assert chosen == set(), path


def test_case_124_in_the_index_of_a_list_they_are_values(built: Built) -> None:
    found = [told for path, told in built.hostile.json() if path.endswith("stock.json")]
    assert found
    for told in found:
        assert told.keys() == {"order", "tables", "columns"}
        assert all(isinstance(each, str) for table in told["tables"].values() for each in table)
    models = {model for told in found for model in told["tables"]["model"]}
    assert {"__proto__", "constructor"} <= models


def test_case_124_features_of_such_names_are_words_like_others(built: Built) -> None:
    told = {feature.name for car in built.hostile.cars for feature in car.features}
    assert {"__proto__", "constructor"} <= told
    graph = next(d for path, d in built.hostile.json() if path == "feeds/schemaorg.json")
    said = {str(value) for name, value in members(graph) if name == "name"}
    assert {"__proto__", "constructor"} <= said


def test_the_hostile_tree_is_whole(built: Built) -> None:
    assert list(faults(built.hostile.world.output)) == []
