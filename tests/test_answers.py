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
    ("status", "data", "kind", "attempts"),
    [
        (401, body("UNAUTHORIZED"), KeyRefused, 1),
        (403, body("SCOPE_DENIED"), ScopeDenied, 1),
        (403, body("PROFILE_FORBIDDEN"), NotVisible, 1),
        (403, b"<html>", NotVisible, 1),
        (404, body("NOT_FOUND"), NotVisible, 1),
        (400, body("INVALID_LOCATION_CODE"), Rejected, 1),
        (422, body("VALIDATION_FAILED"), Rejected, 1),
        (405, b"", Rejected, 1),
        (410, b"", Rejected, 1),
        (408, b"", Unreachable, 5),
        (425, b"", Unreachable, 5),
        (429, body("RATE_LIMITED"), Unreachable, 5),
        (500, body("SERVER_ERROR"), Unreachable, 5),
        (502, b"<html>", Unreachable, 5),
        (503, b"\xff", Unreachable, 5),
        (204, b"", AnswerError, 3),
        (206, b"{}", AnswerError, 3),
        (301, b"", UsageError, 1),
    ],
)
def test_every_status_has_its_error(
    status: int, data: bytes, kind: type[SyndicatorError], attempts: int
) -> None:
    setback = answers.refusal(status, {}, data)
    assert setback
    assert (type(setback.error), setback.attempts, setback.limited) == (
        kind,
        attempts,
        status == 429,
    )
    assert str(status) in setback.error.message


def test_the_message_of_the_api_is_told() -> None:
    setback = answers.refusal(422, {}, body("VALIDATION_FAILED", "Payload validation failed"))
    assert setback
    assert setback.error.message == (
        "the API answered 422 VALIDATION_FAILED Payload validation failed"
    )


def test_success_is_no_setback() -> None:
    assert answers.refusal(200, {}, b"") is None


ASKED = "https://api.example/external/v1/listings?page=1"


@pytest.mark.parametrize("target", ["https://other.example/api?token=x", "//other.example/"])
def test_a_redirect_to_another_host_names_no_more_than_the_host(target: str) -> None:
    setback = answers.refusal(302, {"location": target}, b"", ASKED)
    assert setback
    assert setback.error.message == "the API answered 302: it has moved to other.example"


@pytest.mark.parametrize(
    ("target", "base"),
    [
        ("/external/v2/listings/", "https://api.example/external/v2"),
        ("https://api.example:8443/external/v1/listings", "https://api.example:8443/external/v1"),
    ],
)
def test_a_redirect_on_the_same_host_says_what_to_write(target: str, base: str) -> None:
    setback = answers.refusal(301, {"location": target}, b"", ASKED)
    assert setback
    assert setback.error.hint == f"set OKASIE_API_URL to {base}"


@pytest.mark.parametrize("target", ["", "http://["])
def test_a_redirect_to_nowhere_is_told(target: str) -> None:
    setback = answers.refusal(302, {"location": target}, b"", ASKED)
    assert setback
    assert "it has moved" in setback.error.message


@pytest.mark.parametrize(
    ("reset", "date", "seconds"),
    [
        ("1795521630", NOW, 30.0),
        ("1795521630000", NOW, 30.0),
        ("1795521600", NOW, None),
        ("5", NOW, None),
        ("-1795521630", NOW, None),
        ("abc", NOW, None),
        ("9" * 40, NOW, None),
        ("1795521630", "", None),
        ("", NOW, None),
    ],
)
def test_the_reset_is_read_by_the_clock_of_the_api(
    reset: str, date: str, seconds: float | None
) -> None:
    headers = {"x-ratelimit-reset": reset, "date": date}
    assert answers.seconds_to_reset(headers) == seconds
    setback = answers.refusal(429, headers, b"")
    assert setback
    assert setback.asked == seconds


@pytest.mark.parametrize(("left", "asked"), [("87", 1.0), ("0", 30.0), ("", 30.0), ("x", 30.0)])
def test_a_burst_is_over_long_before_the_window_is(left: str, asked: float) -> None:
    headers = {
        "x-ratelimit-reset": "1795521630",
        "x-ratelimit-remaining": left,
        "date": NOW,
        "retry-after": "1",
    }
    setback = answers.refusal(429, headers, b"")
    assert setback
    assert setback.asked == asked


def test_of_two_moments_that_a_refusal_names_the_later_counts() -> None:
    headers = {"x-ratelimit-reset": "1795521630", "date": NOW, "retry-after": "7"}
    setback = answers.refusal(429, headers, b"")
    assert setback
    assert setback.asked == 30.0


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
