"""``init``: a few answers, and the files that a site needs on its host.

The texts stand in ``starters/``; only the configuration is put together here. Nothing that is there
already is changed, but for lines that are added to a ``.gitignore``.
"""

import enum
import json
import textwrap
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata, resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from pydantic import TypeAdapter, ValidationError

from syndicator import __version__, disk
from syndicator.config import Language, Table
from syndicator.errors import OutputError, UsageError
from syndicator.mistakes import found_by_pydantic, refusal
from syndicator.values import Accent, ApiUrl, SiteUrl, Text

PACKAGE = "syndicator"
IGNORED = ".gitignore"
WORKFLOW = ".github/workflows/showroom.yml"


class Host(enum.StrEnum):
    """Where the site will be."""

    NETLIFY = "netlify"
    GITHUB_PAGES = "github-pages"
    SYSTEMD = "systemd"
    CONTAINER = "container"
    PLAIN = "plain"


FILES: Mapping[Host, Mapping[str, str]] = {  # the path in the site's folder to the name of the text
    Host.NETLIFY: {"netlify.toml": "netlify.toml", WORKFLOW: "netlify.yml"},
    Host.GITHUB_PAGES: {WORKFLOW: "github-pages.yml"},
    Host.SYSTEMD: {
        f"server/{name}": name
        for name in (
            *("syndicator.service", "syndicator.timer"),
            *("syndicator-headers.service", "syndicator-headers.path"),
            *("nginx.conf", "Caddyfile"),
        )
    },
    Host.CONTAINER: {"Containerfile": "Containerfile", ".dockerignore": "dockerignore"},
    Host.PLAIN: {},
}
REMOTE = (Host.NETLIFY, Host.GITHUB_PAGES)  # these have a place for secrets of their own

