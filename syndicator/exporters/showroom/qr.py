"""A QR code (ISO/IEC 18004) as the path of an SVG drawing. Pure."""

import re
from functools import lru_cache

import msgspec
import zxingcpp

QUIET = 4  # modules of white around it that the standard asks for
# The standard lets a writer choose the mask that looks best, and every reader takes each of the
# eight; to try them all takes several times as long as all the rest.
MASK = 3
CARDS = 8  # in all languages, a car's cards carry the same code of its Car-Pass

BARS = 1024  # of so much white and so much black; a code has some thirty different ones

_BARS = re.compile(rb"\xff*\x00+")  # white, then black


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """A code in units of one module: the side of the square, and its black bars to be stroked."""

    side: int
    path: str


@lru_cache(maxsize=CARDS)
def code(address: str) -> Code | None:
    """The address in error level M, so that a scratched sheet can be read; ``None``: too long."""
    try:
        symbol = zxingcpp.create_barcode(
            address, zxingcpp.BarcodeFormat.QRCode, ec_level="M", data_mask=MASK
        )
    except ValueError:
        return None
    image = symbol.to_image()
    side: int = image.shape[1]
    modules = bytes(image)  # type: ignore[call-overload]  # its stubs do not call it a buffer
    rows = range(QUIET, side - QUIET)
    drawn = "".join(_row(row, modules[row * side + QUIET : (row + 1) * side]) for row in rows)
    return Code(side=side, path=drawn)


def _row(number: int, modules: bytes) -> str:
    """The pen goes along the middle of a row: lifted over white, down over black."""
    return f"M{QUIET} {number}.5" + "".join(map(_bar, _BARS.findall(modules)))


@lru_cache(maxsize=BARS)
def _bar(modules: bytes) -> str:
    white, black = modules.count(b"\xff"), modules.count(b"\x00")
    return (f"m{white} 0" if white else "") + f"h{black}"
