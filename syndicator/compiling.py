"""Templates compiled to faster code than jinja2's own, which says the same to the byte.

Four things cost most in a page of some hundred values: a call into Python for each escape, one
for each attribute, a step of the generator for each piece of output, and the sorting of arguments
for each macro. Here what is usual runs in line (an exact ``str`` is escaped by markupsafe's C
function, an attribute is simply there, arguments stand in their places), all else goes the way of
jinja2, and pieces that follow one another come as one.
"""

from collections.abc import Callable
from itertools import groupby
from keyword import iskeyword
from typing import Any

import markupsafe
from jinja2 import nodes, pass_eval_context
from jinja2.compiler import CodeGenerator, Frame, MacroRef, optimizeconst
from jinja2.nodes import EvalContext
from jinja2.runtime import Macro
from jinja2.utils import missing


def _escaped(text: str) -> str:
    return str(markupsafe.escape(text))


# From an exact str to a str, in C. It is no public name: without it all goes on, if slower.
plain: Callable[[str], str] = getattr(markupsafe, "_escape_inner", _escaped)


class PlainMacro(Macro):
    """A macro with arguments by name only, defined where output is escaped."""

    @pass_eval_context
    def __call__(self, *args: Any, **kwargs: Any) -> str:
        """As jinja2 does, but for a call by our own code, which escapes and gives no context."""
        if args and isinstance(args[0], EvalContext):
            return super().__call__(*args, **kwargs)
        rest = [kwargs.pop(name, missing) for name in self.arguments[len(args) :]]
        if kwargs or len(args) > self._argument_count:  # too many: that is an error
            return super().__call__(*args, *rest, **kwargs)
        return self._invoke([*args, *rest], autoescape=True)


class Compiler(CodeGenerator):
    """For :attr:`jinja2.Environment.code_generator_class`, where autoescape is on.

    One thing differs: what is called as an attribute, ``words.label(member)``, or by the name of a
    macro of the template, is just called, so what is marked with :func:`jinja2.pass_context` would
    not be given the context.
    """

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        """The generated module knows what stands above."""
        self._macros: set[str] = set()
        self.writeline(f"from {__name__} import PlainMacro, plain")
        super().visit_Template(node, frame)

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:
        """Several pieces in one step."""
        if frame.buffer is not None or frame.require_output_check or not _escapes(frame):
            super().visit_Output(node, frame)
            return
        self.writeline('yield "".join((', node)
        self.indent()
        pieces = [self._constant(each, frame) for each in node.nodes]
        for is_constant, group in groupby(pieces, key=lambda each: isinstance(each, str)):
            if is_constant:
                self.writeline(f"{''.join(map(str, group))!r},")
                continue
            for each in group:
                self.newline(each)
                self._output_child_pre(each, frame, self._make_finalize())
                self.visit(each, frame)
                self._output_child_post(each, frame, self._make_finalize())
                self.write(",")
        self.outdent()
        self.writeline("))")

    def _constant(self, node: nodes.Expr, frame: Frame) -> Any:
        """The text of a node that never says another; else the node."""
        try:
            return self._output_child_to_const(node, frame, self._make_finalize())
        except Exception:  # noqa: BLE001 - as jinja2 does: what goes wrong shall do so when it runs
            return node

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if _escapes(frame):
            self.write("(plain(w) if type(w := ")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if _escapes(frame):
            self.write(") is str else w if type(w) is Markup else ")
            self.write("str(w) if type(w) is int else escape(w))")
        else:
            super()._output_child_post(node, frame, finalize)

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        """A macro; one that takes whatever it is given stays as it is."""
        macro = macro_ref.node
        more = macro_ref.accesses_kwargs, macro_ref.accesses_varargs, macro_ref.accesses_caller
        if any(more) or not isinstance(macro, nodes.Macro) or not _escapes(frame):
            super().macro_def(macro_ref, frame)
            return
        self._macros.add(macro.name)
        names = tuple(each.name for each in macro.args)
        call = (macro.name, names, *more, True)
        self.write(f"PlainMacro(environment, macro, {', '.join(map(repr, call))})")

    @optimizeconst
    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        """``environment.getattr`` where the plain way finds nothing."""
        self.write("(v if (v := getattr((o := ")
        self.visit(node.node, frame)
        self.write(f"), {node.attr!r}, missing)) is not missing else ")
        self.write(f"environment.getattr(o, {node.attr!r}))")

    @optimizeconst
    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """A method, a macro of this template, and ``text`` need no context to be called."""
        if forward_caller or not self._is_simple(node) or not _escapes(frame):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for each in (*node.args, *node.kwargs):
            self.visit(each, frame)
            self.write(", ")
        self.write(")")

    def _is_simple(self, node: nodes.Call) -> bool:
        called = node.node
        is_method = isinstance(called, nodes.Getattr)
        is_known = isinstance(called, nodes.Name) and called.name in ("text", *self._macros)
        is_spelled_out = not node.dyn_args and not node.dyn_kwargs
        return (is_method or is_known) and is_spelled_out and not any(map(_is_word, node.kwargs))


def _escapes(frame: Frame) -> bool:
    return bool(frame.eval_ctx.autoescape and not frame.eval_ctx.volatile)


def _is_word(argument: nodes.Keyword) -> bool:
    """Whether its name is a word of Python: ``class="wide"`` is right in a template only."""
    return iskeyword(argument.key)
