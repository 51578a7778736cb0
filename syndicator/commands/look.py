"""``locations``, ``check``, ``history`` and ``exporters``: what only looks."""

from typing import TYPE_CHECKING, Annotated

import typer

from syndicator import late
from syndicator.commands import options
from syndicator.source.secret import Secret

if TYPE_CHECKING:
    from syndicator import (
        build,
        check,
        config,
        console,
        overrides,
        places,
        registry,
        runs,
        tables,
        verdict,
    )
else:
    build = late.module("syndicator.build")
    check = late.module("syndicator.check")
    config = late.module("syndicator.config")
    console = late.module("syndicator.console")
    overrides = late.module("syndicator.overrides")
    places = late.module("syndicator.places")
    registry = late.module("syndicator.registry")
    runs = late.module("syndicator.runs")
    tables = late.module("syndicator.tables")
    verdict = late.module("syndicator.verdict")


def locations(
    *,
    context: typer.Context,
    config_file: options.ConfigFile = None,
    api_url: options.ApiUrl = None,
    as_object: options.Json = False,
) -> None:
    """List what this key can see."""
    file = config_file or config.DEFAULT_PATH
    known = options.told(context, file)
    settings = overrides.override(
        config.load(file, explicit=config_file is not None),
        api_url=api_url or known.get("OKASIE_API_URL"),
    )
    found = build.visible(settings.api_url, Secret.from_environment(known))
    text = tables.locations(found, as_object=as_object)
    console.answer(text if as_object else console.printable(text))


def check_command(
    *,
    context: typer.Context,
    output: options.Output = None,
    config_file: options.ConfigFile = None,
    as_object: options.Json = False,
    verbose: options.Verbose = 0,
    quiet: options.Quiet = False,
) -> None:
    """Tell what portals leave out and why, and whether files and links of output/ are sound."""
    console.set_up_logging(-1 if quiet else verbose)
    file = config_file or config.DEFAULT_PATH
    manifest = places.beside(file, options.told(context, file)).manifest
    loaded = config.load(file, explicit=config_file is not None)
    settings = overrides.override(loaded, output=output)
    registry.check_languages(registry.activate(settings.feeds), settings.site.languages)
    with console.progress(quiet=quiet or as_object) as notify:
        found = check.check(settings.output, manifest, settings.site.url, notify)
    if as_object:
        console.answer(verdict.as_json(found))
    elif quiet:
        for line in verdict.trouble(found):
            console.tell(line)
    else:
        console.answer("\n".join(map(console.printable, verdict.lines(found))))
    if found.exit_code:
        raise typer.Exit(found.exit_code)


def history(
    *,
    context: typer.Context,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="So many runs, the newest.")
    ] = 20,
    config_file: options.ConfigFile = None,
    as_object: options.Json = False,
) -> None:
    """Tell what the last builds came to, newest first."""
    file = config_file or config.DEFAULT_PATH
    if config_file is not None:
        config.load(file, explicit=True)
    found = runs.last(places.beside(file, options.told(context, file)).history, limit)
    if as_object:
        console.answer(runs.as_json(found))
    elif found:
        console.answer("\n".join(map(console.printable, runs.lines(found))))
    else:
        console.answer("no build has run yet")


def exporters(
    name: Annotated[
        str | None, typer.Argument(help="Only this one, with its options and fields.")
    ] = None,
    *,
    as_object: options.Json = False,
) -> None:
    """List the installed exporters and their options."""
    console.answer(tables.exporters(name, as_object=as_object))
