"""What a kind of fault is made of: changes at the stations that a request and its answer pass."""

import random
from collections.abc import Callable, Mapping
from typing import NamedTuple
from zlib import crc32

import msgspec

from syndicator.simulator.messages import Json, Request, Response

Options = Mapping[str, str]

_KEPT = ("Date", "X-Request-Id")  # headers that every answer has


class FaultError(ValueError):
    """A fault that cannot be understood; ``hint`` says what could be."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(f"{message} ({hint})" if hint else message)
        self.message = message
        self.hint = hint


class Turn(NamedTuple):
    """One request as a fault sees it: as it was sent, and chance that is the same every time."""

    request: Request
    rng: random.Random


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What is done to a request, to the JSON of its answer and to the answer; ``None`` is nothing.

    ``payload`` sees whole answers with ``data`` only, and may raise a ``Refusal`` instead.
    """

    request: Callable[[Request, Turn], Request] | None = None
    payload: Callable[[Json, Turn], Json] | None = None
    response: Callable[[Response, Turn], Response] | None = None


class Kind(NamedTuple):
    """One kind of fault: how it is written, what it does, and how a value becomes an effect.

    ``read`` gets an empty value where none was given.
    """

    syntax: str
    meaning: str
    read: Callable[[str, Options], Effect]

    @property
    def options(self) -> list[str]:
        """The names of what may stand behind a semicolon."""
        return [each.strip("[]").partition("=")[0] for each in self.syntax.split(";")[1:]]


def fixed(effect: Effect) -> Callable[[str, Options], Effect]:
    """A reader for a kind that takes no value."""

    def read(value: str, _: Options) -> Effect:
        if value:
            raise FaultError(f"takes no value, but got {value!r}")
        return effect

    return read


def instead(response: Response, other: Response) -> Response:
    """Another answer, sent at the same time and on the same way."""
    kept = {name: response.headers[name] for name in _KEPT if name in response.headers}
    return msgspec.structs.replace(
        other.adding(kept), delay=response.delay, delivery=response.delivery
    )


def whole(text: str, default: int | None = None, least: int = 0) -> int:
    """A whole number.

    :raises FaultError: it is none, or too small.
    """
    if not text and default is not None:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 18 or int(text) < least:
        raise FaultError(f"needs a whole number of at least {least}, not {text!r}")
    return int(text)


def decimal(text: str, default: float | None = None, least: float = 0) -> float:
    """A number.

    :raises FaultError: it is none, or too small.
    """
    if not text and default is not None:
        return default
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not least <= number < float("inf"):
        raise FaultError(f"needs a number, not {text!r}")
    return number


def percentage(text: str) -> float:
    """``30%`` as 0.3.

    :raises FaultError: it is none between nought and a hundred.
    """
    number = decimal(text.removesuffix("%"))
    if not text.endswith("%") or number > 100:
        raise FaultError(f"needs a share such as 30%, not {text!r}")
    return number / 100


def choice(text: str, known: Mapping[str, object], default: str = "") -> str:
    """One of the known words.

    :raises FaultError: it is none of them.
    """
    word = text or default
    if word not in known:
        raise FaultError(f"needs one of {', '.join(known)}, not {text!r}")
    return word


def lot(identity: object) -> float:
    """A number from 0 to 1 that is always the same for the same thing."""
    return crc32(str(identity).encode("utf-8", "replace")) / 2**32
