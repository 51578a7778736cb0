"""The files for each host: they parse, they give no right away, and their shell does as it says."""

import json
import os
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from syndicator import cli, starter
from syndicator.starter import Host
from tests.test_supply_chain import ROOT, WORKFLOWS


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OKASIE_API_SECRET", raising=False)


def init(*words: str) -> int:
    return cli.run(["init", "--yes", *words])


def test_ours_and_a_newcomers_netlify_toml_differ_in_how_the_program_is_installed(
    tmp_path: Path,
) -> None:
    assert init("--host", "netlify") == 0
    theirs = tomllib.loads((tmp_path / "netlify.toml").read_text("utf-8"))
    ours = tomllib.loads((ROOT / "netlify.toml").read_text("utf-8"))
    install = "python -m pip install --quiet uv && uv run --quiet --locked syndicator build"
    theirs["build"]["command"] = theirs["build"]["command"].replace("syndicator build", install)
    assert theirs == ours
    assert theirs["build"]["publish"] == "output"
    assert theirs["build"]["environment"]["SYNDICATOR_STATE"] == "/opt/build/cache/syndicator"


def workflow(host: str, tmp_path: Path) -> dict[str, Any]:
    assert init("--host", host) == 0
    found: dict[str, Any] = yaml.safe_load((tmp_path / starter.WORKFLOW).read_text("utf-8"))
    return found


@pytest.mark.parametrize("host", ["netlify", "github-pages"])
def test_a_workflow_has_least_rights_and_pinned_actions(host: str, tmp_path: Path) -> None:
    made = workflow(host, tmp_path)
    ours = "".join(path.read_text("utf-8") for path in WORKFLOWS)
    assert made["permissions"] == {}
    assert made["concurrency"] == {"group": "showroom", "cancel-in-progress": False}
    assert "pull_request" not in made[True]  # YAML 1.1 reads the key "on" as true
    for job in made["jobs"].values():
        rights = {name for name, right in job["permissions"].items() if right == "write"}
        assert rights <= {"issues", "pages", "id-token"}
        for step in job["steps"]:
            assert "${{" not in step.get("run", ""), step
            name, _, commit = step.get("uses", "").partition("@")
            assert len(commit) in (0, 40)
            if name.startswith("actions/") and name in ours:
                assert f"{name}@{commit}" in ours
            if name == "actions/checkout":
                assert step["with"] == {"persist-credentials": False}
    text = (tmp_path / starter.WORKFLOW).read_text("utf-8")
    assert "@tell@" not in text


@pytest.mark.parametrize("host", ["netlify", "github-pages"])
def test_only_the_step_that_needs_a_secret_sees_it(host: str, tmp_path: Path) -> None:
    for job in workflow(host, tmp_path)["jobs"].values():
        for step in job["steps"]:
            told = json.dumps(step)
            assert ("OKASIE_API_SECRET" in told) == (step.get("name") == "Build")
            assert ("github.token" in told) == ("issues" in step.get("name", "") or "gh " in told)


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    assert init("--host", "systemd") == 0
    program = shutil.which("systemd-analyze")
    folder = tmp_path / "units"
    folder.mkdir()
    for name in starter.FILES[Host.SYSTEMD].values():
        if name.startswith("syndicator"):
            text = (tmp_path / "server" / name).read_text("utf-8")
            assert "[Unit]" in text
            for missing in ("/opt/syndicator/bin/syndicator", "/usr/sbin/nginx"):
                text = text.replace(missing, "/bin/true")
            (folder / name).write_text(text)
    if program is None:
        return
    found = subprocess.run(
        [program, "verify", "--man=no", *sorted(folder.iterdir())],
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{folder}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, "units/" in found.stderr) == (0, False), found.stderr


def test_a_build_that_failed_is_not_tried_again_before_its_time(tmp_path: Path) -> None:
    assert init("--host", "systemd") == 0
    unit = (tmp_path / "server" / "syndicator.service").read_text("utf-8").splitlines()
    assert not any(line.startswith("Restart=") for line in unit)
    (success,) = [line for line in unit if line.startswith("SuccessExitStatus=")]
    assert not {"3", "4"} & set(success.partition("=")[2].split())


def test_the_host_of_the_site_is_in_the_web_servers_files(tmp_path: Path) -> None:
    assert init("--host", "systemd", "--site-url", "https://voorraad.autogent.example/x") == 0
    for name in ("nginx.conf", "Caddyfile"):
        text = (tmp_path / "server" / name).read_text("utf-8")
        assert "voorraad.autogent.example" in text
        assert "@host@" not in text


def test_no_secret_gets_into_an_image(tmp_path: Path) -> None:
    assert init("--host", "container") == 0
    lines = (tmp_path / "Containerfile").read_text("utf-8").splitlines()
    copied = [word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]]
    assert set(copied) == {"requirements.txt", "syndicator.toml"}
    assert ".env" in (tmp_path / ".dockerignore").read_text("utf-8").splitlines()
    assert any(line.startswith("USER ") and line != "USER root" for line in lines)
