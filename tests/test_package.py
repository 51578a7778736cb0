"""A package of somebody else's adds an exporter: nothing of ours is touched."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html

from syndicator import demonstration
from tests import pages

PACKAGE = Path(__file__).parent / "package"
(CONFIGURATION,) = pages.all_blocks("installed")  # of docs/exporters.md


class Environment:
    """A fresh environment that has our package, its needs, and what is installed into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        venv.create(folder / "env", with_pip=False, symlinks=os.name != "nt")
        self.python = folder / "env/bin/python"
        ours = sysconfig.get_path("purelib")
        (path,) = (folder / "env/lib").glob("python*/site-packages")
        (path / "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")

    def run(self, *words: str, **variables: str) -> str:
        """The output of a module of Python's, or what it said when it failed."""
        done = subprocess.run(
            [self.python, "-m", *words],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8"}
            | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    folder = tmp_path_factory.mktemp("package")
    shutil.copytree(PACKAGE, folder / "package")
    made = Environment(folder)
    offline = ("--no-index", "--no-deps", "--no-build-isolation", "--quiet")
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", made.python, "install", *offline, "./package"],
        cwd=folder,
        check=True,
        env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )
    yield made
    shutil.rmtree(folder)


def test_it_is_listed_with_its_options(environment: Environment) -> None:
    told = environment.run("syndicator", "exporters", "pricelist")
    assert "syndicator-pricelist 1.0" in told
    assert "heading" in told
    assert "least_photos" in told
    assert re.search(r"^price +required +price$", told, re.MULTILINE)


def test_its_own_tests_keep_the_inherited_contract(environment: Environment) -> None:
    plain = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:schemathesis")
    told = environment.run("pytest", *plain, "package/tests")
    assert " passed" in told
    assert "skipped" not in told


def test_a_build_has_its_page_with_its_look_and_rules(environment: Environment) -> None:
    (environment.folder / "syndicator.toml").write_text(CONFIGURATION.text)
    with demonstration.stage(listings=12, dealers=2, seed=1) as simulator:
        key = {"OKASIE_API_SECRET": simulator.key, "OKASIE_API_URL": simulator.base_url}
        environment.run("syndicator", "build", "--quiet", **key)
    output = environment.folder / "output"
    assert list(output.glob("*/counter/index.html"))
    lists = list(output.glob("*/prices/index.html"))
    assert lists
    for page in lists:
        tree = html.fromstring(page.read_bytes())
        assert tree.xpath("string(//h1)") == "Onze prijzen"
        (style,) = tree.xpath("//link[@rel='stylesheet']/@href")
        assert "148mm" in (output / style.lstrip("/")).read_text()
        for link in tree.xpath("//li/a/@href"):
            assert (output / link.lstrip("/") / "index.html").is_file()
        prices = [int(re.sub(r"\D", "", each)) for each in tree.xpath("//li/text()") if "€" in each]
        assert prices
        assert min(prices) >= 10_000
    told = environment.run("syndicator", "check")
    assert re.search(r"^Prijslijst \(pricelist\) +\d+ +0 +\d+$", told, re.MULTILINE)
