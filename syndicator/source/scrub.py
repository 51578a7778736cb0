"""Cleans text once, at the gate, so that no document, page or log has to think of it. Pure.

What remains is legal in XML 1.0, in Unicode form NFC, reads in one direction, and is cut to size.
"""

import re
import unicodedata

ELLIPSIS = "…"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"  # words and emoji are made with them
MOST_MARKS = 4  # on one letter: no language of this market writes more; towers break layouts

# What is drawn as nothing although it counts as a letter or a mark: fillers, the braille blank,
# selectors of other scripts, tags, places kept for more of these; and what is no character at all.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_BEYOND_LATIN = re.compile(f"[\u0300-\U0010ffff]{{{MOST_MARKS + 1},}}")  # all marks are there


def line(text: str) -> str:
    """One line: every run of white space is one blank, and the first character is no mark.

    A mark without a letter would fall upon what stands before the text, such as the end of a tag.
    """
    words = " ".join(_visible(text).split())
    start = next((at for at, each in enumerate(words) if not _leans(each)), len(words))
    return _composed(words[start:])


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
    if not text.isprintable():  # it has controls, formats or surrogates
        text = "".join(map(_seen, text))
    return text if text.isascii() else _UNSEEN.sub("", text)


def _seen(character: str) -> str:
    if character.isspace() or character in JOINERS:
        return character
    match unicodedata.category(character):
        case "Cs":
            return REPLACEMENT
        case "Cc" | "Cf":  # controls; direction overrides, zero-width marks, soft hyphens
            return ""
        case _:
            return character


def _composed(text: str) -> str:
    if text.isascii():
        return text
    composed = unicodedata.normalize("NFC", _level(text))  # sorts marks, in the square of a run
    return _level(composed)


def _level(text: str) -> str:
    return _BEYOND_LATIN.sub(_levelled, text)


def _levelled(run: re.Match[str]) -> str:
    """With at most ``MOST_MARKS`` marks on each letter, be they drawn or not."""
    kept: list[str] = []
    marks = 0
    for character in run[0]:
        marks = marks + 1 if _continues(character) else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def _leans(character: str) -> bool:
    return character == " " or _continues(character)


def _continues(character: str) -> bool:
    """Whether a character belongs to the one before it: a mark, a joiner, a variation selector."""
    return character in JOINERS or unicodedata.category(character).startswith("M")
