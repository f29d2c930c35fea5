"""Items and whole files."""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.modes import attributes as modes
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.attribute_rules import check_crate_attributes
from engines.rustwasm.syntax.cursor import SyntaxStop
from engines.rustwasm.syntax.delimiters import report_unpaired
from engines.rustwasm.syntax.diagnostics import Diagnostics
from engines.rustwasm.syntax.lexer import tokenize
from engines.rustwasm.syntax.lint_levels import check_forbidden
from engines.rustwasm.syntax.macros import MacroParser

_ABIS: Final = frozenset(
    f"{name}{unwind}"
    for name in "Rust C system cdecl stdcall fastcall thiscall aapcs win64 sysv64 efiapi".split()  # noqa: SIM905 -- read best as text
    for unwind in ("", "-unwind")
)
_UNSTABLE_ABIS: Final = frozenset(
    ("rust-call", "rust-cold", "rust-intrinsic", "vectorcall", "unadjusted", "x86-interrupt", "ptx-kernel")
)


_UNSTABLE_ITEMS: Final = {
    "auto": "auto traits are experimental and possibly buggy",
    "default": "specialization is unstable",
}


class UnparsedBody:
    """A function's body that is parsed when something asks for it: most of the library's, and of what is derived,
    never are."""

    __slots__ = ("at", "parser")

    def __init__(self, parser: Parser) -> None:
        self.parser = parser
        self.at = parser.at

    @property
    def span(self) -> t.Span:
        """Where it begins."""
        start = self.parser.starts[self.at]
        return start, start

    def parse(self) -> t.Block:
        """The body. Its tokens are consumed: to be called once."""
        self.parser.at = self.at
        self.parser.depth = 0
        self.parser.structs = True
        return self.parser.block_expression()


