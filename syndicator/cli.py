"""The command line: its commands, its exit codes. Only here the environment is read."""

import faulthandler
import os
import sys
from collections.abc import Callable, Mapping
from io import TextIOWrapper
from typing import TYPE_CHECKING, Annotated

import typer

from syndicator import __version__, late
from syndicator.commands import build, demo, deploy, init, look, serve
from syndicator.dotenv import withheld
from syndicator.errors import Stopped, SyndicatorError
from syndicator.interruption import stoppable

if TYPE_CHECKING:
    from syndicator import console
else:
    console = late.module("syndicator.console")

app = typer.Typer(
    name="syndicator",
    help="Turns the stock of Okasie car dealers into feeds, marketplace XML and a showroom.",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help reads well at 80 columns, in logs and in the README
    pretty_exceptions_enable=False,  # a traceback with frames could show what they hold
    context_settings={"help_option_names": ["-h", "--help"]},
)

BUG = 1


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


COMMANDS: Mapping[str, Callable[..., None]] = {
    "init": init.init,
    "build": build.build_command,
    "demo": demo.demo,
    "serve": serve.serve_command,
    "simulate": demo.simulate,
    "locations": look.locations,
    "check": look.check_command,
    "history": look.history,
    "exporters": look.exporters,
    "headers": init.headers,
    "deploy": deploy.deploy_command,
}
for _name, _command in COMMANDS.items():
    app.command(_name)(_command)


def run(arguments: list[str] | None = None) -> int:
    """One command from its words to its exit code; nothing foreseen ends in a traceback."""
    try:
        with stoppable(), withheld(os.environ) as environ:
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
