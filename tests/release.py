"""Whether a tag may be released, and what is told of it.

``python -m tests.release v1.2.3`` prints the notes, from CHANGELOG.md, or says what does not agree
and exits 1.
"""

import re
import sys
from pathlib import Path

from syndicator import __version__

ROOT = Path(__file__).parent.parent
HEADING = re.compile(r"^## (.+)\n", re.MULTILINE)


class Disagreement(Exception):
    """The tag, the version and the change log do not say the same."""


def sections(text: str) -> dict[str, str]:
    """The parts of a change log by version, newest first; ``## 1.2.3, 1 December 2026``."""
    _, *parts = HEADING.split(text)
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return {heading.partition(",")[0].strip(): body.strip() for heading, body in pairs}


def notes(tag: str, version: str, text: str) -> str:
    """The section of the version that the tag is of.

    :raises Disagreement: says what is to be mended.
    """
    if tag != f"v{version}":
        raise Disagreement(f"the tag is {tag}, and syndicator/__init__.py says {version}")
    found = sections(text)
    if not found.get(version):
        raise Disagreement(f"CHANGELOG.md says nothing of {version}: name its section so")
    if next(iter(found)) != version:
        raise Disagreement(f"CHANGELOG.md begins with {next(iter(found))}, not with {version}")
    return f"{found[version]}\n"


def main() -> None:
    try:
        told = notes(sys.argv[1], __version__, (ROOT / "CHANGELOG.md").read_text("utf-8"))
    except Disagreement as error:
        sys.exit(str(error))
    sys.stdout.write(told)


if __name__ == "__main__":
    main()
