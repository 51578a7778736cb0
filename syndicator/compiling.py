"""Templates compiled to faster code than jinja2's own, which says the same to the byte.

Three things cost most in a page of some hundred values: a call into Python for each escape, one
for each attribute, and a step of the generator for each piece of output. Here what is usual runs
in line (an exact ``str`` is escaped by markupsafe's C function, an attribute is simply there), all
else goes the way of jinja2, and pieces that follow one another come as one.
"""

from collections.abc import Callable
from itertools import groupby
from keyword import iskeyword
from typing import Any

import markupsafe
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, optimizeconst


def _escaped(text: str) -> str:
    return str(markupsafe.escape(text))


# From an exact str to a str, in C. It is no public name: without it all goes on, if slower.
plain: Callable[[str], str] = getattr(markupsafe, "_escape_inner", _escaped)


class Compiler(CodeGenerator):
    """For :attr:`jinja2.Environment.code_generator_class`, where autoescape is on.

    One thing differs: what is called as an attribute, ``words.label(member)``, is just called, so
    a method marked with :func:`jinja2.pass_context` would not be given the context.
    """

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        """The generated module knows ``plain``."""
        self.writeline(f"from {__name__} import plain")
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
            self.write(") is str else w if type(w) is Markup else escape(w))")
        else:
            super()._output_child_post(node, frame, finalize)

    @optimizeconst
    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        """``environment.getattr`` where the plain way finds nothing."""
        self.write("(v if (v := getattr((o := ")
        self.visit(node.node, frame)
        self.write(f"), {node.attr!r}, missing)) is not missing else ")
        self.write(f"environment.getattr(o, {node.attr!r}))")

    @optimizeconst
    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """A method, and ``text``, need no context to be called."""
        if forward_caller or not _is_simple(node) or not _escapes(frame):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for each in (*node.args, *node.kwargs):
            self.visit(each, frame)
            self.write(", ")
        self.write(")")


def _escapes(frame: Frame) -> bool:
    return bool(frame.eval_ctx.autoescape and not frame.eval_ctx.volatile)


def _is_simple(node: nodes.Call) -> bool:
    called = node.node
    is_method = isinstance(called, nodes.Getattr)
    is_text = isinstance(called, nodes.Name) and called.name == "text"
    is_spelled_out = not node.dyn_args and not node.dyn_kwargs
    return (is_method or is_text) and is_spelled_out and not any(map(_is_word, node.kwargs))


def _is_word(argument: nodes.Keyword) -> bool:
    """Whether its name is a word of Python: ``class="wide"`` is right in a template only."""
    return iskeyword(argument.key)
