import json
from typing import Any

import pytest

from syndicator.errors import (
    AnswerError,
    KeyRefused,
    NotVisible,
    ScopeDenied,
    SyndicatorError,
    Unreachable,
    UsageError,
)
from syndicator.source import answers
from syndicator.source.answers import Rejected

NOW = "Tue, 24 Nov 2026 12:00:00 GMT"


def body(code: str, message: str = "") -> bytes:
    return json.dumps({"error": {"code": code, "message": message}}).encode()


@pytest.mark.parametrize(
    ("status", "data", "kind", "passing"),
    [
        (401, body("UNAUTHORIZED"), KeyRefused, False),
        (403, body("SCOPE_DENIED"), ScopeDenied, False),
        (403, body("PROFILE_FORBIDDEN"), NotVisible, False),
        (403, b"<html>", NotVisible, False),
        (404, body("NOT_FOUND"), NotVisible, False),
        (400, body("INVALID_LOCATION_CODE"), Rejected, False),
        (422, body("VALIDATION_FAILED"), Rejected, False),
        (405, b"", Rejected, False),
        (410, b"", Rejected, False),
        (408, b"", Unreachable, True),
        (425, b"", Unreachable, True),
        (429, body("RATE_LIMITED"), Unreachable, True),
        (500, body("SERVER_ERROR"), Unreachable, True),
        (502, b"<html>", Unreachable, True),
        (503, b"\xff", Unreachable, True),
        (204, b"", AnswerError, True),
        (206, b"{}", AnswerError, True),
        (301, b"", UsageError, False),
    ],
)
def test_every_status_has_its_error(
    status: int, data: bytes, kind: type[SyndicatorError], passing: object
) -> None:
    setback = answers.refusal(status, {}, data)
    assert setback
    assert (type(setback.error), setback.passing) == (kind, passing)
    assert str(status) in setback.error.message


def test_the_message_of_the_api_is_told() -> None:
    setback = answers.refusal(422, {}, body("VALIDATION_FAILED", "Payload validation failed"))
    assert setback
    assert setback.error.message == (
        "the API answered 422 VALIDATION_FAILED Payload validation failed"
    )


def test_success_is_no_setback() -> None:
    assert answers.refusal(200, {}, b"") is None


@pytest.mark.parametrize(
    ("target", "named"),
    [
        ("https://other.example/api?token=x", "other.example"),
        ("/api/external/v1/", "the same host"),
        ("", "the same host"),
        ("http://[", "nowhere"),
    ],
)
def test_a_redirect_names_no_more_than_the_host(target: str, named: str) -> None:
    setback = answers.refusal(302, {"location": target}, b"")
    assert setback
    assert setback.error.message == f"the API answered 302: it has moved to {named}"


@pytest.mark.parametrize(
    ("retry_after", "now", "asked"),
    [
        ("7", NOW, 7.0),
        (" 7 ", "", 7.0),
        ("0", NOW, 0.0),
        ("9" * 40, NOW, 999_999_999.0),
        ("Tue, 24 Nov 2026 12:01:30 GMT", NOW, 90.0),
        ("Tue, 24 Nov 2026 11:00:00 GMT", NOW, None),
        ("Tue, 24 Nov 2026 12:01:30 GMT", "", None),
        ("", NOW, None),
        ("-5", NOW, None),
        ("1.5", NOW, None),
        ("soon", NOW, None),
        ("\N{ARABIC-INDIC DIGIT SEVEN}", NOW, None),
    ],
)
def test_the_wait_that_is_asked_for_is_read(
    retry_after: str, now: str, asked: float | None
) -> None:
    assert answers.wait_asked(retry_after, now) == asked
    headers: Any = {"retry-after": retry_after, "date": now}
    setback = answers.refusal(429, headers, b"")
    assert setback
    assert setback.asked == asked


@pytest.mark.parametrize(
    "header", ["", "x", "Tue, 99 Nov 2026 12:00:00 GMT", "0" * 99, NOW + "x" * 9]
)
def test_a_date_that_is_none_raises_nothing(header: str) -> None:
    answers.moment(header)
