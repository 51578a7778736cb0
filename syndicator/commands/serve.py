"""``serve``."""

from pathlib import Path
from typing import TYPE_CHECKING

from syndicator import late
from syndicator.commands import options

if TYPE_CHECKING:
    from syndicator import console, serve
else:
    console = late.module("syndicator.console")
    serve = late.module("syndicator.serve")


def serve_command(*, output: options.Output = None, port: options.Port = 8000) -> None:
    """Preview output/ as the host will serve it."""
    run_server(output or Path("output"), port)


def run_server(folder: Path, port: int) -> None:
    """Serve until interrupted."""
    with serve.server(folder, port) as httpd:
        console.answer(f"http://localhost:{httpd.server_port}/")
        httpd.serve_forever()
