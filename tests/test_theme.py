"""A theme: any accent can be read, and nothing else than what it says departs from the look."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.config import load
from syndicator.errors import UsageError
from syndicator.exporters.showroom import theme
from syndicator.look import Font, Radius, Theme
from syndicator.models import Showroom

ROOM = Showroom(slug="gent", name="Gent", dealer_ids=("a",))


def css(**fields: object) -> str:
    room = msgspec.structs.replace(ROOM, theme=Theme(**fields))  # type: ignore[arg-type]
    return "".join(
        chunk.decode() for artefact in theme.stylesheets(room) for chunk in artefact.chunks
    )


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
