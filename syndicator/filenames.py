"""What the main document of a feed may be called, told before anything is asked for. Pure."""

import re
from collections.abc import Mapping

from syndicator.contract import Place
from syndicator.links import RESERVED_ON_WINDOWS

PLAIN = r"[A-Za-z0-9](?:[\w.-]*\w)?"
ENDINGS: Mapping[str, str] = {"xml": ".xml", "json": ".json"}  # by what the media type ends in
OTHERS = frozenset(["index.html", "report.json"])  # that lie where feeds do


def wrong_with(filename: str, usual: str, place: Place, media_type: str) -> str:
    """Why a document of this kind cannot be called so; empty where it can.

    :param usual: what it is called where nobody says otherwise.
    """
    if not filename:
        return "is empty" if usual else ""
    if not re.fullmatch(f"{PLAIN}(?:/{PLAIN})*", filename, re.ASCII):
        return f"{filename!r} is no relative path of plain names"
    parts = filename.casefold().split("/")
    if any(part.partition(".")[0] in RESERVED_ON_WINDOWS for part in parts):
        return f"{filename!r} cannot be a file on Windows"
    ending = next((end for kind, end in ENDINGS.items() if media_type.endswith(kind)), "")
    if not parts[-1].endswith(ending):
        return f"{filename!r} must end in {ending}"
    if place is Place.FEEDS and filename.casefold() in OTHERS:
        return f"{filename!r} is what another file is called"
    return ""


def meet(one: str, other: str) -> bool:
    """Whether two feeds cannot have these paths; names that differ by case are one.

    A document may have further ones in a folder that is called as it is without its ending.
    """
    one, other = one.casefold(), other.casefold()
    return bool(one and other) and (
        one == other or other.startswith(_folders(one)) or one.startswith(_folders(other))
    )


def _folders(path: str) -> tuple[str, str]:
    return f"{path}/", f"{path.rpartition('.')[0] or path}/"
