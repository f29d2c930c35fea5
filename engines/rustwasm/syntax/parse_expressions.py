"""Expressions; `parse_statements` has the blocks in them."""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.cursor import DEPTH_LIMIT
from engines.rustwasm.syntax.parse_types import TypeParser

BINARY: Final = {
    "||": 2, "&&": 3, "==": 4, "!=": 4, "<": 4, ">": 4, "<=": 4, ">=": 4, "|": 5, "^": 6, "&": 7,
    "<<": 8, ">>": 8, "+": 9, "-": 9, "*": 10, "/": 10, "%": 10,
}  # fmt: skip
ASSIGN: Final = frozenset(("+=", "-=", "*=", "/=", "%=", "^=", "&=", "|=", "<<=", ">>="))
_LITERALS: Final = frozenset(("int", "float", "str", "bstr", "char", "byte", "true", "false"))
_POSTFIX: Final = frozenset((".", "(", "[", "?"))
_EXPRESSION_END: Final = frozenset((")", "]", "}", ",", ";", "=>", "eof"))
CHAIN_LIMIT: Final = 1500
"""How many operators or method calls may follow each other in one expression."""


class ExpressionParser(TypeParser):
    """`structs` is False where `{` ends the expression (conditions, scrutinees)."""

    structs = True

    def block_expression(self) -> t.Block:
        raise NotImplementedError

    def macro_expression(self, name: str, span: t.Span) -> Any:
        raise NotImplementedError

    def expression(self) -> Any:
        saved = self.structs
        self.structs = True
        result = self.expr()
        self.structs = saved
        return result

    def condition(self) -> Any:
        saved = self.structs
        self.structs = False
        result = self.expr()
        self.structs = saved
        return result

    def expr(self) -> Any:
        """Assignment level."""
        kind = self.kinds[self.at]
        alone = (kind == "id" or kind in _LITERALS) and self.kinds[self.at + 1] in _EXPRESSION_END
        if alone and self.depth < DEPTH_LIMIT:
            return self.primary(kind)
        self.enter()
        start = self.starts[self.at]
        left = self.range_prefix(start) if kind == ".." or kind == "..=" else self.binary(1)
        kind = self.kinds[self.at]
        if kind == "=":
            self.at += 1
            right = self.expr()
            left = t.Assignment((start, right.span[1]), left, right)
        elif kind in ASSIGN:
            self.at += 1
            right = self.expr()
            left = t.CompoundAssignment((start, right.span[1]), kind[:-1], left, right)
        elif kind == ".." or kind == "..=":
            self.at += 1
            high = None
            if self.kinds[self.at] not in _EXPRESSION_END and not (self.kinds[self.at] == "{" and not self.structs):
                high = self.binary(1)
            elif kind == "..=":
                raise self.error("inclusive range with no end", code="E0586")
            left = t.Range(self.span_from(start), left, high, kind == "..=")
        self.depth -= 1
        return left

    def range_prefix(self, start: int) -> Any:
        inclusive = self.take() == "..="
        high = None
        if self.kinds[self.at] not in _EXPRESSION_END and not (self.kinds[self.at] == "{" and not self.structs):
            high = self.binary(1)
        elif inclusive:
            raise self.error("inclusive range with no end", code="E0586")
        return t.Range(self.span_from(start), None, high, inclusive)

    def binary(self, minimum: int) -> Any:
        kinds = self.kinds
        first = kinds[self.at]
        if first == "id" or first in _LITERALS:
            left = self.primary(first)
            if kinds[self.at] in _POSTFIX:
                left = self.postfix(left)
        else:
            left = self.unary()
        binary = BINARY
        chain = 0
        while True:
            op = kinds[self.at]
            power = binary.get(op)
            if power is None:
                if op == "as":
                    self.at += 1
                    to = self.type_no_bounds()
                    left = t.Cast((left.span[0], self.ends[self.at - 1]), left, to)
                    continue
                return left
            if power < minimum:
                return left
            self.at += 1
            right = self.binary(power + 1)
            if power == 4 and kinds[self.at] in ("==", "!=", "<", ">", "<=", ">="):
                raise self.error("comparison operators cannot be chained")
            chain += 1
            if chain > CHAIN_LIMIT:
                raise self.error(f"more than {CHAIN_LIMIT} operators in one expression; split it")
            left = t.Binary((left.span[0], right.span[1]), op, left, right)

    def unary(self) -> Any:
        kind = self.kinds[self.at]
        if kind == "id" or kind in _LITERALS:
            return self.postfix(self.primary(kind))
        start = self.starts[self.at]
        if kind in ("-", "!", "*"):
            self.at += 1
            self.enter()
            operand = self.cast_free_unary()
            self.depth -= 1
            return t.Unary((start, operand.span[1]), kind, operand)
        if kind == "&" or kind == "&&":
            self.split("&")
            self.enter()
            if kind == "&&":
                operand = self.unary()
                mutable = False
            else:
                mutable = self.accept("mut")
                if self.texts[self.at] == "raw" and self.kinds[self.at + 1] in ("const", "mut"):
                    raise self.error("`&raw` is outside the subset")
                operand = self.cast_free_unary()
            self.depth -= 1
            return t.Borrow((start, operand.span[1]), mutable, operand)
        return self.postfix(self.primary(kind))

    def cast_free_unary(self) -> Any:
        return self.unary()

    def postfix(self, base: Any) -> Any:
        kinds = self.kinds
        chain = 0
        while True:
            kind = kinds[self.at]
            if kind == ".":
                self.at += 1
                base = self.dot(base)
            elif kind == "(":
                self.at += 1
                args = self.arguments(")")
                base = t.Call((base.span[0], self.ends[self.at - 1]), base, args)
            elif kind == "[":
                self.at += 1
                index = self.expression()
                self.expect("]")
                base = t.Index((base.span[0], self.ends[self.at - 1]), base, index)
            elif kind == "?":
                self.at += 1
                base = t.Try((base.span[0], self.ends[self.at - 1]), base)
            else:
                return base
            chain += 1
            if chain > CHAIN_LIMIT:
                raise self.error(f"more than {CHAIN_LIMIT} calls in one chain; split it")

    def dot(self, base: Any) -> Any:
        at = self.at
        kind = self.kinds[at]
        text = self.texts[at]
        span = (self.starts[at], self.ends[at])
        start = base.span[0]
        if kind == "id":
            self.at = at + 1
            following = self.kinds[self.at]
            generics = None
            if following == "::":
                self.at += 1
                generics = self.generic_args()
                following = self.kinds[self.at]
                if following != "(":
                    raise self.error("field expressions cannot have generic arguments")
            if following == "(":
                self.at += 1
                args = self.arguments(")")
                return t.MethodCall((start, self.ends[self.at - 1]), base, text, span, generics, args)
            return t.Field((start, span[1]), base, text, span)
        if kind == "int":
            self.at = at + 1
            return t.Field((start, span[1]), base, text, span)
        if kind == "float" and text.count(".") == 1:
            self.at = at + 1
            first, second = text.split(".")
            middle = span[0] + len(first)
            inner = t.Field((start, middle), base, first, (span[0], middle))
            return t.Field((start, span[1]), inner, second, (middle + 1, span[1])) if second else inner
        if kind == "await":
            raise self.error("`.await` is outside the subset: there is no async yet")
        raise self.fail("identifier")

    def arguments(self, closing: str) -> list[Any]:
        saved = self.structs
        self.structs = True
        args = []
        while self.kinds[self.at] != closing:
            args.append(self.expr())
            if self.kinds[self.at] != ",":
                break
            self.at += 1
        if self.kinds[self.at] != closing:
            raise self.fail(f"one of `{closing}`, `,`, `.`, `?`, or an operator")
        self.at += 1
        self.structs = saved
        return args

    def primary(self, kind: str) -> Any:
        start = self.starts[self.at]
        if kind == "id":
            at = self.at
            following = self.kinds[at + 1]
            if following == "!" and self.kinds[at + 2] in ("(", "[", "{"):
                self.at = at + 2
                return self.macro_expression(self.texts[at], (start, self.ends[at]))
            if following != "::" and (following != "{" or not self.structs):
                self.at = at + 1
                return t.PathExpr((start, self.ends[at]), None, self.texts[at])
            return self.path_expression(start)
        if kind in _LITERALS:
            return self.literal()
        if kind == "(":
            self.at += 1
            elements = []
            trailing = False
            saved = self.structs
            self.structs = True
            while self.kinds[self.at] != ")":
                elements.append(self.expr())
                trailing = self.accept(",")
                if not trailing:
                    break
            self.structs = saved
            self.expect(")")
            if len(elements) == 1 and not trailing:
                return elements[0]
            return t.Tuple(self.span_from(start), elements)
        if kind == "self" and self.kinds[self.at + 1] == ".":
            self.at += 1
            return t.PathExpr((start, self.ends[self.at - 1]), None, "self")
        if kind in ("self", "Self", "crate", "super", "::", "<", "<<"):
            return self.path_expression(start)
        if kind == "if":
            return self.if_expression()
        if kind == "match":
            return self.match_expression()
        if kind == "{" or (kind == "unsafe" and self.kinds[self.at + 1] == "{"):
            return self.block_expression()
        if kind == "life" or kind in ("loop", "while", "for"):
            return self.loop_expression()
        if kind == "[":
            return self.array_expression()
        if kind in ("|", "||", "move") or (kind == "static" and self.kinds[self.at + 1] in ("|", "||", "move")):
            return self.closure()
        if kind == "return":
            self.at += 1
            value = None if self.ends_expression() else self.expr()
            return t.Return(self.span_from(start), value)
        if kind == "break":
            self.at += 1
            label = self.take() if self.kinds[self.at] == "life" else None
            value = None if self.ends_expression() else self.expr()
            return t.Break(self.span_from(start), label, value)
        if kind == "continue":
            self.at += 1
            label = self.take() if self.kinds[self.at] == "life" else None
            return t.Continue(self.span_from(start), label)
        if kind == "let":
            self.at += 1
            pattern = self.pattern()
            self.expect("=")
            value = self.binary(4)
            return t.Let(self.span_from(start), pattern, value)
        if kind == "async":
            raise self.error("async is outside the subset")
        if kind == "const" and self.kinds[self.at + 1] == "{":
            self.at += 1
            return self.block_expression()
        if kind == "#":
            raise self.error("attributes of expressions are outside the subset")
        raise self.fail("expression")

    def ends_expression(self) -> bool:
        kind = self.kinds[self.at]
        return kind in _EXPRESSION_END or (kind == "{" and not self.structs)

    def path_expression(self, start: int) -> Any:
        path = self.path(True)
        if self.kinds[self.at] == "{" and self.structs:
            return self.struct_literal(path, start)
        if self.kinds[self.at] == "!" and self.kinds[self.at + 1] in ("(", "[", "{"):
            self.at += 1
            return self.macro_expression(path.segments[-1].name, path.span)
        return t.PathExpr(path.span, path)

    def struct_literal(self, path: t.Path, start: int) -> t.StructLiteral:
        self.expect("{")
        fields: list[tuple[str, Any, t.Span]] = []
        base: Any = None
        while self.kinds[self.at] != "}":
            if self.accept(".."):
                if self.kinds[self.at] == "}":
                    base = t.RestPattern(self.here())  # for assignments that take a struct apart
                    break
                base = self.expression()
                if self.kinds[self.at] == ",":
                    self.error("cannot use a comma after the base struct")
                    self.at += 1
                    continue
                break
            if self.kinds[self.at] not in ("id", "int"):
                raise self.fail("identifier")
            name, span = self.texts[self.at], self.here()
            self.at += 1
            if self.accept(":"):
                fields.append((name, self.expression(), span))
            else:
                fields.append((name, t.PathExpr(span, None, name), span))
            if not self.accept(","):
                break
        self.expect("}")
        return t.StructLiteral(self.span_from(start), path, fields, base)

    def array_expression(self) -> Any:
        start = self.starts[self.at]
        self.at += 1
        if self.accept("]"):
            return t.Array(self.span_from(start), [])
        first = self.expression()
        if self.accept(";"):
            count = self.expression()
            self.expect("]")
            return t.Repeat(self.span_from(start), first, count)
        elements = [first]
        if self.accept(","):
            elements += self.arguments("]")
        else:
            self.expect("]")
        return t.Array(self.span_from(start), elements)

    def closure(self) -> t.Closure:
        start = self.starts[self.at]
        self.accept("static")
        is_move = self.accept("move")
        parameters: list[tuple[Any, Any]] = []
        if not self.accept("||"):
            self.expect("|")
            while self.kinds[self.at] != "|":
                pattern = self.pattern_no_top_alt()
                parameters.append((pattern, self.type() if self.accept(":") else None))
                if not self.accept(","):
                    break
            self.expect("|")
        result = self.type_no_bounds() if self.accept("->") else None
        body = self.block_expression() if result is not None else self.expr()
        return t.Closure(self.span_from(start), parameters, result, body, is_move)

    def if_expression(self) -> t.If:
        """`else if` chains are parsed in a loop: their length is not nesting."""
        first: t.If | None = None
        last: t.If | None = None
        chain = 0
        while True:
            start = self.starts[self.at]
            self.expect("if")
            condition = self.condition()
            then = self.block_expression()
            node = t.If(self.span_from(start), condition, then, None)
            if last is None:
                first = last = node
            else:
                last.otherwise = node
                last = node
            chain += 1
            if chain > CHAIN_LIMIT // 5:
                raise self.error(f"more than {CHAIN_LIMIT // 5} `else if` in a row; use `match`")
            if not self.accept("else"):
                break
            if self.kinds[self.at] != "if":
                last.otherwise = self.block_expression()
                break
        assert first is not None
        end = self.ends[self.at - 1]
        link: Any = first
        while isinstance(link, t.If):
            link.span = (link.span[0], end)
            link = link.otherwise
        return first

    def match_expression(self) -> t.Match:
        start = self.starts[self.at]
        self.at += 1
        scrutinee = self.condition()
        self.expect("{")
        arms = []
        while not self.accept("}"):
            there = self.kinds[self.at] != "#" or self.is_there("match arms")
            first = self.starts[self.at]
            pattern = self.pattern()
            guard = self.expression() if self.accept("if") else None
            self.expect("=>")
            body = self.statement_expression() if self.kinds[self.at] == "{" else self.expression()
            if there:
                arms.append(t.Arm(self.span_from(first), pattern, guard, body))
            if not self.accept(",") and not isinstance(body, t.Block) and self.kinds[self.at] != "}":
                raise self.fail("one of `,`, `.`, `?`, `}`, or an operator")
        return t.Match(self.span_from(start), scrutinee, arms)

    def statement_expression(self) -> Any:
        """A match arm that begins with a block: the block, unless `,` shows that more belongs to it."""
        block = self.block_expression()
        if self.kinds[self.at] in (".", "?"):
            return self.postfix(block)
        return block

    def loop_expression(self) -> Any:
        start = self.starts[self.at]
        label = None
        if self.kinds[self.at] == "life":
            label = self.take()
            self.expect(":")
        kind = self.kinds[self.at]
        if kind == "loop":
            self.at += 1
            body = self.block_expression()
            return t.Loop(self.span_from(start), body, label)
        if kind == "while":
            self.at += 1
            condition = self.condition()
            body = self.block_expression()
            return t.While(self.span_from(start), condition, body, label)
        if kind == "for":
            self.at += 1
            pattern = self.pattern()
            self.expect("in")
            iterable = self.condition()
            body = self.block_expression()
            return t.For(self.span_from(start), pattern, iterable, body, label)
        block = self.block_expression()
        block.label = label
        return block
