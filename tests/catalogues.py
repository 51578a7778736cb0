"""What sources say through ``text("...")`` and what the shipped catalogues hold.

A module that speaks is tested with one line::

    def test_everything_said_is_translated():
        assert missing(sources("syndicator/exporters/showroom", "templates")) == []
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import jinja2
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from jinja2 import nodes

from syndicator.i18n import LANGUAGES, SHIPPED

ROOT = Path(__file__).parent.parent
SUFFIXES = (".py", ".html", ".xml", ".txt")


def sources(*paths: str) -> list[Path]:
    """Python modules and templates under these files and folders of the repository."""
    found: list[Path] = []
    for path in paths:
        whole = ROOT / path
        files = whole.rglob("*") if whole.is_dir() else [whole]
        found += sorted(each for each in files if each.suffix in SUFFIXES)
    assert found, f"no sources at {paths}"
    return found


def messages(paths: Iterable[Path]) -> set[str]:
    """Every sentence that is said; one that is no literal is an error, for it would escape us."""
    return {message for path in paths for message in _said(path)}


def catalogues(language: str) -> dict[str, Catalog]:
    """The shipped catalogues of a language by name: ``facts``, ``feeds``, ``showroom``."""
    return {path.stem: read_catalogue(path) for path in sorted((SHIPPED / language).glob("*.po"))}


def read_catalogue(path: Path) -> Catalog:
    """One catalogue; any fault in it is an error."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.name, abort_invalid=True)


def entries(catalogue: Catalog) -> list[Message]:
    """Without the header."""
    return [message for message in catalogue if message.id]


def forms(text: object) -> tuple[str, ...]:
    """The singular and plural forms of a message or its translation."""
    return (text,) if isinstance(text, str) else tuple(text or ())  # type: ignore[arg-type]


def missing(paths: Iterable[Path]) -> list[str]:
    """``fr: No cars found`` for each sentence that a language does not have."""
    said = sorted(messages(paths))
    faults = []
    for language in LANGUAGES:
        known = {
            forms(message.id)[0]
            for catalogue in catalogues(language).values()
            for message in entries(catalogue)
            if message.context is None and all(forms(message.string))
        }
        faults += [f"{language}: {message}" for message in said if message not in known]
    return faults


def unused(name: str, paths: Iterable[Path]) -> list[str]:
    """Sentences of the catalogue of this name that no source says."""
    said = messages(paths)
    return [
        f"{language}: {forms(message.id)[0]}"
        for language in LANGUAGES
        for message in entries(catalogues(language)[name])
        if message.context is None and forms(message.id)[0] not in said
    ]


def _said(path: Path) -> Iterator[str]:
    source = path.read_text("utf-8")
    found = _python(source) if path.suffix == ".py" else _template(source)
    for line, message in found:
        assert message is not None, f"{path}:{line}: text() of something that is no literal"
        yield message


def _python(source: str) -> Iterator[tuple[int, str | None]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args and _name(node.func) == "text":
            for said in _branches(node.args[0]):
                literal = isinstance(said, ast.Constant) and isinstance(said.value, str)
                yield node.lineno, said.value if literal else None  # type: ignore[attr-defined]


def _template(source: str) -> Iterator[tuple[int, str | None]]:
    for node in jinja2.Environment(autoescape=True).parse(source).find_all(nodes.Call):
        called = node.node
        name = getattr(called, "name", None) or getattr(called, "attr", None)
        if name == "text" and node.args:
            for said in _branches(node.args[0]):
                yield node.lineno, said.value if isinstance(said, nodes.Const) else None


def _name(function: ast.expr) -> str | None:
    return getattr(function, "id", None) or getattr(function, "attr", None)


def _branches(said: object) -> Iterator[object]:
    """Either side of ``text("a" if b else "c")``."""
    if isinstance(said, ast.IfExp):
        yield from (said.body, said.orelse)
    elif isinstance(said, nodes.CondExpr):
        yield from (said.expr1, said.expr2)
    else:
        yield said
