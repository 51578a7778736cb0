"""Faults in an answer as a whole: its status, its headers and its bytes."""

import gzip
import zlib
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from urllib.parse import urlencode

import msgspec

from syndicator.simulator.faults.effect import (
    Effect,
    FaultError,
    Kind,
    Options,
    Turn,
    choice,
    decimal,
    fixed,
    instead,
    whole,
)
from syndicator.simulator.messages import Refusal, Request, Response

_HTML = b"<!doctype html><title>Onderhoud</title><h1>Even geduld, wij zijn zo terug.</h1>"
_LAYERS = 5
_CODES = {
    400: "INVALID_BODY", 401: "UNAUTHORIZED", 403: "PROFILE_FORBIDDEN", 404: "NOT_FOUND",
    422: "VALIDATION_FAILED", 429: "RATE_LIMITED", 500: "SERVER_ERROR", 503: "SERVICE_UNAVAILABLE",
}  # fmt: skip
_BODIES: Mapping[str, tuple[bytes, str]] = {
    "html": (_HTML, "text/html; charset=utf-8"),
    "text": (b"Internal Server Error", "text/plain"),
    "string": (b'"kapot"', "application/json"),
    "array": (b'["kapot"]', "application/json"),
    "empty": (b"", "application/json"),
}
_MEBIBYTE = b" " * 2**20


def now(response: Response) -> float:
    """The server's clock, in Unix seconds, as the answer states it."""
    return parsedate_to_datetime(response.headers["Date"]).timestamp()


def _status(value: str, options: Options) -> Effect:
    status = whole(value, least=200)
    if status > 599:
        raise FaultError(f"needs a status from 200 to 599, not {value!r}")
    body = options.get("body")
    if body is not None:
        choice(body, _BODIES)
    code = options.get("code") or _CODES.get(status, "SERVER_ERROR")
    stated = {header: options[name] for name, header in _STATED.items() if name in options}

    def change(response: Response, _: Turn) -> Response:
        refusal = Refusal(status, code, "This is a fault of the simulator").response
        if body is not None:
            content, kind = _BODIES[body]
            refusal = Response(status=status, body=content, headers={"Content-Type": kind})
        if status == 204:
            refusal = Response(status=status)
        moments = {name: _moment(text, now(response)) for name, text in stated.items()}
        return instead(response, refusal.adding(moments))

    return Effect(response=change)


_STATED = {
    "retry-after": "Retry-After",
    "reset": "X-RateLimit-Reset",
    "remaining": "X-RateLimit-Remaining",
}


def _moment(text: str, now: float) -> str:
    """``date:30``, ``in:30`` and ``ms:30`` as half a minute from now; all else as it stands."""
    form, _, offset = text.partition(":")
    try:
        then = now + float(offset)
    except ValueError:
        return text
    return _FORMS[form](then) if form in _FORMS else text


_FORMS: Mapping[str, Callable[[float], str]] = {
    "date": lambda then: formatdate(then, usegmt=True),
    "in": lambda then: str(int(then)),
    "ms": lambda then: str(int(then * 1000)),
}


def _replaced(status: int, body: bytes, kind: str) -> Effect:
    other = Response(status=status, body=body, headers={"Content-Type": kind})
    return Effect(response=lambda response, _: instead(response, other))


def _refused(status: int, code: str, message: str) -> Effect:
    other = Refusal(status, code, message).response
    return Effect(response=lambda response, _: instead(response, other))


def _bytes(change: Callable[[bytes], bytes], headers: Mapping[str, str] | None = None) -> Effect:
    def changed(response: Response, _: Turn) -> Response:
        body = change(response.body)
        return msgspec.structs.replace(response, body=body).adding(headers or {})

    return Effect(response=changed)


def _bomb(value: str, _: Options) -> Effect:
    size = whole(value, 200)
    return _bytes(lambda body: _exploding(body, size), {"Content-Encoding": "gzip"})


def _exploding(body: bytes, size: int) -> bytes:
    start, packer = _blanks(size)
    rest = packer.copy()  # the blanks are packed once, whatever comes behind them
    return start + rest.compress(body) + rest.flush()


