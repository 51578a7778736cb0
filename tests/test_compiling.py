"""The faster code says what jinja2's own says, to the byte and to the error."""

import enum
from collections.abc import Callable
from pathlib import PurePosixPath
from types import SimpleNamespace

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.compiler import CodeGenerator
from markupsafe import Markup

from syndicator import compiling
from syndicator.compiling import Compiler
from syndicator.contract import Kit, Scope
from syndicator.exporters.atom import Atom
from syndicator.exporters.report import Report
from syndicator.exporters.showroom import Showroom
from syndicator.render import RenderKit, Templates
from syndicator.testing import bodies
from tests import scenarios

PIECES = (
    "{{ x }}",
    "<b>{{ x }}</b>{{ x }}",
    "{{ x.name }}|{{ x.name.name }}",
    "{{ d.key }}{{ d['key'] }}{{ d.items() | list }}",
    "{{ o.named(class=x) }}{{ o.named(class='<', other=x) }}",
    "{{ o.name }}{{ o.text(x) }}{{ o.text(other=x) }}",
    "{{ o.missing }}",
    "{{ nothing }}",
    "{{ nothing.name }}",
    "{{ text('a') }}{{ text(x) }}",
    "{{ x | length }}",
    "{{ 'a' ~ x }}{{ '<' }}{{ 1.50 }}{{ none }}{{ true }}",
    "{% if o.name and x %}{{ x }}{% else %}-{% endif %}",
    "{% for e in (x, x) %}{{ loop.index }}{{ e }}{% if not loop.last %},{% endif %}{% endfor %}",
    "{% macro m(a, b='<') %}<i>{{ a }}{{ b }}{% endmacro %}{{ m(x) }}{{ m(x, b=x) }}",
    "{% macro m(a, b='<') %}<i>{{ a }}{{ b }}{% endmacro %}{{ m(b=x, a='&') }}{{ m() }}",
    "{% macro m(a) %}<i>{{ a }}{% endmacro %}{{ m(x, x) }}",
    "{% macro m(a) %}<i>{{ a }}{% endmacro %}{{ m(x, c=x) }}",
    "{% macro m(a) %}<i>{{ a }}{% endmacro %}{{ m(x, a=x) }}",
    "{% macro m(a) %}<i>{{ a }}{% endmacro %}{{ m(x, caller=x) }}",
    "{% macro m(a) %}<i>{{ a }}{% endmacro %}{% call m(x) %}{% endcall %}",
    "{% macro m(a) %}<i>{{ a }}{% endmacro %}{% block c %}{{ m(x) }}{{ m(a=x) }}{% endblock %}",
    "{% macro m(a) %}<i>{{ a }}{% endmacro %}{% autoescape false %}{{ m(x) }}<{% endautoescape %}",
    "{% autoescape false %}{% macro m(a) %}<i>{{ a }}{% endmacro %}{% endautoescape %}{{ m(x) }}",
    "{% macro m(a) %}<i>{{ a }}{% endmacro %}{% set m = text %}{{ m(x) }}",
    "{% macro m(a) %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(x, x, b=x) }}",
    "{% macro m(n) %}<{{ n }}{% if n %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(2) }}{{ x }}",
    "{% macro m() %}<i>{{ caller() }}{% endmacro %}{% call m() %}{{ x }}&{% endcall %}",
    "{% set y %}<b>{{ x }}{% endset %}{{ y }}{{ y ~ x }}",
    "{% autoescape false %}{{ x }}{{ o.text(x) }}<{% endautoescape %}{{ x }}",
    "{% filter upper %}<{{ x }}{% endfilter %}",
    "{% block a %}{{ self.b() }}{{ x }}{% endblock %}{% block b %}{{ x }}!{% endblock %}",
    "{{ x | safe }}{{ x | e }}{{ (x | safe).name }}",
    "{% with z = x %}{{ z }}{% endwith %}{{ x is none }}{{ x is defined }}{{ 1 / 0 }}",
)


class Colour(enum.StrEnum):
    RED = "<red>"


class Html:
    def __html__(self) -> str:
        return "<hr>"


class Named:
    name = "<n>"

    def named(self, **values: object) -> str:
        return " ".join(f"{name}={value}" for name, value in values.items())

    def text(self, one: object = "&", *, other: object = "") -> str:
        return f"{one}{other}"


VALUES = st.one_of(
    st.text(st.sampled_from("<>&'\"aé€\x00\ud800")),
    st.text().map(Markup),
    st.sampled_from([None, True, 3, 2.5, Colour.RED, Html(), Named(), {"name": "<d>"}, ["<"], ""]),
    st.builds(lambda name: SimpleNamespace(name=name), st.text()),
)


def said(generator: type[CodeGenerator], template: str, value: object) -> tuple[str, str]:
    """What a template says, or the error that it ends with."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.code_generator_class = generator
    context = {"x": value, "d": {"key": value}, "o": Named(), "text": "<{}>".format}
    try:
        return environment.from_string(template).render(context), ""
    except Exception as error:  # noqa: BLE001 - whatever it is, it must be the same
        return "", f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("template", PIECES)
@given(value=VALUES)
def test_a_template_says_what_it_said(template: str, value: object) -> None:
    assert said(Compiler, template, value) == said(CodeGenerator, template, value)


@pytest.mark.parametrize("scope", [Scope.SHOWROOM, Scope.SITE])
@pytest.mark.parametrize("scenario", scenarios.NAMES)
@pytest.mark.parametrize(
    "make",
    [
        lambda kit: Showroom(Showroom.Options(), kit),
        lambda kit: Atom(Atom.Options(), kit),
        lambda kit: Report(Report.Options(), kit),
    ],
    ids=["showroom", "atom", "report"],
)
def test_every_shipped_template_says_what_it_said(
    make: Callable[[Kit], Showroom | Atom | Report],
    scenario: str,
    scope: Scope,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def made() -> dict[PurePosixPath, bytes]:
        exporter = make(RenderKit(Templates(), "nl"))
        view = scenarios.view(scenario, scope=scope, place=exporter.place, languages=("nl", "fr"))
        return bodies(exporter.export(view))

    ours = made()
    monkeypatch.setattr(compiling, "Compiler", CodeGenerator)
    assert made() == ours


def test_without_the_c_function_it_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "plain", compiling._escaped)
    for value in ("<a href='x'>\"&", "é€", ""):
        assert said(Compiler, "{{ x }}<{{ x }}", value) == said(
            CodeGenerator, "{{ x }}<{{ x }}", value
        )
