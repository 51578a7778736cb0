"""The generated parts of README.md. ``python -m tests.readme`` rewrites them."""

import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
HELP = re.compile(r"(<!-- help: ?(?P<command>\w*) -->\n```text\n)(?P<shown>.*?)(```\n)", re.DOTALL)


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


if __name__ == "__main__":
    README.write_text(generated(README.read_text("utf-8")), "utf-8")
