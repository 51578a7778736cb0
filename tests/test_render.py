from decimal import Decimal
from pathlib import Path

import jinja2
import pytest

from syndicator.errors import UsageError
from syndicator.render import (
    CHUNK_CHARACTERS,
    MOST_PIECES,
    REMEMBERED,
    RenderKit,
    Templates,
    chunks,
    shipped,
)
from syndicator.testing import sample_listing


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def package(tmp_path: Path, files: dict[str, str] | None = None) -> Path:
    """An installed package with these shipped templates."""
    write(tmp_path / "package" / "templates", {"layout.html": "shipped", **(files or {})})
    return tmp_path / "package"


def rendered(templates: Templates, name: str, **context: object) -> str:
    return b"".join(templates.stream(name, context)).decode()


def test_an_installed_package_has_its_templates_inside(tmp_path: Path) -> None:
    inside = write(tmp_path / "syndicator" / "templates", {"layout.html": ""})
    assert shipped(tmp_path / "syndicator") == inside


def test_a_checkout_has_its_templates_beside_the_package(tmp_path: Path) -> None:
    beside = write(tmp_path / "templates", {"layout.html": ""})
    (tmp_path / "syndicator").mkdir()
    assert shipped(tmp_path / "syndicator") == beside


def test_a_folder_that_only_has_the_name_is_not_taken_for_the_shipped_one(tmp_path: Path) -> None:
    write(tmp_path / "templates", {"somebody-elses.txt": ""})
    with pytest.raises(UsageError, match="no shipped templates"):
        shipped(tmp_path / "syndicator")


def test_the_shipped_set_is_found_here_too() -> None:
    assert Templates().asset("showroom.css").startswith("assets/showroom.")


def test_a_users_template_may_extend_the_one_it_replaces(tmp_path: Path) -> None:
    own = package(tmp_path, {"page.html": "<{% block a %}shipped{% endblock %}>"})
    text = '{% extends "shipped/page.html" %}{% block a %}{{ super() }}, mine{% endblock %}'
    user = write(tmp_path / "mine", {"page.html": text})
    assert rendered(Templates(user, package=own), "page.html") == "<shipped, mine>"
    assert rendered(Templates(package=own), "page.html") == "<shipped>"


@pytest.mark.parametrize("name", ["page.html", "page.xml", "page.html.j2", "page.txt"])
def test_everything_is_escaped_whatever_the_template_is_called(tmp_path: Path, name: str) -> None:
    templates = Templates(package=package(tmp_path, {name: '<a title="{{ x }}">'}))
    assert rendered(templates, name, x='"><b>') == '<a title="&#34;&gt;&lt;b&gt;">'


def test_a_name_that_is_not_known_is_an_error_and_no_blank(tmp_path: Path) -> None:
    templates = Templates(package=package(tmp_path, {"page.html": "{{ listing.prize }}"}))
    with pytest.raises(jinja2.UndefinedError):
        rendered(templates, "page.html", listing=sample_listing())


def test_a_mistake_in_a_users_template_is_named_with_its_line(tmp_path: Path) -> None:
    user = write(tmp_path / "mine", {"page.html": "fine\n{% if %}"})
    with pytest.raises(UsageError, match=r"page\.html:2"):
        rendered(Templates(user, package=package(tmp_path)), "page.html")


def test_a_template_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing"):
        rendered(Templates(package=package(tmp_path)), "nothing.html")


def test_data_within_a_script_cannot_close_it_and_keeps_its_digits(tmp_path: Path) -> None:
    own = package(tmp_path, {"page.html": "<script>{{ data|tojson }}</script>"})
    data = {"name": "</script><!--", "price": Decimal("17450.10")}
    text = rendered(Templates(package=own), "page.html", data=data)
    assert text == '<script>{"name":"\\u003c/script\\u003e\\u003c!--","price":17450.10}</script>'


def test_text_is_cut_into_chunks_of_about_64_kib() -> None:
    pieces = ["é" * 1000] * 200
    made = list(chunks(pieces))
    assert b"".join(made).decode() == "".join(pieces)
    assert len(made) == 3
    most = CHUNK_CHARACTERS + MOST_PIECES * 1000
    assert all(CHUNK_CHARACTERS <= len(chunk.decode()) < most for chunk in made[:-1])
    assert list(chunks([])) == []


def test_an_assets_name_changes_with_its_content_only(tmp_path: Path) -> None:
    own = package(tmp_path, {"assets/a.css": "one", "assets/b.js": "two"})
    templates = Templates(package=own)
    before = [templates.asset(name) for name in ("a.css", "b.js")]
    (own / "templates/assets/a.css").write_text("three")
    after = Templates(package=own)
    assert before[0] != after.asset("a.css")
    assert before[1] == after.asset("b.js")
    assert after.asset("b.js").startswith("assets/b.")
    assert after.asset("b.js").endswith(".js")


