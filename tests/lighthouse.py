"""Lighthouse on a built site, as a phone: ``python -m tests.lighthouse output node_modules``.

Prints a line for each kind of page, and below it what lowers a score.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from syndicator.serve import server

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FLAGS = "--headless=new --no-sandbox --disable-gpu"


@contextmanager
def served(output: Path) -> Iterator[str]:
    """The address of the folder on loopback."""
    httpd = server(output, 0)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def ask(address: str, modules: Path, categories: Iterable[str] = CATEGORIES) -> Mapping[str, Any]:
    """Lighthouse's whole answer on one page."""
    result = subprocess.run(
        [
            str(modules / ".bin" / "lighthouse"),
            address,
            "--quiet",
            f"--chrome-flags={FLAGS}",
            f"--only-categories={','.join(categories)}",
            "--output=json",
        ],
        env=os.environ
        | {"CHROME_PATH": shutil.which("chromium") or shutil.which("chromium-browser") or ""},
        capture_output=True,
        text=True,
        check=True,
    )
    answer: Mapping[str, Any] = json.loads(result.stdout)
    return answer


def scores(answer: Mapping[str, Any]) -> dict[str, int]:
    """Category to its score of 100."""
    return {name: round(each["score"] * 100) for name, each in answer["categories"].items()}


def lacking(answer: Mapping[str, Any]) -> list[str]:
    """The audits that cost points: those that weigh something and are not perfect."""
    weights = {
        ref["id"]
        for each in answer["categories"].values()
        for ref in each["auditRefs"]
        if ref["weight"]
    }
    found = (answer["audits"][name] for name in sorted(weights))
    return [
        f"{each['id']} {each['score']} {each.get('displayValue', '')}".strip()
        for each in found
        if each["score"] is not None and each["score"] < 1
    ]


def sample(output: Path) -> dict[str, str]:
    """One path of each kind of page that may be found."""
    room = next(path for path in sorted(output.glob("dex-*")) if any(path.glob("*-????????/")))
    vehicle = next(path for path in sorted(room.glob("*-????????/")))
    return {"index": "/", "list": f"/{room.name}/", "car": f"/{room.name}/{vehicle.name}/"}


def main() -> None:
    output, modules = map(Path, sys.argv[1:3])
    with served(output) as site:
        for kind, path in sample(output).items():
            answer = ask(site + path, modules)
            print(kind, *(f"{name} {score}" for name, score in scores(answer).items()), sep="  ")  # noqa: T201 - a program
            for line in lacking(answer):
                print(f"    {line}")  # noqa: T201 - a program


if __name__ == "__main__":
    main()
