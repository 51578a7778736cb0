"""The README and the pages in ``docs/`` as tests read them: blocks, headings, links, commands."""

import re
import shlex
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from textwrap import dedent

import msgspec

from syndicator.cli import COMMANDS

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
SHELLS = ("sh", "bash", "console")
OPERATORS = frozenset({"&&", "||", "|", ";", "&", ">", ">>", "<"})
OURS = "syndicator"

_BLOCK = re.compile(
    r"(?:^[ ]*<!--[ ](?P<marker>[^\n]*?)[ ]?-->\n)?"
    r"^(?P<indent>[ ]*)```(?P<language>[\w-]*)\n(?P<text>.*?)^(?P=indent)```$",
    re.DOTALL | re.MULTILINE,
)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A fenced block; ``marker`` is the comment in the line above it."""

    page: str
    marker: str
    language: str
    text: str

    @property
    def kind(self) -> str:
        """What the marker says before its colon: ``try`` of ``try: fault=empty``."""
        return self.marker.partition(":")[0].strip()

    @property
    def name(self) -> str:
        """What it says behind the colon."""
        return self.marker.partition(":")[2].strip()


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A command of ours on a page, as a shell hands it over.

    :ivar is_typed: it stands in a shell block as the first word of a command.
    """

    page: str
    words: tuple[str, ...]
    is_typed: bool = True


def read(page: Path) -> str:
    """A page's text."""
    return page.read_text("utf-8")


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, without the indentation that a list gives them."""
    return [
        Block(
            page=page.name,
            marker=found["marker"] or "",
            language=found["language"],
            text=dedent(found["text"]),
        )
        for found in _BLOCK.finditer(read(page))
    ]


def all_blocks(kind: str = "") -> list[Block]:
    """Those of all pages, or those whose marker is of a kind."""
    found = (block for page in PAGES for block in blocks(page))
    return [block for block in found if not kind or block.kind == kind]


def prose(page: Path) -> str:
    """A page without its blocks."""
    return _BLOCK.sub("", read(page))


def anchors(page: Path) -> set[str]:
    """What ``#fragments`` lead to, as GitHub makes them of headings."""
    seen: Counter[str] = Counter()
    found = set()
    for heading in _HEADING.findall(prose(page)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def links(page: Path) -> list[str]:
    """Where a page leads to within the repository."""
    return [each for each in _LINK.findall(_INLINE.sub("", prose(page))) if "://" not in each]


def commands(page: Path) -> Iterator[Command]:
    """Every command of ours: typed in a shell block, within other blocks, or in a sentence.

    Those of a session (``<!-- try: … -->``) are left out, for they belong together.
    """
    for block in (each for each in blocks(page) if each.kind != "try"):
        for line in _lines(block.text):
            yield from _of_line(page.name, line, is_shell=block.language in SHELLS)
    for code in _INLINE.findall(prose(page)):
        if code.startswith(f"{OURS} "):
            for each in _of_line(page.name, code, is_shell=True):
                yield msgspec.structs.replace(each, is_typed=False)


def _lines(text: str) -> Iterator[str]:
    """Lines of a shell, put together where they go on."""
    yield from text.replace("\\\n", " ").splitlines()


def _of_line(page: str, line: str, *, is_shell: bool) -> Iterator[Command]:
    """What stands behind another command, or in a file, must begin with a name that there is."""
    found = re.search(rf"(?:^|[\s/\"'`]){OURS} (?=[a-z-])", line)
    if found is None:
        return
    if is_shell:
        for typed in _simple(line.strip().removeprefix("$ ")):
            for before, words in _behind_our_name(typed):
                if not before or words[0] in COMMANDS:
                    yield Command(page=page, words=words, is_typed=not before)
    elif re.search(r"run|command|exec|start|cmd|&&", line, re.IGNORECASE):
        rest = line[found.end() :].replace('\\"', '"')
        for cut in (rest, rest.rstrip().rstrip("\"'`")):
            with suppress(ValueError):  # a quote of the line around it
                words = tuple(next(_simple(cut)))
                if words[0] in COMMANDS:
                    yield Command(page=page, words=words, is_typed=False)
                return


def _behind_our_name(typed: list[str]) -> Iterator[tuple[list[str], tuple[str, ...]]]:
    """What stands before our name, but for variables, and what behind it."""
    for number, word in enumerate(typed[:-1]):
        if PurePosixPath(word).name == OURS:
            before = [each for each in typed[:number] if not re.match(r"\w+=", each)]
            yield before, tuple(typed[number + 1 :])


def _simple(line: str) -> Iterator[list[str]]:
    """The simple commands of a line, as words; what they write to is left out."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    skips = False
    for word in lexer:
        if word in OPERATORS:
            skips = word in {">", ">>", "<"}
            if not skips:
                yield words
                words = []
        elif skips:
            skips = False
        else:
            words.append(word)
    yield words
