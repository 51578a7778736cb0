import json
import os
import sys
from pathlib import Path

import pytest

from syndicator import delivery
from syndicator.delivery import deliver
from tests.receiver import receiving

KEYS = ("OKASIE_API_SECRET", "SYNDICATOR_WEBHOOK")
NOTING = """
import os, sys
from pathlib import Path
Path(sys.argv[1]).write_bytes(sys.stdin.buffer.read())
print("said on standard output")
print(sorted({"OKASIE_API_SECRET", "SYNDICATOR_WEBHOOK", "SEEN_BY_ALL"} & set(os.environ)),
      file=Path(sys.argv[1] + ".seen").open("w"))
"""


def python(source: str, *arguments: str) -> tuple[str, ...]:
    return sys.executable, "-c", source, *arguments


def test_a_command_gets_the_message_and_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in (*KEYS, "SEEN_BY_ALL"):
        monkeypatch.setenv(name, "canary-hook-91ab")
    path = tmp_path / "message; rm -rf $HOME"
    assert deliver(b'{"text": "\xc3\xa9"}', "", command=python(NOTING, str(path))).arrived
    assert json.loads(path.read_bytes()) == {"text": "é"}
    assert Path(f"{path}.seen").read_text() == "['SEEN_BY_ALL']\n"
    assert os.environ["OKASIE_API_SECRET"] == "canary-hook-91ab"
    assert capfd.readouterr().out == ""  # which is the build's own


def test_a_command_that_fails_is_named_with_its_exit_code() -> None:
    told = deliver(b"{}", "", command=python("raise SystemExit(3)"))
    assert not told.arrived
    assert told.troubles == (
        f"an alert did not arrive: command {sys.executable}: ended with exit code 3",
    )


def test_a_command_that_is_not_there_is_named() -> None:
    told = deliver(b"{}", "", command=("nowhere-to-be-found",))
    assert not told.arrived
    assert "command nowhere-to-be-found: FileNotFoundError" in told.troubles[0]


def test_a_command_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "SECONDS", 0.2)
    told = deliver(b"{}", "", command=python("import time; time.sleep(60)"))
    assert told.troubles == (
        f"an alert did not arrive: command {sys.executable}: took more than 0 s",
    )


def test_a_command_need_not_read() -> None:
    assert deliver(b"x" * 1_000_000, "", command=python("")).arrived


def test_one_way_of_two_is_enough_and_the_other_is_told() -> None:
    with receiving() as receiver:
        told = deliver(b"{}", "text", command=("false",), webhook=receiver.webhook)
        assert told.arrived
        assert told.troubles == ("an alert did not arrive: command false: ended with exit code 1",)
        assert receiver.texts == ["text"]
        receiver.status = 500
        told = deliver(b"{}", "text", command=("true",), webhook=receiver.webhook)
        assert told.arrived
        assert told.troubles == ("an alert did not arrive: webhook: status 500",)


def test_without_any_way_nothing_arrives_and_nothing_is_wrong() -> None:
    told = deliver(b"{}", "text")
    assert (told.arrived, told.troubles) == (False, ())
