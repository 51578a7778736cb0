"""A description that is HTML to plain paragraphs; one that is text is left as it is. Pure.

The API does not say which of the two a description is. Only the tags that editors write make it
HTML: a seller who types ``price < 5000`` has written text.
"""

import html
import re

import nh3

WRITTEN_BY_EDITORS = re.compile(
    r"</?(?:p|br|div|span|ul|ol|li|b|strong|i|em|u|h[1-6])(?:\s[^<>]*)?/?>", re.IGNORECASE
)
TAG = re.compile(r"<(/?[A-Za-z][A-Za-z0-9]*+)")
ATTRIBUTES = re.compile(r"""(?:=\s*+"[^"]*+"|=\s*+'[^']*+'|[^>=]++|=)*+>""")
LINE_ENDS = re.compile(r"<br>|</(?:div|ul|ol|h[1-6])>", re.IGNORECASE)
PARAGRAPH_ENDS = re.compile(r"</p>", re.IGNORECASE)
ITEMS = re.compile(r"<li>", re.IGNORECASE)

# Of what a parser reads in the square of its length: blocks within blocks, and entities.
MAX_TAGS = 8_000
MAX_CHARACTERS = 200_000


def plain(text: str) -> str:
    """The words of HTML with a line for each block; scripts and styles go with what they hold."""
    if not WRITTEN_BY_EDITORS.search(text):
        return text
    folded = " ".join(_bare(text)[:MAX_CHARACTERS].split())  # in HTML a line break is a blank
    lines = LINE_ENDS.sub("\n", PARAGRAPH_ENDS.sub("\n\n", ITEMS.sub("\n- ", folded)))
    words = nh3.clean(lines, tags=set(), clean_content_tags={"script", "style"})
    return "\n".join(line.strip() for line in html.unescape(words).split("\n"))


def _bare(text: str) -> str:
    """With tags that are names alone, and not too many of them; each character is looked at once.

    A parser compares attributes with one another, and opens a ``<font>`` anew in each paragraph for
    every other set of attributes: of 70 kB it would make gigabytes.
    """
    kept: list[str] = []
    at = 0
    for _ in range(MAX_TAGS):
        tag = TAG.search(text, at)
        if tag is None:
            kept.append(text[at:])
            break
        kept.append(text[at : tag.start()])
        rest = ATTRIBUTES.match(text, tag.end())
        if rest is None:  # it is no tag, and so is none behind it
            kept.append(text[tag.start() :].replace("<", "&lt;"))
            break
        kept.append(f"<{tag[1]}>")
        at = rest.end()
    return "".join(kept)