def test_assets_come_in_the_order_of_their_names_and_the_users_shadow_ours(tmp_path: Path) -> None:
    own = package(tmp_path, {"assets/z.css": "ours", "assets/a.js": "ours"})
    user = write(tmp_path / "mine", {"assets/z.css": "mine", "assets/logo.svg": "<svg/>"})
    published = list(Templates(user, package=own).assets())
    assert [body for _, body in published] == [b"ours", b"<svg/>", b"mine"]


def test_an_asset_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    own = package(tmp_path, {"assets/a.css": ""})
    with pytest.raises(UsageError) as caught:
        Templates(package=own).asset("logo.svg")
    assert "logo.svg" in caught.value.message
    assert "a.css" in caught.value.hint


def test_the_digest_of_a_set_changes_with_any_file_of_it(tmp_path: Path) -> None:
    own = package(tmp_path, {"page.html": "a", "assets/a.css": "a"})
    user = write(tmp_path / "mine", {"page.html": "b"})
    seen = {Templates(package=own).digest, Templates(user, package=own).digest}
    (user / "page.html").write_text("c")
    seen.add(Templates(user, package=own).digest)
    (own / "templates/assets/a.css").write_text("b")
    seen.add(Templates(user, package=own).digest)
    assert len(seen) == 4
    assert Templates(user, package=own).digest in seen


def test_the_digest_of_a_set_changes_with_a_file_beyond_a_link(tmp_path: Path) -> None:
    own = package(tmp_path, {"page.html": "{% include 'shared/part.html' %}"})
    shared = write(tmp_path / "elsewhere", {"part.html": "one"})
    (own / "templates/shared").symlink_to(shared)
    assert b"".join(Templates(package=own).stream("page.html", {})) == b"one"
    before = Templates(package=own).digest
    (shared / "part.html").write_text("two")
    assert Templates(package=own).digest != before


def test_a_path_may_say_that_it_begins_here(tmp_path: Path) -> None:
    own = package(tmp_path, {"page.html": "{% include './part.html' %}", "part.html": "one"})
    assert b"".join(Templates(package=own).stream("page.html", {})) == b"one"


@pytest.mark.parametrize("name", [".part.html", ".parts/part.html"])
def test_a_hidden_file_which_no_digest_knows_is_no_template(tmp_path: Path, name: str) -> None:
    own = package(tmp_path, {"page.html": f"{{% include '{name}' %}}", name: "one"})
    with pytest.raises(UsageError) as caught:
        Templates(package=own).stream(name, {})
    assert name in caught.value.message
    with pytest.raises(jinja2.TemplateNotFound):
        list(Templates(package=own).stream("page.html", {}))


def test_a_kit_renders_and_knows_its_assets_and_languages(tmp_path: Path) -> None:
    own = package(tmp_path, {"page.html": "{{ a }}", "assets/a.css": ""})
    templates = Templates(package=own)
    kit = RenderKit(templates, "nl")
    assert b"".join(kit.render("page.html", a="<")) == b"&lt;"
    assert kit.asset("a.css") == templates.asset("a.css")
    assert (kit.words.language, kit.speak("fr").language) == ("nl", "fr")


def test_a_users_sentences_shadow_ours(tmp_path: Path) -> None:
    text = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    text += 'msgid "Similar cars"\nmsgstr "Ook leuk"\n'
    user = write(tmp_path / "mine", {"locale/nl/own.po": text})
    kit = RenderKit(Templates(user, package=package(tmp_path)), "nl")
    assert kit.words.text("Similar cars") == "Ook leuk"
    assert kit.words.text("Close") == "Sluiten"


def test_what_was_rendered_is_remembered_under_its_key_and_not_for_ever() -> None:
    kit, calls = RenderKit(Templates(), "nl"), []

    def said(key: str) -> str:
        return kit.recall(key.encode(), lambda: calls.append(key) or f"<{key}>")

    assert [said("a"), said("a"), said("b")] == ["<a>", "<a>", "<b>"]
    assert calls == ["a", "b"]
    for number in range(REMEMBERED):
        said(str(number))
    assert said("a") == "<a>"
    assert calls.count("a") == 2


def test_kits_of_one_set_of_templates_remember_together() -> None:
    templates = Templates()
    one, other = RenderKit(templates, "nl"), RenderKit(templates, "fr")
    assert one.recall(b"key", lambda: "one") == other.recall(b"key", lambda: "other") == "one"
    assert RenderKit(Templates(), "nl").recall(b"key", lambda: "new") == "new"
