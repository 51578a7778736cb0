"""nginx and Caddy, with what ``syndicator headers`` prints, answer as the preview does."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from syndicator import webserver
from syndicator.serve import CONTROL, header_rules, redirect_rules
from tests.kinds import LOST, kinds

pytestmark = pytest.mark.yardstick

NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path {folder};
    proxy_temp_path {folder};
    fastcgi_temp_path {folder};
    uwsgi_temp_path {folder};
    scgi_temp_path {folder};
    server {{
        listen 127.0.0.1:{port};
        root {root};
        include {part};
    }}
}}
"""
CADDY = """
{{
    admin off
}}
http://127.0.0.1:{port} {{
    root * {root}
    import {part}
}}
"""
SERVERS = {
    "nginx": (NGINX, webserver.nginx, ("nginx", "-p", "{folder}", "-c", "{file}")),
    "caddy": (CADDY, webserver.caddy, ("caddy", "run", "--adapter=caddyfile", "--config={file}")),
}
PATH = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"
SAME = {  # two names of one type, of which each program knows one
    "application/javascript; charset=utf-8": "text/javascript; charset=utf-8",
    "text/xml; charset=utf-8": "application/xml",
}


class Answer(msgspec.Struct, frozen=True):
    """What a visitor is told, as far as the build has a say."""

    status: int
    place: str
    fields: dict[str, str]
    body: bytes


def ask(origin: str, path: str, names: frozenset[str]) -> Answer:
    link = HTTPConnection(urlsplit(origin).netloc, timeout=20)
    try:
        link.request("GET", path)
        response = link.getresponse()
        body = response.read()
    finally:
        link.close()
    told = [(name.lower(), value) for name, value in response.getheaders() if name.lower() in names]
    assert len(dict(told)) == len(told), f"{path}: a header is sent twice"
    fields = dict(told)
    media_type = fields.get("content-type", "")
    fields["content-type"] = SAME.get(media_type, media_type)
    place = urlsplit(response.headers.get("Location", "")).path
    return Answer(response.status, place, fields, body)


@contextmanager
def running(name: str, folder: Path, root: Path) -> Iterator[str]:
    for attempt in range(3):
        port = free_port()
        process = started(name, folder, root, port)
        if answers(process, port):
            break
        assert attempt < 2, (folder / "log").read_text()  # else somebody else took the port
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        port: int = plug.getsockname()[1]
        return port


def answers(process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait for a server: whether it came."""
    while process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return process.poll() is None
    return False


def started(name: str, folder: Path, root: Path, port: int) -> subprocess.Popen[bytes]:
    text, render, words = SERVERS[name]
    headers, redirects = ((root / each).read_text("utf-8") for each in CONTROL)
    values = {"folder": folder, "file": folder / name, "port": port, "root": root}
    part = folder / "part"
    part.write_text(render(header_rules(headers), redirect_rules(redirects)))
    values["file"].write_text(text.format(**values, part=part))
    program = shutil.which(words[0], path=PATH)
    assert program, f"{name} is not installed"
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [program, *(each.format(**values) for each in words[1:])],
            env={"HOME": str(folder)},
            stdout=log,
            stderr=log,
        )


@pytest.fixture(scope="module", params=sorted(SERVERS))
def other(
    request: pytest.FixtureRequest, demo: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Where a web server serves the demo."""
    with running(request.param, tmp_path_factory.mktemp(request.param), demo) as origin:
        yield origin


@pytest.fixture(scope="module")
def names(demo: Path) -> frozenset[str]:
    """The headers that the build has a say in."""
    rules = header_rules((demo / "_headers").read_text("utf-8"))
    return frozenset(name.lower() for rule in rules for name, _ in rule.headers) | {"content-type"}


@pytest.fixture(scope="module")
def paths(demo: Path) -> list[str]:
    """Not the schema: ``.xsd`` is no registered ending, and each program says something else.

    Nor what a clone has in ``output/`` beforehand.
    """
    left_out = (".xsd", "/.gitkeep")
    return [path for path in kinds(demo) if not path.endswith(left_out)]


def test_every_kind_of_file_has_the_headers_and_the_media_type_of_the_preview(
    site: str, other: str, names: frozenset[str], paths: list[str]
) -> None:
    assert len(paths) > 30
    assert {"content-security-policy", "access-control-allow-origin"} <= names
    for path in paths:
        assert ask(other, path, names) == ask(site, path, names), path


def test_a_wrong_address_is_told_in_its_language_under_the_policy(
    site: str, other: str, names: frozenset[str]
) -> None:
    for path in LOST:
        ours, theirs = ask(site, path, names), ask(other, path, names)
        assert (theirs.status, theirs.body) == (ours.status, ours.body) == (404, ours.body), path
        policy = "content-security-policy"
        assert theirs.fields[policy] == ours.fields[policy], path
        assert theirs.fields["content-type"] == "text/html; charset=utf-8", path


def test_a_wrong_address_among_the_files_that_are_kept_for_ever_is_not_kept(
    other: str, names: frozenset[str]
) -> None:
    assert "immutable" not in ask(other, "/assets/none.css", names).fields["cache-control"]


def test_a_folder_without_its_slash_moves_there(site: str, other: str) -> None:
    ours, theirs = (ask(each, "/dex-gent", frozenset()) for each in (site, other))
    assert ours.place == theirs.place == "/dex-gent/"
    assert (ours.status, theirs.status) in {(301, 301), (301, 308)}  # both for good


def test_the_control_files_are_not_served(other: str) -> None:
    for path in ("/_headers", "/_redirects", "/%5fheaders", "/./_redirects"):
        assert ask(other, path, frozenset()).status == 404, path
