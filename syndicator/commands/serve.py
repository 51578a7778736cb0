"""``serve``."""

from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated

import typer

from syndicator import late
from syndicator.commands import options

if TYPE_CHECKING:
    from syndicator import again, config, console, places, serve, watch
else:
    again = late.module("syndicator.again")
    config = late.module("syndicator.config")
    console = late.module("syndicator.console")
    places = late.module("syndicator.places")
    serve = late.module("syndicator.serve")
    watch = late.module("syndicator.watch")

STOP_SECONDS = 0.1  # that the server takes to notice that it is to end


def serve_command(
    *,
    context: typer.Context,
    output: options.Output = None,
    config_file: options.ConfigFile = None,
    port: options.Port = 8000,
    watched: Annotated[
        bool,
        typer.Option("--watch", help="Render templates that change, and reload the open page."),
    ] = False,
) -> None:
    """Preview output/ as the host will serve it."""
    file = config_file or config.DEFAULT_PATH
    folder = output or config.load(file, explicit=config_file is not None).output
    if not watched:
        run_server(folder, port)
        return
    own = places.beside(file, options.told(context, file))
    run_watching(again.Subject(file=file, output=folder, places=own, is_there=file.exists()), port)


def run_server(folder: Path, port: int) -> None:
    """Serve until interrupted."""
    with serve.server(folder, port) as httpd:
        console.answer(f"http://localhost:{httpd.server_port}/")
        httpd.serve_forever()


def run_watching(subject: "again.Subject", port: int) -> None:
    """Serve, and render what changes, until interrupted."""
    board = watch.Board(subject.output)
    watching = watch.Watch(board, watch.sources(subject.file), partial(again.apart, subject), tell)
    if not (subject.output / "index.html").is_file():
        watching.render()
    with serve.server(subject.output, port, board) as httpd:
        server = Thread(target=httpd.serve_forever, kwargs={"poll_interval": STOP_SECONDS})
        server.start()
        try:
            console.answer(f"http://localhost:{httpd.server_port}/")
            watching.follow()
        finally:
            httpd.shutdown()
            server.join()


def tell(text: str) -> None:
    """What came of a rendering, a line each."""
    for line in text.splitlines():
        console.tell(line)
