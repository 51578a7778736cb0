"""A secret as it may turn up: plain, in other case, quoted, in base64, in hexadecimal. Pure."""

import base64
import html
import re
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, quote_plus

MASK: Final = "[key]"
SMALLEST: Final = 8  # characters; what is shorter stands in any text


def forms(secret: str) -> frozenset[bytes]:
    """Byte strings of which one is wherever the secret is."""
    data = secret.encode()
    words = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}
    words |= {html.escape(each, quote=quoted) for each in [secret] for quoted in (True, False)}
    words.add(data.hex())
    cased = {each.encode() for word in words for each in (word, word.lower(), word.upper())}
    encoders = (base64.b64encode, base64.urlsafe_b64encode)
    return frozenset(
        cased | {_within(data, shift, encode) for encode in encoders for shift in range(3)}
    )


def redactor(secret: str) -> Callable[[str], str]:
    """What puts a mask in the place of the secret, whatever its form and case."""
    if len(secret) < SMALLEST:
        return str
    found = sorted({each.decode() for each in forms(secret)}, key=len, reverse=True)
    anywhere = re.compile("|".join(map(re.escape, found)), re.IGNORECASE)  # the longest wins
    return lambda text: anywhere.sub(MASK, text)


def unescaped(data: bytes) -> bytes:
    """JSON's text as it is meant, as far as a secret is concerned: visible ASCII."""
    return _ESCAPE.sub(_meant, data) if b"\\" in data else data


_ESCAPE = re.compile(rb'\\(?:u00([2-7][0-9a-fA-F])|([/"\\]))')


def _meant(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 16)]) if match[1] else match[2]


def _within(data: bytes, shift: int, encode: Callable[[bytes], bytes]) -> bytes:
    """The base64 characters that ``data`` alone decides when ``shift`` bytes stand before it."""
    return encode(bytes(shift) + data)[-(-8 * shift // 6) : 8 * (shift + len(data)) // 6]
