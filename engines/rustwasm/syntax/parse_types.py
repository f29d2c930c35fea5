"""Paths, types, bounds, generic parameters, patterns."""

from __future__ import annotations

from typing import Any

from engines.rustwasm.modes.attributes import configured
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.attribute_rules import Attribute, check_attribute
from engines.rustwasm.syntax.cursor import Cursor
from engines.rustwasm.syntax.lexer import BadLiteral, literal_text
from engines.rustwasm.syntax.meta import BadCondition

_AFTER_NAME = frozenset((",", ")", ">", "{", ";", "=", "}", "]", "|"))
"""What may follow a type that is one name."""
_PATH_START = frozenset(("id", "self", "Self", "super", "crate", "::"))
INT_SUFFIXES = ("i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize")


class TypeParser(Cursor):
    """The part of the grammar below expressions. `lazy` says that this is the library."""

    lazy = False
    quantified: frozenset[str] = frozenset()
    """Lifetimes of the `for<...>` around this place."""
    settings: frozenset[str] = frozenset()
    """What `#[cfg(...)]` finds set."""

    # Attributes

    def inner_attributes(self) -> list[Attribute]:
        """`#![...]`: attributes of what encloses them."""
        found: list[Attribute] = []
        while self.kinds[self.at] == "#" and self.kinds[self.at + 1] == "!":
            found.append(self.attribute())
        return found

    def attributes(self) -> list[Attribute]:
        found: list[Attribute] = []
        while self.kinds[self.at] == "#":
            inner = self.kinds[self.at + 1] == "!"
            found.append(self.attribute())
            if inner:
                span = found[-1][2]
                error = self.diagnostics.error(None, "an inner attribute is not permitted in this context", span)
                error.notes.append("inner attributes, like `#![no_std]`, annotate what encloses them, and stand first")
                error.suggestion = (span, "#" + self.diagnostics.sources.snippet(span)[2:], "annotate what follows")
        return found

    def attribute(self) -> Attribute:
        """One `#[name arguments]` or `#![...]`: name, text of the arguments, span. `unsafe(name)` is `name`."""
        start = self.starts[self.at]
        self.at += 1
        self.accept("!")
        first = self.at
        self.skip_group()
        texts = self.texts[first + 1 : self.at - 1]
        if texts[:2] == ["unsafe", "("]:
            texts = texts[2:-1]
        name = "".join(texts[:3]) if len(texts) > 2 and texts[1] == "::" else (texts[0] if texts else "")
        return name, " ".join(texts[3 if "::" in name else 1 :]), self.span_from(start)

    def is_there(self, target: str) -> bool:
        """Take the attributes in front of what is called `target`: is that there?"""
        return self.are_there(self.attributes(), target)

    def are_there(self, attributes: list[Attribute], target: str) -> bool:
        """Is what has these attributes, and is called `target`, there?"""
        if not attributes or self.lazy:
            return True
        try:
            there = configured(attributes, self.settings)
        except BadCondition as error:
            self.diagnostics.error(error.code, str(error), attributes[0][2])
            return False
        if there:
            for one in attributes:
                check_attribute(one, target, self.diagnostics)
        return there

    def expression(self) -> Any:
        raise NotImplementedError

    # Paths

    def segment(self, in_expression: bool) -> t.Segment:
        at = self.at
        kind = self.kinds[at]
        if kind not in ("id", "self", "Self", "super", "crate"):
            raise self.fail("identifier")
        self.at = at + 1
        args = None
        start = self.starts[at]
        following = self.kinds[at + 1]
        if in_expression:
            if following == "::" and self.kinds[at + 2] in ("<", "<<"):
                self.at += 1
                args = self.generic_args()
        elif following in ("<", "<<"):
            args = self.generic_args()
        elif following == "::" and self.kinds[at + 2] in ("<", "<<"):
            self.at += 1
            args = self.generic_args()
        elif following == "(" and kind == "id" and self.texts[at] in ("Fn", "FnMut", "FnOnce"):
            args = self.sugar_args()
        return t.Segment((start, self.ends[at]), self.texts[at], args)

    def path(self, in_expression: bool = False) -> t.Path:
        start = self.starts[self.at]
        if self.kinds[self.at] in ("<", "<<"):
            return self.qualified_path(in_expression)
        absolute = self.accept("::")
        segments = [self.segment(in_expression)]
        while self.kinds[self.at] == "::" and self.kinds[self.at + 1] in _PATH_START:
            self.at += 1
            segments.append(self.segment(in_expression))
        return t.Path(self.span_from(start), segments, absolute)

    def qualified_path(self, in_expression: bool) -> t.Path:
        start = self.starts[self.at]
        self.expect_split("<")
        self_ty = self.type()
        trait = self.path() if self.accept("as") else None
        self.expect_split(">")
        segments = []
        while self.accept("::"):
            segments.append(self.segment(in_expression))
        if not segments:
            raise self.fail("`::`")
        return t.Path(self.span_from(start), segments, False, (self_ty, trait))

    def generic_args(self) -> t.GenericArgs:
        start = self.starts[self.at]
        self.expect_split("<")
        args = t.GenericArgs((start, start), [], [], [])
        while not self.kinds[self.at].startswith(">"):
            kind = self.kinds[self.at]
            if kind == "life":
                if args.types:
                    message = "type provided when a lifetime was expected"
                    self.diagnostics.error("E0747", message, args.types[0].span)
                args.lifetimes.append(self.lifetime())
            elif kind == "id" and self.kinds[self.at + 1] == "=":
                name = self.take()
                self.at += 1
                args.bindings.append((name, self.type()))
            elif kind == "id" and self.kinds[self.at + 1] == ":" and self.kinds[self.at + 2] != ":":
                name = self.take()
                self.at += 1
                args.bindings.append((name, self.bounds()))
            elif kind in ("int", "true", "false", "char", "-", "{"):
                args.types.append(self.const_argument())
            else:
                args.types.append(self.type())
            if not self.accept(","):
                break
        self.expect_split(">")
        args.span = self.span_from(start)
        return args

    def const_argument(self) -> Any:
        if self.kinds[self.at] == "{":
            return self.block_expression()
        start = self.starts[self.at]
        if self.accept("-"):
            return t.Unary(self.span_from(start), "-", self.literal())
        return self.literal()

    def block_expression(self) -> Any:
        raise NotImplementedError

    def sugar_args(self) -> t.GenericArgs:
        start = self.starts[self.at]
        self.at += 1
        inputs = self.types_until(")")
        span = self.span_from(start)
        output = self.type_no_bounds() if self.accept("->") else t.TypeTuple(span, [])
        return t.GenericArgs(self.span_from(start), [], [t.TypeTuple(span, inputs)], [("Output", output)], True)

    def types_until(self, closing: str) -> list[Any]:
        types = []
        while self.kinds[self.at] != closing:
            if self.kinds[self.at] == "id" and self.kinds[self.at + 1] == ":":
                self.at += 2
            elif self.kinds[self.at] == "mut" and closing == ")":
                raise self.error("patterns aren't allowed in function pointer types", code="E0561")
            types.append(self.type())
            if not self.accept(","):
                break
        self.expect(closing)
        return types

    # Types

    def type_no_bounds(self) -> Any:
        return self.type(False)

    def type(self, plus: bool = True) -> Any:
        kind = self.kinds[self.at]
        start = self.starts[self.at]
        if kind == "id" and self.texts[self.at] == "_":
            self.at += 1
            return t.TypeInfer(self.span_from(start))
        if kind == "id" or kind == "Self" or kind == "::" or kind == "crate" or kind == "self" or kind == "super":
            if kind == "id" and self.kinds[self.at + 1] == "!":
                raise self.error("macros in type position are outside the subset")
            if kind == "id" and self.kinds[self.at + 1] in _AFTER_NAME:
                span = (start, self.ends[self.at])
                path = t.Path(span, [t.Segment(span, self.texts[self.at], None)])
                self.at += 1
            else:
                path = self.path()
            return t.TypePath(path.span, path)
        self.enter()
        result = self.compound_type(kind, start, plus)
        self.depth -= 1
        return result

    def compound_type(self, kind: str, start: int, plus: bool) -> Any:
        if kind == "&" or kind == "&&":
            if kind == "&&":
                self.split("&")
                return t.TypeRef((start, self.ends[self.at]), None, False, self.type_no_bounds())
            self.at += 1
            lifetime = self.lifetime() if self.kinds[self.at] == "life" else None
            mutable = self.accept("mut")
            inner = self.type_no_bounds()
            return t.TypeRef(self.span_from(start), lifetime, mutable, inner)
        if kind == "(":
            self.at += 1
            elements = []
            trailing = False
            while self.kinds[self.at] != ")":
                elements.append(self.type())
                trailing = self.accept(",")
                if not trailing:
                    break
            self.expect(")")
            if len(elements) == 1 and not trailing:
                return elements[0]
            return t.TypeTuple(self.span_from(start), elements)
        if kind == "[":
            self.at += 1
            element = self.type()
            if self.accept(";"):
                length = self.expression()
                self.expect("]")
                return t.TypeArray(self.span_from(start), element, length)
            self.expect("]")
            return t.TypeSlice(self.span_from(start), element)
        if kind == "!":
            if self.kinds[self.at - 1] != "->" and not self.lazy:
                self.diagnostics.error("E0658", "the `!` type is experimental", self.here())
            self.at += 1
            return t.TypeNever(self.span_from(start))
        if kind == "impl" or kind == "dyn":
            self.at += 1
            bounds = self.bounds(plus)
            if not bounds:
                raise self.fail("a trait")
            make = t.TypeImpl if kind == "impl" else t.TypeDyn
            return make(self.span_from(start), bounds)
        if kind == "for":
            outer = self.quantified
            self.for_lifetimes()
            one = self.compound_type(self.kinds[self.at], start, plus) if self.kinds[self.at] != "id" else self.type()
            self.quantified = outer
            return one
        if kind == "fn" or (kind in ("unsafe", "extern") and self.kinds[self.at + 1] in ("fn", "str", "extern")):
            while self.kinds[self.at] in ("unsafe", "extern", "str"):
                self.at += 1
            self.expect("fn")
            self.expect("(")
            parameters = self.types_until(")")
            result = self.type_no_bounds() if self.accept("->") else None
            return t.TypeFn(self.span_from(start), parameters, result)
        if kind == "*":
            self.at += 1
            mutable = self.accept("mut")
            if not mutable:
                self.expect("const")
            inner = self.type_no_bounds()
            return t.TypeRaw(self.span_from(start), mutable, inner)
        if kind == "<" or kind == "<<":
            path = self.qualified_path(False)
            return t.TypePath(path.span, path)
        if kind == "typeof":
            raise self.error("`typeof` is a reserved keyword but unimplemented", code="E0516")
        if kind == "_" or (kind == "id" and self.texts[self.at] == "_"):
            self.at += 1
            return t.TypeInfer(self.span_from(start))
        raise self.fail("type")

    def for_lifetimes(self) -> None:
        """`for<'a, 'b>`: the lifetimes, until the caller takes them out of `quantified` again."""
        self.expect("for")
        self.expect("<")
        while self.kinds[self.at] == "life":
            self.quantified |= {self.take()}
            self.accept(",")
        self.expect_split(">")

    def lifetime(self) -> str:
        """A lifetime in a type; one of a `for<'a>` as `'^a`."""
        name = self.take()
        return f"'^{name[1:]}" if name in self.quantified else name

    def bounds(self, plus: bool = True) -> list[t.Bound]:
        bounds: list[t.Bound] = []
        while True:
            start = self.starts[self.at]
            kind = self.kinds[self.at]
            if kind == "life":
                bounds.append(t.Bound(self.here(), None, self.take(), False))
            elif kind in ("?", "(", "for") or kind in _PATH_START:
                parens = self.accept("(")
                maybe = self.accept("?")
                outer = self.quantified
                if self.kinds[self.at] == "for":
                    self.for_lifetimes()
                path = self.path()
                if parens:
                    self.expect(")")
                bounds.append(t.Bound(self.span_from(start), path, None, maybe, bool(self.quantified)))
                self.quantified = outer
            elif kind == "use":
                raise self.error("`use<...>` bounds are outside the subset")
            else:
                return bounds
            if not plus or not self.accept("+"):
                return bounds

    # Generic parameters

    def generics(self) -> t.GenericsSyntax:
        result = t.GenericsSyntax(self.here(), [], [])
        if not self.split("<"):
            return result
        while not self.kinds[self.at].startswith(">"):
            if self.kinds[self.at] == "#":
                raise self.error("attributes of generic parameters are outside the subset")
            start = self.starts[self.at]
            kind = self.kinds[self.at]
            if kind == "life":
                name = self.take()
                bounds = self.bounds() if self.accept(":") else []
                result.params.append(t.GenericParam(self.span_from(start), "lifetime", name, bounds))
            elif kind == "const":
                self.at += 1
                name, span = self.name()
                self.expect(":")
                ty = self.type()
                default = self.const_argument() if self.accept("=") else None
                result.params.append(t.GenericParam(span, "const", name, [], ty, default))
            else:
                name, span = self.name()
                bounds = self.bounds() if self.accept(":") else []
                default = self.type() if self.accept("=") else None
                result.params.append(t.GenericParam(span, "type", name, bounds, None, default))
            if not self.accept(","):
                break
        self.expect_split(">")
        return result

    def where_clause(self, generics: t.GenericsSyntax) -> None:
        if not self.accept("where"):
            return
        while self.kinds[self.at] not in ("{", ";", "=", "eof"):
            start = self.starts[self.at]
            subject: Any
            outer = self.quantified
            if self.kinds[self.at] == "for":
                self.for_lifetimes()
            subject = self.take() if self.kinds[self.at] == "life" else self.type()
            self.expect(":")
            generics.where.append((subject, self.bounds(), self.span_from(start)))
            self.quantified = outer
            if not self.accept(","):
                break

    # Literals

    def literal(self) -> t.Literal:
        at = self.at
        kind = self.kinds[at]
        text = self.texts[at]
        span = (self.starts[at], self.ends[at])
        self.at = at + 1
        if kind == "int":
            return self.integer(text, span)
        if kind == "float":
            suffix = text[-3:] if text.endswith(("f32", "f64")) else ""
            digits = text[: len(text) - len(suffix)].replace("_", "")
            try:
                return t.Literal(span, "float", float(digits), suffix)
            except ValueError:
                raise self.error(f"invalid suffix for float literal `{text}`; legal are f32 and f64", span) from None
        if kind == "true" or kind == "false":
            return t.Literal(span, "bool", int(kind == "true"))
        if kind in ("str", "bstr", "char", "byte"):
            try:
                value = literal_text(text)
            except BadLiteral as bad:
                raise self.error(str(bad), span) from None
            if kind == "str":
                return t.Literal(span, "str", value.encode("utf-8", "surrogatepass"))
            if kind == "bstr":
                if any(ord(c) > 255 for c in value):
                    raise self.error("non-ASCII character in byte string literal", span)
                return t.Literal(span, "bstr", value.encode("latin-1"))
            if len(value) != 1:
                many = "character literal may only contain one codepoint"
                raise self.error(many if value else "empty character literal", span)
            if kind == "byte" and ord(value) > 255:
                raise self.error("non-ASCII character in byte literal", span)
            return t.Literal(span, kind, ord(value))
        self.at = at
        raise self.fail("a literal")

    def integer(self, text: str, span: t.Span) -> t.Literal:
        if text.isdecimal() and text.isascii() and len(text) <= 200:
            return t.Literal(span, "int", int(text), "")
        body = text
        suffix = ""
        for known in INT_SUFFIXES:
            if text.endswith(known) and not (text.startswith("0x") and known[0] not in "iu"):
                suffix = known
                body = text[: -len(known)]
                break
        else:
            if text.endswith(("f32", "f64")) and text[:2] not in ("0x", "0b", "0o"):
                return t.Literal(span, "float", float(text[:-3].replace("_", "")), text[-3:])
        digits = body.replace("_", "")
        base = {"0x": 16, "0b": 2, "0o": 8}.get(digits[:2], 10)
        try:
            if base != 10:
                digits = digits[2:]
                if not digits:
                    raise self.error("no valid digits found for number", span, "E0768")
            if len(digits) > 200:
                raise self.error("integer literal is too large", span)
            return t.Literal(span, "int", int(digits, base), suffix)
        except ValueError:
            raise self.error(f"invalid digit or suffix in integer literal `{text}`", span) from None

    # Patterns

    def pattern(self) -> Any:
        """A pattern with alternatives."""
        start = self.starts[self.at]
        if self.kinds[self.at] == "|":
            self.at += 1
        first = self.pattern_no_top_alt()
        if self.kinds[self.at] != "|":
            return first
        alternatives = [first]
        while self.accept("|"):
            alternatives.append(self.pattern_no_top_alt())
        return t.OrPattern(self.span_from(start), alternatives)

    def pattern_no_top_alt(self) -> Any:
        kind = self.kinds[self.at]
        start = self.starts[self.at]
        if kind == "id" and self.kinds[self.at + 1] not in ("::", "(", "{", "!", "@", "..", "..=", "..."):
            at = self.at
            self.at = at + 1
            if self.texts[at] == "_":
                return t.WildPattern((start, self.ends[at]))
            return t.BindingPattern((start, self.ends[at]), self.texts[at], False, False, None)
        self.enter()
        result = self.compound_pattern(kind, start)
        self.depth -= 1
        return result

    def compound_pattern(self, kind: str, start: int) -> Any:
        if kind == "ref" or kind == "mut" or (kind == "id" and self.kinds[self.at + 1] == "@"):
            by_ref = self.accept("ref")
            mutable = self.accept("mut")
            name, _ = self.name()
            sub = self.pattern_no_top_alt() if self.accept("@") else None
            return t.BindingPattern(self.span_from(start), name, by_ref, mutable, sub)
        if kind == "&" or kind == "&&":
            if kind == "&&":
                self.split("&")
                inner = self.pattern_no_top_alt()
                return t.RefPattern(self.span_from(start), False, inner)
            self.at += 1
            mutable = self.accept("mut")
            inner = self.pattern_no_top_alt()
            return t.RefPattern(self.span_from(start), mutable, inner)
        if kind == "(" or kind == "[":
            self.at += 1
            closing = ")" if kind == "(" else "]"
            elements, trailing = self.patterns_until(closing, "tuple" if kind == "(" else "slice")
            if kind == "[":
                return t.SlicePattern(self.span_from(start), elements)
            if len(elements) == 1 and not trailing and not isinstance(elements[0], t.RestPattern):
                return elements[0]
            return t.TuplePattern(self.span_from(start), elements)
        if kind in ("..", "..="):
            if kind == ".." and self.kinds[self.at + 1] in (",", ")", "]", "}"):
                self.at += 1
                return t.RestPattern(self.span_from(start))
            self.at += 1
            high = self.range_end()
            return t.RangePattern(self.span_from(start), None, high, kind == "..=")
        if kind in ("int", "float", "str", "bstr", "char", "byte", "true", "false", "-"):
            low = self.range_end()
            if self.kinds[self.at] in ("..=", "...", ".."):
                inclusive = self.range_operator(start)
                open_end = self.kinds[self.at] in (")", ",", "=>", "]", "if", "|", "}")
                high = None if open_end else self.range_end()
                return t.RangePattern(self.span_from(start), low, high, inclusive)
            return t.LiteralPattern(self.span_from(start), low)
        if kind in ("id", "Self", "self", "crate", "super", "::", "<"):
            path = self.path(True)
            following = self.kinds[self.at]
            if following == "(":
                self.at += 1
                elements, _ = self.patterns_until(")", "tuple struct")
                return t.TupleStructPattern(self.span_from(start), path, elements)
            if following == "{":
                return self.struct_pattern(path, start)
            if following in ("..=", "...", ".."):
                inclusive = self.range_operator(start)
                high = None if self.kinds[self.at] in (")", ",", "=>", "]", "if", "|") else self.range_end()
                return t.RangePattern(self.span_from(start), t.PathExpr(path.span, path), high, inclusive)
            if following == "!":
                raise self.error("macros in pattern position are outside the subset")
            return t.PathPattern(path.span, path)
        raise self.fail("pattern")

    def range_operator(self, start: int) -> bool:
        """Take the operator of a range pattern that begins at `start`: does it include its end?"""
        operator = self.take()
        if operator == "...":
            span = (start, self.ends[self.at - 1])
            error = self.diagnostics.error("E0783", "`...` range patterns are deprecated", span)
            error.suggestion = ((span[1] - 3, span[1]), "..=", "use `..=` for an inclusive range")
        return operator != ".."

    def range_end(self) -> Any:
        start = self.starts[self.at]
        if self.accept("-"):
            return t.Unary(self.span_from(start), "-", self.literal())
        if self.kinds[self.at] in _PATH_START:
            path = self.path(True)
            return t.PathExpr(path.span, path)
        return self.literal()

    def patterns_until(self, closing: str, what: str) -> tuple[list[Any], bool]:
        """The patterns up to and with `closing`, of a pattern of the kind `what`; and whether a comma is last."""
        elements = []
        trailing = False
        rest = False
        while self.kinds[self.at] != closing:
            one = self.pattern()
            if type(one) is t.RestPattern or (type(one) is t.BindingPattern and type(one.sub) is t.RestPattern):
                if rest:
                    message = f"`..` can only be used once per {what} pattern"
                    self.diagnostics.error(None, message, one.span, f"can only be used once per {what} pattern")
                    self.diagnostics.unparsed = True
                rest = True
            elements.append(one)
            trailing = self.accept(",")
            if not trailing:
                break
        self.expect(closing)
        return elements, trailing

    def struct_pattern(self, path: t.Path, start: int) -> t.StructPattern:
        self.expect("{")
        fields: list[tuple[str, Any, t.Span]] = []
        rest = False
        while self.kinds[self.at] != "}":
            if self.accept(".."):
                rest = True
                break
            first = self.starts[self.at]
            if self.kinds[self.at] in ("id", "int") and self.kinds[self.at + 1] == ":":
                name, span = self.texts[self.at], self.here()
                self.at += 2
                fields.append((name, self.pattern(), span))
            else:
                by_ref = self.accept("ref")
                mutable = self.accept("mut")
                name, span = self.name()
                binding = t.BindingPattern(self.span_from(first), name, by_ref, mutable, None)
                fields.append((name, binding, span))
            if not self.accept(","):
                break
        self.expect("}")
        return t.StructPattern(self.span_from(start), path, fields, rest)
