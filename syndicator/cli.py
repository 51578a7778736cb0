"""The commands: parse, call, print. Only this module reads the environment, and ``main`` exits."""

import enum
import faulthandler
import os
import sys
import threading
from collections.abc import Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syndicator import __version__, late
from syndicator.dotenv import KEY, environment, withheld
from syndicator.errors import Stopped, SyndicatorError, UsageError
from syndicator.interruption import stoppable
from syndicator.source.secret import Secret

if TYPE_CHECKING:
    from syndicator import (
        build,
        check,
        config,
        console,
        demonstration,
        overrides,
        places,
        registry,
        serve,
        tables,
        verdict,
    )
else:  # each costs more time than all the rest of a command that does not need it
    build = late.module("syndicator.build")
    check = late.module("syndicator.check")
    config = late.module("syndicator.config")
    console = late.module("syndicator.console")
    demonstration = late.module("syndicator.demonstration")
    overrides = late.module("syndicator.overrides")
    places = late.module("syndicator.places")
    registry = late.module("syndicator.registry")
    serve = late.module("syndicator.serve")
    tables = late.module("syndicator.tables")
    verdict = late.module("syndicator.verdict")

app = typer.Typer(
    name="syndicator",
    help="Turns the stock of Okasie car dealers into feeds, marketplace XML and a showroom.",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help reads well at 80 columns, in logs and in the README
    pretty_exceptions_enable=False,  # a traceback with frames could show what they hold
    context_settings={"help_option_names": ["-h", "--help"]},
)

