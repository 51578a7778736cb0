import re
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from syndicator.cdn import offered, service
from syndicator.contract import Kind, Place, Scope, View
from syndicator.exporters.hosting import (
    MOST_CHARACTERS,
    Hosting,
    content_policy,
    host_source,
    photo_origins,
    short_policy,
)
from syndicator.links import FeedAddress
from syndicator.models import Photo, Site
from syndicator.testing import sample_dealer, sample_listing, sample_view

FEEDS = tuple(
    FeedAddress(name=exporter, path=path, media_type=media_type, exporter=exporter)
    for exporter, path, media_type in (
        ("atom", "feeds/atom.xml", "application/atom+xml"),
        ("rss", "feeds/nieuws.rss.xml", "application/rss+xml"),
        ("jsonfeed", "feeds/feed.json", "application/feed+json"),
        ("changes", "feeds/changes.xml", "application/atom+xml"),
        ("acme", "stock.csv", "text/csv"),
        ("showroom", "index.html", "text/html"),
    )
)


@dataclass
class Rule:
    path: str
    fields: list[tuple[str, str]]


def site_view(*photos: str, url: str = "https://voorraad.example", **changes: Any) -> View:
    car = sample_listing(photos=tuple(Photo(url=each) for each in photos))
    options: dict[str, Any] = {"scope": Scope.SITE, "place": Place.ROOT} | changes
    view = sample_view([car], **options)
    site = msgspec.structs.replace(view.site, url=url)
    links = msgspec.structs.replace(view.links, site_url=url, feeds=FEEDS)
    return msgspec.structs.replace(view, site=site, links=links)


def files(view: View, **options: Any) -> dict[str, str]:
    exporter = Hosting(Hosting.Options(**options), kit=None)
    made = list(exporter.export(view))
    assert all(artefact.kind is Kind.RECORD for artefact in made)
    return {str(each.path): b"".join(each.chunks).decode() for each in made}


def rules(text: str) -> list[Rule]:
    """As a host reads it; every line is a path or a field of the path above."""
    found: list[Rule] = []
    for line in text.splitlines():
        if line.startswith("/"):
            assert " " not in line
            found.append(Rule(line, []))
        elif line:
            name, colon, value = line.strip().partition(": ")
            assert line.startswith("  ")
            assert all((name, colon, value))
            found[-1].fields.append((name, value))
    return found


def test_the_general_rule_comes_first_and_alone_sets_the_security_policy() -> None:
    first, *others = rules(files(site_view())["_headers"])
    assert first.path == "/*"
    names = [name for name, _ in first.fields]
    assert len(names) == len(set(names))
    assert {"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"} <= set(names)
    assert not any(name == "Content-Security-Policy" for rule in others for name, _ in rule.fields)


def test_no_path_and_no_field_of_a_path_is_written_twice() -> None:
    found = rules(files(site_view())["_headers"])
    assert len({rule.path for rule in found}) == len(found)
    assert all(len(dict(rule.fields)) == len(rule.fields) for rule in found)


def test_the_policy_has_nothing_unsafe_and_names_the_hosts_of_photos() -> None:
    policy = content_policy(("https://images.example",), https=True)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "img-src 'self' data: https://images.example;" in policy
    assert "upgrade-insecure-requests" in policy
    assert "upgrade-insecure-requests" not in content_policy((), https=False)


def test_the_policy_lets_no_script_make_markup_of_text() -> None:
    policy = content_policy((), https=True).split("; ")
    assert "require-trusted-types-for 'script'" in policy
    assert "trusted-types 'none'" in policy


@pytest.mark.parametrize(
    "directive",
    [
        *("default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"),
        *("base-uri 'none'", "form-action 'self'", "frame-ancestors 'self'"),
    ],
)
def test_the_policy_allows_scripts_styles_forms_and_frames_of_the_site_alone(
    directive: str,
) -> None:
    """Objects, workers and media fall back to the first: none."""
    policy = content_policy((), https=True).split("; ")
    assert directive in policy
    assert len({each.split(" ")[0] for each in policy}) == len(policy)