@lru_cache(2)
def _blanks(size: int) -> tuple[bytes, "zlib._Compress"]:
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS + 16)
    return b"".join([packer.compress(_MEBIBYTE) for _ in range(size)]), packer


def _encoding(value: str, _: Options) -> Effect:
    if not value:
        raise FaultError("needs the name of an encoding, or fivefold")
    if value == "fivefold":
        return _bytes(_packed, {"Content-Encoding": ", ".join(["gzip"] * _LAYERS)})
    return _bytes(lambda body: body, {"Content-Encoding": value})


def _packed(body: bytes) -> bytes:
    for _ in range(_LAYERS):
        body = gzip.compress(body, mtime=0)
    return body


def _redirect(value: str, _: Options) -> Effect:
    if value not in _ELSEWHERE and not value.startswith(("http://", "https://")):
        raise FaultError(f"needs an address, https or slash, not {value!r}")
    locate = _ELSEWHERE.get(value)

    def change(response: Response, turn: Turn) -> Response:
        target = locate(turn.request) if locate else value
        return instead(response, Response(status=302, headers={"Location": target}))

    return Effect(response=change)


def _secure(request: Request) -> str:
    return f"https://{request.headers.get('host', 'localhost')}{request.path}{_query(request)}"


def _slashed(request: Request) -> str:
    return f"{request.path}/{_query(request)}"


def _query(request: Request) -> str:
    return f"?{urlencode(request.query)}" if request.query else ""


_ELSEWHERE: Mapping[str, Callable[[Request], str]] = {"https": _secure, "slash": _slashed}


def _without_date(response: Response, _: Turn) -> Response:
    kept = {name: text for name, text in response.headers.items() if name != "Date"}
    return msgspec.structs.replace(response, headers=kept)


def _skew(value: str, _: Options) -> Effect:
    seconds = decimal(value, least=-1e9)

    def change(response: Response, _: Turn) -> Response:
        return response.adding({"Date": formatdate(now(response) + seconds, usegmt=True)})

    return Effect(response=change)


def _header(value: str, _: Options) -> Effect:
    name, colon, text = (each.strip() for each in value.partition(":"))
    if not colon or not name:
        raise FaultError(f"needs a header such as X-RateLimit-Remaining: 3, not {value!r}")

    def change(response: Response, _: Turn) -> Response:
        return response.adding({name: _moment(text, now(response))})

    return Effect(response=change)


_LATER = {"error": {"code": "FETCH_FAILED", "message": "Could not fetch data"}}
KINDS = {
    "status": Kind(
        "status=CODE;[retry-after=TEXT];[reset=TEXT];[remaining=TEXT];[code=NAME];"
        "[body=html|text|string|array|empty]",
        "That status, with an error envelope; TEXT may be date:S, in:S or ms:S from now.",
        _status,
    ),
    "revoked": Kind(
        "revoked", "401: the key is no good.",
        fixed(_refused(401, "UNAUTHORIZED", "Invalid or missing API key")),
    ),
    "html": Kind("html", "A page for people, under 200.", fixed(_replaced(200, *_BODIES["html"]))),
    "no-body": Kind("no-body", "Nothing, under 200.", fixed(_replaced(200, *_BODIES["empty"]))),
    "error-200": Kind(
        "error-200", "An error envelope, under 200.",
        fixed(_replaced(200, msgspec.json.encode(_LATER), "application/json")),
    ),
    "broken": Kind("broken", "JSON without its end.", fixed(_bytes(lambda body: body[:-2]))),
    "bom": Kind("bom", "A byte order mark in front.", fixed(_bytes(lambda body: BOM_UTF8 + body))),
    "bomb": Kind("bomb[=MB]", "200 MB of blanks, compressed.", _bomb),
    "encoding": Kind("encoding=NAME|fivefold", "Another Content-Encoding.", _encoding),
    "redirect": Kind("redirect=URL|https|slash", "302 to there.", _redirect),
    "no-date": Kind("no-date", "No Date header.", fixed(Effect(response=_without_date))),
    "skew": Kind("skew=SECONDS", "The Date header is off by so much.", _skew),
    "header": Kind("header=NAME: TEXT", "Another header; TEXT as for status.", _header),
}  # fmt: skip
