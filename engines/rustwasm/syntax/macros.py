"""The macros that the compiler knows: formatting, assertions, panics, `vec!`, `matches!` (std, "Macros").

Formatting macros become a `Format` node; the others become plain syntax. Macros defined with `macro_rules!` are
expanded
in `macro_rules`.
"""

from __future__ import annotations

import re
from typing import Any, Final

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.cursor import SyntaxStop
from engines.rustwasm.syntax.lexer import Tokens
from engines.rustwasm.syntax.literal_macros import LITERAL_MACROS, TEXTS
from engines.rustwasm.syntax.macro_rules import Expander
from engines.rustwasm.syntax.parse_statements import StatementParser

_SPEC: Final = re.compile(
    r"(?P<fillalign>.?[<^>])?(?P<sign>[+-])?(?P<alt>\#)?(?P<zero>0(?!\$))?(?P<width>\d+\$|[^\W\d]\w*\$|\d+)?"
    r"(?:\.(?P<precision>\*|\d+\$|[^\W\d]\w*\$|\d+))?(?P<trait>\?|x\?|X\?|x|X|o|b|e|E|p)?\s*$",
    re.DOTALL,
)
TRAITS: Final = {
    "": "Display", "?": "Debug", "x": "LowerHex", "X": "UpperHex", "b": "Binary", "o": "Octal", "e": "LowerExp",
    "E": "UpperExp", "x?": "Debug", "X?": "Debug",
}  # fmt: skip
FLAG_PLUS: Final = 1
FLAG_ALTERNATE: Final = 4
FLAG_ZERO: Final = 8
FLAG_DEBUG_LOWER_HEX: Final = 16
FLAG_DEBUG_UPPER_HEX: Final = 32
EXPANSION_LIMIT: Final = 128
EXPANSION_TOKENS: Final = 20_000


