import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from syndicator.errors import UsageError
from syndicator.serve import Live, Own, header_rules, headers_for, redirect_rules, server

TAIL = b"<script></script>"


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


class Company:
    """What a preview adds while somebody works on the site."""

    def __init__(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        self._meanwhile = meanwhile

    def answer(self, path: str) -> Own | None:
        self._meanwhile()
        return Own(media_type="text/x-news", chunks=(b"one", b"two")) if path == "/.news" else None

    def tail(self) -> bytes:
        return TAIL


@contextmanager
def served(root: Path, live: Live | None = None) -> Iterator[HTTPConnection]:
    httpd = server(root, 0, live)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    link = HTTPConnection("127.0.0.1", httpd.server_port)
    yield link
    link.close()
    httpd.shutdown()
    thread.join()
    httpd.server_close()


@pytest.fixture
def connection(root: Path) -> Iterator[HTTPConnection]:
    with served(root) as link:
        yield link


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


def test_a_page_that_is_worked_on_has_the_previews_script_at_its_end(root: Path) -> None:
    with served(root, Company()) as connection:
        response, body = get(connection, "/gent/")
        assert body == b"gent" + TAIL
        assert response.headers["Content-Length"] == str(len(body))
        assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert get(connection, "/nowhere")[1] == b"nowhere" + TAIL
        response, body = get(connection, "/gent/", "HEAD")
        assert (response.headers["Content-Length"], body) == (str(len(b"gent" + TAIL)), b"")


def test_what_is_no_page_stays_as_it_is(root: Path) -> None:
    (root / "assets").mkdir()
    (root / "assets" / "a.js").write_text("1")
    with served(root, Company()) as connection:
        assert get(connection, "/gent/feeds/atom.xml")[1] == b"<feed/>"
        assert get(connection, "/assets/a.js")[1] == b"1"
        assert get(connection, "/gent")[1] == b""


def test_the_preview_has_answers_of_its_own_that_end_with_the_connection(root: Path) -> None:
    with served(root, Company()) as connection:
        response, body = get(connection, "/.news?x=1")
        assert (response.status, body) == (200, b"onetwo")
        assert response.headers["Content-Type"] == "text/x-news"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Connection"] == "close"
        assert get(connection, "/.news", "HEAD")[1] == b""


def test_nothing_of_the_previews_is_written_into_the_site(root: Path) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    with served(root, Company()) as connection:
        get(connection, "/")
        get(connection, "/.news")
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_without_company_its_paths_are_nothing(connection: HTTPConnection) -> None:
    assert get(connection, "/.news")[0].status == 404


def test_what_a_build_changes_meanwhile_shows_in_the_next_answer(root: Path) -> None:
    def land() -> None:
        (root / "new").write_text("a longer page")
        (root / "new").replace(root / "index.html")

    with served(root, Company(land)) as connection:
        response, body = get(connection, "/")
        assert body == b"a longer page" + TAIL
        assert response.headers["Content-Length"] == str(len(body))


def test_a_page_for_what_is_not_there_has_the_headers_of_that_page(
    root: Path, connection: HTTPConnection
) -> None:
    (root / "_headers").write_text(
        "/assets/*\n  Cache-Control: immutable\n/404.html\n  Cache-Control: no-cache\n"
    )
    response, body = get(connection, "/assets/none.css")
    assert (response.status, body) == (404, b"nowhere")
    assert response.headers.get_all("Cache-Control") == ["no-cache"]
