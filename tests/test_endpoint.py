import pytest

from syndicator.errors import UsageError
from syndicator.source import endpoint


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.okasie.be/api/external/v1", "www.okasie.be"),
        ("https://WWW.okasie.be:8443", "www.okasie.be"),
        ("http://127.0.0.1:8080/api", "127.0.0.1"),
        ("http://[::1]:8080", "::1"),
        ("http://localhost", "localhost"),
    ],
)
def test_a_safe_address_has_a_host(address: str, host: str) -> None:
    assert endpoint.host_of(address) == host


@pytest.mark.parametrize(
    "address",
    [
        "",
        "www.okasie.be",
        "http://www.okasie.be/api",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://10.0.0.1",
        "ftp://localhost",
        "https://",
        "https://user:word@www.okasie.be",
        "https://www.okasie.be/?key=1",
        "https://www.okasie.be/#x",
        "https://www.okasie.be:port",
        "https://[::1",
    ],
)
def test_any_other_address_is_refused(address: str) -> None:
    with pytest.raises(UsageError) as caught:
        endpoint.host_of(address)
    assert caught.value.exit_code == 2
    assert "word" not in caught.value.message


def test_a_proxy_is_named_by_its_host_and_never_used_for_loopback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("https_proxy", "http://user:word@proxy.example:3128")
    monkeypatch.setenv("http_proxy", "proxy.example:3128")
    monkeypatch.setenv("no_proxy", "inside.example")
    assert endpoint.proxy_for("https://www.okasie.be/api") == "proxy.example"
    assert endpoint.proxy_for("https://inside.example") == ""
    assert endpoint.proxy_for("http://127.0.0.1:8080") == ""
    assert endpoint.proxy_for("http://localhost:8080") == ""