class MacroParser(StatementParser):
    """Parses macro calls; `macros` are the `macro_rules!` definitions seen so far, by name."""

    macros: dict[str, Expander]
    expansion_depth = 0
    call_start: int | None = None
    """In an expansion, where the call stands that no macro made."""

    def __init__(self, tokens: Tokens, diagnostics: Any) -> None:
        super().__init__(tokens, diagnostics)
        self.macros = {}

    def close_macro(self, closing: str) -> None:
        if self.kinds[self.at] != closing:
            raise self.fail(f"`,` or `{closing}`")
        self.at += 1

    def macro_expression(self, name: str, name_span: t.Span) -> Any:
        """The cursor is on the opening bracket."""
        if name in self.macros:
            return self.expand(name, name_span, "expression")
        opening = self.kinds[self.at]
        closing = {"(": ")", "[": "]", "{": "}"}[opening]
        start = name_span[0]
        known = _KNOWN.get(name)
        if known is None:
            raise self.unknown_macro(name, name_span)
        self.at += 1
        saved = self.structs
        self.structs = True
        result = known(self, name, start, closing)
        self.structs = saved
        return result

    def unknown_macro(self, name: str, span: t.Span) -> SyntaxStop:
        if name not in OUTSIDE:
            return self.error(f"cannot find macro `{name}` in this scope", span)
        stop = self.error(f"macro `{name}!` is outside the subset", span)
        self.diagnostics.messages[-1].helps.append(f"in its place: {OUTSIDE[name]}")
        return stop

    def macro_statement(self, name: str, span: t.Span) -> list[Any] | None:
        if name not in self.macros:
            return None
        made: list[Any] = self.expand(name, span, "statements")
        return made

    def macro_items(self) -> list[Any]:
        """A macro call where items are expected."""
        name, span = self.name()
        self.at += 1
        if name not in self.macros:
            raise self.unknown_macro(name, span)
        made: list[Any] = self.expand(name, span, "items")
        self.accept(";")
        return made

    def macro_rules(self, start: int, public: str | None, attributes: list[Any]) -> t.MacroItem:
        self.at += 2
        name, span = self.name()
        first = self.at
        self.skip_group()
        body = self.slice(first + 1, self.at - 1)
        self.accept(";")
        self.macros[name] = Expander(name, body, self)
        return t.MacroItem(self.span_from(start), name, span, public, attributes, [])

    def slice(self, first: int, end: int) -> Tokens:
        """Tokens `first` to `end` as a list of their own, closed by eof."""
        part = Tokens()
        part.kinds = self.kinds[first:end]
        part.texts = self.texts[first:end]
        part.starts = self.starts[first:end]
        part.ends = self.ends[first:end]
        at = self.starts[end]
        part.add("eof", "macro", at, at)
        return part

    def expand(self, name: str, span: t.Span, wanted: str) -> Any:
        first = self.at
        self.skip_group()
        arguments = self.slice(first + 1, self.at - 1)
        if self.expansion_depth >= EXPANSION_LIMIT:
            raise self.error(f"recursion limit reached while expanding `{name}!`", span)
        produced = self.macros[name].transcribe(arguments, span, self)
        if len(produced.kinds) * (self.expansion_depth + 1) > EXPANSION_TOKENS:
            limit = EXPANSION_TOKENS // (self.expansion_depth + 1)
            raise self.error(f"`{name}!` expands to more than {limit} tokens", span)
        parser = type(self)(produced, self.diagnostics)
        parser.macros = self.macros
        parser.lazy = self.lazy
        parser.settings = self.settings
        parser.call_start = span[0] if self.call_start is None else self.call_start
        parser.expansion_depth = self.expansion_depth + 1
        parser.depth = self.depth
        result: Any
        if wanted == "items":
            result = []
            while parser.kinds[parser.at] != "eof":
                if (
                    parser.kinds[parser.at] == "id"
                    and parser.kinds[parser.at + 1] == "!"
                    and parser.texts[parser.at] in self.macros
                ):
                    result += parser.macro_items()
                else:
                    result.append(parser.item())
            return result
        if wanted == "expression":
            result = parser.expression()
            parser.accept(";")
        else:
            result = parser.expanded_statements()
        if parser.kinds[parser.at] != "eof":
            raise parser.error(f"macro expansion of `{name}!` ignores {parser.describe()} and all that follows", span)
        return result

    def expanded_statements(self) -> list[Any]:
        statements: list[Any] = []
        items: list[Any] = []
        end = len(self.kinds) - 1
        self.kinds[end] = "}"
        while self.at < end:
            tail = self.statement(statements, items)
            if tail is not None:
                statements.append(t.ExprStatement(tail.span, tail, False))
                break
        self.kinds[end] = "eof"
        return statements

    # Format strings

    def format_arguments(self, kind: str, start: int, closing: str, newline: bool, destination: Any = None) -> t.Format:
        """From the format string to the closing bracket."""
        if self.kinds[self.at] == closing:
            self.at += 1
            return t.Format(self.span_from(start), kind, [b"\n"] if newline else [], [], destination)
        text_span = self.here()
        if self.kinds[self.at] == "id" and self.texts[self.at] in TEXTS and self.kinds[self.at + 1] == "!":
            literal = self.expression()
            text_span = literal.span
        elif self.kinds[self.at] != "str":
            raise self.error("format argument must be a string literal")
        else:
            literal = self.literal()
        args: list[Any] = []
        names: dict[str, int] = {}
        while self.accept(","):
            if self.kinds[self.at] == closing:
                break
            if self.kinds[self.at] == "id" and self.kinds[self.at + 1] == "=":
                names[self.texts[self.at]] = len(args)
                self.at += 2
            args.append(self.expression())
        self.close_macro(closing)
        explicit = len(args)
        node = t.Format(self.span_from(start), kind, [], args, destination)
        text = literal.value.decode("utf-8", "surrogatepass")
        used = self.format_pieces(node, text, text_span, names, explicit)
        for index in range(explicit):
            if index not in used:
                word = "named argument never used" if index in names.values() else "argument never used"
                raise self.error(word, args[index].span)
        if newline:
            if node.pieces and isinstance(node.pieces[-1], bytes):
                node.pieces[-1] += b"\n"
            else:
                node.pieces.append(b"\n")
        return node

    def format_pieces(self, node: t.Format, text: str, span: t.Span, names: dict[str, int], explicit: int) -> set[int]:
        used: set[int] = set()
        following = 0
        at = 0
        plain: list[str] = []
        while at < len(text):
            char = text[at]
            if char in "{}" and text[at : at + 2] == char * 2:
                plain.append(char)
                at += 2
                continue
            if char == "}":
                raise self.error("invalid format string: unmatched `}` found", span)
            if char != "{":
                plain.append(char)
                at += 1
                continue
            end = text.find("}", at)
            if end < 0:
                raise self.error("invalid format string: expected `}` but string was terminated", span)
            if plain:
                node.pieces.append("".join(plain).encode("utf-8", "surrogatepass"))
                plain = []
            name, _, spec_text = text[at + 1 : end].partition(":")
            at = end + 1
            spec = _SPEC.match(spec_text)
            if spec is None:
                raise self.error(f"invalid format string: unknown format specification `{spec_text}`", span)
            precision = spec["precision"]
            precision_value: Any = None
            if precision == "*":
                precision_value = ("arg", following)
                used.add(following)
                following += 1
            elif precision:
                precision_value = self.count(precision, node, span, names, used)
            name = name.strip()
            if not name:
                index = following
                following += 1
            else:
                index = self.argument(name, node, span, names)
            if index >= explicit and not name:
                raise self.error(
                    f"{index + 1} positional argument{'s' if index else ''} in format string, but "
                    + (
                        f"there {'are' if explicit > 1 else 'is'} {explicit} argument"
                        if explicit
                        else "no arguments were given"
                    ),
                    span,
                )
            used.add(index)
            fill, align = " ", ""
            if spec["fillalign"]:
                align = spec["fillalign"][-1]
                fill = spec["fillalign"][0] if len(spec["fillalign"]) == 2 else " "
            flags = (FLAG_PLUS if spec["sign"] == "+" else 0) | (FLAG_ALTERNATE if spec["alt"] else 0)
            flags |= FLAG_ZERO if spec["zero"] else 0
            width = self.count(spec["width"], node, span, names, used) if spec["width"] else None
            flags |= {"x?": FLAG_DEBUG_LOWER_HEX, "X?": FLAG_DEBUG_UPPER_HEX}.get(spec["trait"] or "", 0)
            trait = TRAITS.get(spec["trait"] or "")
            if trait is None:
                raise self.error(f"format trait `{spec['trait']}` is outside the subset", span)
            node.pieces.append(t.FormatSpec(index, trait, fill, align, flags, width, precision_value))
        if plain:
            node.pieces.append("".join(plain).encode("utf-8", "surrogatepass"))
        return used

    def count(self, text: str, node: t.Format, span: t.Span, names: dict[str, int], used: set[int]) -> Any:
        if not text.endswith("$"):
            return int(text)
        index = self.argument(text[:-1], node, span, names)
        used.add(index)
        return ("arg", index)

    def argument(self, name: str, node: t.Format, span: t.Span, names: dict[str, int]) -> int:
        if name.isdigit():
            if int(name) >= len(node.args):
                raise self.error(
                    f"invalid reference to positional argument {name} (there are {len(node.args)} arguments)", span
                )
            return int(name)
        if not name.isidentifier():
            raise self.error(f"invalid format string: expected `}}`, found `{name[:1]}`", span)
        if name not in names:
            names[name] = len(node.args)
            node.args.append(t.PathExpr(span, None, name))
        return names[name]


