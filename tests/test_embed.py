"""What a showroom gives to the websites that embed it, and to the dealer who pastes it."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import msgspec
import pytest
from catalogues import missing, sources, unused

from syndicator.contract import Kind, Scope, View
from syndicator.exporters.showroom import Showroom
from syndicator.look import Theme
from syndicator.render import RenderKit, Templates
from syndicator.testing import sample_dealer, sample_listing, sample_view

TEMPLATES = Templates()
LANGUAGES = ("nl", "fr", "de", "en")
HOSTILE = "</script><script>alert(1)</script>\"'><img src=x>"


def documents(view: View) -> dict[str, str]:
    exporter = Showroom(Showroom.Options(), RenderKit(TEMPLATES, "nl"))
    return {str(each.path): b"".join(each.chunks).decode() for each in exporter.export(view)}


def seen(*, allowed: tuple[str, ...] = (), theme: Theme | None = None, **options: Any) -> View:
    view = sample_view([sample_listing()], **options)
    assert view.showroom
    room = msgspec.structs.replace(view.showroom, embed_on=allowed, theme=theme or Theme())
    return msgspec.structs.replace(view, showroom=room)


def attributes(page: str, tag: str) -> Iterator[dict[str, str]]:
    for found in re.findall(rf"<{tag}\b([^>]*)>", page):
        yield dict(re.findall(r'([\w-]+)="([^"]*)"', found))


def test_each_language_has_a_list_for_frames_and_a_page_for_the_dealer() -> None:
    made = documents(seen())
    for prefix in ("", "fr/", "de/", "en/"):
        assert f"embed/{prefix}index.html" in made
        assert f"embed/{prefix}howto/index.html" in made


def test_the_framed_list_is_the_first_page_and_names_the_full_one() -> None:
    view = seen()
    made = documents(view)
    for prefix in ("", "fr/", "de/", "en/"):
        framed, full = made[f"embed/{prefix}index.html"], made[f"{prefix}index.html"]
        assert framed.count("<article") == full.count("<article") == 1
        links = {each.get("rel"): each["href"] for each in attributes(framed, "link")}
        assert links["canonical"] == view.links.home(prefix.rstrip("/") or None)
        assert '<meta name="robots" content="noindex">' in framed
        assert '<meta name="robots"' not in full
        assert re.search(r'<html lang="[\w-]+" class="embedded">', framed)
        assert 'class="embedded"' not in full


def test_the_language_switch_of_the_framed_list_stays_in_the_frame() -> None:
    made = documents(seen())
    found = [each for each in attributes(made["embed/fr/index.html"], "a") if "hreflang" in each]
    hrefs = [each["href"].partition("/embed/")[2] for each in found]
    assert hrefs == ["", "fr/", "de/", "en/"]


def test_only_the_first_page_of_a_long_list_is_framed() -> None:
    cars = [sample_listing(id=f"c{number}") for number in range(5)]
    exporter = Showroom(Showroom.Options(per_page=2), RenderKit(TEMPLATES, "nl"))
    paths = [str(each.path) for each in exporter.export(sample_view(cars))]
    assert "page/3/index.html" in paths
    assert [path for path in paths if path.startswith("embed/") and "page" in path] == []


def test_an_empty_showroom_may_be_framed() -> None:
    made = documents(sample_view([]))
    assert "Seller" not in made["embed/index.html"]
    assert 'class="embedded"' in made["embed/index.html"]


def test_a_saved_search_may_be_framed() -> None:
    made = documents(sample_view([sample_listing()], scope=Scope.SEARCH))
    assert {"embed/index.html", "embed/fr/howto/index.html"} <= made.keys()


def test_pages_for_embedding_are_in_no_sitemap() -> None:
    site = documents(sample_view([sample_listing()], scope=Scope.SITE))
    assert not any("embed" in text for path, text in site.items() if path.startswith("sitemap"))


def test_the_script_has_one_name_at_the_root_and_knows_the_languages() -> None:
    view = sample_view([sample_listing()], scope=Scope.SITE)
    exporter = Showroom(Showroom.Options(), RenderKit(TEMPLATES, "nl"))
    (script,) = [each for each in exporter.export(view) if each.path.suffix == ".js"]
    assert (str(script.path), script.kind) == ("embed.js", Kind.ASSET)
    text = b"".join(script.chunks).decode()
    titles = msgspec.json.decode(re.search(r"TITLES = (\{.*?\});", text)[1])  # type: ignore[index]
    assert tuple(titles) == view.site.languages
    assert len(set(titles.values())) == len(LANGUAGES)
    assert "{{" not in text
    assert not re.search(r"innerHTML|eval\(|cookie|localStorage", text)
    assert "://" not in re.sub(r"//.*", "", text)  # it calls the site it comes from, only


def test_every_page_asks_before_it_is_shown_whether_it_is_framed() -> None:
    frame = TEMPLATES.asset("frame.js")
    for path, page in documents(seen()).items():
        if path.endswith(".html") and "/card/" not in path:
            head, _, _ = page.partition('<link rel="stylesheet"')
            assert f'/{frame}"></script>' in head, path


@pytest.mark.parametrize(
    ("language", "prefix"), [("nl", ""), ("fr", "fr/"), ("de", "de/"), ("en", "en/")]
)
def test_the_dealer_reads_what_to_paste_in_the_language_of_the_page(
    language: str, prefix: str
) -> None:
    view = seen()
    page = documents(view)[f"embed/{prefix}howto/index.html"]
    codes = [
        unescape(each) for each in re.findall(r"<code id=\"\w+\">(.*?)</code>", page, re.DOTALL)
    ]
    (script,) = [each for each in codes if "data-dealer" in each]
    slug = view.links.folder.rstrip("/")
    assert f'src="{view.links.site_url}/embed.js" data-dealer="{slug}"' in script
    assert f'data-lang="{language}" async></script>' in script
    assert f'<noscript><a href="{view.links.home(language)}">' in script
    (element,) = [each for each in codes if f'<dealer-showroom dealer="{slug}"' in each]
    assert element.count(view.links.home(language)) == 1
    (frame,) = [each for each in codes if each.startswith("<iframe")]
    assert f'src="{view.links.at(f"{slug}/embed/{prefix}index.html")}" title="' in frame
    (policy,) = [each for each in codes if each.startswith("script-src")]
    assert policy == "script-src https://voorraad.example; frame-src https://voorraad.example"


def test_all_that_is_said_is_translated_and_nothing_is_left_over() -> None:
    folder = "syndicator/exporters/showroom"
    said = sources(f"{folder}/howto.py", f"{folder}/embed.py", "templates/showroom/howto.html")
    assert missing(said) == []
    assert unused("embed", said) == []


def test_the_page_for_the_dealer_is_not_for_search_engines() -> None:
    page = documents(seen())["embed/howto/index.html"]
    assert '<meta name="robots" content="noindex">' in page
    assert 'rel="canonical"' not in page


def test_the_dealer_sees_which_websites_may_show_it() -> None:
    allowed = documents(seen(allowed=("https://www.autogent.example",)))[
        "embed/en/howto/index.html"
    ]
    assert "<code>https://www.autogent.example</code>" in allowed
    assert "None yet" not in allowed
    assert "None yet" in documents(seen())["embed/en/howto/index.html"]


def test_the_dealers_own_colour_is_where_choosing_starts() -> None:
    page = documents(seen(theme=Theme(accent="#aa1122")))["embed/howto/index.html"]
    (colour,) = [each for each in attributes(page, "input") if each["type"] == "color"]
    assert colour["value"] == "#aa1122"


def test_a_hostile_name_breaks_out_of_nothing() -> None:
    made = documents(seen(dealers=[sample_dealer(display_name=HOSTILE)]))
    for path in ("embed/index.html", "embed/howto/index.html"):
        assert "<script>alert" not in made[path]
        assert "<img src=x>" not in made[path]
