"""``build``, and the last steps of ``demo``."""

import enum
from typing import TYPE_CHECKING, Annotated

import typer

from syndicator import late
from syndicator.commands import options
from syndicator.errors import UsageError
from syndicator.source.secret import Secret

if TYPE_CHECKING:
    from syndicator import build, config, console, overrides, places, webhook
else:
    build = late.module("syndicator.build")
    config = late.module("syndicator.config")
    console = late.module("syndicator.console")
    overrides = late.module("syndicator.overrides")
    places = late.module("syndicator.places")
    webhook = late.module("syndicator.webhook")


Scheduler = Annotated[
    str,
    typer.Option(
        "--scheduler", metavar="URL", show_default=False, help="Of Dask, as tcp://host:8786."
    ),
]


class Executor(enum.StrEnum):
    """What runs the jobs of a build."""

    AUTO = "auto"  # this process, or with --jobs several of its own
    DASK = "dask"


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
    exporter: options.Exporters = None,
    output: options.Output = None,
    config_file: options.ConfigFile = None,
    site_url: options.SiteUrl = None,
    api_url: options.ApiUrl = None,
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
    jobs: options.Workers = None,
    executor: Annotated[
        Executor,
        typer.Option("--executor", metavar="NAME", help="auto is this machine, dask a cluster."),
    ] = Executor.AUTO,
    scheduler: Scheduler = "",
    as_object: options.Json = False,
    verbose: options.Verbose = 0,
    quiet: options.Quiet = False,
) -> None:
    """Fetch the listings, write what changed to output/."""
    console.set_up_logging(-1 if quiet else verbose)
    file = config_file or config.DEFAULT_PATH
    known = options.told(context, file)
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
        places=places.beside(file, known),
        targets=config.wanted(settings) if settings.targets or prune or not offline else (),
        configured=config.wanted(loaded) if loaded.targets else (),
        secret=None if offline else Secret.from_environment(known),
        webhook=webhook.Webhook.from_environment(known),
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


def finish(request: "build.Request", *, as_object: bool, quiet: bool) -> None:
    """Build, tell what happened, and exit unless all is well."""
    with console.progress(quiet=quiet or as_object) as notify:
        summary = build.build(request, notify)
    console.report(summary, as_object=as_object, quiet=quiet)
    if summary.exit_code:
        raise typer.Exit(summary.exit_code)
