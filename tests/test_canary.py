"""The key is nowhere: a marked one, looked for in all that is written and said, whatever fails."""

import base64
import errno
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from syndicator import disk
from syndicator.simulator.faults import KINDS
from syndicator.simulator.messages import Request, Response
from syndicator.simulator.server import Simulator
from syndicator.simulator.service import Answer
from syndicator.simulator.stock import make_stock
from tests import wired as harness
from tests.canary import CANARY, ESCAPED, encoded, found_in, traces
from tests.watch import Watch
from tests.wired import Ran, Wired

HERE = ("--location", "DEX-GENT")
VALUES = {
    "status": ("400", "403;code=SCOPE_DENIED", "429;retry-after=400", "503"),
    "redirect": ("https://elsewhere.example/", "slash"),
    "encoding": ("br", "fivefold"),
    "bomb": ("65",),
    "cut": ("length", "unsized", "chunked"),
    "drip": ("64/9",),
    "latency": ("30",),
    "header": ("X-RateLimit-Reset: abc",),
    "beyond": ("404", "422"),
    "lost": ("DEX-GENT", "DEX-GENT;as=empty"),
    "ignore": ("dealer", "status", "updatedSince"),
    **dict.fromkeys(("skew", "total", "pages", "clamp", "lag"), ("3",)),
}
"""Of those that need one; and where a kind has several faces."""
SCRIPTS = [
    f"{kind}={value}" if value else kind for kind in KINDS for value in VALUES.get(kind, ("",))
]


@pytest.fixture
def wired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Wired:
    monkeypatch.setattr(harness, "KEY", CANARY)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    return Wired(tmp_path, monkeypatch, capsys)


def built(wired: Wired, *arguments: str, **how: Any) -> Ran:
    """A build that says all it can, after which the key is nowhere."""
    ran = wired.build(*HERE, "-vv", *arguments, **how)
    assert traces(wired.output.parent, told=ran.told) == []
    return ran


def test_the_search_finds_every_form(tmp_path: Path) -> None:
    forms = [
        CANARY,
        CANARY.upper(),
        ESCAPED,
        quote(CANARY, safe=""),
        quote(CANARY, safe="").lower(),
        CANARY.encode().hex(),
        *(base64.b64encode(f"{'x' * n}{CANARY}yz".encode()).decode() for n in range(3)),
        base64.urlsafe_b64encode(f"Bearer {CANARY}".encode()).decode(),
    ]
    for number, form in enumerate(forms):
        (tmp_path / str(number)).write_text(f"before {form} after")
        assert traces(told=f"before {form} after") == ["what was printed"]
    assert len(traces(tmp_path)) == len(forms)
    assert not found_in(b"sk_partner_ canary")
    assert len(encoded()) > 4


