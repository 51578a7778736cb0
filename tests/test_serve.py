import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from syndicator.errors import UsageError
from syndicator.serve import header_rules, headers_for, redirect_rules, server


@pytest.fixture
def root(tmp_path: Path) -> Path:
    site = tmp_path / "output"
    (site / "gent" / "feeds").mkdir(parents=True)
    (site / "index.html").write_text("home")
    (site / "404.html").write_text("nowhere")
    (site / "gent" / "index.html").write_text("gent")
    (site / "gent" / "feeds" / "atom.xml").write_text("<feed/>")
    (site / "_headers").write_text(
        "/*\n  X-Frame-Options: SAMEORIGIN\n"
        "/gent/feeds/atom.xml\n  Content-Type: application/atom+xml; charset=utf-8\n"
    )
    (site / "_redirects").write_text("/old/* /gent/ 301\n")
    (tmp_path / "secret.txt").write_text("secret")
    return site


@pytest.fixture
def connection(root: Path) -> Iterator[HTTPConnection]:
    httpd = server(root, 0)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    link = HTTPConnection("127.0.0.1", httpd.server_port)
    yield link
    link.close()
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def get(connection: HTTPConnection, path: str, method: str = "GET") -> tuple[HTTPResponse, bytes]:
    connection.request(method, path)
    response = connection.getresponse()
    return response, response.read()


def test_a_folder_answers_with_its_index(connection: HTTPConnection) -> None:
    response, body = get(connection, "/gent/?page=2")
    assert (response.status, body) == (200, b"gent")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_folder_without_slash_moves_to_the_slash(connection: HTTPConnection) -> None:
    response, _ = get(connection, "/gent")
    assert (response.status, response.headers["Location"]) == (301, "/gent/")


def test_headers_of_the_build_are_sent(connection: HTTPConnection) -> None:
    response, _ = get(connection, "/gent/feeds/atom.xml", "HEAD")
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert response.headers["Content-Length"] == "7"


def test_redirects_of_the_build_are_followed_only_where_there_is_no_file(
    connection: HTTPConnection,
) -> None:
    response, _ = get(connection, "/old/car")
    assert (response.status, response.headers["Location"]) == (301, "/gent/")


@pytest.mark.parametrize(
    "path",
    [
        "/none",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/_headers",
        "/_redirects",
        "/%5fheaders",
        "/./_headers",
        "/%00",
        f"/{'a' * 5000}",
    ],
)
def test_what_is_not_published_is_404(connection: HTTPConnection, path: str) -> None:
    response, body = get(connection, path)
    assert (response.status, body) == (404, b"nowhere")


def test_a_later_rule_replaces_an_earlier_header() -> None:
    rules = header_rules("/*\n  A: 1\n  B: 2\n/x/*\n  A: 3\n")
    assert headers_for(rules, "/x/y") == {"A": "3", "B": "2"}


def test_redirect_lines_have_two_or_three_parts() -> None:
    rules = redirect_rules("# comment\n/a /b\n/fr/* /fr/404.html 404\n\n")
    assert [(rule.pattern, rule.status) for rule in rules] == [("/a", 301), ("/fr/*", 404)]


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no site"):
        server(tmp_path, 0)