BUG = 1

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="The configuration; syndicator.toml by default."),
]
Output = Annotated[
    Path | None, typer.Option("--output", metavar="DIR", help="Where to write; output by default.")
]
SiteUrl = Annotated[
    str | None,
    typer.Option("--site-url", metavar="URL", help="Where the site will be served."),
]
ApiUrl = Annotated[
    str | None, typer.Option("--api-url", metavar="URL", help="The Partner API's address.")
]
Exporters = Annotated[
    list[str] | None,
    typer.Option("--exporter", metavar="NAME", help="Only this feed; repeatable."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Workers = Annotated[
    int | None,
    typer.Option(
        "--jobs", metavar="N", min=1, show_default=False, help="Worker processes; as many as pay."
    ),
]
Scheduler = Annotated[
    str,
    typer.Option(
        "--scheduler", metavar="URL", show_default=False, help="Of Dask, as tcp://host:8786."
    ),
]
Verbose = Annotated[
    int,
    typer.Option(
        "--verbose", "-v", count=True, show_default=False, help="Say more; -vv says all of it."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Errors only.")]
Dealers = Annotated[int, typer.Option(metavar="N", min=1, help="Dealers to invent.")]
Seed = Annotated[int, typer.Option(metavar="N", help="Another seed, another stock.")]
Port = Annotated[
    int, typer.Option("--port", metavar="N", min=0, max=65535, help="0 takes a free one.")
]


class Executor(enum.StrEnum):
    """What runs the jobs of a build."""

    AUTO = "auto"  # this process, or with --jobs several of its own
    DASK = "dask"


@app.callback(invoke_without_command=True)
def top(
    *,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    """Turn the stock of Okasie car dealers into feeds, marketplace XML and a showroom."""
    console.set_up_logging(0)
    if version:
        console.answer(f"syndicator {__version__}")
        raise typer.Exit


@app.command("build")
def build_command(
    *,
    context: typer.Context,
    location: Annotated[
        list[str] | None,
        typer.Option("--location", metavar="CODE", help="A location by its code; repeatable."),
    ] = None,
    dealer: Annotated[
        list[str] | None,
        typer.Option("--dealer", metavar="UUID", help="A dealer by id; repeatable."),
    ] = None,
    parent: Annotated[
        list[str] | None,
        typer.Option(
            "--parent", metavar="UUID", help="A head dealer with all locations; repeatable."
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Everything that the key can see.")
    ] = False,
    exporter: Exporters = None,
    output: Output = None,
    config_file: ConfigFile = None,
    site_url: SiteUrl = None,
    api_url: ApiUrl = None,
    full: Annotated[
        bool, typer.Option("--full", help="Read everything, not only what changed.")
    ] = False,
    force: Annotated[
        list[str] | None,
        typer.Option("--force", metavar="TARGET", help="Lift the hold of a target; repeatable."),
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Render what is stored; no request.")
    ] = False,
    rerender: Annotated[
        bool, typer.Option("--rerender", help="Render everything, and accept output that shrank.")
    ] = False,
    prune: Annotated[
        bool,
        typer.Option("--prune", help="Remove targets and feeds that are no longer configured."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change; write nothing.")
    ] = False,
    jobs: Workers = None,
    executor: Annotated[
        Executor,
        typer.Option("--executor", metavar="NAME", help="auto is this machine, dask a cluster."),
    ] = Executor.AUTO,
    scheduler: Scheduler = "",
    as_object: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Fetch the listings, write what changed to output/."""
    console.set_up_logging(-1 if quiet else verbose)
    file = config_file or config.DEFAULT_PATH
    known = told(context, file)
    loaded = config.load(file, explicit=config_file is not None)
    if prune and loaded.targets and (location or dealer or parent):
        raise UsageError(
            "--prune would remove configured targets that this run leaves out",
            hint="use it without --location, --dealer and --parent",
        )
    if offline and (full or force):
        raise UsageError("--offline asks nothing: leave out --full and --force")
    if (executor is Executor.DASK) != bool(scheduler):
        raise UsageError(
            "--executor dask and --scheduler go together",
            hint="say both, as --executor dask --scheduler tcp://host:8786",
        )
    if scheduler and jobs:
        raise UsageError("--jobs starts processes here: leave it out with --executor dask")
    if scheduler and dry_run:
        raise UsageError("--dry-run works in a folder that no other machine sees: it renders here")
    settings = overrides.override(
        loaded,
        output=output,
        site_url=site_url,
        api_url=api_url or known.get("OKASIE_API_URL"),
        exporters=exporter or (),
        locations=location or (),
        dealers=dealer or (),
        parents=parent or (),
        all_=everything,
    )
    request = build.Request(
        config=settings,
        config_file=file,
        places=places.beside(file),
        targets=config.wanted(settings) if settings.targets or prune or not offline else (),
        configured=config.wanted(loaded) if loaded.targets else (),
        secret=None if offline else Secret.from_environment(known),
        only=tuple(exporter or ()),
        full=full,
        force=tuple(force or ()),
        rerender=rerender,
        prune=prune,
        dry_run=dry_run,
        workers=jobs,
        scheduler=scheduler,
        templates=places.templates_beside(file),
    )
    if settings.site.url == config.SiteTable().url and not quiet:
        console.tell("note: feeds need the real address of the site: say --site-url or [site] url")
    finish(request, as_object=as_object, quiet=quiet)


@app.command()
def demo(
    *,
    listings: Annotated[
        int, typer.Option(metavar="N", min=1, help="Active listings to invent.")
    ] = 48,
    dealers: Dealers = 7,
    seed: Seed = 1,
    hostile: Annotated[
        bool, typer.Option("--hostile", help="Every text of the stock tries to break out.")
    ] = False,
    output: Output = None,
    site_url: SiteUrl = None,
    exporter: Exporters = None,
    serve_after: Annotated[
        bool, typer.Option("--serve", help="Serve the result until Ctrl-C.")
    ] = False,
    port: Port = 8000,
    jobs: Workers = None,
    as_object: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
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
        )
        finish(request, as_object=as_object, quiet=quiet)
    if serve_after:
        run_server(folder, port)
    elif not as_object and not quiet:
        console.tell(f"look at it: syndicator serve --output {folder} --port {port}")


@app.command("serve")
def serve_command(*, output: Output = None, port: Port = 8000) -> None:
    """Preview output/ as the host will serve it."""
    run_server(output or Path("output"), port)


@app.command()
def simulate(
    *,
    port: Port = 8571,
    listings: Annotated[
        int, typer.Option(metavar="N", min=0, help="Active listings to invent.")
    ] = 200,
    dealers: Dealers = 8,
    seed: Seed = 1,
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


@app.command()
def locations(
    *,
    context: typer.Context,
    config_file: ConfigFile = None,
    api_url: ApiUrl = None,
    as_object: Json = False,
) -> None:
    """List what this key can see."""
    file = config_file or config.DEFAULT_PATH
    known = told(context, file)
    settings = overrides.override(
        config.load(file, explicit=config_file is not None),
        api_url=api_url or known.get("OKASIE_API_URL"),
    )
    found = build.visible(settings.api_url, Secret.from_environment(known))
    text = tables.locations(found, as_object=as_object)
    console.answer(text if as_object else console.printable(text))


@app.command("check")
def check_command(
    *,
    output: Output = None,
    config_file: ConfigFile = None,
    as_object: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Tell what portals leave out and why, and whether files and links of output/ are sound."""
    console.set_up_logging(-1 if quiet else verbose)
    file = config_file or config.DEFAULT_PATH
    loaded = config.load(file, explicit=config_file is not None)
    settings = overrides.override(loaded, output=output)
    registry.check_languages(registry.activate(settings.feeds), settings.site.languages)
    with console.Display(quiet=quiet or as_object) as shown:
        found = check.check(
            settings.output, places.beside(file).manifest, settings.site.url, shown.notify
        )
    if as_object:
        console.answer(verdict.as_json(found))
    elif quiet:
        for line in verdict.trouble(found):
            console.tell(line)
    else:
        console.answer("\n".join(map(console.printable, verdict.lines(found))))
    if found.exit_code:
        raise typer.Exit(found.exit_code)


@app.command()
def exporters(
    name: Annotated[
        str | None, typer.Argument(help="Only this one, with its options and fields.")
    ] = None,
    *,
    as_object: Json = False,
) -> None:
    """List the installed exporters and their options."""
    console.answer(tables.exporters(name, as_object=as_object))


def told(context: typer.Context, config_file: Path) -> Mapping[str, str]:
    """Our own variables; from now on nothing that is printed shows the key."""
    known = environment(config_file, context.obj)
    console.hide(known.get(KEY, ""))
    return known


def finish(request: "build.Request", *, as_object: bool, quiet: bool) -> None:
    """Build, tell what happened, and exit unless all is well."""
    with console.Display(quiet=quiet or as_object) as shown:
        summary = build.build(request, shown.notify)
    console.report(summary, as_object=as_object, quiet=quiet)
    if summary.exit_code:
        raise typer.Exit(summary.exit_code)


def run_server(folder: Path, port: int) -> None:
    """Serve until interrupted."""
    with serve.server(folder, port) as httpd:
        console.answer(f"http://localhost:{httpd.server_port}/")
        httpd.serve_forever()


def run(arguments: list[str] | None = None) -> int:
    """One command from its words to its exit code; nothing foreseen ends in a traceback."""
    try:
        with stoppable(), withheld(os.environ, KEY) as environ:
            app(arguments, obj=environ)
    except SystemExit as end:  # typer's own way out, also for wrong usage (2)
        return end.code if isinstance(end.code, int) else BUG
    except SyndicatorError as error:
        console.tell_error(error)
        return error.exit_code
    except Stopped as stopped:
        console.tell("syndicator: stopped; what was published stays as it is")
        return 128 + stopped.number
    except Exception as error:  # noqa: BLE001 - the last door: a bug, told in one line
        console.tell(f"syndicator: this is a bug: {type(error).__name__}; -v shows where")
        console.tell_trace(error)
        return BUG
    return 0


def main() -> None:
    """The console script."""
    if isinstance(sys.stdout, TextIOWrapper):  # a name must not fail where there is only ASCII
        sys.stdout.reconfigure(errors="backslashreplace")
    if sys.stderr is not None:
        faulthandler.enable()  # code that is not Python may end the process: never without a word
    sys.exit(run())
