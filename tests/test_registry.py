import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from syndicator.config import DEFAULT_FEEDS, FeedTable
from syndicator.contract import Place, Scope
from syndicator.errors import UsageError
from syndicator.links import FeedAddress
from syndicator.offers import available
from syndicator.registry import Feed, activate, check_languages, feed_addresses
from tests.plugins import EXPORTER, Install, installing


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    yield from installing(tmp_path, monkeypatch)


def feeds(**tables: dict[str, Any]) -> dict[str, FeedTable]:
    return {
        name.replace("_", "-"): FeedTable.model_validate(table) for name, table in tables.items()
    }


def active(only: tuple[str, ...] = (), **tables: dict[str, Any]) -> tuple[Feed, ...]:
    return activate(feeds(**tables), only)


def refused(only: tuple[str, ...] = (), **tables: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(UsageError) as caught:
        active(only, **tables)
    assert caught.value.exit_code == 2
    return caught.value.message, caught.value.hint


def test_every_default_feed_is_an_exporter_of_ours() -> None:
    offers = available()
    assert {offers[name].distribution for name in DEFAULT_FEEDS} == {"syndicator"}


def test_installed_makes_available_but_imports_nothing(install: Install) -> None:
    install("acme_one")
    offer = available()["acme"]
    assert (offer.source, offer.reference) == ("acme_one 1.2", "acme_one:Acme")
    assert "acme_one" not in sys.modules


def test_case_139_only_an_enabled_feed_is_imported(install: Install) -> None:
    install("acme_one", "one")
    install("acme_two", "two")
    install("acme_three", "three")
    (feed,) = active(one={}, two={"enabled": False})
    assert feed.name == "one"
    assert "acme_two" not in sys.modules
    assert "acme_three" not in sys.modules


def test_a_feed_knows_all_the_build_asks_of_it(install: Install) -> None:
    install("acme_one")
    (feed,) = active(acme={"limit": 10})
    assert feed.offer.source == "acme_one 1.2"
    assert feed.options.model_dump()["limit"] == 10
    assert feed.scopes == {Scope.SHOWROOM, Scope.SITE}
    assert feed.place is Place.FEEDS
    assert feed.path == "feeds/acme.xml"


def test_one_exporter_may_serve_many_feeds_in_the_order_of_the_configuration(
    install: Install,
) -> None:
    install("acme_one")
    tables = {"zulu": {"exporter": "acme", "filename": "zulu.xml"}, "acme": {}}
    assert [feed.name for feed in active(**tables)] == ["zulu", "acme"]
    assert [feed.name for feed in active(("zulu",), **tables)] == ["zulu"]
    assert [feed.name for feed in active(("acme",), **tables)] == ["zulu", "acme"]


def test_addresses_are_given_for_documents_of_a_known_type(install: Install) -> None:
    install("acme_one")
    install("acme_two", "pages", EXPORTER.replace('"acme.xml"', '""'))
    install("acme_three", "untyped", EXPORTER.replace('"application/xml"', '""'))
    found = active(acme={}, pages={}, untyped={"filename": "other.xml"})
    assert feed_addresses(found) == (
        FeedAddress(
            name="acme", path="feeds/acme.xml", media_type="application/xml", exporter="acme"
        ),
    )


def test_a_recipe_survives_the_way_to_another_process(install: Install) -> None:
    install("acme_one")
    (feed,) = active(acme={"limit": 10, "rules": [{"drop": True}]})
    recipe = pickle.loads(pickle.dumps(feed.recipe()))
    assert recipe == feed.recipe()
    assert recipe.load() == (feed.exporter, feed.options)


def test_an_unknown_exporter_is_told_with_the_nearest_name(install: Install) -> None:
    install("acme_one")
    assert refused(acmee={}) == (
        "feeds.acmee: there is no exporter 'acmee'",
        "did you mean 'acme'?",
    )
    message, hint = refused(daily={"exporter": "zzzzzz"})
    assert message == "feeds.daily: there is no exporter 'zzzzzz'"
    assert hint.startswith("there are acme, admarkt, atom, ")


def test_a_misspelt_feed_that_is_switched_off_is_told_too(install: Install) -> None:
    install("acme_one")
    assert refused(acmee={"enabled": False})[1] == "did you mean 'acme'?"


def test_a_misspelt_option_of_the_command_is_told(install: Install) -> None:
    install("acme_one")
    message = "--exporter: there is no exporter 'acmee'"
    assert refused(("acmee",), acmee={}) == (message, "did you mean 'acme'?")
    message = "--exporter: there is no feed 'acmee'"
    assert refused(("acmee",), acme={}) == (message, "did you mean 'acme'?")


def test_two_packages_with_one_name_are_refused(install: Install) -> None:
    install("acme_one")
    install("acme_two")
    message = "exporter 'acme' is offered by acme_one 1.2 and by acme_two 1.2"
    assert refused()[0] == message.replace("'acme' is", "'acme': is")


@pytest.mark.parametrize(
    ("table", "message", "hint"),
    [
        ({"limitt": 3}, "feeds.acme: unknown option 'limitt'", "did you mean 'limit'?"),
        ({"enabld": False}, "feeds.acme: unknown option 'enabld'", "did you mean 'enabled'?"),
        (
            {"rules": [{}, {"dorp": True}]},
            "feeds.acme.rules[1].dorp: unknown key",
            "did you mean 'drop'?",
        ),
        ({"limit": "many"}, "feeds.acme.limit: must be a whole number", ""),
        (
            {"condition": "usd"},
            "feeds.acme.condition: 'usd' is none of 'new' or 'used'",
            "did you mean 'used'?",
        ),
        (
            {"filename": "../index.html"},
            "feeds.acme.filename: '../index.html' is no relative path of plain names",
            "",
        ),
        (
            {"filename": "/etc/passwd"},
            "feeds.acme.filename: '/etc/passwd' is no relative path of plain names",
            "",
        ),
    ],
)
def test_a_wrong_option_is_told_with_a_hint(
    install: Install, table: dict[str, Any], message: str, hint: str
) -> None:
    install("acme_one")
    assert refused(acme=table) == (message, hint)


def test_all_mistakes_of_all_feeds_are_told_at_once(install: Install) -> None:
    install("acme_one")
    install("acme_two", "broken", "raise RuntimeError('no licence')")
    message, hint = refused(acme={"limitt": 3, "limit": "many"}, broken={}, atmo={})
    assert hint == ""
    lines = message.splitlines()
    assert lines[0] == "feeds.atmo: there is no exporter 'atmo' (did you mean 'atom'?)"
    assert lines[1] == "feeds.acme.limit: must be a whole number"
    assert lines[2] == "feeds.acme: unknown option 'limitt' (did you mean 'limit'?)"
    assert lines[3].startswith("feeds.broken: exporter 'broken' of acme_two 1.2 cannot be imported")
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("import acme_missing", "ModuleNotFoundError: No module named 'acme_missing'"),
        ("raise RuntimeError('no\\nlicence')", "RuntimeError: no"),
        ("def", "SyntaxError: invalid syntax (acme_one.py, line 1)"),
        ("raise SystemExit(0)", "SystemExit: 0"),
        ("class Panic(BaseException): pass\nraise Panic('odd')", "Panic: odd"),
        (
            "class Mute(Exception):\n    def __str__(self): raise self\nraise Mute",
            "Mute: (it cannot say why)",
        ),
        ("", "AttributeError: module 'acme_one' has no attribute 'Acme'"),
    ],
)
def test_case_139_a_plug_in_that_cannot_be_imported_is_named_with_the_cause(
    install: Install, source: str, cause: str
) -> None:
    install("acme_one", source=source)
    message, _ = refused(acme={})
    assert message == f"feeds.acme: exporter 'acme' of acme_one 1.2 cannot be imported: {cause}"


