"""The generated parts of README.md and docs/commands.md; ``python -m tests.readme`` makes them."""

import os
import re
import subprocess
import sys
from pathlib import Path

from syndicator import cli
from syndicator.simulator.faults import KINDS

README = Path(__file__).parent.parent / "README.md"
COMMANDS = README.parent / "docs" / "commands.md"
HELP = re.compile(r"(<!-- help: ?(?P<command>\w*) -->\n```text\n)(?P<shown>.*?)(```\n)", re.DOTALL)
FAULTS = "\n## What the simulator can do wrong\n"


def help_text(command: str) -> str:
    """What ``syndicator COMMAND --help`` prints on 80 columns."""
    return subprocess.run(
        [sys.executable, "-m", "syndicator", *filter(None, [command]), "--help"],
        env=os.environ | {"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"},
        capture_output=True,
        check=True,
        text=True,
    ).stdout


def block(kind: str, name: str) -> str:
    """The code block behind a marker such as ``<!-- run: demo -->``."""
    found = re.search(
        rf"<!-- {kind}: {name} -->\n```\w+\n(.*?)```", README.read_text("utf-8"), re.DOTALL
    )
    assert found, f"README.md has no block {kind}: {name}"
    return found[1]


def generated(text: str) -> str:
    """The page with all help blocks made anew."""
    return HELP.sub(lambda each: each[1] + help_text(each["command"]) + each[4], text)


def reference(text: str) -> str:
    """The page of all commands made anew, behind what it says first and before the faults."""
    head = text.partition("\n## ")[0]
    faults = text.partition(FAULTS)[2].partition("\n| ")[0]
    sections = (
        f"\n## {name}\n\n<!-- help: {name} -->\n```text\n{help_text(name)}```\n"
        for name in cli.COMMANDS
    )
    cells = ((kind.syntax.replace("|", "\\|"), kind.meaning) for kind in KINDS.values())
    rows = (f"| `{syntax}` | {meaning} |\n" for syntax, meaning in cells)
    table = "".join(("| fault | what is wrong |\n", "|---|---|\n", *rows))
    return f"{head.rstrip()}\n{''.join(sections)}{FAULTS}{faults}\n{table}"


if __name__ == "__main__":
    README.write_text(generated(README.read_text("utf-8")), "utf-8")
    COMMANDS.write_text(reference(COMMANDS.read_text("utf-8")), "utf-8")
