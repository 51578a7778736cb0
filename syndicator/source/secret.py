"""The key of the API, which no text, log or error shows."""

import base64
import re
from collections.abc import Mapping
from typing import NoReturn
from urllib.parse import quote, quote_plus

from syndicator.errors import UsageError

VARIABLE = "OKASIE_API_SECRET"
MASK = "[key]"
SMALLEST = 6  # characters; shorter ones stand in any text


class Secret:
    """The key. ``str``, ``repr`` and ``format`` show a mask; :meth:`reveal` is for the header."""

    __slots__ = ("_anywhere", "_text")

    def __init__(self, text: str) -> None:
        """:raises UsageError: it cannot be a key; the message does not show it."""
        text = text.strip()
        if not text:
            raise UsageError("the API key is empty", hint=f"set {VARIABLE}")
        if not (text.isascii() and text.isprintable()) or " " in text:
            raise UsageError(
                "the API key has blanks, control or non-ASCII characters in it",
                hint=f"copy {VARIABLE} again, without anything around it",
            )
        if text[0] == text[-1] and text[0] in "\"'":
            raise UsageError("the API key stands in quotes", hint=f"take them out of {VARIABLE}")
        self._text = text
        forms = sorted(_forms(text), key=len, reverse=True)  # the longest match wins
        self._anywhere = re.compile("|".join(map(re.escape, forms)), re.IGNORECASE)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Secret":
        """The key that ``OKASIE_API_SECRET`` holds.

        :raises UsageError: it is not set, or cannot be a key.
        """
        if VARIABLE not in environ:
            raise UsageError(
                "there is no API key",
                hint=f"set {VARIABLE} in the environment or in .env; `demo` needs none",
            )
        return cls(environ[VARIABLE])

    def reveal(self) -> str:
        """The key itself."""
        return self._text

    def redact(self, text: str) -> str:
        """The text without the key, also in other case, URL-encoded or in base64."""
        return self._anywhere.sub(MASK, text)

    def stands_in(self, data: bytes) -> bool:
        """Whether the bytes hold the key as it is."""
        return len(self._text) >= SMALLEST and self._text.encode() in data

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    __str__ = __repr__

    def __format__(self, _: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not written down")


def _forms(text: str) -> set[str]:
    forms = {text, quote(text, safe=""), quote(text), quote_plus(text)}
    for plain in (text, f"Bearer {text}"):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            forms.add(encode(plain.encode()).decode().rstrip("="))
    return forms
