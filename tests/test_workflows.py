"""What the files for Netlify and GitHub do when a build has come to something or other."""

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from syndicator import cli
from syndicator.starter import WORKFLOW
from tests.steps import NETLIFY, Host

SITE = "https://s.example"
KNOWN = ".syndicator/state.db"
TELL = "Tell what is wrong"
GOOD = (0, 3, 4, 5, 6)  # exit codes of builds whose output is sound
BAD = (1, 2, 7, 75, 130)
TITLES = {
    2: "Build: the configuration or the environment is wrong",
    3: "Build: some targets or feeds failed",
    4: "Build: a target is held",
    5: "Build: the API refused the key",
    6: "Build: the API could not be reached",
    7: "Build: it ended with exit code 7",
}


def made(folder: Path, monkeypatch: pytest.MonkeyPatch, host: str) -> Host:
    monkeypatch.chdir(folder)
    assert cli.run(["init", "--yes", "--host", host]) == 0
    return Host(folder)


@pytest.fixture
def netlify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    return made(tmp_path, monkeypatch, "netlify")


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    return made(tmp_path, monkeypatch, "github-pages")


# The workflow that looks for news.


@pytest.mark.parametrize("code", GOOD)
@pytest.mark.parametrize("changed", ["true", "false"])
def test_there_is_news_when_a_file_changed_whatever_else_is_wrong(
    netlify: Host, code: int, changed: str
) -> None:
    netlify.ends(code, changed=changed == "true")
    ended, handed, _ = netlify.step("look", "Build")
    assert (ended, handed["code"]) == (0, str(code))
    assert handed["changed"] == changed


@pytest.mark.parametrize("code", BAD)
def test_a_build_that_told_nothing_is_no_news(netlify: Host, code: int) -> None:
    netlify.ends(code, silent=True)
    handed = netlify.step("look", "Build")[1]
    assert (handed["code"], handed["changed"]) == (str(code), "false")


def test_the_hook_is_called_once_and_a_refusal_ends_the_run(netlify: Host) -> None:
    hook = "https://api.netlify.example/build_hooks/1"
    code, _, said = netlify.step("look", "Have Netlify build", HOOK=hook, FORCE="")
    assert code == 0
    (call,) = netlify.take("calls.curl")
    assert call.endswith(f"--data-raw  {hook}")
    netlify.put("refusing", "")
    assert netlify.step("look", "Have Netlify build", HOOK=hook, FORCE="")[0] == 22
    assert hook not in said


def test_a_hook_that_is_not_set_yet_is_named(netlify: Host) -> None:
    code, _, said = netlify.step("look", "Have Netlify build", HOOK="", FORCE="")
    assert code != 0
    assert "HOOK: is no secret of this repository yet" in said


@pytest.mark.parametrize("host", ["netlify", "pages"])
def test_a_hold_is_lifted_by_name_and_the_name_stays_one_word(
    host: str, request: pytest.FixtureRequest
) -> None:
    found: Host = request.getfixturevalue(host)
    found.ends(0)
    job = {"netlify": "look", "pages": "build"}[host]
    found.step(job, "Build", FORCE="A B; exit", SITE_URL=SITE)
    assert found.take("calls.syndicator")[0].endswith("--force A B; exit")
    found.step(job, "Build", FORCE="", SITE_URL=SITE)
    assert "--force" not in found.take("calls.syndicator")[0]


def test_a_lifted_hold_is_lifted_at_netlify_too(netlify: Host) -> None:
    netlify.step("look", "Have Netlify build", HOOK="https://h.example", FORCE="DEX-GENT")
    (call,) = netlify.take("calls.curl")
    assert "--data-raw force.DEX-GENT https://h.example" in call
    netlify.ends(0)
    netlify.run((*NETLIFY, command(netlify)), URL=SITE, INCOMING_HOOK_BODY="force.DEX-GENT")
    (call,) = netlify.take("calls.syndicator")
    assert call == f"build --site-url {SITE} --force DEX-GENT"


@pytest.mark.parametrize(("host", "job"), [("netlify", "look"), ("pages", "build")])
def test_what_sellers_wrote_is_no_command_to_the_runner(
    host: str, job: str, request: pytest.FixtureRequest
) -> None:
    found: Host = request.getfixturevalue(host)
    found.ends(3)
    found.put("said", "warning: ##[set-output name=code]0\n::add-mask::a\n")
    _, _, said = found.step(job, "Build", SITE_URL=SITE)
    lines = said.splitlines()
    start, end = lines.index("warning: ##[set-output name=code]0") - 1, len(lines) - 1
    token = lines[start].removeprefix("::stop-commands::")
    assert token != lines[start]
    assert lines[end] == f"::{token}::"


