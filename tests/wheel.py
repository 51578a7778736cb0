"""Checks what a built wheel holds. ``python -m tests.wheel dist/syndicator-….whl``."""

import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def expected() -> set[str]:
    """Every file of the package and every template, as git or the checkout has them."""
    package = (path for path in (ROOT / "syndicator").rglob("*") if path.is_file())
    templates = (path for path in (ROOT / "templates").rglob("*") if path.is_file())
    inside = {
        path.relative_to(ROOT).as_posix() for path in package if "__pycache__" not in path.parts
    }
    return inside | {f"syndicator/{path.relative_to(ROOT).as_posix()}" for path in templates}


def main() -> None:
    names = {name for name in zipfile.ZipFile(sys.argv[1]).namelist() if ".dist-info/" not in name}
    missing, surplus = sorted(expected() - names), sorted(names - expected())
    for name in missing:
        print("missing:", name)  # noqa: T201 - a program
    for name in surplus:
        print("surplus:", name)  # noqa: T201
    print(f"{len(names)} files in the wheel")  # noqa: T201
    sys.exit(bool(missing or surplus))


if __name__ == "__main__":
    main()
