"""``init`` and ``headers``: the files that a site needs on its host."""

import enum
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syndicator import late
from syndicator.commands import options
from syndicator.dotenv import KEY
from syndicator.errors import SyndicatorError, UsageError
from syndicator.source.secret import Secret

if TYPE_CHECKING:
    from syndicator import build, config, console, overrides, serve, starter, tables, webserver
else:
    build = late.module("syndicator.build")
    config = late.module("syndicator.config")
    console = late.module("syndicator.console")
    overrides = late.module("syndicator.overrides")
    serve = late.module("syndicator.serve")
    starter = late.module("syndicator.starter")
    tables = late.module("syndicator.tables")
    webserver = late.module("syndicator.webserver")

EVERYTHING = "all"


class Server(enum.StrEnum):
    """What serves ``output/``."""

    NGINX = "nginx"
    CADDY = "caddy"


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Where the site's own files will be.")
    ] = Path(),
    *,
    context: typer.Context,
    host: Annotated[
        str | None,
        typer.Option("--host", metavar="NAME", help="netlify github-pages systemd container plain"),
    ] = None,
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help="What the site is called.")
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(
            "--language", metavar="CODE", help="nl fr de en; repeatable, the first is the default."
        ),
    ] = None,
    location: Annotated[
        list[str] | None,
        typer.Option("--location", metavar="CODE", help="A location to publish; repeatable."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Publish everything that the key can see.")
    ] = False,
    site_url: options.SiteUrl = None,
    accent: Annotated[
        str | None, typer.Option("--accent", metavar="COLOUR", help="Of links, as #0a5bd3.")
    ] = None,
    api_url: options.ApiUrl = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: take defaults.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace files that are there and differ.")
    ] = False,
) -> None:
    """Write what a site needs: its configuration, and the files for its host."""
    if everything and location:
        raise UsageError("--all and --location exclude each other")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: is no folder")
    known = options.told(context, folder / config.DEFAULT_PATH)
    address = starter.checked("--api-url", api_url) if api_url is not None else ""
    ask = _Asker(asks=not yes and sys.stdin.isatty())
    found_host = ask.choice("--host", host, "Where will it be", list(starter.Host))
    answers = starter.Answers(
        host=starter.Host(found_host),
        title=ask.one("--title", title, "What is the site called", config.SiteTable().title),
        languages=ask.several(
            "--language", language, "Languages, the default first: nl fr de en", "nl"
        ),
        locations=()
        if everything
        else ask.several(
            *("--location", location, "Locations by code, or all", EVERYTHING),
            before=lambda: _show_locations(known, address),
        ),
        site_url=ask.one("--site-url", site_url, "Its address, as far as it is known", ""),
        accent=ask.one("--accent", accent, "The colour of its links, as #0a5bd3", ""),
        api_url=address,
        requirement=starter.requirement(folder),
    )
    made = starter.files(answers)
    starter.refuse_key(made.values(), known.get(KEY, ""))
    for line in starter.write(folder, made, force=force):
        console.answer(line)
    console.answer("\nWhat is left to do:")
    for number, step in enumerate(starter.STEPS[answers.host], start=1):
        console.answer(f"{number}. {step}")


def headers(
    server: Annotated[Server, typer.Argument(metavar="SERVER", help="nginx or caddy.")],
    *,
    output: options.Output = None,
) -> None:
    """Print the headers and redirects of output/ for a web server of your own."""
    site = serve.Site(output or Path("output"))
    made = {Server.NGINX: webserver.nginx, Server.CADDY: webserver.caddy}[server](
        serve.header_rules(site.read("_headers")), serve.redirect_rules(site.read("_redirects"))
    )
    console.answer(made.rstrip("\n"))


class _Asker:
    """Takes an option's value, else what is answered on a terminal, else the default."""

    def __init__(self, *, asks: bool) -> None:
        self._asks = asks

    def one(self, option: str, given: str | None, question: str, default: str) -> str:
        if given is not None:
            return starter.checked(option, given)
        if not self._asks:
            return default
        return self._prompt(
            question, default, lambda text: starter.checked(option, text) if text.strip() else ""
        )

    def several(
        self,
        option: str,
        given: list[str] | None,
        question: str,
        default: str,
        before: Callable[[], None] = lambda: None,
    ) -> tuple[str, ...]:
        if given:
            return starter.all_checked(option, given)
        if self._asks:
            before()
            text = self._prompt(
                question,
                default,
                lambda text: " ".join(starter.all_checked(option, _words(text))),
            )
        else:
            text = default
        words = _words(text)
        return () if words == [EVERYTHING] else tuple(words)

    def choice(self, option: str, given: str | None, question: str, names: list[str]) -> str:
        def check(text: str) -> str:
            if text.strip() not in names:
                raise UsageError(f"{option}: {text.strip()!r} is none of {', '.join(names)}")
            return text.strip()

        if given is not None:
            return check(given)
        if not self._asks:
            return names[-1]
        return self._prompt(f"{question}: {', '.join(names)}", names[0], check)

    def _prompt(self, question: str, default: str, check: Callable[[str], str]) -> str:
        def checked(text: str) -> str:
            try:
                return check(text)
            except UsageError as error:
                raise typer.BadParameter(f"{error.message} {error.hint}".strip()) from None

        try:
            found: str = typer.prompt(
                question, default=default, show_default=bool(default), value_proc=checked
            )
        except typer.Abort:
            raise UsageError(
                "the answers ended early; nothing was written", hint="--yes takes defaults"
            ) from None
        return found


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _show_locations(known: Mapping[str, str], api_url: str) -> None:
    """What the key can see, where there is one; the question works without."""
    if KEY not in known:
        return
    settings = overrides.override(config.Config(), api_url=api_url or known.get("OKASIE_API_URL"))
    try:
        found = build.visible(settings.api_url, Secret.from_environment(known))
    except SyndicatorError as error:
        console.tell(f"the locations cannot be listed: {error.message}")
    else:
        console.answer(console.printable(tables.locations(found, as_object=False)))