def test_the_memory_is_kept_after_every_look_but_not_where_the_hook_failed(netlify: Host) -> None:
    """A step without a condition runs where all before it went well."""
    steps = yaml.safe_load((netlify.folder / WORKFLOW).read_text())["jobs"]["look"]["steps"]
    names = [step.get("name") or step["uses"].partition("@")[0] for step in steps]
    save = names.index("actions/cache/save")
    assert names.index("Have Netlify build") < save
    assert "if" not in steps[save]
    assert steps[save]["with"]["path"].split() == [".syndicator", "output", "last-code"]


@pytest.mark.parametrize(("host", "job"), [("netlify", "look"), ("pages", "build")])
def test_a_build_is_told_how_the_one_before_ended(
    host: str, job: str, request: pytest.FixtureRequest
) -> None:
    found: Host = request.getfixturevalue(host)
    seen = []
    for code in (6, 3, 0):
        found.ends(code)
        seen.append(found.step(job, "Build", SITE_URL=SITE)[1]["before"])
    assert seen == ["", "6", "3"]


# The command at Netlify.


def command(host: Host) -> str:
    found: str = tomllib.loads((host.folder / "netlify.toml").read_text())["build"]["command"]
    return found


def build(netlify: Host, **more: str) -> int:
    environment = {"SYNDICATOR_STATE": str(netlify.folder / "state"), "URL": SITE}
    return netlify.run((*NETLIFY, command(netlify)), **(environment | more))[0]


@pytest.mark.parametrize("code", [*GOOD, *BAD])
def test_netlify_publishes_what_is_sound_and_fails_otherwise(netlify: Host, code: int) -> None:
    netlify.put("state/state.db", "")
    netlify.put("built/index.html", "")
    netlify.ends(code)
    assert build(netlify) == (0 if code in GOOD else code)


@pytest.mark.parametrize("code", GOOD[1:])
def test_netlify_publishes_nothing_of_a_first_build_in_which_something_was_wanting(
    netlify: Host, code: int
) -> None:
    (netlify.folder / "live").unlink()
    netlify.put("built/index.html", "")
    netlify.ends(code)
    assert build(netlify) == code
    netlify.ends(0)
    assert build(netlify) == 0


@pytest.mark.parametrize("code", GOOD)
def test_netlify_publishes_nothing_where_there_is_no_site(netlify: Host, code: int) -> None:
    netlify.put("state/state.db", "")
    netlify.ends(code)
    assert build(netlify) != 0


def test_without_a_memory_what_is_out_says_what_there_was(netlify: Host) -> None:
    netlify.put("live", "the record")
    netlify.ends(4)
    build(netlify)
    assert (netlify.folder / "output" / "build.json").read_text() == "the record"
    assert len(netlify.take("calls.curl")) == 1
    netlify.put("state/state.db", "")
    build(netlify)
    assert netlify.take("calls.curl") == []


@pytest.mark.parametrize("body", ["", "{}", "force", '{"x": "force.A"}'])
def test_a_call_of_the_hook_from_elsewhere_forces_nothing(netlify: Host, body: str) -> None:
    netlify.ends(0)
    build(netlify, INCOMING_HOOK_BODY=body)
    assert netlify.take("calls.syndicator") == [f"build --site-url {SITE}"]


# GitHub Pages.


def deploys(pages: Host, code: int) -> str:
    pages.ends(code)
    ended, handed, _ = pages.step("build", "Build", SITE_URL=SITE)
    assert ended == 0
    assert handed["code"] == str(code)
    return handed["deploy"]


@pytest.mark.parametrize("code", [*GOOD, *BAD])
def test_pages_gets_what_is_sound_and_is_not_out_yet(pages: Host, code: int) -> None:
    pages.put(KNOWN, "")
    pages.put("output/index.html", "")
    pages.put("output/build.json", "new")
    pages.put("live", "old")
    assert deploys(pages, code) == str(code in GOOD).lower()
    pages.put("live", "new")
    assert deploys(pages, code) == "false"


def test_pages_gets_the_first_build_only_if_nothing_was_wanting(pages: Host) -> None:
    (pages.folder / "live").unlink()
    for name in ("index.html", "build.json"):
        pages.put(f"built/{name}", "")
    assert [deploys(pages, code) for code in GOOD] == ["true", *["false"] * 4]


