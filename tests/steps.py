"""The shell of the files for hosts, run as the host runs it, with programs that note their calls.

A file beside the programs says what each does: ``code`` and ``built/`` of ``syndicator``, ``live``
of ``curl`` (none: there is no such page), ``issues`` of ``gh``.
"""

import os
import subprocess
from pathlib import Path
from typing import Any

import yaml

from syndicator.starter import WORKFLOW
from syndicator.summary import Files, Summary, as_json

# As GitHub runs a step with `shell: bash`, and as Netlify runs a command.
GITHUB = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
NETLIFY = ("bash", "-c")
PROGRAMS = {
    "syndicator": """
        echo "$*" >>calls.syndicator
        if [ -d built ]; then mkdir -p output; cp -r built/. output; fi
        cat said >&2; cat answer; exit "$(cat code)" """,
    "curl": """
        echo "$*" >>calls.curl
        if [ -e refusing ]; then exit 22; fi
        while [ "$#" -gt 0 ]; do
          case "$1" in
            -o | --output) [ -e live ] || exit 22; mkdir -p "$(dirname "$2")"; cp live "$2" ;;
          esac
          shift
        done""",
    "gh": """
        if [ -e refusing ]; then exit 1; fi
        case "$1 $2" in
          "issue list") cat issues ;;
          "issue create")
            echo "$6" >>created
            number=$(wc -l <created)
            echo "$number $6" >>issues
            cp issue.md "issue.$number.md" ;;
          "issue close")
            echo "$3" >>closed
            grep -v "^$3 " issues >left || true
            mv left issues ;;
        esac""",
}


class Host:
    """A folder with the files of a host, in which parts of them run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in PROGRAMS.items():
            program = folder / "bin" / name
            program.parent.mkdir(exist_ok=True)
            program.write_text(f"#!/bin/bash\n{text}\n")
            program.chmod(0o755)
        for name in ("issues", "said", "answer", "live", "code"):
            self.put(name, "")

    def put(self, name: str, text: str) -> None:
        """Write a file, with the folders above it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def take(self, name: str) -> list[str]:
        """The lines of a file, which is gone then; none where it is not there."""
        path = self.folder / name
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    def ends(self, code: int, *, changed: bool = False, silent: bool = False) -> None:
        """What the next build comes to."""
        told = Summary(output="output", exit_code=code, files=Files(written=int(changed)))
        told.warnings = ['a dealer is called "changed":true']
        self.put("answer", "" if silent else as_json(told))
        self.put("code", str(code))

    def step(self, job: str, name: str, **environment: str) -> tuple[int, dict[str, str], str]:
        """Run a step of the workflow: how it ended, what it hands on, what it printed."""
        jobs: dict[str, Any] = yaml.safe_load((self.folder / WORKFLOW).read_text("utf-8"))["jobs"]
        (step,) = [each for each in jobs[job]["steps"] if name in each.get("name", "")]
        code, said = self.run((*GITHUB, step["run"]), **environment)
        return code, dict(line.split("=", 1) for line in self.take("handed.on")), said

    def run(self, command: tuple[str, ...], **environment: str) -> tuple[int, str]:
        """Run a command with the programs above in front of all others."""
        ran = subprocess.run(
            command,
            cwd=self.folder,
            env={
                "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
                "GITHUB_OUTPUT": str(self.folder / "handed.on"),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        return ran.returncode, ran.stdout + ran.stderr
