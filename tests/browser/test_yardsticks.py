"""The field's own validators on the demo; they come from npm, and one needs Java."""

import json
import os
import subprocess
from pathlib import Path

import feedparser
import pytest

pytestmark = pytest.mark.yardstick

FORMATS = {"atom.xml": "atom", "changes.xml": "atom", "rss.xml": "rss", "feed.json": "json"}
READ = """
import { parseFeed } from 'feedsmith';
import { readFileSync } from 'node:fs';
const read = path => {
  const { format, feed } = parseFeed(readFileSync(path, 'utf8'));
  return [path, format, (feed.entries ?? feed.items ?? []).length];
};
console.log(JSON.stringify(process.argv.slice(1).map(read)));
"""


@pytest.fixture(scope="session")
def modules() -> Path:
    return Path(os.environ["NPM_MODULES"])


def test_the_nu_html_checker_finds_no_error_on_any_page(demo: Path, modules: Path) -> None:
    (jar,) = modules.glob("vnu-jar/**/vnu.jar")
    result = subprocess.run(
        ["java", "-Xss4m", "-jar", jar, "--errors-only", "--skip-non-html", "--stdout", demo],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


def test_another_reader_agrees_on_every_feed(demo: Path, modules: Path) -> None:
    feeds = sorted(str(path) for path in demo.rglob("feeds/*") if path.name in FORMATS)
    result = subprocess.run(
        ["node", "--input-type=module", "--eval", READ, "--", *feeds],
        cwd=modules.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    read = json.loads(result.stdout)
    assert len(read) == len(feeds) > 4
    for path, format_, entries in read:
        assert format_ == FORMATS[Path(path).name]
        body = Path(path).read_bytes()
        if format_ == "json":
            assert len(json.loads(body)["items"]) == entries
        else:
            ours = feedparser.parse(body)
            assert not ours.bozo
            assert len(ours.entries) == entries