class Parser(MacroParser):
    """The whole grammar. With `lazy`, bodies of functions are left as `UnparsedBody`."""

    def file(self) -> list[Any]:
        """All items of a file; after an error it goes on with the next item."""
        items: list[Any] = []
        inner = self.inner_attributes()
        if not self.lazy:
            check_crate_attributes(inner, self.diagnostics)
        while self.kinds[self.at] != "eof":
            begun = self.at
            self.depth = 0
            self.structs = True
            try:
                if (
                    self.kinds[self.at] == "id"
                    and self.kinds[self.at + 1] == "!"
                    and self.texts[self.at] != "macro_rules"
                ):
                    items += self.macro_items()
                else:
                    items.append(self.item())
            except SyntaxStop:
                self.next_item(begun)
        for name, _, span in inner:
            if name == modes.GC:
                modes.inherit(items, span)
        if not self.lazy:
            check_forbidden(inner, items, self.diagnostics)
        return items

    def next_item(self, begun: int) -> None:
        if self.at == begun:
            self.at += 1
        while True:
            kind = self.kinds[self.at]
            if kind == "eof":
                return
            at_line_start = self.at == 0 or self.ends[self.at - 1] < self.starts[self.at]
            if (
                kind in ("fn", "struct", "enum", "impl", "trait", "mod", "use", "pub", "static", "const")
                and at_line_start
            ):
                before = self.kinds[self.at - 1] if self.at else ";"
                if before in ("}", ";", "eof"):
                    return
            self.at += 1

    def visibility(self, before_type: bool = False) -> str | None:
        """`pub` with its restriction; before a type, any other parenthesis is the type's."""
        if not self.accept("pub"):
            return None
        if self.kinds[self.at] == "(" and self.kinds[self.at + 1] in ("crate", "super", "self", "in"):
            self.at += 1
            scope = self.take()
            if scope == "in":
                scope = "::".join(s.name for s in self.path().segments)
            self.expect(")")
            return scope
        if self.kinds[self.at] == "(" and not before_type:
            self.at += 1
            path = self.path()
            self.expect(")")
            error = self.diagnostics.error("E0704", "incorrect visibility restriction", path.span)
            error.helps.append("possible restrictions are `pub(crate)`, `pub(super)` and `pub(in crate::path)`")
        return "pub"

    def item(self) -> Any:
        attributes = self.attributes()
        start = self.starts[self.at]
        public = self.visibility()
        kind = self.kinds[self.at]
        following = self.kinds[min(self.at + 1, len(self.kinds) - 1)]
        if kind == "const" and following not in ("fn", "unsafe", "extern"):
            return self.const_item(start, public, attributes)
        if kind == "extern" or (kind == "unsafe" and following == "extern"):
            head = [one for one in self.kinds[self.at : self.at + 4] if one not in ("unsafe", "extern", "str")]
            if head[0] == "{":
                raise self.error("`extern` blocks are outside the subset")
        if kind in ("fn", "const", "unsafe", "extern") and following not in ("impl", "trait", "crate"):
            return self.function(start, public, attributes)
        unsafe = kind == "unsafe" and following in ("impl", "trait")
        if unsafe:
            self.at += 1
            kind = following
        if kind == "struct":
            return self.struct(start, public, attributes)
        if kind == "enum":
            return self.enum(start, public, attributes)
        if kind == "impl":
            return self.impl(start, public, attributes, unsafe)
        if kind == "trait":
            return self.trait(start, public, attributes, unsafe)
        if kind == "static":
            return self.const_item(start, public, attributes)
        if kind == "type":
            return self.alias(start, public, attributes)
        if kind == "mod":
            self.at += 1
            name, span = self.name()
            if self.accept(";"):
                return t.ModItem(self.span_from(start), name, span, public, attributes, None)
            self.expect("{")
            attributes += self.inner_attributes()
            items = self.items_until_brace()
            return t.ModItem(self.span_from(start), name, span, public, attributes, items)
        if kind == "use":
            self.at += 1
            imports: list[Any] = []
            if self.accept("::"):
                pass
            self.use_tree([], imports)
            self.expect(";")
            span = self.span_from(start)
            return t.UseItem(span, "", span, public, attributes, imports)
        if kind == "id" and self.texts[self.at] == "macro_rules" and following == "!":
            return self.macro_rules(start, public, attributes)
        if kind == "id" and following in ("trait", "fn", "impl", "const", "type", "unsafe"):
            unstable = _UNSTABLE_ITEMS.get(self.texts[self.at])
            if unstable is not None:
                raise self.error(unstable, (start, self.ends[self.at]), "E0658")
        if kind in ("async", "extern") or (kind == "id" and self.texts[self.at] == "union"):
            raise self.error(f"`{self.texts[self.at]}` items are outside the subset")
        raise self.fail("item")

    def items_until_brace(self) -> list[Any]:
        items: list[Any] = []
        while not self.accept("}"):
            if self.kinds[self.at] == "eof":
                raise self.fail("`}`")
            if self.kinds[self.at] == "id" and self.kinds[self.at + 1] == "!" and self.texts[self.at] != "macro_rules":
                items += self.macro_items()
            else:
                items.append(self.item())
        return items

    def use_tree(self, prefix: list[tuple[str, t.Span]], imports: list[Any]) -> None:
        segments = list(prefix)
        while True:
            start = self.starts[self.at]
            if self.accept("*"):
                imports.append((segments, None, (start, start + 1)))
                return
            if self.accept("{"):
                while self.kinds[self.at] != "}":
                    self.use_tree(segments, imports)
                    if not self.accept(","):
                        break
                self.expect("}")
                return
            if self.kinds[self.at] not in ("id", "self", "super", "crate"):
                raise self.fail("identifier, `{`, or `*`")
            span = self.here()
            segments.append((self.take(), span))
            if not self.accept("::"):
                break
        name, last = segments[-1]
        if name == "self" and len(segments) > 1:
            if len(segments) > len(prefix) + 1:
                message = "`self` imports are only allowed within a { } list"
                self.diagnostics.error("E0429", message, last)
            segments.pop()
            name = segments[-1][0]
        if self.accept("as"):
            span = self.here()
            name = self.take()
        elif len(segments) == 1 and name in ("self", "super", "crate"):
            self.diagnostics.error(None, "imports need to be explicitly named", last)
            return
        imports.append((segments, name, span))

    def function(self, start: int, public: str | None, attributes: list[Any]) -> t.FnItem:
        unsafe = False
        is_const = False
        while self.kinds[self.at] in ("const", "unsafe", "extern", "str"):
            kind = self.kinds[self.at]
            unsafe |= kind == "unsafe"
            is_const |= kind == "const"
            if kind == "str":
                self.check_abi()
            self.at += 1
        self.expect("fn")
        name, name_span = self.name()
        generics = self.generics()
        self.expect("(")
        self_param = self.self_parameter()
        params: list[tuple[Any, Any]] = []
        if self_param is None or self.accept(","):
            while self.kinds[self.at] != ")":
                there = self.kinds[self.at] != "#" or self.is_there("function params")
                if self.kinds[self.at] == "...":
                    raise self.error("C-variadic functions are outside the subset")
                pattern = self.pattern_no_top_alt()
                self.expect(":")
                if self.kinds[self.at] == "...":
                    raise self.error("C-variadic functions are outside the subset")
                one = (pattern, self.type())
                if there:
                    params.append(one)
                if not self.accept(","):
                    break
        self.expect(")")
        result = self.type() if self.accept("->") else None
        self.where_clause(generics)
        body: Any = None
        if self.lazy and self.kinds[self.at] == "{":
            body = UnparsedBody(self)
            self.skip_group()
        elif not self.accept(";"):
            body = self.block_expression()
        return t.FnItem(
            self.span_from(start), name, name_span, public, attributes, generics, self_param, params, result, body,
            unsafe,
            is_const,
        )  # fmt: skip

    def check_abi(self) -> None:
        """E0703 for a calling convention that there is not, E0658 for one that is not stable."""
        name = self.texts[self.at].strip('"')
        if name in _UNSTABLE_ABIS:
            message = f'the extern "{name}" ABI is experimental and subject to change'
            self.diagnostics.error("E0658", message, self.here())
        elif name not in _ABIS:
            self.diagnostics.error("E0703", f"invalid ABI: found `{name}`", self.here(), "invalid ABI")

    def self_parameter(self) -> Any:
        at = self.at
        start = self.starts[at]
        if self.accept("&"):
            lifetime = self.take() if self.kinds[self.at] == "life" else None
            mutable = self.accept("mut")
            if self.accept("self"):
                return ("ref", mutable, None, lifetime, self.span_from(start))
            self.at = at
            return None
        mutable = self.kinds[at] == "mut" and self.kinds[at + 1] == "self"
        if mutable:
            self.at += 1
        if not self.accept("self"):
            return None
        if self.accept(":"):
            ty = self.type()
            return ("typed", mutable, ty, None, self.span_from(start))
        return ("value", mutable, None, None, self.span_from(start))

    def refused_visibility(self) -> None:
        """E0449 where a visibility stands in front of what is as public as the enum around it."""
        start = self.starts[self.at]
        if self.kinds[self.at] == "pub":
            self.visibility()
            self.diagnostics.error("E0449", "visibility qualifiers are not permitted here", self.span_from(start))

    def fields(self, in_enum: bool = False) -> list[t.FieldSyntax]:
        """Named fields up to and with `}`."""
        fields: list[t.FieldSyntax] = []
        while self.kinds[self.at] != "}":
            there = self.kinds[self.at] != "#" or self.is_there("struct fields")
            if in_enum:
                self.refused_visibility()
            public = self.visibility()
            name, span = self.name()
            self.expect(":")
            one = t.FieldSyntax(span, name, self.type(), public)
            if there:
                fields.append(one)
            if not self.accept(","):
                break
        self.expect("}")
        return fields

    def tuple_fields(self, in_enum: bool = False) -> list[t.FieldSyntax]:
        fields: list[t.FieldSyntax] = []
        while self.kinds[self.at] != ")":
            there = self.kinds[self.at] != "#" or self.is_there("struct fields")
            if in_enum:
                self.refused_visibility()
            public = self.visibility(True)
            start = self.starts[self.at]
            ty = self.type()
            if there:
                fields.append(t.FieldSyntax(self.span_from(start), str(len(fields)), ty, public))
            if not self.accept(","):
                break
        self.expect(")")
        return fields

    def struct(self, start: int, public: str | None, attributes: list[Any]) -> t.StructItem:
        self.at += 1
        name, span = self.name()
        generics = self.generics()
        shape = "unit"
        fields: list[t.FieldSyntax] = []
        if self.kinds[self.at] == "(":
            self.at += 1
            shape, fields = "tuple", self.tuple_fields()
            self.where_clause(generics)
            self.expect(";")
        else:
            self.where_clause(generics)
            if self.accept("{"):
                shape, fields = "named", self.fields()
            else:
                self.expect(";")
        return t.StructItem(self.span_from(start), name, span, public, attributes, generics, shape, fields)

    def enum(self, start: int, public: str | None, attributes: list[Any]) -> t.EnumItem:
        self.at += 1
        name, span = self.name()
        generics = self.generics()
        self.where_clause(generics)
        self.expect("{")
        variants = []
        while self.kinds[self.at] != "}":
            own = self.attributes()
            there = not own or self.are_there(own, "enum variants")
            self.refused_visibility()
            variant, variant_span = self.name()
            shape = "unit"
            fields: list[t.FieldSyntax] = []
            if self.accept("("):
                shape, fields = "tuple", self.tuple_fields(True)
            elif self.accept("{"):
                shape, fields = "named", self.fields(True)
            value = self.expression() if self.accept("=") else None
            if there:
                variants.append(t.VariantSyntax(variant_span, variant, shape, fields, value, own))
            if not self.accept(","):
                break
        self.expect("}")
        return t.EnumItem(self.span_from(start), name, span, public, attributes, generics, variants)

    def const_item(self, start: int, public: str | None, attributes: list[Any]) -> t.ConstItem:
        is_static = self.take() == "static"
        mutable = self.accept("mut")
        unnamed = not is_static and self.texts[self.at] == "_"
        name, span = (self.take(), (self.starts[self.at - 1], self.ends[self.at - 1])) if unnamed else self.name()
        self.expect(":")
        ty = self.type()
        value = self.expression() if self.accept("=") else None
        self.expect(";")
        return t.ConstItem(self.span_from(start), name, span, public, attributes, ty, value, is_static, mutable)

    def alias(self, start: int, public: str | None, attributes: list[Any]) -> t.AliasItem:
        self.at += 1
        name, span = self.name()
        generics = self.generics()
        bounds = self.bounds() if self.accept(":") else []
        self.where_clause(generics)
        ty = self.type() if self.accept("=") else None
        self.where_clause(generics)
        self.expect(";")
        return t.AliasItem(self.span_from(start), name, span, public, attributes, generics, bounds, ty)

    def trait(self, start: int, public: str | None, attributes: list[Any], unsafe: bool) -> t.TraitItem:
        self.at += 1
        name, span = self.name()
        generics = self.generics()
        supertraits = self.bounds() if self.accept(":") else []
        self.where_clause(generics)
        if self.kinds[self.at] == "=":
            raise self.error("trait aliases are experimental", (start, self.ends[self.at]), "E0658")
        self.expect("{")
        items = self.items_until_brace()
        return t.TraitItem(self.span_from(start), name, span, public, attributes, generics, supertraits, items, unsafe)

    def impl(self, start: int, public: str | None, attributes: list[Any], unsafe: bool) -> t.ImplItem:
        self.at += 1
        generics = self.generics() if self.kinds[self.at] == "<" else t.GenericsSyntax(self.here(), [], [])
        negative = self.accept("!")
        first = self.type()
        trait: t.Path | None = None
        self_ty = first
        if self.accept("for"):
            if not isinstance(first, t.TypePath):
                raise self.error("expected a trait, found type", first.span, "E0404")
            trait = first.path
            self_ty = self.type()
        self.where_clause(generics)
        span = self.span_from(start)
        self.expect("{")
        attributes += self.inner_attributes()
        items = self.items_until_brace()
        return t.ImplItem(span, "", span, public, attributes, generics, trait, self_ty, items, negative, unsafe)


def parse(
    text: str, base: int, diagnostics: Diagnostics, settings: frozenset[str] = frozenset(), lazy: bool = False
) -> list[Any]:
    """The items of a file whose first character is at `base`; errors go to `diagnostics`. What is inside items and not
    there under `settings`, says its `#[cfg(...)]`, is left out."""
    before = len(diagnostics.messages)
    tokens = tokenize(text, base, diagnostics)
    diagnostics.unparsed |= len(diagnostics.messages) > before
    if tokens.broken:
        return []
    before = len(diagnostics.messages)
    parser = Parser(tokens, diagnostics)
    parser.lazy = lazy
    parser.settings = settings
    items = parser.file()
    if diagnostics.unparsed and not lazy:
        said = diagnostics.messages[before:]
        del diagnostics.messages[before:]
        if not report_unpaired(tokenize(text, base, Diagnostics(diagnostics.sources)), diagnostics):
            diagnostics.messages += said
    return items
