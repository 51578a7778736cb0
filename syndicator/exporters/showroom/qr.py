"""A QR code (ISO/IEC 18004) as the path of an SVG drawing. Pure."""

from functools import lru_cache
from itertools import groupby

import msgspec
import segno

QUIET = 4  # modules of white around it that the standard asks for
# The standard lets a writer choose the mask that looks best, and every reader takes each of the
# eight; to try them all takes five times as long as all the rest.
MASK = 3
CARDS = 8  # in all languages, a car's cards carry the same code of its Car-Pass


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """A code in units of one module: the side of the square, and its black bars to be stroked."""

    side: int
    path: str


@lru_cache(maxsize=CARDS)
def code(address: str) -> Code | None:
    """The address in error level M, so that a scratched sheet can be read; ``None``: too long."""
    try:
        symbol = segno.make_qr(address, error="m", mask=MASK, boost_error=False)
    except segno.DataOverflowError:
        return None
    rows = "".join(_row(number, modules) for number, modules in enumerate(symbol.matrix))
    return Code(side=len(symbol.matrix) + 2 * QUIET, path=rows)


def _row(number: int, modules: bytearray) -> str:
    """The pen goes along the middle of a row: down over black, lifted over white."""
    runs = ((black, len(tuple(run))) for black, run in groupby(modules))
    strokes = (f"h{length}" if black else f"m{length} 0" for black, length in runs)
    return f"M{QUIET} {number + QUIET}.5" + "".join(strokes)