def test_browsers_do_not_guess_types_and_tell_other_sites_no_paths() -> None:
    found = headers(files(site_view())["_headers"], "/vb-leuven/")
    assert found["X-Content-Type-Options"] == "nosniff"
    assert found["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert found["Cross-Origin-Opener-Policy"] == "same-origin"
    assert {"camera=()", "microphone=()", "geolocation=()", "payment=()"} <= set(
        found["Permissions-Policy"].split(", ")
    )


def test_photo_hosts_are_found_in_all_cars_and_logos_once_and_sorted() -> None:
    logo = sample_dealer(logo_url="https://logos.example/a.svg")
    view = site_view(
        "https://b.example/1.jpg",
        "https://a.example:8443/2.jpg",
        "https://b.example/3.jpg",
        "https://voorraad.example/assets/photos/4.jpg",
        dealers=[logo],
    )
    assert photo_origins(view) == (
        "https://a.example:8443",
        "https://b.example",
        "https://logos.example",
    )


def test_a_host_from_which_only_our_own_host_takes_photos_is_not_named() -> None:
    view = site_view("https://a.example/1.jpg")
    address = service(view.site.url)
    cars = tuple(
        msgspec.structs.replace(car, photos=tuple(offered(each, address) for each in car.photos))
        for car in view.listings
    )
    assert photo_origins(msgspec.structs.replace(view, listings=cars)) == ()


def test_too_many_photo_hosts_become_any_https_host() -> None:
    view = site_view(*(f"https://h{number}.example/a.jpg" for number in range(30)))
    assert photo_origins(view) == ("https:",)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example;script-src/a.jpg",
        "https://a b/c.jpg",
        "https:///no-host.jpg",
        "https://x:port/a.jpg",
        "data:image/png,x",
        "https://*/a.jpg",
        "https://a'b/",
    ],
)
def test_an_address_that_could_add_to_the_policy_is_left_out(url: str) -> None:
    assert host_source(url) is None


def test_a_host_with_letters_beyond_ascii_is_written_as_browsers_compare_it() -> None:
    assert host_source("https://bücher.example/a.jpg") == "https://xn--bcher-kva.example"


def headers(text: str, path: str) -> dict[str, str]:
    """As Netlify gathers them: ``:name`` is one folder, ``*`` the rest; a later rule wins."""
    found: dict[str, str] = {}
    for rule in rules(text):
        pattern = re.sub(r":\w+", "[^/]+", re.escape(rule.path).replace(r"\*", ".*"))
        if re.fullmatch(pattern, path):
            found |= dict(rule.fields)
    return found


