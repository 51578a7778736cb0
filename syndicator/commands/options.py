"""Options that several commands share, and what they do with them."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syndicator import late
from syndicator.dotenv import KEY, environment

if TYPE_CHECKING:
    from syndicator import console
else:
    console = late.module("syndicator.console")


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


def told(context: typer.Context, config_file: Path) -> Mapping[str, str]:
    """Our own variables; from now on nothing that is printed shows the key."""
    known = environment(config_file, context.obj)
    console.hide(known.get(KEY, ""))
    return known
