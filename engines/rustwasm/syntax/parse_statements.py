"""Statements and blocks."""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.cursor import SyntaxStop
from engines.rustwasm.syntax.parse_expressions import ASSIGN, BINARY, ExpressionParser

_ITEM_START: Final = frozenset(
    ("fn", "struct", "enum", "impl", "trait", "mod", "use", "pub", "static", "type", "extern")
)


class StatementParser(ExpressionParser):
    """Its subclasses know items and macros."""

    def item(self) -> Any:
        raise NotImplementedError

    def macro_statement(self, name: str, span: t.Span) -> list[Any] | None:
        raise NotImplementedError

    def block_expression(self) -> t.Block:
        start = self.starts[self.at]
        unsafe = self.accept("unsafe")
        self.enter()
        saved = self.structs
        self.structs = True
        self.expect("{")
        statements: list[Any] = []
        items: list[Any] = []
        tail: Any = None
        kinds = self.kinds
        if kinds[self.at] == "#":
            self.inner_attributes()
        while kinds[self.at] != "}":
            begun = self.at
            try:
                tail = self.statement(statements, items)
                if tail is not None:
                    break
            except SyntaxStop:
                self.recover(begun)
                if kinds[self.at] == "eof":
                    raise
        self.structs = saved
        self.expect("}")
        self.depth -= 1
        return t.Block(self.span_from(start), statements, tail, None, unsafe, items or None)

    def recover(self, begun: int) -> None:
        """After an error in a statement: go to behind its `;` or before the block's `}`."""
        if self.depth > 150:
            raise SyntaxStop
        if self.at == begun:
            self.at += self.kinds[self.at] != "eof"
        depth = 0
        while True:
            kind = self.kinds[self.at]
            if kind == "eof" or (kind == "}" and depth == 0):
                return
            if kind == ";" and depth == 0:
                self.at += 1
                return
            if kind in ("{", "(", "["):
                depth += 1
            elif kind in ("}", ")", "]"):
                depth = max(0, depth - 1)
            self.at += 1

    def statement(self, statements: list[Any], items: list[Any]) -> Any:
        """Parse one statement; answer the block's tail expression when this is it."""
        kind = self.kinds[self.at]
        if kind == ";":
            self.at += 1
            return None
        if kind == "#":
            if self.attribute_of_item():
                items.append(self.item())
                return None
            attributes = self.attributes()
            kind = self.kinds[self.at]
            if kind == "}":
                raise self.error("expected statement after outer attribute")
            if not self.are_there(attributes, "statements" if kind == "let" else "expressions"):
                self.statement([], [])
                return None
        start = self.starts[self.at]
        if kind == "let":
            statements.append(self.let_statement(start))
            return None
        if kind in _ITEM_START or (kind == "const" and self.kinds[self.at + 1] != "{") or (
            kind == "unsafe" and self.kinds[self.at + 1] in ("fn", "impl")
        ):  # fmt: skip
            items.append(self.item())
            return None
        if kind == "id" and self.kinds[self.at + 1] == "!":
            if self.texts[self.at] == "macro_rules":
                items.append(self.item())
                return None
            braces = self.kinds[self.at + 2] == "{"
            at = self.at
            self.at += 2
            made = self.macro_statement(self.texts[at], (start, self.ends[at]))
            if made is not None:
                if self.accept(";") and made and isinstance(made[-1], t.ExprStatement):
                    made[-1].semicolon = True
                statements += made
                if (
                    made
                    and self.kinds[self.at] == "}"
                    and isinstance(made[-1], t.ExprStatement)
                    and not made[-1].semicolon
                ):
                    return statements.pop().expr
                return None
            self.at = at
            if braces:
                self.at += 2
                expr = self.macro_expression(self.texts[at], (start, self.ends[at]))
                if self.kinds[self.at] not in (".", "?", "}"):
                    self.accept(";")
                    statements.append(t.ExprStatement(self.span_from(start), expr, True))
                    return None
                self.at = at
        if kind in ("if", "match", "{", "unsafe", "while", "loop", "for", "life"):
            expr = self.primary(kind)
            if self.kinds[self.at] not in (".", "?"):
                return self.block_like(expr, statements, start)
            expr = self.postfix(expr)
            if BINARY.get(self.kinds[self.at]) or self.kinds[self.at] in ("=", "as") or self.kinds[self.at] in ASSIGN:
                raise self.error("leading block-like expression in an operation needs parentheses")
        else:
            expr = self.expr()
        following = self.kinds[self.at]
        if following == ";":
            self.at += 1
            statements.append(t.ExprStatement((start, self.ends[self.at - 1]), expr, True))
            return None
        if following == "}":
            return expr
        raise self.fail("one of `;`, `}`, `.`, `?`, or an operator")

    def block_like(self, expr: Any, statements: list[Any], start: int) -> Any:
        if self.kinds[self.at] == "}":
            return expr
        semicolon = self.accept(";")
        statements.append(t.ExprStatement(self.span_from(start), expr, semicolon))
        return None

    def attribute_of_item(self) -> bool:
        """Does the attribute that starts here belong to an item?"""
        at = self.at
        while self.kinds[self.at] == "#":
            self.at += 1
            self.skip_group()
        kind = self.kinds[self.at]
        following = self.kinds[min(self.at + 1, len(self.kinds) - 1)]
        self.at = at
        return kind in _ITEM_START or (kind in ("const", "unsafe") and following != "{")

    def let_statement(self, start: int) -> t.LetStatement:
        self.at += 1
        pattern = self.pattern()
        annotation = self.type() if self.accept(":") else None
        value = self.expression() if self.accept("=") else None
        otherwise = self.block_expression() if self.accept("else") else None
        self.expect(";")
        return t.LetStatement(self.span_from(start), pattern, annotation, value, otherwise)
