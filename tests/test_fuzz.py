"""The stored corpus of the fuzzers, run without them: what once broke a check stays mended."""

from pathlib import Path

import pytest

from tests.fuzz.checks import CHECKS

CORPUS = Path(__file__).parent / "fuzz" / "corpus"
STORED = [(check, path) for check in sorted(CHECKS) for path in sorted((CORPUS / check).glob("*"))]


@pytest.mark.parametrize(("check", "path"), STORED, ids=lambda each: getattr(each, "name", each))
def test_a_stored_input_passes_its_check(check: str, path: Path) -> None:
    CHECKS[check](path.read_bytes())


def test_each_check_has_a_corpus() -> None:
    assert {check for check, _ in STORED} == set(CHECKS)


def test_the_checks_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syndicator.source.scrub._seen", lambda character: character)
    with pytest.raises((AssertionError, ValueError)):
        CHECKS["description"]("a\u202eb\x00".encode())