STEPS: Mapping[Host, tuple[str, str, str]] = {
    Host.NETLIFY: (
        "Push this folder to GitHub, and at Netlify add a site from it, with OKASIE_API_SECRET.",
        "At GitHub, add the secrets OKASIE_API_SECRET and NETLIFY_BUILD_HOOK (its build hook).",
        "Under Actions, run Showroom once. From then on it looks for news every 15 minutes.",
    ),
    Host.GITHUB_PAGES: (
        "Make a repository at GitHub; Settings, Pages: choose GitHub Actions as the source.",
        "Settings, Secrets and variables, Actions: add the secret OKASIE_API_SECRET.",
        "Push this folder to the branch main. From then on it is built every 15 minutes.",
    ),
    Host.SYSTEMD: (
        "Copy this folder to /srv/showroom, and install requirements.txt into /opt/syndicator.",
        "Copy .env.example to /etc/syndicator.env, with the key in it and mode 600.",
        "Copy server/* to where docs/hosts.md says; systemctl enable --now syndicator.timer",
    ),
    Host.CONTAINER: (
        "cp .env.example .env, chmod 600 .env, and write the key into it",
        "podman build --tag showroom .",
        "podman run --rm --env-file .env --volume showroom:/data showroom",
    ),
    Host.PLAIN: (
        "cp .env.example .env, chmod 600 .env, and write the key into it",
        "syndicator build",
        "syndicator serve, look at it, and publish the folder output/",
    ),
}


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked, checked."""

    host: Host
    title: str
    languages: tuple[str, ...]  # the first is the default
    locations: tuple[str, ...] = ()  # codes; none: everything that the key can see
    site_url: str = ""
    accent: str = ""
    api_url: str = ""  # none: the real one
    requirement: str = f"{PACKAGE}=={__version__}"  # what pip installs there


KINDS: Mapping[str, Any] = {
    "--title": Text,
    "--language": Language,
    "--location": Text,
    "--site-url": SiteUrl,
    "--accent": Accent,
    "--api-url": ApiUrl,
}


def checked(option: str, value: str) -> str:
    """An answer in the form in which it is kept.

    :raises UsageError: it makes no sense.
    """
    try:
        value.encode()
    except UnicodeEncodeError:  # what a terminal of another encoding made of it
        raise UsageError(f"{option}: is not UTF-8") from None
    try:
        found: str = TypeAdapter(KINDS[option]).validate_python(value)
    except ValidationError as error:
        raise refusal(list(found_by_pydantic(error, Table, prefix=option))) from None
    return found


def all_checked(option: str, values: Iterable[str]) -> tuple[str, ...]:
    """Several answers, none of them twice; the API ignores the case of a code."""
    found = {each.casefold(): each for each in (checked(option, value) for value in values)}
    return tuple(found.values())


def files(answers: Answers) -> dict[str, str]:
    """Path to text, of everything that the site needs."""
    made = {"syndicator.toml": configuration(answers)}
    for path, name in FILES[answers.host].items():
        made[path] = _filled(name, answers)
    if answers.host is not Host.PLAIN:
        made["requirements.txt"] = f"{answers.requirement}\n"
    if answers.host not in REMOTE:
        made[".env.example"] = _text("env.example")
    ignored = ["output/", ".syndicator/", ".env"]
    if answers.host is Host.NETLIFY:
        ignored.append(".netlify/")  # what a build says to Netlify
    return made | {IGNORED: "".join(f"{line}\n" for line in ignored)}


def configuration(answers: Answers) -> str:
    """``syndicator.toml``: what was answered, and the keys that most people look for next."""
    languages = ", ".join(map(_quoted, answers.languages))
    url = answers.site_url or "https://voorraad.example.be"
    targets = [f"location = {_quoted(code)}" for code in answers.locations] or ["all = true"]
    theme = f"theme = {{ accent = {_quoted(answers.accent or '#0a5bd3')} }}"
    tables = [
        "# What is published, and how. README.md has all keys; mistakes are told with a hint.",
        *([f"api_url = {_quoted(answers.api_url)}", ""] if answers.api_url else []),
        "[site]",
        f"title = {_quoted(answers.title)}",
        f"languages = [{languages}]  # the first is the default; nl fr de en",
        f"{'' if answers.site_url else '# '}url = {_quoted(url)}  # where the site will be",
        '# images = "mirror"  # copies in output/; "netlify": its image CDN; else from the dealer',
        "",
        "# [seller]  # what Belgian law wants on a business page and the API does not know",
        '# enterprise_number = "0123.456.749"',
    ]
    for target in targets:
        tables += ["", "[[targets]]", target, theme if answers.accent else f"# {theme}"]
    return "".join(f"{line}\n" for line in tables)


def _quoted(text: str) -> str:
    """A basic string of TOML 1.0, which is one of JSON; a checked text has no control character."""
    return json.dumps(text, ensure_ascii=False)


def _filled(name: str, answers: Answers) -> str:
    """A text with what differs between sites."""
    host = urlsplit(answers.site_url).hostname or "voorraad.example.be"
    tell = textwrap.indent(_text("tell.sh"), " " * 10).strip()
    return _text(name).replace("@host@", host).replace("@tell@", tell)


def _text(name: str) -> str:
    return resources.files(PACKAGE).joinpath("starters", name).read_text("utf-8")


def requirement(folder: Path) -> str:
    """What pip must install elsewhere to have the program that runs here.

    In a clone of ours it is the clone. Else it is where pip had it from, as PEP 610 records it.
    """
    if _is_ours(folder):
        return "."
    try:
        record = metadata.distribution(PACKAGE).read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        record = None
    origin = json.loads(record or "{}")
    url, system = origin.get("url", ""), origin.get("vcs_info")
    if system:
        return f"{PACKAGE} @ {system['vcs']}+{url}@{system['commit_id']}"
    if "archive_info" in origin and not url.startswith("file:"):
        return f"{PACKAGE} @ {url}"
    return f"{PACKAGE}=={__version__}"


def _is_ours(folder: Path) -> bool:
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return bool(project.get("project", {}).get("name") == PACKAGE)


def refuse_key(texts: Iterable[str], key: str) -> None:
    """Stop where an answer held the key: what is written here is published or in git.

    :raises UsageError: one of the texts does.
    """
    if key and any(key in text for text in texts):
        raise UsageError("an answer holds the key", hint="it belongs in the environment alone")


def write(folder: Path, made: Mapping[str, str], *, force: bool) -> Iterator[str]:
    """Write what is not there yet, and say in a line each what became of it.

    :param force: replace what differs.
    :raises OutputError: something cannot be written.
    """
    for name, text in made.items():
        path = folder / name
        there = _read(path)
        if there is None:
            _put(path, text)
            yield f"wrote: {name}"
        elif name == IGNORED:
            lines = _missing(there, text)
            if lines:
                _put(path, there.rstrip("\n") + "\n" * bool(there) + lines)
                yield f"added to: {name}"
        elif there == text:
            yield f"as it should be: {name}"
        elif force:
            _put(path, text)
            yield f"replaced: {name}"
        else:
            yield f"kept: {name}, which differs; --force replaces it"


def _read(path: Path) -> str | None:
    if disk.status(path) is None:
        return None
    try:
        return b"".join(disk.chunks(path)).decode()
    except UnicodeDecodeError:
        raise OutputError(f"{path}: is not UTF-8", hint="move it away, or mend it") from None


def _missing(there: str, wanted: str) -> str:
    known = {line.strip().strip("/*") for line in there.splitlines()}
    return "".join(f"{line}\n" for line in wanted.splitlines() if line.strip("/*") not in known)


def _put(path: Path, text: str) -> None:
    """Put a whole file in place, or none."""
    disk.make_folder(path.parent)
    new = path.with_name(f".{path.name}.syndicator")
    disk.remove(new)
    descriptor = disk.create(new)
    try:
        disk.write(descriptor, text.encode(), new)
    except BaseException:
        disk.abandon(descriptor, new)
        raise
    disk.finish(descriptor, new)
    disk.move(new, path)
