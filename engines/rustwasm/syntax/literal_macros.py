"""Macros that become literals, from where they stand or from what they hold, and `dbg!`, which shows both:
`line!`, `column!`, `file!`, `stringify!`, `concat!`, `cfg!` (std, "Macros")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.meta import BadCondition, holds, read

if TYPE_CHECKING:
    from engines.rustwasm.syntax.macros import MacroParser

FLAG_ALTERNATE: Final = 4
_CLOSE_BY: Final = frozenset((",", ";", "."))
"""What rustc writes without a space before it, but after punctuation."""


def _text(span: t.Span, text: str) -> t.Literal:
    return t.Literal(span, "str", text.encode())


def _where(parser: MacroParser, start: int) -> tuple[str, int, int]:
    """File, line and column of the outermost macro call that led here."""
    return parser.diagnostics.sources.locate(start if parser.call_start is None else parser.call_start)


def _place(parser: MacroParser, name: str, start: int, closing: str) -> t.Literal:
    parser.close_macro(closing)
    span = parser.span_from(start)
    file, line, column = _where(parser, start)
    if name == "file":
        return _text(span, file)
    return t.Literal(span, "int", line if name == "line" else column, "u32")


def written(parser: MacroParser, closing: str) -> str:
    """The tokens up to `closing` as they are written, what is between two of them made one space.

    rustc prints expression fragments anew, so that `$e` of `1+2` is `1 + 2` there and `1+2` here.
    """
    out: list[str] = []
    before: int | None = None
    depth = 0
    punctuation = False
    while depth or parser.kinds[parser.at] != closing:
        if parser.kinds[parser.at] == "eof":
            raise parser.fail(f"`{closing}`")
        start, end = parser.starts[parser.at], parser.ends[parser.at]
        depth += (parser.kinds[parser.at] in "([{") - (parser.kinds[parser.at] in ")]}")
        if end > start:  # else a bracket that expansion put around an expression
            mark = parser.kinds[parser.at] in _CLOSE_BY and not punctuation
            if before is not None and before != start and not mark:
                out.append(" ")
            out.append(parser.diagnostics.sources.snippet((start, end)))
            before = end
            punctuation = not (parser.texts[parser.at][:1].isalnum() or parser.kinds[parser.at] in ")]}_")
        parser.at += 1
    return "".join(out)


def _stringify(parser: MacroParser, name: str, start: int, closing: str) -> t.Literal:
    text = written(parser, closing)
    parser.close_macro(closing)
    return _text(parser.span_from(start), text)


def _shown(literal: Any) -> str | None:
    """A literal as `concat!` writes it, None where it is none."""
    if isinstance(literal, t.Unary) and literal.op == "-" and isinstance(literal.operand, t.Literal):
        inner = _shown(literal.operand)
        return None if inner is None or literal.operand.kind not in ("int", "float") else f"-{inner}"
    if not isinstance(literal, t.Literal):
        return None
    value = literal.value
    if literal.kind == "str":
        return bytes(value).decode("utf-8", "surrogatepass")
    if literal.kind == "bool":
        return "true" if value else "false"
    if literal.kind == "char":
        return value if isinstance(value, str) else chr(value)
    return str(value) if literal.kind == "int" else None


def _concat(parser: MacroParser, name: str, start: int, closing: str) -> t.Literal:
    out: list[str] = []
    while parser.kinds[parser.at] != closing:
        part = parser.expression()
        shown = _shown(part)
        if shown is None and isinstance(part, t.Literal) and part.kind == "float":
            shown = parser.diagnostics.sources.snippet(part.span).replace("_", "").removesuffix(part.suffix)
        if shown is None:
            raise parser.error("expected a literal", part.span)
        out.append(shown)
        if not parser.accept(","):
            break
    parser.close_macro(closing)
    return _text(parser.span_from(start), "".join(out))


def _cfg(parser: MacroParser, name: str, start: int, closing: str) -> t.Literal:
    first = parser.at
    while parser.kinds[parser.at] not in (closing, "eof"):
        if parser.kinds[parser.at] in ("(", "[", "{"):
            parser.skip_group()
        else:
            parser.at += 1
    text = parser.diagnostics.sources.snippet((parser.starts[first], parser.starts[parser.at]))
    parser.close_macro(closing)
    span = parser.span_from(start)
    try:
        value = holds(read("cfg", f"({text})"), parser.settings)
    except BadCondition as error:
        raise parser.error(str(error), span) from error
    return t.Literal(span, "bool", int(value))


def _dbg(parser: MacroParser, name: str, start: int, closing: str) -> Any:
    file, line, column = _where(parser, start)
    place = f"[{file}:{line}:{column}]"
    shown: list[Any] = []
    while parser.kinds[parser.at] != closing:
        value = parser.expression()
        span = value.span
        text = " ".join(parser.diagnostics.sources.snippet(span).split())
        variable = t.PathExpr(span, t.Path(span, [t.Segment(span, "dbg val", None)]))
        again = t.PathExpr(span, t.Path(span, [t.Segment(span, "dbg val", None)]))
        spec = t.FormatSpec(0, "Debug", " ", "", FLAG_ALTERNATE, None, None)
        say = t.Format(span, "eprint", [f"{place} {text} = ".encode(), spec, b"\n"], [variable], None)
        body = t.Block(span, [t.ExprStatement(span, say, True)], again)
        binding = t.BindingPattern(span, "dbg val", False, False, None)
        shown.append(t.Match(span, value, [t.Arm(span, binding, None, body)]))
        if not parser.accept(","):
            break
    parser.close_macro(closing)
    span = parser.span_from(start)
    if not shown:
        return t.Format(span, "eprint", [f"{place}\n".encode()], [], None)
    return shown[0] if len(shown) == 1 else t.Tuple(span, shown)


LITERAL_MACROS: Final[dict[str, Any]] = {
    "line": _place, "column": _place, "file": _place, "stringify": _stringify, "concat": _concat, "cfg": _cfg,
    "dbg": _dbg,
}  # fmt: skip
TEXTS: Final = frozenset(("stringify", "concat", "file"))
"""Those that may stand where a format string may."""