def _print(parser: MacroParser, name: str, start: int, closing: str) -> Any:
    kind = "eprint" if name[0] == "e" else "print"
    return parser.format_arguments(kind, start, closing, name.endswith("ln"))


def _format(parser: MacroParser, name: str, start: int, closing: str) -> Any:
    if parser.kinds[parser.at] == closing:
        raise parser.error("requires at least a format string argument", parser.span_from(start))
    return parser.format_arguments(name, start, closing, False)


def _write(parser: MacroParser, name: str, start: int, closing: str) -> Any:
    destination = parser.expression()
    if name == "writeln" and parser.kinds[parser.at] == closing:
        pass
    else:
        parser.expect(",")
    return parser.format_arguments("write", start, closing, name == "writeln", destination)


_PANIC_TEXTS: Final = {
    "panic": (b"explicit panic", b""),
    "todo": (b"not yet implemented", b"not yet implemented: "),
    "unimplemented": (b"not implemented", b"not implemented: "),
    "unreachable": (b"internal error: entered unreachable code", b"internal error: entered unreachable code: "),
}


def _panic(parser: MacroParser, name: str, start: int, closing: str) -> Any:
    bare, prefix = _PANIC_TEXTS[name]
    if parser.accept(closing):
        return t.Format(parser.span_from(start), "panic", [bare], [], None)
    node = parser.format_arguments("panic", start, closing, False)
    if prefix:
        node.pieces.insert(0, prefix)
    return node


def _panic_with(span: t.Span, pieces: list[Any], args: list[Any]) -> t.Block:
    call = t.Format(span, "panic", pieces, args, None)
    return t.Block(span, [t.ExprStatement(span, call, True)], None)


def _assert(parser: MacroParser, name: str, start: int, closing: str) -> Any:
    condition = parser.expression()
    text = parser.diagnostics.sources.snippet(condition.span)
    message: t.Format | None = None
    if parser.accept(",") and parser.kinds[parser.at] != closing:
        message = parser.format_arguments("panic", start, closing, False)
    else:
        parser.close_macro(closing)
    span = parser.span_from(start)
    if message is None:
        otherwise = _panic_with(span, [f"assertion failed: {' '.join(text.split())}".encode()], [])
    else:
        otherwise = t.Block(span, [t.ExprStatement(span, message, True)], None)
    return t.If(span, t.Unary(condition.span, "!", condition), otherwise, None)


