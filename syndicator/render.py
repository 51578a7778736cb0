"""Templates to bytes: the loader chain, assets with their digest in the name, and the kit.

A template is looked up in the user's folder, then in that of the exporter's package, then in the
shipped set, which is also visible as ``shipped/...``: so ``showroom/vehicle.html`` may extend
``shipped/showroom/vehicle.html`` and change one block. An asset of the user shadows the others of
the same name.
"""

import hashlib
import traceback
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import msgspec

from syndicator import late, sources
from syndicator.errors import UsageError
from syndicator.i18n import Words

if TYPE_CHECKING:
    import jinja2

    from syndicator import compiling, loading
else:  # what is fresh is not rendered
    jinja2 = late.module("jinja2")
    compiling, loading = late.module("syndicator.compiling"), late.module("syndicator.loading")

CHUNK_CHARACTERS = 64 * 1024
MOST_PIECES = 32  # of a template that are joined at once
REMEMBERED = 2048  # texts: two for each car in a feed of the usual length

Keep = Callable[[bytes, Callable[[], bytes]], bytes]
"""What looks up a part of a document by its key, or makes it and keeps it."""

TEMPLATES = (".html", ".xml", ".js")
LANDMARK = "layout.html"  # what tells the shipped folder from any other called "templates"


def shipped(package: Path) -> Path:
    """Where the shipped templates are: within an installed package, or beside a checkout's."""
    for folder in (package / "templates", package.parent / "templates"):
        if (folder / LANDMARK).is_file():
            return folder
    raise UsageError(f"no shipped templates at {package}", hint="reinstall syndicator")


class Templates:
    """One set of templates and assets; ``user`` shadows what is shipped, file by file.

    :param extra: the templates of the package that an exporter comes from.
    """

    def __init__(
        self, user: Path | None = None, *, package: Path | None = None, extra: Path | None = None
    ) -> None:
        own = shipped(package or Path(__file__).resolve().parent)
        # The first that has a file wins.
        self._folders = tuple(folder for folder in (user, extra, own) if folder)
        self._own = own
        self._recalled: dict[bytes, str] = {}
        self.locale = None if user is None else user / "locale"

    def stream(self, name: str, context: dict[str, object]) -> Iterator[bytes]:
        """One document in chunks of about 64 KiB of UTF-8, rendered while it is read."""
        return chunks(self._template(name).generate(context))

    def recall(self, key: bytes, make: Callable[[], str]) -> str:
        """See :meth:`RenderKit.recall`."""
        text = self._recalled.get(key)
        if text is None:
            if len(self._recalled) == REMEMBERED:
                del self._recalled[next(iter(self._recalled))]  # the oldest
            text = self._recalled[key] = make()
        return text

    def asset(self, name: str) -> str:
        """The path in ``output/`` of a file of ``assets/``."""
        try:
            return self._published[name][0]
        except KeyError:
            known = ", ".join(self._published)
            raise UsageError(f"no asset {name!r} in templates", hint=f"there are {known}") from None

    def assets(self) -> Iterable[tuple[str, bytes]]:
        """Path and bytes of every asset, by name."""
        return tuple(self._published.values())

    @cached_property
    def _environment(self) -> "jinja2.Environment":
        return _environment(self._folders, self._own)

    @cached_property
    def digest(self) -> str:
        """Of every template and asset: what is rendered anew when it changes."""
        summary = hashlib.blake2b(digest_size=16)
        for files in self._read:
            for name, body in files.items():
                summary.update(f"{name}\0{_digest(body)}\n".encode())
            summary.update(b"\n")
        return summary.hexdigest()

    @cached_property
    def _published(self) -> dict[str, tuple[str, bytes]]:
        found = {
            PurePosixPath(name).name: body
            for files in reversed(self._read)
            for name, body in files.items()
            if name.startswith("assets/")
        }
        return {name: (_published_path(name, found[name]), found[name]) for name in sorted(found)}

    @cached_property
    def _read(self) -> tuple[dict[str, bytes], ...]:
        """Each folder's files by name, read once: what is published is what was digested."""
        return tuple(
            {
                path.relative_to(folder).as_posix(): path.read_bytes()
                for path in sorted(sources.files(folder))
            }
            for folder in self._folders
        )

    def _template(self, name: str) -> "jinja2.Template":
        try:
            return self._environment.get_template(name)
        except jinja2.TemplateSyntaxError as error:
            raise UsageError(f"template {error.name}:{error.lineno}: {error.message}") from error
        except jinja2.TemplateNotFound as error:
            raise UsageError(f"no template {error.name!r}") from error


class RenderKit:
    """What exporters may use (:class:`~syndicator.contract.Kit`), on top of a set of templates."""

    def __init__(self, templates: Templates, language: str, keep: Keep | None = None) -> None:
        self._templates = templates
        self._language = language
        self._keep = keep

    @property
    def words(self) -> Words:
        """The language of the feed."""
        return self.speak(self._language)

    def speak(self, language: str, /) -> Words:
        """Another of the site's languages; the user's ``locale`` shadows the shipped sentences."""
        return Words.of(language, self._templates.locale)

    def render(self, template: str, /, **context: object) -> Iterator[bytes]:
        """A template in chunks of UTF-8."""
        return self._templates.stream(template, context)

    def recall(self, key: bytes, make: Callable[[], str], /) -> str:
        """A text that feeds share, made once; the last ones are kept."""
        return self._templates.recall(key, make)

    def fragment(self, key: bytes, make: Callable[[], bytes], /) -> bytes:
        """A part of a document, made once and kept for later builds where there is a place."""
        return self._keep(key, make) if self._keep else make()

    def asset(self, name: str, /) -> str:
        """The path in ``output/`` of a style sheet, script or icon, digest in its name."""
        return self._templates.asset(name)


def place(error: BaseException) -> str:
    """Where in a template an error comes from, as `` in …/site/index.html:3``; else empty."""
    found = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        name = frame.f_code.co_filename
        if name.endswith(TEMPLATES):
            found = f" in {name}:{line}"
    return found


def chunks(pieces: Iterable[str], size: int = CHUNK_CHARACTERS) -> Iterator[bytes]:
    """Text joined into chunks of at least ``size`` characters, the last one of what is left."""
    held: list[str] = []
    length = 0
    ahead = iter(pieces)
    while some := list(islice(ahead, MOST_PIECES)):
        text = "".join(some)
        held.append(text)
        length += len(text)
        if length >= size:
            yield "".join(held).encode()
            held.clear()
            length = 0
    if held:
        yield "".join(held).encode()


def _environment(folders: Iterable[Path], own: Path) -> "jinja2.Environment":
    loaders: list[jinja2.BaseLoader] = [loading.Loader(folder) for folder in folders]
    loaders.append(jinja2.PrefixLoader({"shipped": loading.Loader(own)}))
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(loaders),
        autoescape=True,  # by value: select_autoescape() would spare page.html.j2
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.code_generator_class = compiling.Compiler
    # ``tojson`` escapes <, > and & on top of this, so no text can close a script element.
    environment.policies["json.dumps_function"] = _json
    environment.policies["json.dumps_kwargs"] = {}
    return environment


_encoder = msgspec.json.Encoder(decimal_format="number")  # exact, and never in quotes


def _json(value: Any) -> str:
    return _encoder.encode(value).decode()


def _published_path(name: str, body: bytes) -> str:
    path = PurePosixPath(name)
    return f"assets/{path.stem}.{_digest(body)}{path.suffix}"


def _digest(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=6).hexdigest()
