"""A theme: any accent can be read, and nothing else than what it says departs from the look."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.config import load
from syndicator.contract import Kit, Place, Scope
from syndicator.errors import UsageError
from syndicator.exporters import showroom
from syndicator.exporters.showroom import theme
from syndicator.look import Font, Radius, Theme
from syndicator.models import Showroom
from syndicator.testing import sample_listing, sample_view

PLUM = Theme(accent="#8a1538", logo="https://dealer.example/logo.svg")


def css(**fields: object) -> str:
    look = Theme(**fields)  # type: ignore[arg-type]
    return "".join(
        chunk.decode() for artefact in theme.stylesheets(look) for chunk in artefact.chunks
    )


def pages(scope: Scope, kit: Kit, *looks: Theme) -> dict[str, str]:
    """The pages of the site, or of a search, that has showrooms with these looks."""
    seen = sample_view([sample_listing()], scope=scope, place=Place.ROOT)
    room = Showroom(slug="gent", name="Gent", dealer_ids=("a",))
    rooms = tuple(msgspec.structs.replace(room, theme=each) for each in looks)
    site = msgspec.structs.replace(seen.site, showrooms=rooms)
    exporter = showroom.Showroom(showroom.Showroom.Options(), kit)
    made = exporter.export(msgspec.structs.replace(seen, site=site))
    found = {str(each.path): b"".join(each.chunks).decode() for each in made}
    return {path: text for path, text in found.items() if path.endswith((".html", ".css"))}


@given(st.tuples(*[st.floats(0, 1)] * 3))
def test_any_accent_is_readable_by_day_and_in_the_dark_and_bears_text(
    accent: theme.Colour,
) -> None:
    for surface in (theme.LIGHT_SURFACE, theme.DARK_SURFACE):
        shown = theme.readable(accent, surface)
        assert theme.contrast(shown, surface) >= 4.5
        assert max(theme.contrast(shown, ink) for ink in (theme.WHITE, theme.BLACK)) >= 4.5


def test_the_shipped_look_needs_no_sheet_of_its_own() -> None:
    assert css() == ""
    assert css(radius=Radius.MEDIUM, font=Font.SYSTEM) == ""


@pytest.mark.parametrize("radius", [each for each in Radius if each is not Radius.MEDIUM])
def test_corners_are_as_round_as_the_theme_says(radius: Radius) -> None:
    assert css(radius=radius) == f":root{{--round:{theme.RADII[radius]}}}\n"


@pytest.mark.parametrize("font", [each for each in Font if each is not Font.SYSTEM])
def test_letters_are_those_of_the_device(font: Font) -> None:
    sheet = css(font=font)
    assert f"--letters:{theme.FONTS[font]}" in sheet
    assert sheet.rstrip("}\n").endswith("serif")
    assert "url(" not in sheet


def test_every_choice_has_a_rule() -> None:
    assert set(theme.RADII) == set(Radius)
    assert set(theme.FONTS) == set(Font)


@pytest.mark.parametrize("scope", [Scope.SITE, Scope.SEARCH])
def test_what_all_showrooms_share_is_the_look_of_the_pages_above_them(
    scope: Scope, kit: Kit
) -> None:
    found = pages(scope, kit, PLUM, PLUM)
    sheet = theme.stylesheet(PLUM)
    assert sheet in found
    shown = [text for path, text in found.items() if path.endswith(".html")]
    assert all(f'{sheet}"' in text for text in shown if "<header" in text)
    assert f'src="{PLUM.logo}"' in found["index.html"]


@pytest.mark.parametrize("looks", [(), (PLUM, Theme()), (PLUM, Theme(accent="#0a5bd3"))])
@pytest.mark.parametrize("scope", [Scope.SITE, Scope.SEARCH])
def test_showrooms_of_several_looks_leave_the_pages_above_them_as_shipped(
    scope: Scope, looks: tuple[Theme, ...], kit: Kit
) -> None:
    found = pages(scope, kit, *looks)
    assert not [path for path in found if path.endswith(".css")]
    assert "assets/theme." not in found["index.html"]


def test_a_theme_is_read_from_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "syndicator.toml"
    path.write_text('[[targets]]\nlocation = "A"\ntheme = { radius = "none", font = "serif" }\n')
    (target,) = load(path).targets
    assert (target.theme.radius, target.theme.font) == (Radius.NONE, Font.SERIF)


def test_letters_that_nobody_has_are_refused_with_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "syndicator.toml"
    path.write_text('[[targets]]\nlocation = "A"\ntheme = { font = "Comic Sans" }\n')
    with pytest.raises(UsageError, match="font"):
        load(path)
