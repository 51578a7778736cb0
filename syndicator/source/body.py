"""Bytes off the wire, decompressed piece by piece, so that no answer can fill the memory. Pure."""

import zlib
from collections.abc import Iterable

from syndicator.errors import AnswerError

ACCEPTED = "gzip, deflate"
GZIP = 16 + zlib.MAX_WBITS
RAW_DEFLATE = -zlib.MAX_WBITS  # what some servers mean by "deflate"


class TooLarge(AnswerError):
    """The answer is larger than we take; smaller pages may help."""


def read(chunks: Iterable[bytes], encoding: str, limit: int) -> bytes:
    """The whole decoded body.

    :param encoding: the ``Content-Encoding`` header.
    :param limit: of decoded bytes.
    :raises AnswerError: too large, cut short, or encoded as we did not ask for.
    """
    match encoding.strip().lower():
        case "" | "identity":
            return _plain(chunks, limit)
        case "gzip" | "x-gzip" | "deflate" as known:
            return _inflated(chunks, known, limit)
        case _:
            raise AnswerError("the answer is compressed in a way that was not asked for")


def _plain(chunks: Iterable[bytes], limit: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        _check(body, limit)
    return bytes(body)


def _inflated(chunks: Iterable[bytes], encoding: str, limit: int) -> bytes:
    body = bytearray()
    inflater = None
    try:
        for chunk in filter(None, chunks):
            inflater = inflater or zlib.decompressobj(_window(encoding, chunk))
            rest = chunk
            while rest:
                body += inflater.decompress(rest, limit - len(body) + 1)
                _check(body, limit)
                rest = inflater.unconsumed_tail
    except zlib.error:
        raise AnswerError("the answer cannot be decompressed") from None
    if inflater is not None and not inflater.eof:
        raise AnswerError("the compressed answer is cut short")
    return bytes(body)


def _window(encoding: str, first: bytes) -> int:
    """What zlib must expect. A zlib header's low nibble of 8 names the method: RFC 1950."""
    if encoding != "deflate":
        return GZIP
    return zlib.MAX_WBITS if first[0] & 0x0F == zlib.DEFLATED else RAW_DEFLATE


def _check(body: bytearray, limit: int) -> None:
    if len(body) > limit:
        raise TooLarge(f"the answer is larger than {limit // 1024**2} MiB")
