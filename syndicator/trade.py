"""Colours, paint and upholstery as Belgian sellers write them in Dutch, for other languages. Pure.

The words themselves are entries of the catalogues under :data:`CONTEXT`, in lower case; here
stands only how Dutch puts them together: ``Donkergrijs metallic``, ``witte``, ``Leder/Stof``.
"""

from collections.abc import Callable, Mapping

CONTEXT = "Trade"
LONGEST = 40  # characters; what is longer is a sentence

# An entry that holds another word, glued, hyphenated or apart: donkerblauw, mat-zwart, rood leder.
PATTERNS = (
    "donker{color}",
    "licht{color}",
    "parelmoer{color}",
    "parel{color}",
    "mat{color}",
    "metallic{color}",
    "{color} leder",
    "{color} stof",
    "{color} alcantara",
    "{color} kunstleder",
)
MARKS = ((" en ", " en "), (" met ", " met "), ("/", "/"), (",", ", "), ("+", " + "), ("&", " & "))
INFLECTED: Mapping[str, str] = {
    "witte": "wit",
    "zwarte": "zwart",
    "grijze": "grijs",
    "zilveren": "zilver",
    "blauwe": "blauw",
    "rode": "rood",
    "groene": "groen",
    "bruine": "bruin",
    "gele": "geel",
    "paarse": "paars",
    "gouden": "goud",
    "bronzen": "brons",
    "matte": "mat",
    "lederen": "leder",
    "leer": "leder",
    "leren": "leder",
    "stoffen": "stof",
    "kunstlederen": "kunstleder",
    "kunstleer": "kunstleder",
    "metaalkleur": "metallic",
    "metallisé": "metallic",
    "metallak": "metallic",
    "parel": "parelmoer",
    "effen": "uni",
}

Lookup = Callable[[str], str | None]


def speak(word: str, lookup: Lookup) -> str | None:
    """The word in the language of ``lookup``, or ``None`` where a part of it is unknown."""
    plain = " ".join(word.casefold().split())
    spoken = None if "{" in plain else _spoken(plain, lookup)
    return spoken[:1].upper() + spoken[1:] if spoken else None


def _spoken(word: str, lookup: Lookup) -> str | None:
    return (
        lookup(INFLECTED.get(word, word))
        or next(filter(None, (_joined(word, lookup, *mark) for mark in MARKS)), None)
        or _filled(word, lookup)
        or _joined(word, lookup, " ", " ")
    )


def _joined(word: str, lookup: Lookup, mark: str, shown: str) -> str | None:
    pieces = word.split(mark)
    if len(pieces) == 1:
        return None
    spoken = [_spoken(piece.strip(), lookup) for piece in pieces]
    return (lookup(mark) or shown).join(filter(None, spoken)) if all(spoken) else None


def _filled(word: str, lookup: Lookup) -> str | None:
    for pattern in PATTERNS:
        head, _, tail = pattern.partition("{color}")
        if len(word) > len(head + tail) and word.startswith(head) and word.endswith(tail):
            color = _spoken(word[len(head) : len(word) - len(tail)].strip(" -"), lookup)
            sentence = lookup(pattern)
            if color and sentence:
                return sentence.format(color=color)
    return None
