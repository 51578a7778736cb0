"""What we install and run that is not ours: named exactly, from one place, with least rights."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
LOCK = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PACKAGES = [each for each in LOCK["package"] if each["name"] != PROJECT["name"]]
RIGHTS = {  # of jobs that must have others than to read
    ("release.yml", "publish"): {"id-token": "write"},
    ("release.yml", "announce"): {"contents": "write"},
}
CODE = [each for each in sorted(ROOT.glob("templates/**/*")) if each.suffix in {".html", ".js"}]


def test_every_locked_package_comes_from_the_public_index_with_hashes() -> None:
    assert len(PACKAGES) > 50
    for package in PACKAGES:
        assert package["source"] == {"registry": "https://pypi.org/simple"}, package["name"]
        files = [*package.get("wheels", ()), *filter(None, [package.get("sdist")])]
        assert files, package["name"]
        for file in files:
            assert file["url"].startswith("https://files.pythonhosted.org/"), file["url"]
            assert re.fullmatch("sha256:[0-9a-f]{64}", file["hash"]), file["url"]


def test_the_lock_is_of_what_the_project_asks_for_today() -> None:
    (ours,) = [each for each in LOCK["package"] if each["name"] == PROJECT["name"]]
    locked = {_asked(each) for each in ours["metadata"]["requires-dist"]}
    extras = PROJECT["optional-dependencies"]
    asked = {_named(text, "") for text in PROJECT["dependencies"]}
    asked |= {_named(text, extra) for extra, texts in extras.items() for text in texts}
    assert locked == asked


def _asked(entry: dict[str, Any]) -> tuple[str, str, frozenset[str]]:
    extra = re.search("extra == '([a-z]+)'", entry.get("marker", ""))
    bounds = frozenset(entry.get("specifier", "").split(",")) - {""}
    inner = ",".join(entry.get("extras", ()))
    return entry["name"] + (f"[{inner}]" if inner else ""), extra[1] if extra else "", bounds


def _named(text: str, extra: str) -> tuple[str, str, frozenset[str]]:
    requirement = text.partition(";")[0].strip()
    name = re.match(r"[A-Za-z0-9-]+(?:\[[a-z0-9,]+\])?", requirement)
    assert name
    return name[0].lower(), extra, frozenset(requirement[name.end() :].split(",")) - {""}


def test_new_releases_cool_off_before_they_are_locked() -> None:
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    assert tool["uv"]["exclude-newer"] == "7 days"
    assert LOCK["options"]["exclude-newer-span"] == "P7D"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_pins_its_actions_and_may_do_no_more_than_it_must(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text("utf-8"))
    assert workflow["permissions"] == {}
    assert "pull_request_target" not in workflow[True]  # YAML 1.1 reads the key "on" as true
    for name, job in workflow["jobs"].items():
        allowed = RIGHTS.get((path.name, name), {"contents": "read"})
        assert job["permissions"].items() <= allowed.items()
        for step in job["steps"]:
            uses = step.get("uses", "")
            assert not uses or re.fullmatch("[a-z-]+/[a-z-]+@[0-9a-f]{40}", uses), uses
            assert (
                not uses.startswith("actions/checkout") or not step["with"]["persist-credentials"]
            )
    assert "secrets." not in path.read_text("utf-8")


def test_there_is_a_workflow() -> None:
    assert [path.name for path in WORKFLOWS] == ["ci.yml", "release.yml"]


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.name)
def test_no_page_loads_code_letters_or_styles_from_elsewhere(path: Path) -> None:
    text = path.read_text("utf-8").replace("https://SITE/", "/")  # of the site itself, in a comment
    found = re.findall(r"""(?:src|href|from|import|url)\s*[=(]?\s*["'](?:https?:)?//[^"']*""", text)
    assert found == []