@pytest.mark.parametrize("folder", ["/", "/vb-leuven/", "/zoeken/"])
@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("feeds/atom.xml", "application/atom+xml"),
        ("feeds/atom/2.xml", "application/atom+xml"),
        ("feeds/nieuws.rss.xml", "application/rss+xml"),
        ("feeds/nieuws.rss/17.xml", "application/rss+xml"),
        ("feeds/feed/2.json", "application/feed+json"),
        ("feeds/changes.xml", "application/atom+xml"),
        ("stock.csv", "text/csv"),
    ],
)
def test_feeds_are_typed_open_to_scripts_and_kept_for_minutes(
    folder: str, path: str, media_type: str
) -> None:
    found = headers(files(site_view(scope=Scope.SEARCH))["_headers"], folder + path)
    assert found["Content-Type"] == f"{media_type}; charset=utf-8"
    assert found["Access-Control-Allow-Origin"] == "*"
    assert found["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age=300" in found["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/index.html", "/vb-leuven/", "/vb-leuven/index.html", "/vb-leuven/fr/"),
        *("/feeds.html", "/a/b/c/", "/vb-leuven/stock.json", "/build.json"),
    ],
)
def test_pages_are_not_open_to_scripts_of_others(path: str) -> None:
    found = headers(files(site_view())["_headers"], path)
    assert "Access-Control-Allow-Origin" not in found
    assert "Content-Type" not in found
    assert found["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_many_showrooms_need_no_more_rules_than_one() -> None:
    many = [sample_dealer(id=f"d{n}", location_code=f"D{n}") for n in range(200)]
    few, all_of_them = (files(site_view(dealers=each))["_headers"] for each in (many[:1], many))
    assert few == all_of_them
    assert len(rules(few)) <= 100  # that is all Cloudflare reads


def test_without_feeds_nothing_is_open() -> None:
    view = site_view()
    links = msgspec.structs.replace(view.links, feeds=())
    text = files(msgspec.structs.replace(view, links=links))["_headers"]
    assert "Access-Control-Allow-Origin" not in text


@pytest.mark.parametrize("path", ["/assets/x.0123.css", "/vb-leuven/assets/theme.0123.css"])
def test_files_with_a_digest_in_their_name_are_kept_for_ever(path: str) -> None:
    found = headers(files(site_view())["_headers"], path)
    assert found["Cache-Control"] == "public, max-age=31536000, immutable"


def test_browsers_are_told_to_insist_on_https_only_where_that_was_asked_and_is_so() -> None:
    asked = files(site_view(), hsts_days=365)["_headers"]
    assert "Strict-Transport-Security: max-age=31536000" in asked
    assert "Strict-Transport-Security" not in files(site_view())["_headers"]
    local = files(site_view(url="http://localhost:8000"), hsts_days=365)["_headers"]
    assert "Strict-Transport-Security" not in local


def test_a_wrong_address_is_answered_in_the_language_of_its_folder() -> None:
    lines = files(site_view())["_redirects"].splitlines()
    split = [line.split(" ") for line in lines]
    assert all(len(parts) == 3 and parts[0].startswith("/") for parts in split)
    assert lines[-1] == "/* /404.html 404"
    assert "/fr/* /fr/404.html 404" in lines
    assert "/vb-leuven/fr/* /fr/404.html 404" in lines
    assert not any(line.startswith("/nl/") for line in lines)


def test_a_site_without_showrooms_and_with_one_language_is_fine() -> None:
    view = site_view(languages=("nl",))
    bare = Site(url=view.site.url, title="x", languages=("nl",))
    made = files(msgspec.structs.replace(view, site=bare, listings=(), dealers=()))
    assert made["_redirects"] == "/* /404.html 404\n"
    assert next(rule.path for rule in rules(made["_headers"])) == "/*"


def test_a_dealers_name_adds_no_rule() -> None:
    evil = sample_dealer(location_code="x\n/* https://evil.example 301", display_name="a: b\n  c")
    made = files(site_view(dealers=[evil]))
    assert "evil.example" not in made["_redirects"].replace("evil-example", "")
    assert all(line.endswith(" 404") for line in made["_redirects"].splitlines())


def allowing(*homes: tuple[str, ...], url: str = "https://voorraad.example") -> View:
    """A site of one showroom for each of these sets of websites."""
    view = site_view(url=url)
    (room, *_) = view.site.showrooms
    rooms = tuple(msgspec.structs.replace(room, embed_on=each) for each in homes)
    return msgspec.structs.replace(view, site=msgspec.structs.replace(view.site, showrooms=rooms))


def ancestors(view: View) -> str:
    policy = headers(files(view)["_headers"], "/vb-leuven/")["Content-Security-Policy"]
    (found,) = [each for each in policy.split("; ") if each.startswith("frame-ancestors ")]
    return found.removeprefix("frame-ancestors ")


def test_only_the_site_itself_may_frame_pages_where_nobody_else_was_named() -> None:
    view = allowing((), ())
    assert ancestors(view) == "'self'"
    assert headers(files(view)["_headers"], "/x/")["X-Frame-Options"] == "SAMEORIGIN"


def test_all_websites_that_were_named_stand_sorted_once_in_the_one_policy() -> None:
    view = allowing(("https://b.example", "https://a.example:8443"), ("https://b.example",))
    assert ancestors(view) == "'self' https://a.example:8443 https://b.example"
    assert "X-Frame-Options" not in files(view)["_headers"]
    assert files(view)["_headers"].count("frame-ancestors") == 1


def test_websites_of_a_saved_search_count_too() -> None:
    view = allowing(())
    (room,) = view.site.showrooms
    search = msgspec.structs.replace(room, embed_on=("https://elektrisch.example",))
    view = msgspec.structs.replace(
        view, site=msgspec.structs.replace(view.site, searches=(search,))
    )
    assert ancestors(view) == "'self' https://elektrisch.example"


def test_too_many_websites_become_any_https_one() -> None:
    view = allowing(tuple(f"https://dealer{number}.example" for number in range(60)))
    assert ancestors(view) == "'self' https:"


def test_the_embed_script_may_be_loaded_by_anybody_and_is_asked_for_again_soon() -> None:
    found = headers(files(site_view())["_headers"], "/embed.js")
    assert found["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age=300" in found["Cache-Control"]


def test_a_policy_that_names_too_much_for_a_line_names_less() -> None:
    some = tuple(f"https://{number:02}.{'a' * 20}.example" for number in range(20))
    many = tuple(f"https://{number:02}.{'b' * 40}.example" for number in range(50))
    assert some[-1] in short_policy(some, some, https=True)
    wide = short_policy(some, some + some[:5], https=True)
    assert "img-src 'self' data: https:;" in wide
    assert f"'self' {some[0]}" in wide
    widest = short_policy(many, many, https=True)
    assert "frame-ancestors 'self' https:;" in widest
    assert max(map(len, (wide, widest))) <= MOST_CHARACTERS
