"""``serve --watch``: what is looked at, what is rendered again, and what open pages are told."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any, NoReturn
from urllib.request import urlopen

import pytest

from syndicator import again, build, cli, demonstration, jobs, lock, watch
from syndicator.again import Outcome, Subject, order, outcome_of
from syndicator.errors import Stopped
from syndicator.places import beside
from syndicator.render import shipped
from syndicator.simulator.stock import make_stock
from syndicator.summary import Files, Summary
from syndicator.watch import Board, Watch, sources, stamps
from tests.world import World

SITE = """
[site]
url = "https://s.example"

[[targets]]
all = true

[feeds]
"""
OFF = ("atom", "rss", "jsonfeed", "changes", "meta", "schemaorg", "report")
PAGE = '{% extends "shipped/site/index.html" %}\n{% block doors %}\n<p>HERE</p>\n{% endblock %}\n'


def published(output: Path, record: str = "{}") -> Path:
    output.mkdir(exist_ok=True)
    (output / "index.html").write_text("home")
    (output / "build.json").write_text(record)
    return output


# What pages are told


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(published(tmp_path / "output"))


def news(board: Board) -> Iterator[dict[str, str]]:
    """As a page gets them."""
    own = board.answer(watch.NEWS)
    assert own is not None
    assert own.media_type == "text/event-stream"
    for chunk in own.chunks:
        assert chunk.startswith(b"data: ")
        assert chunk.endswith(b"\n\n")
        yield json.loads(chunk.removeprefix(b"data: "))


def test_each_page_names_the_build_that_it_is_of(board: Board, tmp_path: Path) -> None:
    before = board.tail()
    assert f'data-version="{board.news.version}"'.encode() in before
    board.look()
    assert board.tail() == before
    published(tmp_path / "output", '{"digest": "other"}')
    board.look()
    assert board.tail() != before


def test_the_script_of_a_page_is_a_file_of_the_preview(board: Board) -> None:
    own = board.answer(watch.SCRIPT)
    assert own is not None
    assert watch.SCRIPT.encode() in board.tail()
    assert b"".join(own.chunks) == (watch.PACKAGE / "reload.js").read_bytes()
    assert board.answer("/.syndicator/state.db") is None


def test_the_script_writes_text_only_as_the_policy_of_the_site_asks() -> None:
    text = (watch.PACKAGE / "reload.js").read_text("utf-8")
    assert f'EventSource("{watch.NEWS}")' in text
    for each in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "<", "://"):
        assert each not in text


def test_a_page_hears_at_once_what_is_out_and_then_each_change(board: Board) -> None:
    stream = news(board)
    first = next(stream)
    assert first == {"version": board.news.version, "problem": ""}
    board.look("no template 'x'")
    assert next(stream) == first | {"problem": "no template 'x'"}
    board.look("")
    assert next(stream) == first


def test_a_page_that_waits_is_woken(board: Board) -> None:
    stream, heard = news(board), []
    next(stream)
    waiting = Thread(target=lambda: heard.append(next(stream)), daemon=True)
    waiting.start()
    board.look("something")
    waiting.join(60)
    assert [each["problem"] for each in heard] == ["something"]


def test_without_news_a_page_is_written_to_so_that_one_that_has_gone_is_noticed(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "ALIVE_SECONDS", 0)
    own = board.answer(watch.NEWS)
    assert own is not None
    _, after = (chunk for chunk, _ in zip(own.chunks, range(2), strict=False))
    assert after.startswith(b":")  # a comment to every reader of such streams


def test_a_build_of_somebody_else_reloads_pages_and_forgets_no_problem(
    board: Board, tmp_path: Path
) -> None:
    board.look("still wrong")
    before = board.news
    published(tmp_path / "output", '{"digest": "by hand"}')
    board.look()
    assert board.news.version != before.version
    assert board.news.problem == "still wrong"


# When something is rendered


class Desk:
    """A template that is worked on, and what comes of it."""

    def __init__(self, folder: Path, board: Board) -> None:
        self.template = folder / "templates" / "page.html"
        self.template.parent.mkdir()
        self.template.write_text("one")
        self.outcomes: list[Outcome] = []
        self.told: list[str] = []
        self.renderings = 0
        found = sources(folder / "syndicator.toml")
        self.watch = Watch(board, found, self.render, self.told.append)

    def render(self) -> Outcome:
        self.renderings += 1
        return self.outcomes.pop(0) if self.outcomes else Outcome()

    def save(self, text: str) -> None:
        self.template.write_text(text)
        os.utime(self.template, ns=(0, self.template.stat().st_mtime_ns + 1_000_000))

    def look(self, times: int = 2) -> int:
        """Look so many times, and say how often that rendered."""
        before = self.renderings
        for _ in range(times):
            self.watch.look()
        return self.renderings - before


@pytest.fixture
def desk(tmp_path: Path, board: Board) -> Desk:
    return Desk(tmp_path, board)


def test_what_is_out_is_made_sure_of_once(desk: Desk) -> None:
    assert desk.look(5) == 1


def test_what_was_rendered_before_the_first_look_is_not_rendered_again(desk: Desk) -> None:
    desk.watch.render()
    assert desk.look(3) == 0


def test_a_change_is_rendered_once_it_has_come_to_rest(desk: Desk) -> None:
    desk.look()
    for text in ("t", "tw", "two"):
        desk.save(text)
        assert desk.look(1) == 0
    assert desk.look(3) == 1


def test_a_change_while_it_is_rendered_is_rendered_too(desk: Desk) -> None:
    desk.look()
    desk.save("two")
    plain = desk.render

    def slow() -> Outcome:
        desk.watch._render = plain
        desk.save("three")
        return plain()

    desk.watch._render = slow
    assert desk.look(2) == 1
    assert desk.look(3) == 1


@pytest.mark.parametrize("name", [".page.html.swp", "page.html~", "4913~"])
def test_what_an_editor_keeps_beside_a_template_is_nothing(desk: Desk, name: str) -> None:
    desk.look()
    (desk.template.parent / name).write_text("x")
    assert desk.look(3) == 0


def test_a_configuration_that_comes_and_one_that_goes_are_changes(
    desk: Desk, tmp_path: Path
) -> None:
    desk.look()
    (tmp_path / "syndicator.toml").write_text("[site]\n")
    assert desk.look(3) == 1
    (tmp_path / "syndicator.toml").unlink()
    assert desk.look(3) == 1


def test_the_shipped_templates_are_watched_too(tmp_path: Path) -> None:
    found = sources(tmp_path / "syndicator.toml")
    layout = shipped(watch.PACKAGE) / "layout.html"
    assert str(layout) in {path for path, _, _ in stamps(found)}


def test_a_build_that_is_at_work_is_waited_for_and_named_once(desk: Desk, board: Board) -> None:
    desk.outcomes += [Outcome(is_busy=True), Outcome(is_busy=True), Outcome(changed=3)]
    desk.look(1)
    assert [desk.watch.look() for _ in range(3)] == [
        *(watch.BUSY_SECONDS, watch.BUSY_SECONDS, watch.LOOK_SECONDS)
    ]
    assert desk.told == [
        "another build is at work: what changed is rendered after it",
        "rendered: 3 files changed",
    ]
    assert board.news.problem == ""
    assert desk.look(3) == 0


def test_a_problem_is_told_here_and_on_the_page_until_it_is_mended(
    desk: Desk, board: Board
) -> None:
    desk.outcomes += [Outcome(problem="template a.html:3: unexpected '}'"), Outcome(changed=1)]
    desk.look()
    assert desk.told == ["failed: template a.html:3: unexpected '}'"]
    assert board.news.problem == "template a.html:3: unexpected '}'"
    assert desk.look(3) == 0
    desk.save("mended")
    desk.look()
    assert desk.told[1:] == ["rendered: 1 files changed"]
    assert board.news.problem == ""


def test_it_is_looked_for_ever(desk: Desk) -> None:
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 4:
            raise Stopped(2)

    with pytest.raises(Stopped):
        desk.watch.follow(pause)
    assert pauses == [watch.LOOK_SECONDS] * 4
    assert desk.renderings == 1


# What rendering again comes to


def rendered(subject: Subject) -> Outcome:
    """In this process, as if it had only just started: what was compiled in it is forgotten."""
    jobs.templates.cache_clear()
    return again.rendered(subject)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    """A small site, built from the API once, with pages and one feed."""
    folder = tmp_path_factory.mktemp("site")
    world = World(folder, make_stock(3, 8, 2, photo_base="https://images.example"))
    assert world.build().code == 0
    file = folder / "syndicator.toml"
    file.write_text(SITE + "".join(f"{name} = {{ enabled = false }}\n" for name in OFF))
    made = Subject(file=file, output=world.output, places=beside(file), is_there=True)
    assert rendered(made).problem == ""
    return made


@pytest.fixture
def subject(built: Subject) -> Iterator[Subject]:
    """With the configuration as it was, and no templates, before and after."""
    text = built.file.read_text()
    yield built
    built.file.write_text(text)
    for each in own(built).glob("site/*"):
        each.unlink()


def own(subject: Subject) -> Path:
    return subject.file.parent / "templates"


def front(subject: Subject) -> str:
    return (subject.output / "index.html").read_text("utf-8")


def shadow(subject: Subject, text: str, name: str = "site/index.html") -> None:
    (own(subject) / name).parent.mkdir(parents=True, exist_ok=True)
    (own(subject) / name).write_text(text)


def test_a_template_of_the_operators_makes_its_way_to_the_page_and_leaves_it(
    subject: Subject,
) -> None:
    before = front(subject)
    shadow(subject, PAGE)
    assert rendered(subject).changed > 0
    assert "<p>HERE</p>" in front(subject)
    (own(subject) / "site/index.html").unlink()
    assert rendered(subject).changed > 0
    assert front(subject) == before
    assert rendered(subject) == Outcome(changed=0)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{{ nonsense }", "template site/index.html:3: unexpected '}'"),
        (
            "{{ nonsense }}",
            "showroom: UndefinedError: 'nonsense' is undefined in {own}/site/index.html:3",
        ),
        ('{% include "no.html" %}', "no.html"),
    ],
)
def test_a_template_that_is_wrong_is_named_and_the_last_good_page_stays(
    subject: Subject, text: str, problem: str
) -> None:
    before = front(subject)
    shadow(subject, PAGE.replace("HERE", text))
    assert problem.replace("{own}", str(own(subject))) in rendered(subject).problem
    assert front(subject) == before


def test_a_configuration_that_is_wrong_is_named_with_its_hint(subject: Subject) -> None:
    subject.file.write_text("[site]\nlanguages = []\n")
    assert "syndicator.toml: site.languages" in rendered(subject).problem
    subject.file.write_text("[sit]\n")
    assert "\n  hint: " in rendered(subject).problem


def test_a_configuration_that_has_gone_is_no_wish_for_the_defaults(subject: Subject) -> None:
    text = subject.file.read_text()
    subject.file.unlink()
    assert "there is no such file" in rendered(subject).problem
    subject.file.write_text(text)
    assert rendered(subject).problem == ""


def test_another_build_at_work_is_no_problem(subject: Subject) -> None:
    with lock.held(subject.places.lock):
        assert rendered(subject) == Outcome(is_busy=True)


def test_a_bug_does_not_end_the_preview(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> NoReturn:
        raise TypeError("of ours")

    monkeypatch.setattr(build, "build", broken)
    assert rendered(subject).problem == "this is a bug: TypeError: of ours"


def test_it_is_rendered_in_a_process_of_its_own(subject: Subject) -> None:
    shadow(subject, PAGE)
    assert again.apart(subject).changed > 0
    assert "<p>HERE</p>" in front(subject)
    (own(subject) / "site/index.html").unlink()
    assert again.apart(subject).problem == ""


def test_without_an_address_in_the_configuration_the_site_keeps_its_own(subject: Subject) -> None:
    subject.file.write_text(
        subject.file.read_text().replace("https://s.example", "https://t.example")
    )
    assert order(subject).config.site.url == "https://t.example"
    subject.file.write_text("[[targets]]\nall = true\n")
    assert order(subject).config.site.url == "https://s.example"


def test_nothing_is_asked_of_the_api(subject: Subject) -> None:
    assert order(subject).secret is None


def test_a_demo_is_rendered_as_the_demo_does(tmp_path: Path) -> None:
    file = tmp_path / "syndicator.toml"
    output = published(tmp_path / "output", '{"demo": true}')
    (output / "robots.txt").write_text("Sitemap: http://localhost:8000/sitemap.xml\n")
    subject = Subject(file=file, output=output, places=beside(file), is_there=False)
    simulator: Any = SimpleNamespace(base_url="http://127.0.0.1:1/v1", key="demo-key", origin="")
    wanted = demonstration.request(
        simulator,
        output=output,
        site_url="http://localhost:8000",
        only=(),
        workers=None,
        here=file,
    )
    asked = order(subject)
    same = {"api_url": wanted.config.api_url}
    assert asked.config.model_copy(update=same) == wanted.config
    assert asked.places == wanted.places
    assert asked.targets == wanted.targets


@pytest.mark.parametrize("record", ['{"demo": false}', "{}", "[]", "\xff", ""])
def test_what_is_no_demo_is_none(record: str, tmp_path: Path) -> None:
    (tmp_path / "build.json").write_text(record, "latin-1")
    assert not again.is_demo(tmp_path)
    assert not again.is_demo(tmp_path / "nowhere")


def test_one_reason_is_told_once_and_by_the_name_of_its_feed() -> None:
    summary = Summary(
        output="output",
        files=Files(written=2, removed=1),
        failures=[
            "demo/showroom@dealer:1: UndefinedError: 'x' is undefined",
            "demo/showroom@dealer:2: UndefinedError: 'x' is undefined",
            "vehicles@site: ValueError: no",
        ],
        exit_code=4,
    )
    assert outcome_of(summary) == Outcome(
        problem="showroom: UndefinedError: 'x' is undefined (2 times)\nvehicles: ValueError: no",
        changed=3,
    )


# The command


class Visit:
    """Somebody who looks at the page while the server waits, and then stops it."""

    def __init__(self, patch: pytest.MonkeyPatch, folder: Path) -> None:
        self.said: list[str] = []
        self.renderings = 0
        self.folder = folder
        patch.chdir(folder)
        patch.setattr(again, "apart", self._apart)
        patch.setattr(watch.Watch, "follow", lambda _: self._follow())
        patch.setattr("syndicator.console.answer", self.said.append)
        self.page = b""

    def _apart(self, subject: Subject) -> Outcome:
        self.renderings += 1
        self.subject = subject
        published(subject.output)
        return Outcome(changed=2)

    def _follow(self) -> NoReturn:
        with urlopen(self.said[-1]) as response:  # an address of loopback
            self.page = response.read()
        raise Stopped(2)


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Visit:
    return Visit(monkeypatch, tmp_path)


def test_the_command_serves_pages_that_reload_until_it_is_stopped(
    visit: Visit, capsys: pytest.CaptureFixture[str]
) -> None:
    published(visit.folder / "output")
    assert cli.run(["serve", "--watch", "--port", "0"]) == 130
    assert visit.page.startswith(b"home")
    assert watch.SCRIPT.encode() in visit.page
    assert visit.renderings == 0
    assert capsys.readouterr().err == "syndicator: stopped; what was published stays as it is\n"


def test_what_was_never_rendered_is_rendered_before_it_is_served(
    visit: Visit, capsys: pytest.CaptureFixture[str]
) -> None:
    (visit.folder / "syndicator.toml").write_text('output = "public"\n')
    assert cli.run(["serve", "--watch", "--port", "0"]) == 130
    assert visit.renderings == 1
    assert visit.subject.output == Path("public")
    assert visit.subject.is_there
    assert "rendered: 2 files changed\n" in capsys.readouterr().err


def test_the_state_is_where_other_commands_keep_it(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNDICATOR_STATE", "elsewhere")
    assert cli.run(["serve", "--watch", "--port", "0"]) == 130
    assert visit.subject.places.root == visit.folder.resolve() / "elsewhere"


def test_without_the_option_pages_are_sent_as_they_are(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(visit.folder / "output")
    seen: list[bytes] = []

    def serve_forever(httpd: Any) -> NoReturn:
        answering = Thread(target=httpd.handle_request)
        answering.start()
        with urlopen(visit.said[-1]) as response:
            seen.append(response.read())
        answering.join()
        raise Stopped(2)

    monkeypatch.setattr("syndicator.serve.Server.serve_forever", serve_forever)
    assert cli.run(["serve", "--port", "0"]) == 130
    assert seen == [b"home"]