def test_case_139_a_plug_in_whose_own_checks_break_down_is_named(install: Install) -> None:
    rules = "rules: tuple[Rule, ...] = ()\n"
    check = f"{rules}        def model_post_init(self, _):\n            {{}}[1]\n"
    install("acme_one", source=EXPORTER.replace(rules, check))
    message, _ = refused(acme={})
    assert message == (
        "feeds.acme: exporter 'acme' of acme_one 1.2 cannot read its options: KeyError: 1"
    )


@pytest.mark.parametrize(
    ("kept", "broken", "missing"),
    [
        ("scopes = frozenset([Scope.SHOWROOM, Scope.SITE])", "", "scopes"),
        ("[Scope.SHOWROOM, Scope.SITE]", "[]", "scopes"),
        ("[Scope.SHOWROOM, Scope.SITE]", "['dealer']", "scopes"),
        ("place = Place.FEEDS", "place = 'elsewhere/'", "place"),
        ("media_type = ", "mime_type = ", "media_type"),
        ("Options(ExporterOptions)", "Options(BaseModel)", "Options"),
        ("def export(", "def exports(", "export"),
        ("class Acme:", "Acme = 3\nclass Other:", "scopes, place, media_type, Options, export"),
    ],
)
def test_a_class_that_breaks_the_contract_is_told_what_it_lacks(
    install: Install, kept: str, broken: str, missing: str
) -> None:
    assert kept in EXPORTER
    install("acme_one", source=EXPORTER.replace(kept, broken))
    message, hint = refused(acme={})
    assert message.endswith(f"is none: acme_one:Acme has no proper {missing}")
    assert "syndicator.contract.Exporter" in hint


def test_two_feeds_for_one_file_are_refused_also_by_case(install: Install) -> None:
    install("acme_one")
    assert refused(acme={}, daily={"exporter": "acme", "filename": "Acme.xml"}) == (
        "feeds.daily: writes 'feeds/Acme.xml', and feeds.acme 'feeds/acme.xml'",
        "give one of them another filename",
    )


def test_feeds_of_different_slices_may_share_a_filename(install: Install) -> None:
    install("acme_one", "rooms", EXPORTER.replace(", Scope.SITE]", "]"))
    install("acme_two", "site", EXPORTER.replace("Scope.SHOWROOM, ", ""))
    assert len(active(rooms={}, site={})) == 2


def test_a_feed_in_a_language_that_the_site_lacks_is_refused() -> None:
    found = activate({"atom": FeedTable(language="fr"), "meta": FeedTable(language="de")})
    check_languages(found, ("nl", "fr", "de"))
    with pytest.raises(UsageError) as caught:
        check_languages(found, ("nl", "en"))
    assert "feeds.atom.language: the site has no pages in 'fr'" in caught.value.message
    assert "feeds.meta.language: the site has no pages in 'de'" in caught.value.message
