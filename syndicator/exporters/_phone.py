"""Telephone numbers as machines dial them. Pure."""

import re


def international(phone: str) -> str:
    """E.164 for a telephone number as people write it, read as Belgian; empty if it is none.

    ``016 00 00 00`` is ``+3216000000``.
    """
    if re.fullmatch(r"[+(]?[0-9][0-9 ()./-]{5,24}", phone.strip()) is None:
        return ""
    kept = re.sub(r"[^0-9+]", "", phone.replace("(0)", ""))
    if kept.startswith("+"):
        return kept
    if kept.startswith("00"):
        return f"+{kept[2:]}"
    return f"+32{kept[1:]}" if kept.startswith("0") else ""