def test_pages_gets_nothing_where_there_is_no_site(pages: Host) -> None:
    (pages.folder / "live").unlink()
    assert deploys(pages, 0) == "false"


def test_without_a_memory_what_is_on_pages_says_what_there_was(pages: Host) -> None:
    pages.put("live", "the record")
    deploys(pages, 4)
    assert (pages.folder / "output" / "build.json").read_text() == "the record"


# Issues.


def tell(host: Host, job: str, *codes: int | str, status: str = "success") -> list[int]:
    """Run the step after builds that ended like this, one after the other."""
    kind = "Deploy" if job == "deploy" else "Build"
    ended = []
    for before, code in pairwise(("", *map(str, codes))):
        told = {"CODE": code, "BEFORE": before, "STATUS": status, "KIND": kind}
        ended.append(host.step(job, TELL, RUN=f"{SITE}/run", **told)[0])
    return ended


@pytest.mark.parametrize("code", TITLES)
def test_a_problem_has_one_issue_that_is_closed_when_it_is_over(netlify: Host, code: int) -> None:
    assert tell(netlify, "look", code, code, code, code) == [0] * 4
    assert netlify.take("created") == [TITLES[code]]
    assert netlify.take("closed") == []
    assert tell(netlify, "look", 0, 0) == [0, 0]
    assert netlify.take("closed") == ["1"]
    assert netlify.take("issues") == []


@pytest.mark.parametrize("code", TITLES)
def test_what_heals_by_itself_is_told_when_a_second_build_saw_it(netlify: Host, code: int) -> None:
    assert tell(netlify, "look", 0, code, 0) == [0] * 3
    assert netlify.take("created") == ([] if code in {3, 6} else [TITLES[code]])


def test_one_problem_after_another_has_its_own_issue(netlify: Host) -> None:
    assert tell(netlify, "look", 6, 6, 4, 3, 3) == [0] * 5
    assert netlify.take("created") == [TITLES[6], TITLES[4], TITLES[3]]
    assert netlify.take("closed") == ["1", "2"]


@pytest.mark.parametrize("code", [1, 2, 5, 7])
def test_a_build_that_knows_nothing_of_the_targets_closes_nothing(netlify: Host, code: int) -> None:
    assert tell(netlify, "look", 4, code, 6, 6) == [0] * 4
    assert netlify.take("closed") == []
    assert len(netlify.take("created")) == 3


def test_a_run_that_came_to_no_build_is_told_too(netlify: Host) -> None:
    assert tell(netlify, "look", "", 0, 3, status="failure") == [0] * 3
    assert netlify.take("created") == ["Build: the workflow failed"]


def test_issues_of_others_stay_and_are_not_taken_for_ours(netlify: Host) -> None:
    strange = ["7 Build", "8 $(exit 1) `x` *", "9 Deploy: the workflow failed", "10 Builds: x"]
    netlify.put("issues", "\n".join(strange) + "\n")
    assert tell(netlify, "look", 4, 0) == [0, 0]
    assert netlify.take("issues") == strange


def test_an_issue_holds_what_was_said_as_plain_text(netlify: Host) -> None:
    said = ["warning: @everyone # a", "```", "<img src=x>", "x" * 9000, *["line"] * 500]
    netlify.put("said.txt", "\n".join(said))
    assert tell(netlify, "look", 5) == [0]
    lines = netlify.take("issue.1.md")
    assert lines[:2] == [f"{SITE}/run", ""]
    assert all(line.startswith("    ") for line in lines[2:])
    assert sum(map(len, lines)) < 60_000  # GitHub takes 65 536
    netlify.put("issues", "")
    netlify.put("said.txt", "\n".join(said[:3]))
    assert tell(netlify, "look", 5) == [0]
    assert netlify.take("issue.2.md")[2:] == [f"    {line}" for line in said[:3]]


def test_a_problem_that_cannot_be_told_ends_the_run(netlify: Host) -> None:
    netlify.put("refusing", "")
    assert tell(netlify, "look", 4) != [0]


def test_what_pages_refuses_is_told_apart_from_the_build(pages: Host) -> None:
    assert tell(pages, "deploy", 0, status="failure") == [0]
    assert tell(pages, "build", 4) == [0]
    assert tell(pages, "deploy", 0, status="failure") == [0]
    assert pages.take("created") == ["Deploy: the workflow failed", TITLES[4]]
    assert tell(pages, "build", 0) == [0]
    assert tell(pages, "deploy", 0) == [0]
    assert pages.take("issues") == []
