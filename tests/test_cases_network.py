"""Transport, by the numbers of the catalogue of faults: certificates, proxies and addresses."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from tests.doors import Door, secure, tunnel
from tests.wired import LOOPBACK, Real, Wired, closed_port, resolving

HERE = ("--location", "DEX-GENT")
HOST = "api.example"
BASE = "/api/external/v1"
PAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """The only one that the client trusts."""
    found = trustme.CA()
    found.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return found


def context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(found)
    return found


def signed_by_itself(folder: Path) -> ssl.SSLContext:
    alone = trustme.CA()
    alone.cert_pem.write_to_path(folder / "alone.pem")
    alone.private_key_pem.write_to_path(folder / "alone.key")
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    found.load_cert_chain(folder / "alone.pem", folder / "alone.key")
    return found


def address(door: Door) -> tuple[str, str]:
    return "--api-url", f"https://{HOST}:{door.port}{BASE}"


@pytest.fixture
def full_house() -> Iterator[int]:
    """A port where a connection hangs, as where packets are dropped."""
    with ExitStack() as stack:
        plug = stack.enter_context(socket.socket())
        plug.bind((LOOPBACK, 0))
        plug.listen(0)
        for _ in range(3):
            guest = stack.enter_context(socket.socket())
            guest.setblocking(False)  # noqa: FBT003 - the library's own
            guest.connect_ex(plug.getsockname())
        yield plug.getsockname()[1]


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("expired", "certificate has expired"),
        ("of a stranger", "unable to get local issuer certificate"),
        ("of itself", "self-signed certificate"),
        ("of another name", "certificate is not valid for 'api.example'"),
        ("good", ""),
    ],
)
def test_case_12_a_bad_certificate_is_told_in_one_line_and_not_tried_again(
    wired: Wired, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, what: str, words: str
) -> None:
    assert wired.build(*HERE).code == 0
    before = wired.files()
    wired.change()
    contexts = {
        "expired": lambda: context(
            authority.issue_cert(HOST, not_before=PAST[0], not_after=PAST[1])
        ),
        "of a stranger": lambda: context(trustme.CA().issue_cert(HOST)),
        "of itself": lambda: signed_by_itself(wired.output.parent),
        "of another name": lambda: context(authority.issue_cert("other.example")),
        "good": lambda: context(authority.issue_cert(HOST)),
    }
    asked = resolving(monkeypatch, api_example=[LOOPBACK])
    with wired.serving() as simulator, secure(contexts[what](), simulator.port) as door:
        ran = wired.run(simulator, *address(door), *HERE, "--quiet")
    if what == "good":
        assert ran.code == 0
        assert wired.files() != before
        return
    assert ran.code == 6
    (line,) = ran.told.splitlines()
    assert f"no answer from {HOST}: its certificate is not valid: " in line
    assert words in line
    assert ran.requests == 0
    assert ran.naps == []
    assert len(asked) <= 2  # a question each for locations and listings
    assert wired.files() == before


def test_case_16_a_proxy_of_the_environment_is_used_and_mentioned_once(
    wired: Wired, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolving(monkeypatch, api_example=OSError("to be resolved by the proxy"))
    seen: list[str] = []
    with (
        wired.serving() as simulator,
        secure(context(authority.issue_cert(HOST)), simulator.port) as door,
        tunnel(door.port, seen=seen) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:proxy-word@{LOOPBACK}:{proxy.port}")
        ran = wired.run(simulator, *address(door), *HERE)
    assert ran.code == 0
    assert ran.requests >= 3
    assert ran.told.count("proxy") == 1
    assert "proxy-word" not in ran.told
    assert asked == []
    assert len(seen) == 1
    assert seen[0].startswith(f"CONNECT {HOST}:{door.port}")
    assert "canary" not in seen[0]
    assert "earer" not in seen[0]


@pytest.mark.parametrize("answer", ["", "407 Proxy Authentication Required", "502 Bad Gateway"])
def test_case_16_a_broken_proxy_is_named_as_the_cause(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    assert wired.build(*HERE).code == 0
    before = wired.files()
    with tunnel(0, answer or "500 Never") as proxy:
        port = proxy.port if answer else closed_port()
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:proxy-word@{LOOPBACK}:{port}")
        ran = wired.run(None, "--api-url", f"https://{HOST}{BASE}", *HERE, "-q")
    assert ran.code == 6
    (line,) = ran.lines(f"no answer from {HOST} through the proxy {LOOPBACK}: ")
    assert answer in line
    assert "proxy-word" not in ran.told
    assert wired.files() == before


@pytest.mark.parametrize(
    "first", [["100::1"], ["2001:db8::1", "100::1"], ["::1"]], ids=["one", "two", "refusing"]
)
def test_case_24_an_ipv6_address_without_a_way_there_falls_back_to_ipv4(
    wired: Wired, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, first: list[str]
) -> None:
    monkeypatch.setattr("syndicator.source.client.CONNECT_SECONDS", 5)
    asked = resolving(monkeypatch, api_example=[*first, LOOPBACK])
    with (
        wired.serving() as simulator,
        secure(context(authority.issue_cert(HOST)), simulator.port) as door,
    ):
        ran = wired.run(simulator, *address(door), *HERE)
    assert ran.code == 0
    assert "again" not in ran.told
    assert asked == [HOST]


def test_case_24_an_address_that_swallows_connections_costs_the_time_to_connect_once(
    wired: Wired, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, full_house: int
) -> None:
    monkeypatch.setattr("syndicator.source.client.CONNECT_SECONDS", 2)
    asked = resolving(monkeypatch, api_example=[(LOOPBACK, full_house), LOOPBACK])
    with (
        wired.serving() as simulator,
        secure(context(authority.issue_cert(HOST)), simulator.port) as door,
    ):
        ran = wired.run(simulator, *address(door), *HERE)
    assert ran.code == 0
    assert "again" not in ran.told
    assert asked == [HOST]


def test_case_24_where_no_address_answers_the_attempt_ends_with_the_time_to_connect(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    full_house: int,
) -> None:
    wired = Wired(tmp_path, monkeypatch, capsys, watch=Real())
    assert wired.build(*HERE).code == 0
    before = wired.files()
    wired.draw = lambda: 0.9
    monkeypatch.setattr("syndicator.source.client.CONNECT_SECONDS", 0.1)
    asked = resolving(monkeypatch, api_example=[(LOOPBACK, full_house)] * 2)
    began = time.monotonic()
    ran = wired.run(None, "--api-url", f"https://{HOST}{BASE}", *HERE, "-q")
    assert ran.code == 6
    assert len(ran.lines(f"no answer from {HOST}: ConnectTimeout: timed out")) == 1
    assert len(asked) <= 10
    assert time.monotonic() - began < 2 * 0.1 * len(asked) + 30
    assert wired.files() == before
