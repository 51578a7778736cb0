from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from syndicator.config import (
    DEFAULT_FEEDS,
    Config,
    SiteTable,
    Target,
    TargetTable,
    _checked,
    load,
    wanted,
)
from syndicator.errors import UsageError
from syndicator.look import Theme
from syndicator.models import Seller

UUID = "2b1e6c1a-0d35-4a52-9a51-3f0f5a1c0002"

EXAMPLE = """
output = "public"

[site]
url = "https://voorraad.example.be/"
title = "Voorraad Autogroep Voorbeeld"
languages = ["nl", "fr"]
images = "mirror"
tag_authority = "voorbeeld.be,2026-01"

[seller]
legal_form = "BV"
enterprise_number = "0123456749"
vat_number = "be0123.456.749"
court = "Gent"
opening_hours = ["ma-vr 9:00-18:00", "za 10:00-16:00"]

[sync]
full_every = "90m"
stale_after = "2d"

[alerts]
after = 3
command = ["mail", "-s", "", "it@voorbeeld.be"]

[[targets]]
location = "DEX-GENT"
slug = "gent"
theme = { accent = "#0A5BD3", logo = "logo.svg" }
embed_on = ["https://www.Autogent.example/"]
seller = { court = "Antwerpen" }

[[targets]]
dealer = "2B1E6C1A-0D35-4A52-9A51-3F0F5A1C0002"

[feeds.atom]
limit = 50

[feeds.rss]
enabled = false

[feeds.acme-daily]
exporter = "acme"
filename = "stock.xml"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(text: str | bytes) -> Config:
    path = Path("syndicator.toml")
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load()


def refused(text: str | bytes) -> UsageError:
    with pytest.raises(UsageError) as caught:
        read(text)
    assert caught.value.exit_code == 2
    return caught.value


def told(text: str | bytes) -> tuple[str, str]:
    error = refused(text)
    return error.message.removeprefix("syndicator.toml: "), error.hint


def target(lines: str) -> str:
    return f"[[targets]]\nlocation = 'A'\n{lines}"


def test_a_missing_default_file_means_the_defaults(folder: Path) -> None:
    config = load()
    assert config == Config()
    assert config.site.url == "http://localhost:8000"
    assert config.site.languages == ("nl",)
    assert config.site.images == "remote"
    assert config.site.tag_authority == "okasie.be,2026"
    assert config.sync.full_every == config.sync.stale_after == timedelta(hours=6)
    assert (config.alerts.after, config.alerts.command) == (2, ())
    assert config.output == Path("output")
    assert config.api_url == "https://www.okasie.be/api/external/v1"
    assert tuple(config.feeds) == DEFAULT_FEEDS
    assert all(feed.enabled and not feed.options for feed in config.feeds.values())


def test_every_key_of_the_example_is_read(folder: Path) -> None:
    config = read(EXAMPLE)
    assert config.site.url == "https://voorraad.example.be"
    assert config.site.languages == ("nl", "fr")
    assert config.site.images == "mirror"
    assert config.sync.full_every == timedelta(minutes=90)
    assert config.sync.stale_after == timedelta(days=2)
    assert config.output == Path("public")
    assert config.alerts.after == 3
    assert config.alerts.command == ("mail", "-s", "", "it@voorbeeld.be")
    assert config.seller.enterprise_number == "0123.456.749"
    assert config.seller.vat_number == "BE 0123.456.749"


def test_a_target_has_the_look_of_its_table_and_the_seller_of_the_site(folder: Path) -> None:
    gent, other = wanted(read(EXAMPLE))
    site_seller = Seller(
        legal_form="BV",
        enterprise_number="0123.456.749",
        vat_number="BE 0123.456.749",
        court="Gent",
        opening_hours=("ma-vr 9:00-18:00", "za 10:00-16:00"),
    )
    assert gent.name == "location DEX-GENT"
    assert gent.slug == "gent"
    assert gent.theme == Theme(accent="#0a5bd3", logo="logo.svg")
    assert gent.embed_on == ("https://www.autogent.example",)
    assert gent.seller.court == "Antwerpen"
    assert gent.seller.opening_hours == site_seller.opening_hours
    assert other == Target(kind="dealer", value=UUID, seller=site_seller)


def test_a_target_may_be_a_parent_or_everything(folder: Path) -> None:
    targets = wanted(read(f"[[targets]]\nparent = '{UUID}'\n[[targets]]\nall = true"))
    assert [each.name for each in targets] == [f"parent {UUID}", "all"]


def test_a_feed_table_adds_to_the_default_feeds(folder: Path) -> None:
    feeds = read(EXAMPLE).feeds
    assert tuple(feeds) == (*DEFAULT_FEEDS, "acme-daily")
    assert feeds["atom"].options == {"limit": 50}
    assert not feeds["rss"].enabled
    assert feeds["acme-daily"].exporter == "acme"
    assert feeds["acme-daily"].options == {"filename": "stock.xml"}


def test_the_output_stands_beside_the_file_that_names_it(folder: Path) -> None:
    (folder / "sites").mkdir()
    path = folder / "sites" / "gent.toml"
    path.write_text("output = 'public'")
    assert load(path, explicit=True).output == folder / "sites" / "public"


def test_the_configuration_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Config().site.title = "Other"  # type: ignore[misc]  # what the type checker refuses too


def test_a_byte_order_mark_is_forgiven(folder: Path) -> None:
    assert read(b"\xef\xbb\xbfoutput = 'public'").output == Path("public")


def test_an_explicit_file_must_be_there(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"other\.toml: there is no such file"):
        load(Path("other.toml"), explicit=True)


def test_a_folder_is_no_configuration(folder: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        load(folder, explicit=True)


@pytest.mark.parametrize("text", ["", " \n", "# all of it is commented out\n"])
def test_a_file_that_says_nothing_is_refused(folder: Path, text: str) -> None:
    assert told(text)[0] == "says nothing"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[site]\nlanguages = ['nl',\n", "syndicator.toml:3: "),
        ('[site]\ntitle = "half', "syndicator.toml:2: "),
        ("output = 'a'\n[site\n", "syndicator.toml:2: "),
        (b"\0\0\0\0", "syndicator.toml:1: "),
        (b"output = 'a'\ntitle = '\xe9'", "syndicator.toml:2: is not UTF-8"),
        (b"\xff\xfes\0i\0t\0e\0", "syndicator.toml:1: is not UTF-8"),
    ],
    ids=["open list", "open string", "open table", "zeroes", "latin-1", "utf-16"],
)
def test_a_half_written_or_binary_file_is_refused_with_its_line(
    folder: Path, text: str | bytes, message: str
) -> None:
    assert refused(text).message.startswith(message)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("langages = 1", "langages: unknown key", ""),
        ("[site]\nlangages = 1", "site.langages: unknown key", "did you mean 'languages'?"),
        ("[site]\nlanguages = []", "site.languages: is empty", "the first language is the default"),
        (
            "[site]\nlanguages = ['nl', 'nl']",
            "site.languages: names a language twice",
            "",
        ),
        (
            "[site]\nlanguages = ['nl', 'FR']",
            "site.languages[1]: 'FR' is none of 'nl', 'fr', 'de' or 'en'",
            "did you mean 'fr'?",
        ),
        ("[site]\nlanguages = 'nl'", "site.languages: must be a list", "write ['nl']"),
        (
            "[site]\nimages = 'mirrored'",
            "site.images: 'mirrored' is none of 'remote', 'netlify' or 'mirror'",
            "did you mean 'mirror'?",
        ),
        ("[site]\ntitle = 3", "site.title: must be text in quotes", ""),
        ("[site]\ntitle = '  '", "site.title: is empty", ""),
        ('[site]\ntitle = "a\\u0000b"', "site.title: has a control character", ""),
        (
            "[site]\ntag_authority = 'okasie.be'",
            "site.tag_authority: cannot be 'okasie.be'",
            "a domain and a date on which it was yours: example.be,2026",
        ),
        ("site = 3", "site: must be a table", ""),
        ("[sellr]", "sellr: unknown key", "did you mean 'seller'?"),
        (
            "[seller]\nenterprise_number = '0123.456.748'",
            "seller.enterprise_number: '0123.456.748' has wrong check digits",
            "compare it with the KBO/BCE register",
        ),
        (
            "[seller]\nenterprise_number = '2123.456.749'",
            "seller.enterprise_number: must have ten digits, the first 0 or 1",
            "write it as 0123.456.749",
        ),
        (
            "[seller]\nvat_number = 'NL123456789B01'",
            "seller.vat_number: must have ten digits, the first 0 or 1",
            "write it as 0123.456.749",
        ),
        (
            "[sync]\nfull_every = '6 hours'",
            "sync.full_every: is no duration",
            'write "90m", "6h" or "2d"',
        ),
        (
            "[sync]\nstale_after = '0h'",
            "sync.stale_after: is no duration",
            'write "90m", "6h" or "2d"',
        ),
        (
            "[sync]\nstale_after = 6",
            "sync.stale_after: is no duration",
            'write "90m", "6h" or "2d"',
        ),
        ("[alerts]\nafter = 0", "alerts.after: should be greater than or equal to 1", ""),
        ("[alerts]\nafter = '2'", "alerts.after: must be a whole number", ""),
        ("[alerts]\nafter = true", "alerts.after: must be a whole number", ""),
        (
            "[alerts]\ncommand = 'mail'",
            "alerts.command: must be a list",
            "write ['mail']",
        ),
        (
            "[alerts]\ncommand = []",
            "alerts.command: is empty",
            'write it as ["program", "argument"]',
        ),
        (
            "[alerts]\ncommand = ['']",
            "alerts.command: is empty",
            'write it as ["program", "argument"]',
        ),
        (
            '[alerts]\ncommand = ["mail", "\\u0000"]',
            "alerts.command: has a control character",
            "",
        ),
        (
            "api_url = 'http://www.okasie.be'",
            "api_url: must be https: the key would travel in the clear",
            "write https://",
        ),
        (
            "api_secret = 'geheim'",
            "api_secret: unknown key",
            "a secret belongs in the environment or in .env, never in this file",
        ),
        ("output = 3", "output: must be text in quotes", ""),
        (
            "output = '.'",
            "output: is the folder of the configuration, or above it",
            "a published .env is no secret: name a folder of its own",
        ),
        ("targets = []", "targets: is empty", "leave it out, or name at least one target"),
        ("[targets]\nlocation = 'A'", "targets: must be a list", "write [[targets]]"),
        ("[[targets]]\nlocation = ''", "targets[0].location: is empty", ""),
        ("[[targets]]\nlocation = '\u00a0 '", "targets[0].location: is empty", ""),
        (
            "[[targets]]\ndealer = 'DEX-GENT'",
            "targets[0].dealer: 'DEX-GENT' is no UUID",
            "a code such as DEX-GENT is a location",
        ),
        ("[[targets]]\nparent = ''", "targets[0].parent: is empty", ""),
        (
            "[[targets]]\nslug = 'gent'",
            "targets[0]: must name exactly one of location, dealer, parent and all = true",
            "",
        ),
        (
            f"[[targets]]\nlocation = 'A'\ndealer = '{UUID}'",
            "targets[0]: must name exactly one of location, dealer, parent and all = true",
            "",
        ),
        (
            "[[targets]]\nall = true\nslug = 'gent'",
            "targets[0]: all = true has no slug",
            "give each location a target of its own",
        ),
        ("[[targets]]\nall = 'yes'", "targets[0].all: must be true or false", ""),
        (target("[[targets]]\nlocation = 'a'"), "targets: named twice: location a", ""),
        (
            target("slug = 'x'\n[[targets]]\nlocation = 'B'\nslug = 'x'"),
            "targets: named twice: slug x",
            "",
        ),
        (
            target("slug = 'Gent Noord'"),
            "targets[0].slug: 'Gent Noord' cannot be the name of a folder",
            "write 'gent-noord'",
        ),
        (target("slug = 'feeds'"), "targets[0].slug: 'feeds' cannot be the name of a folder", ""),
        (
            target("theme = { acent = '#000000' }"),
            "targets[0].theme.acent: unknown key",
            "did you mean 'accent'?",
        ),
        (
            target("theme = { accent = '#abc' }"),
            "targets[0].theme.accent: cannot be '#abc'",
            "a colour is written as #0a5bd3",
        ),
        (
            target("theme = { logo = '../logo.svg' }"),
            "targets[0].theme.logo: cannot be '../logo.svg'",
            "the name of a file in templates/assets",
        ),
        (
            target("embed_on = ['https://x.example/page']"),
            "targets[0].embed_on[0]: must be an origin, without a path",
            "write 'https://x.example'",
        ),
        (
            target("embed_on = ['https://x.example;script-src']"),
            "targets[0].embed_on[0]: has no proper host name",
            "",
        ),
        (
            "[feeds.'Bad Name']",
            "feeds.Bad Name: cannot be 'Bad Name'",
            "use a-z, 0-9, - and _",
        ),
        ("[feeds.atom]\nenabled = 'no'", "feeds.atom.enabled: must be true or false", ""),
        ("[feeds]\natom = 3", "feeds.atom: must be a table", ""),
    ],
)
def test_a_mistake_is_told_with_its_place_and_a_hint(
    folder: Path, text: str, message: str, hint: str
) -> None:
    assert told(text) == (message, hint)


def test_all_mistakes_of_a_file_are_told_at_once(folder: Path) -> None:
    error = refused("""
        outptu = "x"
        [site]
        langages = ["nl"]
        url = "https://example.be/?page=1"
        [sync]
        full_every = "6"
        [[targets]]
        location = ""
        """)
    assert error.hint == ""
    assert error.message.splitlines() == [
        "syndicator.toml: site.url: must not have a query (?) or a fragment (#)",
        "syndicator.toml: site.langages: unknown key (did you mean 'languages'?)",
        'syndicator.toml: sync.full_every: is no duration (write "90m", "6h" or "2d")',
        "syndicator.toml: targets[0].location: is empty",
        "syndicator.toml: outptu: unknown key (did you mean 'output'?)",
    ]


def test_a_misplaced_secret_is_not_repeated(folder: Path) -> None:
    error = refused("api_secret = 'geheim'\n[site]\nlanguages = []")
    assert "geheim" not in error.message


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("http://localhost:8000", "http://localhost:8000"),
        ("https://Voorbeeld.be/", "https://voorbeeld.be"),
        ("https://voorbeeld.be:443/occasies//", "https://voorbeeld.be/occasies"),
        ("https://vóórbeeld.be/wägen", "https://xn--vrbeeld-l0aa.be/w%C3%A4gen"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_the_site_address_is_kept_in_one_form(folder: Path, written: str, kept: str) -> None:
    assert read(f"[site]\nurl = '{written}'").site.url == kept


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("voorbeeld.be", "is no address: relative URL without a base"),
        ("", "is no address: input is empty"),
        ("https://", "is no address: empty host"),
        ("https:/voorbeeld.be", "is no http or https address"),
        ("https://voor beeld.be", "is no address: invalid international domain name"),
        ("https://voorbeeld.be\\\\x", "is no http or https address"),
        ("javascript:alert(1)", "is no http or https address"),
        ("https://voorbeeld.be/?a=1", "must not have a query (?) or a fragment (#)"),
        ("https://voorbeeld.be/#top", "must not have a query (?) or a fragment (#)"),
        ("https://jan:geheim@voorbeeld.be", "must not hold a name or password"),
        ("https://voorbeeld.be:99999", "is no address: invalid port number"),
    ],
)
def test_an_address_nobody_can_visit_is_refused(folder: Path, url: str, reason: str) -> None:
    assert told(f'[site]\nurl = "{url}"')[0] == f"site.url: {reason}"


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1:1", "[::1]:1"])
def test_the_api_may_be_plain_http_on_this_machine(folder: Path, host: str) -> None:
    assert read(f"api_url = 'http://{host}/v1/'").api_url == f"http://{host}/v1"


def test_a_host_that_only_begins_like_loopback_is_not_this_machine(folder: Path) -> None:
    assert told("api_url = 'http://127.0.0.1.example.be'")[0].startswith("api_url: must be https")


@pytest.mark.parametrize(
    "number", ["0123.456.749", "0123456749", "BE 0123.456.749", "be0123456749", " 0123 456 749 "]
)
def test_an_enterprise_number_is_kept_in_one_form(folder: Path, number: str) -> None:
    read_number = read(f"[seller]\nenterprise_number = '{number}'").seller.enterprise_number
    assert read_number == "0123.456.749"


def test_a_build_without_targets_is_refused() -> None:
    with pytest.raises(UsageError, match="nothing to publish") as caught:
        wanted(Config())
    assert "--location" in caught.value.hint


KEYS = st.sampled_from(
    [*Config.model_fields, *SiteTable.model_fields, *TargetTable.model_fields, "atom", "x.y"]
)
SCALARS = st.one_of(
    st.text(max_size=8), st.integers(), st.floats(), st.booleans(), st.dates(), st.just("https://x")
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
)


def complaints(tables: dict[str, object]) -> list[str]:
    try:
        _checked(Path("syndicator.toml"), tables)
    except UsageError as error:
        return error.message.splitlines()
    return []


@given(st.dictionaries(KEYS, VALUES, min_size=1))
def test_whatever_a_file_says_is_read_or_refused_by_name(tables: dict[str, object]) -> None:
    assert all(line.startswith("syndicator.toml: ") for line in complaints(tables))


def test_a_key_with_a_line_break_does_not_break_the_line() -> None:
    assert complaints({"a\nb": 1}) == [r"syndicator.toml: 'a\nb': unknown key"]
