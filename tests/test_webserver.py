import re
from itertools import product
from pathlib import Path

import pytest

from syndicator import cli
from syndicator.errors import UsageError
from syndicator.serve import (
    HeaderRule,
    RedirectRule,
    header_rules,
    headers_for,
    matches,
    redirect_rules,
)
from syndicator.webserver import _regex, caddy, nginx

HEADERS = header_rules(
    "/*\n  X-A: 1\n  Cache-Control: no-cache\n"
    "/:room/feeds/*\n  X-A: 2\n"
    "/:room/feeds/atom.xml\n  Content-Type: application/atom+xml; charset=utf-8\n"
    "/assets/*\n  Cache-Control: immutable\n"
)
REDIRECTS = redirect_rules("/fr/* /fr/404.html 404\n/* /404.html 404\n")
PATHS = (
    *(
        "/",
        "/index.html",
        "/gent/feeds/atom.xml",
        "/gent/feeds/atomxxml",
        "/gent/fr/feeds/atom.xml",
    ),
    *("/gent/feeds/", "/feeds/atom.xml", "/assets/a.css", "/assets", "/fr/x", "/fr/"),
)


@pytest.mark.parametrize("pattern", [rule.pattern for rule in (*HEADERS, *REDIRECTS)])
def test_a_pattern_covers_what_it_covers_in_the_preview(pattern: str) -> None:
    found = [path for path in PATHS if re.search(_regex(pattern), path)]
    assert found == [path for path in PATHS if matches(pattern, path)]


def sent(text: str, path: str) -> dict[str, str]:
    """The headers of a path, as nginx works them out; the media type is a location's."""
    variables: dict[str, str] = {}
    for line in text.splitlines():
        if found := re.match(r'(?:if \(\$uri ~ "(.*)"\) \{ )?set (\$\w+) "(.*)";', line):
            condition, variable, value = found.groups(default="")
            if re.search(condition, path):
                variables[variable] = value
    told = dict(re.findall(r"add_header (\S+) (\$\w+) always;", text))
    return {name: variables[variable] for name, variable in told.items() if variables[variable]}


@pytest.mark.parametrize("path", PATHS)
def test_nginx_sends_the_headers_of_the_preview(path: str) -> None:
    expected = headers_for(HEADERS, path)
    expected.pop("Content-Type", None)
    assert sent(nginx(HEADERS, REDIRECTS), path) == expected


def test_of_several_media_types_the_last_stands_first_where_the_first_counts() -> None:
    rules = header_rules("/a/*\n  Content-Type: text/a\n/a/b\n  Content-Type: text/b\n")
    found = re.findall(
        r'location ~ "(.*)" \{ types \{ \} default_type "(.*)"; \}', nginx(rules, ())
    )
    assert found == [("^/a/b$", "text/b"), ("^/a/.*$", "text/a")]


def test_both_name_the_page_of_each_language_for_what_is_not_there() -> None:
    for text in (nginx(HEADERS, REDIRECTS), caddy(HEADERS, REDIRECTS)):
        assert "/fr/404.html" in text
        assert "_headers" in text


EVIL = ('"', "\\", "$uri", "{env.KEY}", "}", "\n", "\r", "\0", "`", "é")


@pytest.mark.parametrize(("render", "evil"), list(product((nginx, caddy), EVIL)))
def test_text_that_could_end_a_value_is_refused(render: object, evil: str) -> None:
    assert callable(render)
    rules = [
        ([HeaderRule("/", (("X-A", f"a{evil}b"),))], []),
        ([HeaderRule(f"/{evil}", (("X-A", "b"),))], []),
        ([HeaderRule("/", ((f"X{evil}", "b"),))], []),
        ([], [RedirectRule(f"/{evil}", "/404.html", 404)]),
        ([], [RedirectRule("/", f"/{evil}.html", 404)]),
    ]
    for headers, redirects in rules:
        with pytest.raises(UsageError, match="no rule that a build writes"):
            render(headers, redirects)


@pytest.mark.parametrize("render", [nginx, caddy])
def test_a_redirect_of_another_kind_is_refused_rather_than_forgotten(render: object) -> None:
    assert callable(render)
    with pytest.raises(UsageError, match="_redirects"):
        render((), redirect_rules("/old /new/ 301\n"))


def test_the_command_prints_it_of_a_finished_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run(["headers", "nginx"]) == 2
    assert "holds no site" in capsys.readouterr().err
    site = tmp_path / "output"
    site.mkdir()
    (site / "index.html").touch()
    (site / "_headers").write_text("/*\n  X-A: 1\n")
    (site / "_redirects").write_text("/* /404.html 404\n")
    for server, words in (("nginx", "add_header X-A"), ("caddy", 'X-A "1"')):
        assert cli.run(["headers", server]) == 0
        assert words in capsys.readouterr().out
