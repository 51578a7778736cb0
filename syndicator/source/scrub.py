"""Cleans text once, at the gate, so that no document, page or log has to think of it. Pure.

What remains is legal in XML 1.0, in Unicode form NFC, reads in one direction, and is cut to size.
"""

import re
import unicodedata

ELLIPSIS = "…"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"  # words and emoji are made with them
NONCHARACTERS = "\ufffe\uffff"  # the two that XML 1.0 forbids

# Four marks on one letter are more than any language of this market writes; towers break layouts.
_TOWER = re.compile(
    "([\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)


def line(text: str) -> str:
    """One line: every run of white space is one blank."""
    return _composed(" ".join(_visible(text).split()))


def paragraphs(text: str) -> str:
    """Text with its line breaks, each written as a line feed."""
    return "\n".join(map(line, text.splitlines())).strip("\n")


def cut(text: str, limit: int) -> str:
    """At most ``limit`` characters: cut between words if one ends nearby, and marked with ``…``."""
    if len(text) <= limit:
        return text
    end = limit - len(ELLIPSIS)
    while end and _continues(text[end]):
        end -= 1
    end = end or limit - len(ELLIPSIS)
    blank = max(text.rfind(" ", 0, end + 1), text.rfind("\n", 0, end + 1))
    if blank > end * 9 // 10:
        end = blank
    return text[:end].rstrip() + ELLIPSIS


def _visible(text: str) -> str:
    if text.isprintable():  # rules out controls, formats and surrogates; true of nearly all text
        return text
    return "".join(map(_seen, text))


def _seen(character: str) -> str:
    if character.isspace() or character in JOINERS:
        return character
    match unicodedata.category(character):
        case "Cs":
            return REPLACEMENT
        case "Cc" | "Cf":  # controls; direction overrides, zero-width marks, soft hyphens
            return ""
        case _:
            return "" if character in NONCHARACTERS else character


def _composed(text: str) -> str:
    return text if text.isascii() else _TOWER.sub(r"\1", unicodedata.normalize("NFC", text))


def _continues(character: str) -> bool:
    """Whether a character belongs to the one before it: a mark, a joiner, a variation selector."""
    return character in JOINERS or unicodedata.category(character).startswith("M")
