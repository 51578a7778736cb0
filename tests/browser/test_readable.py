"""Text at twice its size (WCAG 2.2, 1.4.4) makes no page scroll sideways."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from browser.conftest import Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("kind", ["index", "showroom", "group", "vehicle", "embed", "follow"])
def test_large_letters_stay_within_the_window(
    visitor: "Visitor", pages: dict[str, str], kind: str
) -> None:
    page = visitor.go(pages[kind])
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
