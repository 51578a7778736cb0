"""The few variables the program reads, from the environment or a ``.env`` file.

Values are never shown: an error names the line and the variable only.
"""

import logging
import os
import re
import stat
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path

from syndicator.errors import UsageError

log = logging.getLogger(__name__)

KEY = "OKASIE_API_SECRET"
STATE = "SYNDICATOR_STATE"
WEBHOOK = "SYNDICATOR_WEBHOOK"
NAMES = (KEY, "OKASIE_API_URL", STATE, WEBHOOK)
SECRETS = {KEY: "the key", WEBHOOK: "the webhook's address"}  # and what people call them

ASSIGNMENT = re.compile(rf"\s*(?:export\s+)?({'|'.join(NAMES)})\s*=(.*)")
VALUE = re.compile(
    r"""\s* (?: '(?P<single>[^']*)' | "(?P<double>[^"]*)" | (?P<bare>[^\s'"#][^\s'"]*)? )
        (?: \s* | \s+\#.* )""",
    re.VERBOSE,
)


def environment(config_path: Path, environ: Mapping[str, str]) -> Mapping[str, str]:
    """:data:`NAMES` as far as they are set; the environment wins over ``.env``, blank is unset.

    :param config_path: the configuration; ``.env`` stands beside it.
    """
    values = _read(config_path.parent / ".env")
    values |= {name: environ[name].strip() for name in NAMES if environ.get(name, "").strip()}
    return values


@contextmanager
def withheld(environ: MutableMapping[str, str]) -> Iterator[Mapping[str, str]]:
    """The environment as it is; processes that are started meanwhile inherit no secret of ours."""
    whole = dict(environ)
    hidden = {name: environ.pop(name) for name in SECRETS if name in environ}
    try:
        yield whole
    finally:
        environ.update(hidden)


def _read(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8") from None
    values: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        assignment = ASSIGNMENT.fullmatch(line)
        if assignment:
            values[assignment[1]] = _value(assignment[2], f"{path}:{number}: {assignment[1]}")
    found = {name: value for name, value in values.items() if value}
    secret = next((what for name, what in SECRETS.items() if name in found), "")
    if secret and os.name == "posix" and path.stat().st_mode & stat.S_IROTH:
        log.warning("%s: every user of this machine can read %s: chmod 600 it", path, secret)
    return found


def _value(text: str, where: str) -> str:
    match = VALUE.fullmatch(text)
    if match is None:
        raise UsageError(f"{where} cannot be read", hint="put the value in quotes, on one line")
    return (match["single"] or match["double"] or match["bare"] or "").strip()