def test_case_134_the_key_is_nowhere_after_any_fault_of_the_simulator(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All in one folder, one after the other: what one leaves behind the next may bring out."""
    assert built(wired).code == 0
    monkeypatch.setattr("syndicator.source.client.STEP_SECONDS", 0.3)  # for whoever hangs
    codes = set()
    for number, script in enumerate(SCRIPTS):
        wired.change()
        flags = ("--json",) if number % 2 else ()
        codes.add(built(wired, "--full", *flags, faults=(script,)).code)
    assert codes >= {0, 2, 3, 4, 5, 6}


def echoed(text: str, status: int, form: Callable[[str], str]) -> Any:
    """An API that repeats the key: in an error, or within its records."""

    def fault(request: Request, answer: Answer) -> Response:
        message = form(f"no: {text} :on")
        if status == 200:
            kept = {name: each for name, each in request.headers.items() if "encoding" not in name}
            found = answer(msgspec.structs.replace(request, headers=kept))
            payload = json.loads(found.body)
            for record in payload["data"]:
                record["title"] = record["name"] = "MARK"
            body = json.dumps(payload).replace("MARK", message)
            return Response(status=200, body=body.encode(), headers=found.headers)
        envelope = {"error": {"code": message, "message": message, "details": [message]}}
        headers = {"Content-Type": "application/json", "X-Request-Id": message}
        headers |= {"Location": f"https://{quote(text)}.example/"} if status == 302 else {}
        return Response(status=status, body=json.dumps(envelope).encode(), headers=headers)

    return fault


def doubled(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("status", [200, 302, 401, 403, 422, 429, 500])
@pytest.mark.parametrize(
    ("text", "form"),
    [
        (CANARY, str),
        (CANARY.upper(), str),
        (f"Bearer {CANARY}", str),
        (quote(CANARY, safe=""), str),
        (CANARY.encode().hex(), str),
        (CANARY, doubled),
        (f"Bearer {CANARY}", doubled),
    ],
    ids=["plain", "upper", "bearer", "address", "hex", "base64", "bearer base64"],
)
def test_case_136_an_api_that_echoes_the_key_is_not_repeated(
    wired: Wired, status: int, text: str, form: Callable[[str], str]
) -> None:
    ran = built(wired, fault=echoed(text, status, form))
    assert ran.code in (2, 3, 5, 6)
    assert status == 302 or any(word in ran.told for word in ("[key]", "repeats the key"))
    assert not wired.output.exists() or status == 200


def test_case_136_a_key_that_json_escapes_is_seen_too(wired: Wired) -> None:
    def fault(request: Request, answer: Answer) -> Response:
        found = echoed("MARKED", 200, str)(request, answer)
        body = found.body.replace(b"MARKED", ESCAPED.encode())
        return Response(status=200, body=body, headers=found.headers)

    ran = built(wired, fault=fault)
    assert ran.code == 3
    assert "repeats the key" in ran.told


def test_case_134_the_key_is_nowhere_after_a_wrong_one_a_hold_and_a_full_disk(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert built(wired, key="another-key").code == 5
    assert built(wired).code == 0
    assert built(wired, "--full", "--json", faults=("empty",)).code == 4
    for number in (0, 2, 5, 9, 40):
        wired.change()
        with monkeypatch.context() as patch:
            left = iter(range(number))

            def full(call: Any, *args: Any, _left: Any = left, **named: Any) -> Any:
                if next(_left, None) is None:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return call(*args, **named)

            patch.setattr(disk, "_perform", full)
            assert built(wired, "--full").code in (3, 7)


def test_case_135_an_exception_within_the_call_is_told_without_what_was_at_hand(
    wired: Wired,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    odd = RuntimeError(f"Authorization: Bearer {CANARY}")

    def broken(data: bytes, when: object) -> None:
        raise odd

    caplog.set_level(logging.NOTSET, "httpx")
    monkeypatch.setattr("syndicator.source.wire.page", broken)
    with wired.serving() as simulator:
        for flags in (["-vv"], ["-vv", "--json"], []):
            code = harness.cli.run(["build", *HERE, "--api-url", simulator.base_url, *flags])
            out, err = capsys.readouterr()
            assert code == 1
            assert "this is a bug: RuntimeError" in err
            assert ("_exchange" in err) == bool(flags)
            assert traces(wired.output.parent, told=out + err) == []
            assert "earer" not in err
            assert "authorization" not in err.lower()


COMMANDS = (
    ("build", 0, ("build", *HERE, "--jobs", "2", "-vv")),
    ("build again, as JSON", 0, ("build", *HERE, "--full", "--json", "-vv")),
    ("offline", 0, ("build", "--offline", "-vv")),
    ("dry", 0, ("build", *HERE, "--dry-run", "--full", "-vv")),
    ("locations", 0, ("locations", "--json")),
    ("check", 0, ("check", "-vv")),
    ("exporters", 0, ("exporters", "vehicles")),
    ("version", 0, ("--version",)),
    ("help", 0, ("--help",)),
    ("help of build", 0, ("build", "--help")),
    ("help of locations", 0, ("locations", "--help")),
    ("nothing there", 6, ("build", *HERE, "--api-url", "http://127.0.0.1:9", "-vv")),
    ("no target", 2, ("build", "--location", "NOWHERE", "-vv")),
)


def test_case_137_no_command_shows_the_key(tmp_path: Path) -> None:
    """The program itself, on real sockets, in processes of their own."""
    stock = make_stock(3, 30, 6, photo_base="https://images.example")
    (tmp_path / "syndicator.toml").write_text("[sync]\ndeadline = '1m'\n")
    with Simulator(stock, key=CANARY, rate_limit=0, clock=Watch().unix) as simulator:
        known = {"OKASIE_API_SECRET": CANARY, "OKASIE_API_URL": simulator.base_url}
        known |= {"TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
        known |= {"PATH": os.environ["PATH"], "PYTHONFAULTHANDLER": "1"}
        for what, code, words in COMMANDS:
            patient = ["-c", "from syndicator.source import patience as p; p.ATTEMPTS = 1"]
            patient[1] += "; from syndicator.cli import main; main()"
            ran = subprocess.run(
                [sys.executable, *patient, *words],
                cwd=tmp_path, env=known, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert ran.returncode == code, (what, ran.stderr)
            assert traces(tmp_path, told=ran.stdout + ran.stderr) == [], what
