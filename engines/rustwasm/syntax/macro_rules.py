"""`macro_rules!`: matching token trees and transcribing them (The Rust Reference, "Macros By Example").

Fragments `expr`, `ident`, `ty`, `tt`, `literal`, `pat`, `path`, `stmt`, `block`, `lifetime`, `item` and `vis`;
repetitions
`*`, `+`, `?` with a separator. Expression fragments are transcribed in parentheses, which keeps their precedence.
Names are not hygienic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engines.rustwasm.syntax.cursor import SyntaxStop
from engines.rustwasm.syntax.lexer import Tokens

if TYPE_CHECKING:
    from engines.rustwasm.syntax.macros import MacroParser

_CLOSE = {"(": ")", "[": "]", "{": "}"}
Token = tuple[str, str, int, int]


def _tokens(tokens: Tokens) -> list[Token]:
    return list(zip(tokens.kinds, tokens.texts, tokens.starts, tokens.ends, strict=True))


def _current(reader: MacroParser) -> Token:
    """The token that comes, or what is left of it."""
    at = reader.at
    return reader.kinds[at], reader.texts[at], reader.starts[at], reader.ends[at]


def _go_back(reader: MacroParser, at: int, current: Token, given: list[Token]) -> None:
    """Read from `at` again, where `current` came; tokens behind it are whole."""
    for i in range(at, reader.at + 1):
        reader.kinds[i], reader.texts[i], reader.starts[i] = (current if i == at else given[i])[:3]
    reader.at = at


def _group_end(tokens: list[Token], at: int) -> int:
    """The index after the group or token at `at`."""
    if tokens[at][0] not in _CLOSE:
        return at + 1
    depth = 0
    while at < len(tokens):
        kind = tokens[at][0]
        if kind in _CLOSE:
            depth += 1
        elif kind in (")", "]", "}"):
            depth -= 1
        at += 1
        if depth == 0:
            break
    return at


class Expander:
    """One macro: rules as token lists (pattern, template)."""

    def __init__(self, name: str, body: Tokens, parser: MacroParser) -> None:
        self.name = name
        self.rules: list[tuple[list[Any], list[Any]]] = []
        tokens = _tokens(body)[:-1]
        at = 0
        while at < len(tokens):
            end = _group_end(tokens, at)
            pattern = tokens[at + 1 : end - 1]
            if end >= len(tokens) or tokens[end][0] != "=>" or end + 1 >= len(tokens):
                raise parser.error(f"expected `=>` after a rule of `{name}!`", (tokens[at][2], tokens[end - 1][3]))
            stop = _group_end(tokens, end + 1)
            template = tokens[end + 2 : stop - 1]
            self.rules.append((self.compile(pattern, parser, True), self.compile(template, parser, False)))
            at = stop
            if at < len(tokens) and tokens[at][0] == ";":
                at += 1

    def compile(self, tokens: list[Token], parser: MacroParser, is_pattern: bool) -> list[Any]:
        """Tokens, `("var", name, fragment)` and `("rep", part, separator, operator)`."""
        out: list[Any] = []
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if token[0] == "$" and at + 1 < len(tokens):
                following = tokens[at + 1]
                if following[0] == "(":
                    end = _group_end(tokens, at + 1)
                    part = self.compile(tokens[at + 2 : end - 1], parser, is_pattern)
                    separator = None
                    if end < len(tokens) and tokens[end][0] not in ("*", "+", "?"):
                        separator = tokens[end]
                        end += 1
                    if end >= len(tokens) or tokens[end][0] not in ("*", "+", "?"):
                        raise parser.error("expected one of: `*`, `+`, or `?`", (following[2], following[3]))
                    out.append(("rep", part, separator, tokens[end][0]))
                    at = end + 1
                    continue
                if is_pattern and at + 3 < len(tokens) + 0 and tokens[at + 2][0] == ":":
                    out.append(("var", following[1], tokens[at + 3][1]))
                    at += 4
                    continue
                out.append(("var", following[1], ""))
                at += 2
                continue
            out.append(token)
            at += 1
        return out

    def transcribe(self, arguments: Tokens, span: tuple[int, int], parser: MacroParser) -> Tokens:
        """The tokens that a call becomes. Raises SyntaxStop, with a message, if no rule matches."""
        before, unparsed = len(parser.diagnostics.messages), parser.diagnostics.unparsed
        given = _tokens(arguments)
        for pattern, template in self.rules:
            reader = type(parser)(arguments, parser.diagnostics)
            reader.macros = parser.macros
            reader.kinds, reader.texts = list(arguments.kinds), list(arguments.texts)
            reader.starts = list(arguments.starts)
            try:
                found: dict[str, Any] = {}
                if self.match(pattern, reader, found, given) and reader.kinds[reader.at] == "eof":
                    del parser.diagnostics.messages[before:]
                    parser.diagnostics.unparsed = unparsed
                    out: list[Token] = []
                    self.fill(template, found, out, parser, span)
                    return _from_list(out, span)
            except SyntaxStop:
                del parser.diagnostics.messages[before:]
            parser.diagnostics.unparsed = unparsed
        raise parser.error(f"no rules expected these tokens in a call of macro `{self.name}`", span)

    def match(self, pattern: list[Any], reader: MacroParser, found: dict[str, Any], given: list[Token]) -> bool:
        """Does what `reader` comes to look like `pattern`? Then `found` gets what its variables stand for.

        Args:
            given: the tokens of the call, of which the reader's may be taken in part (`>` of `>>`).
        """
        for i, part in enumerate(pattern):
            if part[0] == "var" and len(part) == 3:
                if reader.kinds[reader.at] == "eof" and part[2] != "vis":
                    return False
                found[part[1]] = self.fragment(part[2], reader, given)
            elif part[0] == "rep":
                _, inner, separator, operator = part
                rounds: list[dict[str, Any]] = []
                stop = pattern[i + 1][0] if i + 1 < len(pattern) and len(pattern[i + 1]) == 4 else None
                while reader.kinds[reader.at] != "eof" and (reader.kinds[reader.at] != stop or inner[0][0] == stop):
                    at, current = reader.at, _current(reader)
                    if rounds and separator is not None:
                        if reader.kinds[reader.at] != separator[0]:
                            break
                        reader.at += 1
                    one: dict[str, Any] = {}
                    before = len(reader.diagnostics.messages)
                    try:
                        matched = reader.kinds[reader.at] != "eof" and self.match(inner, reader, one, given)
                    except SyntaxStop:
                        del reader.diagnostics.messages[before:]
                        matched = False
                    if not matched or reader.at == at:
                        _go_back(reader, at, current, given)
                        break
                    rounds.append(one)
                    if operator == "?":
                        break
                if operator == "+" and not rounds:
                    return False
                for name in self.names(inner):
                    found[name] = [r.get(name) for r in rounds]
            else:
                if reader.kinds[reader.at] != part[0] or reader.texts[reader.at] != part[1]:
                    return False
                reader.at += 1
        return True

    def names(self, pattern: list[Any]) -> list[str]:
        out = []
        for part in pattern:
            if part[0] == "var" and len(part) == 3:
                out.append(part[1])
            elif part[0] == "rep":
                out += self.names(part[1])
        return out

    def fragment(self, kind: str, reader: MacroParser, given: list[Token]) -> tuple[str, list[Token]]:
        start, first = reader.at, _current(reader)
        if kind == "expr":
            reader.expression()
        elif kind in ("ident", "lifetime"):
            if reader.kinds[reader.at] not in (("life",) if kind == "lifetime" else ("id", "self", "Self")):
                raise SyntaxStop
            reader.at += 1
        elif kind == "ty":
            reader.type()
        elif kind == "tt":
            if reader.kinds[reader.at] in _CLOSE:
                reader.skip_group()
            elif reader.kinds[reader.at] in _CLOSE.values():
                raise SyntaxStop
            else:
                reader.at += 1
        elif kind == "literal":
            reader.accept("-")
            reader.literal()
        elif kind in ("pat", "pat_param"):
            reader.pattern()
        elif kind == "path":
            reader.path()
        elif kind == "meta":
            reader.path()
            if reader.kinds[reader.at] in _CLOSE:
                reader.skip_group()
            elif reader.accept("="):
                reader.expression()
        elif kind == "block":
            reader.block_expression()
        elif kind == "stmt":
            if reader.kinds[reader.at] == "let":
                while reader.kinds[reader.at] not in (";", "eof"):
                    reader.at += 1
            else:
                reader.expression()
        elif kind == "item":
            reader.item()
        elif kind == "vis":
            if reader.accept("pub") and reader.kinds[reader.at] == "(":
                reader.skip_group()
        else:
            raise reader.error(f"invalid fragment specifier `{kind}`")
        end = reader.at
        tokens = [first, *given[start + 1 : end]] if end > start else []
        whole, taken = (given[end] if end > start else first), reader.starts[end]
        if taken > whole[2]:
            part = whole[1][: taken - whole[2]]
            tokens.append((part, part, whole[2], taken))
        return kind, tokens

    def fill(
        self, template: list[Any], found: dict[str, Any], out: list[Token], parser: MacroParser, span: Any
    ) -> None:
        for part in template:
            if part[0] == "var" and len(part) == 3:
                value = found.get(part[1])
                if value is None:
                    if part[1] == "crate":
                        out.append(("crate", "crate", *span))
                        continue
                    raise parser.error(f"unknown macro variable `{part[1]}`", span)
                if isinstance(value, list):
                    raise parser.error(f"variable `{part[1]}` is still repeating at this depth", span)
                kind, tokens = value
                if kind == "expr" and len(tokens) > 1:
                    out.append(("(", "(", tokens[0][2], tokens[0][2]))
                    out += tokens
                    out.append((")", ")", tokens[-1][3], tokens[-1][3]))
                else:
                    out += tokens
            elif part[0] == "rep":
                names = [n for n in self.names(part[1]) if isinstance(found.get(n), list)]
                if not names:
                    raise parser.error("attempted to repeat an expression containing no repeating variables", span)
                count = len(found[names[0]])
                for i in range(count):
                    if i and part[2] is not None:
                        out.append(part[2])
                    inner = {**found, **{n: found[n][i] for n in names}}
                    self.fill(part[1], inner, out, parser, span)
            else:
                out.append(part)


def _from_list(tokens: list[Token], span: tuple[int, int]) -> Tokens:
    result = Tokens()
    for token in tokens:
        result.add(*token)
    result.add("eof", "macro", span[1], span[1])
    return result
