"""What is released: one version, told in the change log, in two archives that hold the same."""

import io
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from syndicator import __version__
from tests.release import Disagreement, notes, sections
from tests.sdist import METADATA, differences, packed, zipped

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CHANGES = (ROOT / "CHANGELOG.md").read_text("utf-8")
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text("utf-8"))
JOBS = WORKFLOW["jobs"]
LOG = """# Changes

What users notice.

## 1.3.0, 1 December 2026

### Added

- One thing.

## 1.2.9

- Another.
"""


# The version


def test_the_version_stands_in_one_place() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?", __version__)
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert "version" not in PROJECT["project"]
    assert PROJECT["tool"]["hatch"]["version"] == {"path": "syndicator/__init__.py"}
    declared = re.compile(r"^__version__\s*=", re.MULTILINE)
    files = (ROOT / "syndicator").rglob("*.py")
    found = [path for path in files if declared.search(path.read_text("utf-8"))]
    assert found == [ROOT / "syndicator" / "__init__.py"]


def test_the_change_log_tells_of_the_version_or_of_what_is_to_come() -> None:
    found = sections(CHANGES)
    assert __version__ in found or next(iter(found)) == "Unreleased"
    assert all(found.values())
    known = [each for each in found if each != "Unreleased"]
    assert known == sorted(known, key=numbers, reverse=True)


def numbers(version: str) -> list[int]:
    return [int(each) for each in re.findall(r"\d+", version)]


# The tag


def test_the_notes_of_a_release_are_its_section() -> None:
    assert notes("v1.3.0", "1.3.0", LOG) == "### Added\n\n- One thing.\n"


@pytest.mark.parametrize(
    ("tag", "version", "reason"),
    [
        ("v1.3.1", "1.3.0", "the tag is v1.3.1"),
        ("1.3.0", "1.3.0", "the tag is 1.3.0"),
        ("v1.4.0", "1.4.0", "says nothing of 1.4.0"),
        ("v1.2.9", "1.2.9", "begins with 1.3.0"),
        ("v1.3", "1.3", "says nothing of 1.3"),
    ],
)
def test_what_does_not_agree_is_not_released(tag: str, version: str, reason: str) -> None:
    with pytest.raises(Disagreement, match=re.escape(reason)):
        notes(tag, version, LOG)


@pytest.mark.parametrize("log", ["# Changes\n", "# Changes\n\n## 1.3.0\n\n## 1.2.9\n\n- X.\n"])
def test_a_release_of_which_nothing_is_told_is_none(log: str) -> None:
    with pytest.raises(Disagreement, match="says nothing"):
        notes("v1.3.0", "1.3.0", log)


def test_what_has_not_been_named_yet_is_not_released() -> None:
    with pytest.raises(Disagreement):
        notes("v1.3.0", "1.3.0", "## Unreleased\n\n- X.\n\n## 1.3.0\n\n- Y.\n")


def test_the_program_says_what_does_not_agree() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.release", "v0.0.0"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"the tag is v0.0.0, and syndicator/__init__.py says {__version__}\n"


# The archives


def archive(folder: Path, *members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> Path:
    path = folder / "thing-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, body in members:
            member = tarfile.TarInfo(name)
            member.size, member.type = len(body), kind
            tar.addfile(member, io.BytesIO(body))
    return path


def test_an_archive_is_files_in_one_folder(tmp_path: Path) -> None:
    path = archive(tmp_path, ("thing-1.0/a", b"1"), ("thing-1.0/b/c", b"2"))
    assert packed(path) == {"a": b"1", "b/c": b"2"}


@pytest.mark.parametrize("name", ["a", "other-1.0/a", "thing-1.0/../a", "/thing-1.0/a"])
def test_an_archive_with_anything_beside_it_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"is no file in thing-1\.0/"):
        packed(archive(tmp_path, (name, b"1")))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_an_archive_with_anything_but_files_is_refused(tmp_path: Path, kind: bytes) -> None:
    with pytest.raises(ValueError, match="is no file"):
        packed(archive(tmp_path, ("thing-1.0/a", b""), kind=kind))


