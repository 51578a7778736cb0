"""What the pages say is tried: every configuration in them loads, every command exists."""

import re
from pathlib import Path

import pytest

from syndicator.config import load
from syndicator.registry import activate, check_languages

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
TOML = re.compile(r"```toml\n(.*?)```", re.DOTALL)
TABLES = [
    pytest.param(text, id=f"{page.name}-{number}")
    for page in PAGES
    for number, text in enumerate(TOML.findall(page.read_text("utf-8")))
    if "[project" not in text and "remote_images" not in text  # of other files
]


@pytest.mark.parametrize("text", TABLES)
def test_a_configuration_on_a_page_loads(text: str, tmp_path: Path) -> None:
    path = tmp_path / "syndicator.toml"
    path.write_text("\n".join(line.removeprefix("   ") for line in text.splitlines()))
    config = load(path)
    feeds = activate(config.feeds)
    check_languages(feeds, config.site.languages)
    assert feeds


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
