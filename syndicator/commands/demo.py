"""``demo`` and ``simulate``: what needs no key."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syndicator import late
from syndicator.commands import build, options, serve
from syndicator.dotenv import KEY

if TYPE_CHECKING:
    from syndicator import config, console, demonstration
else:
    config = late.module("syndicator.config")
    console = late.module("syndicator.console")
    demonstration = late.module("syndicator.demonstration")


def demo(
    *,
    context: typer.Context,
    listings: Annotated[
        int, typer.Option(metavar="N", min=1, help="Active listings to invent.")
    ] = 48,
    dealers: options.Dealers = 7,
    seed: options.Seed = 1,
    hostile: Annotated[
        bool, typer.Option("--hostile", help="Every text of the stock tries to break out.")
    ] = False,
    output: options.Output = None,
    site_url: options.SiteUrl = None,
    exporter: options.Exporters = None,
    serve_after: Annotated[
        bool, typer.Option("--serve", help="Serve the result until Ctrl-C.")
    ] = False,
    port: options.Port = 8000,
    jobs: options.Workers = None,
    as_object: options.Json = False,
    verbose: options.Verbose = 0,
    quiet: options.Quiet = False,
) -> None:
    """Do it all without a key, on invented dealers."""
    console.set_up_logging(-1 if quiet else verbose)
    folder = output or Path("output")
    with demonstration.stage(
        listings=listings, dealers=dealers, seed=seed, is_hostile=hostile
    ) as simulator:
        request = demonstration.request(
            simulator,
            output=folder,
            site_url=site_url or f"http://localhost:{port}",
            only=tuple(exporter or ()),
            workers=jobs,
            here=config.DEFAULT_PATH,
            known=options.told(context, config.DEFAULT_PATH),
        )
        build.finish(request, as_object=as_object, quiet=quiet)
    if serve_after:
        serve.run_server(folder, port)
    elif not as_object and not quiet:
        console.tell(f"look at it: syndicator serve --output {folder} --port {port}")


def simulate(
    *,
    port: options.Port = 8571,
    listings: Annotated[
        int, typer.Option(metavar="N", min=0, help="Active listings to invent.")
    ] = 200,
    dealers: options.Dealers = 8,
    seed: options.Seed = 1,
    rate_limit: Annotated[
        int, typer.Option(metavar="N", min=0, help="Requests a minute; 0 lifts the limit.")
    ] = 120,
    fault: Annotated[
        list[str] | None,
        typer.Option(metavar="SPEC", help="What goes wrong, as KIND[=VALUE][@WHEN]; repeatable."),
    ] = None,
    changes_per_minute: Annotated[
        float, typer.Option(metavar="N", min=0, help="How often dealers change their stock.")
    ] = 0,
) -> None:
    """Run the API simulator on a loopback port."""
    with demonstration.stage(
        listings=listings,
        dealers=dealers,
        seed=seed,
        port=port,
        rate_limit=rate_limit,
        most_photos=20,
        faults=fault or (),
        changes_per_minute=changes_per_minute,
    ) as simulator:
        url, key = simulator.base_url, simulator.key
        console.answer(f"export OKASIE_API_URL={url}\nexport {KEY}={key}")
        console.tell("the simulator runs until Ctrl-C")
        threading.Event().wait()
