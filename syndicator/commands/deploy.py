"""``deploy``."""

from typing import TYPE_CHECKING, Annotated

import typer

from syndicator import late
from syndicator.commands import options

if TYPE_CHECKING:
    from syndicator import bucket, config, console, deploy, overrides, places
else:
    bucket = late.module("syndicator.bucket")
    config = late.module("syndicator.config")
    console = late.module("syndicator.console")
    deploy = late.module("syndicator.deploy")
    overrides = late.module("syndicator.overrides")
    places = late.module("syndicator.places")


def deploy_command(
    url: Annotated[
        str,
        typer.Argument(
            metavar="BUCKET", help="s3://bucket/folder, gs://bucket/folder, az://container/folder"
        ),
    ],
    *,
    context: typer.Context,
    output: options.Output = None,
    config_file: options.ConfigFile = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace objects that no deploy has put there.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change; write nothing.")
    ] = False,
    as_object: options.Json = False,
    verbose: options.Verbose = 0,
    quiet: options.Quiet = False,
) -> None:
    """Upload what changed in output/ to an object store."""
    console.set_up_logging(-1 if quiet else verbose)
    file = config_file or config.DEFAULT_PATH
    known = options.told(context, file)
    loaded = config.load(file, explicit=config_file is not None)
    folder = overrides.override(loaded, output=output).output
    where = bucket.address(url)
    with console.progress(quiet=quiet or as_object) as notify:
        done = deploy.deploy(
            folder,
            places.beside(file, known),
            bucket.opened(where, context.obj),
            str(where),
            force=force,
            dry_run=dry_run,
            notify=notify,
        )
    if not quiet:
        for warning in done.warnings:
            console.tell(f"warning: {warning}")
    if as_object:
        console.answer(deploy.as_json(done))
    elif not quiet:
        console.answer("\n".join(map(console.printable, deploy.lines(done))))
