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
LINE_ENDS = re.compile(r"<br\s*/?>|</(?:div|ul|ol|h[1-6])>", re.IGNORECASE)
PARAGRAPH_ENDS = re.compile(r"</p>", re.IGNORECASE)
ITEMS = re.compile(r"<li(?:\s[^<>]*)?>", re.IGNORECASE)
MAX_TAGS = 8_000  # a tree of blocks within blocks takes a parser the square of its depth


def plain(text: str) -> str:
    """The words of HTML with a line for each block; scripts and styles go with what they hold."""
    if not WRITTEN_BY_EDITORS.search(text):
        return text
    counted = "<".join(text.split("<", MAX_TAGS + 1)[: MAX_TAGS + 1])
    folded = " ".join(counted.split())  # in HTML a line break is a blank
    lines = LINE_ENDS.sub("\n", PARAGRAPH_ENDS.sub("\n\n", ITEMS.sub("\n- ", folded)))
    bare = nh3.clean(lines, tags=set(), clean_content_tags={"script", "style"})
    return "\n".join(line.strip() for line in html.unescape(bare).split("\n"))