def _name(span: t.Span, name: str) -> t.PathExpr:
    return t.PathExpr(span, None, name)


def _assert_pair(parser: MacroParser, name: str, start: int, closing: str) -> Any:
    left = parser.expression()
    parser.expect(",")
    right = parser.expression()
    message: t.Format | None = None
    if parser.accept(",") and parser.kinds[parser.at] != closing:
        message = parser.format_arguments("panic", start, closing, False)
    else:
        parser.close_macro(closing)
    span = parser.span_from(start)
    op = "==" if name.endswith("_eq") else "!="
    debug = [t.FormatSpec(i, "Debug", " ", "", 0, None, None) for i in range(2)]
    head = f"assertion `left {op} right` failed"
    pieces: list[Any] = [head.encode()]
    args: list[Any] = [_name(span, "left val"), _name(span, "right val")]
    if message is not None:
        pieces = [f"{head}: ".encode()]
        for piece in message.pieces:
            if isinstance(piece, t.FormatSpec):
                piece.argument += 2
            pieces.append(piece)
        args += message.args
    pieces += [b"\n  left: ", debug[0], b"\n right: ", debug[1]]
    equal = t.Binary(span, "==", t.Unary(left.span, "*", args[0]), t.Unary(right.span, "*", args[1]))
    condition: Any = t.Unary(span, "!", equal) if op == "==" else equal
    again = [_name(span, "left val"), _name(span, "right val"), *args[2:]]
    check = t.If(span, condition, _panic_with(span, pieces, again), None)
    pair = t.Tuple(span, [t.Borrow(left.span, False, left), t.Borrow(right.span, False, right)])
    bindings = [t.BindingPattern(e.span, n, False, False, None) for e, n in ((left, "left val"), (right, "right val"))]
    return t.Match(span, pair, [t.Arm(span, t.TuplePattern(span, bindings), None, check)])


def _vec(parser: MacroParser, name: str, start: int, closing: str) -> Any:
    if parser.accept(closing):
        span = parser.span_from(start)
        return t.VecMacro(span, t.Array(span, []))
    first = parser.expression()
    if parser.accept(";"):
        count = parser.expression()
        parser.close_macro(closing)
        span = parser.span_from(start)
        return t.VecMacro(span, t.Repeat(span, first, count))
    elements = [first]
    while parser.accept(","):
        if parser.kinds[parser.at] == closing:
            break
        elements.append(parser.expression())
    parser.close_macro(closing)
    span = parser.span_from(start)
    return t.VecMacro(span, t.Array(span, elements))


def _matches(parser: MacroParser, name: str, start: int, closing: str) -> Any:
    scrutinee = parser.expression()
    parser.expect(",")
    pattern = parser.pattern()
    guard = parser.expression() if parser.accept("if") else None
    parser.accept(",")
    parser.close_macro(closing)
    span = parser.span_from(start)
    yes = t.Arm(span, pattern, guard, t.Literal(span, "bool", 1))
    no = t.Arm(span, t.WildPattern(span), None, t.Literal(span, "bool", 0))
    return t.Match(span, scrutinee, [yes, no])


_KNOWN: Final[dict[str, Any]] = {
    "println": _print, "print": _print, "eprintln": _print, "eprint": _print, "format": _format,
    "format_args": _format, "write": _write,
    "writeln": _write, "panic": _panic, "todo": _panic, "unimplemented": _panic, "unreachable": _panic, "assert":
    _assert,
    "debug_assert": _assert, "assert_eq": _assert_pair, "assert_ne": _assert_pair, "debug_assert_eq": _assert_pair,
    "debug_assert_ne": _assert_pair, "vec": _vec, "matches": _matches, **LITERAL_MACROS,
}  # fmt: skip
OUTSIDE: Final = {
    "asm": "the language's own operators",
    "cfg_select": "`cfg!` and `#[cfg(...)]`",
    "compile_error": "`panic!` in a constant",
    "concat_bytes": "byte strings",
    "env": "constants",
    "global_asm": "the language's own operators",
    "include": "`mod`",
    "include_bytes": "byte strings in the program",
    "include_str": "text in the program",
    "module_path": "text in the program",
    "naked_asm": "the language's own operators",
    "offset_of": "fields by their names",
    "option_env": "constants",
    "pin": "`Box`",
    "thread_local": "`static` with a `const` value, or what is passed on as an argument",
}
"""Macros of std that are not there, and what there is instead (docs/reference/rust-subset.md shows them)."""
MACROS: Final = frozenset(_KNOWN)
"""Names of the macros that every program has."""