def test_each_difference_is_named() -> None:
    wanted = {"same": b"1", "lost": b"2", "other": b"3"}
    found = {"same": b"1", "more": b"2", "other": b"4"}
    assert list(differences(wanted, found)) == ["missing: lost", "surplus: more", "differs: other"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both archives, and the wheel that the source distribution makes."""
    folder = tmp_path_factory.mktemp("built")
    make(ROOT, folder)
    (source,) = folder.glob("*.tar.gz")
    with tarfile.open(source) as tar:
        tar.extraction_filter = getattr(tarfile, "data_filter", None)  # new in 3.11.4
        tar.extractall(folder)
    make(folder / source.name.removesuffix(".tar.gz"), folder / "again", "-t", "wheel")
    return folder


def make(root: Path, target: Path, *more: str) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(target), *more]
    subprocess.run(command, cwd=root, check=True, capture_output=True)


def test_the_archive_makes_the_wheel_that_the_checkout_makes(built: Path) -> None:
    (wheel,), (again,) = built.glob("*.whl"), (built / "again").glob("*.whl")
    assert wheel.name == again.name
    files = zipped(wheel)
    assert list(differences(files, zipped(again))) == []
    for each in ("again.py", "reload.js", "templates/site/build.html", "locale/nl/build.po"):
        assert f"syndicator/{each}" in files


def test_the_wheel_bears_the_version_and_the_licence(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    about = f"syndicator-{__version__}.dist-info"
    with zipfile.ZipFile(wheel) as opened:
        metadata = opened.read(f"{about}/METADATA").decode()
        assert f"{about}/licenses/LICENSE" in opened.namelist()
    assert f"\nVersion: {__version__}\n" in metadata


def test_the_archive_holds_what_it_takes_to_build_and_test_and_nothing_that_was_made(
    built: Path,
) -> None:
    (source,) = built.glob("*.tar.gz")
    files = packed(source)
    assert {METADATA, "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE"} <= files.keys()
    assert {"uv.lock", ".ci/run", ".github/workflows/ci.yml", "output/.gitkeep"} <= files.keys()
    assert {"tests/conftest.py", "tests/golden/report/one/report/index.html"} <= files.keys()
    assert {"docs/sync.md", "templates/layout.html"} <= files.keys()
    made = re.compile(
        r"(?:^|/)(?:\.git|\.venv|\.syndicator|\.hypothesis|__pycache__|node_modules|dist)/"
        r"|\.pyc$|^output/(?!\.gitkeep)|(?:^|/)\.env$"
    )
    assert [name for name in files if made.search(name)] == []


# The workflow


def steps(job: str, action: str) -> list[dict[str, Any]]:
    return [each for each in JOBS[job]["steps"] if each.get("uses", "").startswith(action)]


def commands(job: str) -> str:
    return "\n".join(each["run"] for each in JOBS[job]["steps"] if "run" in each)


def test_a_tag_and_nothing_else_makes_a_release() -> None:
    assert WORKFLOW[True] == {"push": {"tags": ["v*"]}}  # YAML 1.1 reads the key "on" as true


def test_nothing_is_published_that_the_gate_has_not_let_pass() -> None:
    assert JOBS["publish"]["needs"] == ["gate", "build"]
    assert JOBS["announce"]["needs"] == "publish"
    assert commands("gate").endswith(".ci/run")


def test_what_is_published_was_checked_and_is_not_built_again() -> None:
    told = commands("build")
    checks = ("tests.release", "hatchling build", "tests.wheel", "tests.sdist")
    places = [told.index(each) for each in checks]
    assert places == sorted(places)
    assert not commands("publish")
    (handed,) = steps("publish", "actions/download-artifact@")
    assert handed["with"]["name"] == "files"


def test_pypi_trusts_the_workflow_and_files_are_attested() -> None:
    (step,) = steps("publish", "pypa/gh-action-pypi-publish@")
    assert step["with"] == {"attestations": True}
    assert JOBS["publish"]["environment"]["name"] == "pypi"


def test_each_job_has_the_rights_of_its_task_alone() -> None:
    assert WORKFLOW["permissions"] == {}
    assert {name: job["permissions"] for name, job in JOBS.items()} == {
        "gate": {"contents": "read"},
        "build": {"contents": "read"},
        "publish": {"id-token": "write"},
        "announce": {"contents": "write"},
    }


def test_no_expression_stands_in_a_command() -> None:
    """A tag may be called anything: the shell gets it as a variable, never as a part of itself."""
    assert [job for job in JOBS if "${{" in commands(job)] == []
