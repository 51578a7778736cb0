"""A seller's description as paragraphs, a long one folded. Pure."""

from itertools import groupby

SHOWN_LINES = 20  # before the rest is folded away
SPARED_LINES = 5  # too few to fold

Paragraphs = tuple[tuple[str, ...], ...]


def paragraphs(description: str) -> Paragraphs:
    """Blank lines part paragraphs; the others stay line breaks."""
    blocks = groupby(description.splitlines(), key=lambda line: bool(line.strip()))
    return tuple(tuple(line.strip() for line in lines) for kept, lines in blocks if kept)


def fold(whole: Paragraphs) -> tuple[Paragraphs, Paragraphs]:
    """What is shown at once, and what only on demand."""
    if sum(map(len, whole)) <= SHOWN_LINES + SPARED_LINES:
        return whole, ()
    shown, folded, left = [], [], SHOWN_LINES
    for lines in whole:
        shown.append(lines[:left])
        folded.append(lines[left:])
        left -= len(shown[-1])
    return tuple(filter(None, shown)), tuple(filter(None, folded))
