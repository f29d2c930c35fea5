"""Types of patterns, with default binding modes (The Rust Reference, "Patterns")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engines.rustwasm.resolve.importable import NAMED_TYPES, suggest
from engines.rustwasm.resolve.modules import TYPES, VALUES, kind_of
from engines.rustwasm.resolve.nearest import nearest
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.coercion import Coercer
from engines.rustwasm.typing.definitions import ConstDef, VariantDef
from engines.rustwasm.typing.paths import Variable
from engines.rustwasm.typing.pattern_ways import MOST_WAYS, count_ways
from engines.rustwasm.typing.types import Ty, shallow


class PatternChecker(Coercer):
    """`check_pattern` binds variables into the innermost scope. A pattern's `ty` is the type it matches after `derefs`
    automatic dereferences; a binding's `mode` is None (by value), "ref" or "mut"."""

    closure: Any

    def check(self, node: Any, expected: Ty | None = None) -> Ty:
        raise NotImplementedError

    def peel(self, pattern: Any, expected: Ty, mode: str | None) -> tuple[Ty, str | None]:
        """Dereference references that the pattern does not mention."""
        expected = shallow(expected)
        derefs = 0
        while expected.kind == ty.REF:
            mode = "ref" if mode == "ref" or not expected.data else "mut"
            expected = shallow(expected.args[0])
            derefs += 1
        pattern.derefs = derefs
        return expected, mode

    def check_pattern(self, pattern: Any, expected: Ty, mode: str | None = None) -> None:
        kind = type(pattern)
        if kind is t.BindingPattern:
            self.check_binding(pattern, expected, mode)
        elif kind is t.WildPattern or kind is t.RestPattern:
            pattern.ty = expected
        elif kind is t.RefPattern:
            self.check_ref(pattern, expected)
        elif kind is t.OrPattern:
            self.check_alternatives(pattern, expected, mode)
        elif kind is t.LiteralPattern:
            self.check_literal(pattern, expected, mode)
        else:
            whole = expected
            expected, mode = self.peel(pattern, expected, mode)
            pattern.ty = expected
            if kind is t.TuplePattern:
                self.check_tuple(pattern, expected, mode)
            elif kind is t.TupleStructPattern or kind is t.PathPattern or kind is t.StructPattern:
                self.check_variant(pattern, expected, mode, whole)
            elif kind is t.SlicePattern:
                self.check_slice(pattern, expected, mode)
            else:
                assert kind is t.RangePattern
                for end in (pattern.low, pattern.high):
                    if end is None:
                        continue
                    actual = shallow(self.check(end, expected))
                    if actual.kind not in (ty.INT, ty.FLOAT, ty.CHAR, ty.INFER, ty.ERROR):
                        message = "only `char` and numeric types are allowed in range patterns"
                        label = f"this is of type `{self.show(actual)}` but it should be `char` or numeric"
                        self.error("E0029", message, end.span, label)
                        break
                    self.demand(expected, actual, end.span)

    def check_literal(self, pattern: t.LiteralPattern, expected: Ty, mode: str | None) -> None:
        value = pattern.value
        if isinstance(value, t.Literal) and value.kind in ("str", "bstr"):
            one = shallow(expected)
            pattern.derefs = 0
            while one.kind == ty.REF and shallow(one.args[0]).kind == ty.REF:
                one = shallow(one.args[0])
                pattern.derefs += 1
            pattern.ty = one
            if value.kind == "bstr" and one.kind == ty.REF and shallow(one.args[0]).kind == ty.SLICE:
                value.ty = one
                return
            self.demand(one, self.check(value, one), pattern.span)
            return
        expected, _ = self.peel(pattern, expected, mode)
        pattern.ty = expected
        self.demand(expected, self.check(value, expected), pattern.span)

    def check_binding(self, pattern: t.BindingPattern, expected: Ty, mode: str | None) -> None:
        if pattern.sub is None and not pattern.by_ref and not pattern.mutable:
            binding = self.compilation.resolver.find(self.type_env.module, pattern.name, VALUES)
            definition = binding.definition if binding is not None else None
            if binding is not None and binding.rival is not None:
                self.compilation.resolver.ambiguous(binding, pattern.name, pattern.span)
            static = isinstance(definition, ConstDef) and definition.is_static
            if static or (isinstance(definition, VariantDef) and definition.shape == "tuple"):
                what = "statics" if static else "tuple structs"
                label = "cannot be named the same as " + ("a static" if static else "a tuple struct")
                self.error("E0530", f"bindings cannot shadow {what}", pattern.span, label)
            elif isinstance(definition, ConstDef) or (
                isinstance(definition, VariantDef) and definition.shape == "unit"
            ):
                if isinstance(definition, ConstDef):
                    self.compilation.ensure_const(definition)
                    pattern.target = ("const", definition, ())
                    pattern.ty = expected
                    if self.nodes is not None:
                        self.nodes.append(pattern)
                    self.demand(expected, ty.erase(definition.ty), pattern.span)
                    return
                expected, mode = self.peel(pattern, expected, mode)
                pattern.ty = expected
                pattern.target = ("variant", definition)
                args = self.fresh_args(len(definition.owner.generics.names))
                self.demand(expected, ty.adt(definition.owner, args), pattern.span)
                return
            if pattern.name[0].isupper():
                self.named_like_variant(pattern, expected)
        pattern.ty, around = expected, mode
        if pattern.by_ref:
            mode = "mut" if pattern.mutable else "ref"
        elif pattern.mutable:
            mode = None
        pattern.mode = mode
        bound = expected if mode is None else ty.ref(expected, mode == "mut")
        mutable = pattern.mutable and not pattern.by_ref
        variable = Variable(pattern.name, bound, mutable, pattern.span, self.closure)
        variable.by_ref = mode
        scope = self.scopes[-1]
        if pattern.name in self.beside:
            message = f"identifier `{pattern.name}` is bound more than once in the same pattern"
            self.error("E0416", message, pattern.span, "used in a pattern more than once")
        elif pattern.name in self.pattern_names:
            variable, first = self.pattern_names[pattern.name], self.first_bound[pattern.name]
            if (first.by_ref, first.mutable) != (pattern.by_ref, pattern.mutable):
                message = f"variable `{pattern.name}` is bound inconsistently across alternatives separated by `|`"
                self.error("E0409", message, pattern.span, "bound in different ways")
            else:
                self.demand(variable.ty, bound, pattern.span)
        else:
            self.first_bound[pattern.name] = pattern
        self.beside.add(pattern.name)
        self.pattern_names[pattern.name] = variable
        scope[pattern.name] = variable
        pattern.target = variable
        if self.nodes is not None:
            self.nodes.append(pattern)
        if pattern.sub is not None:
            self.check_pattern(pattern.sub, expected, around)

    def named_like_variant(self, pattern: t.BindingPattern, expected: Ty) -> None:
        """E0170 for a variable that was meant to be a variant of the matched enum."""
        one = shallow(expected)
        while one.kind == ty.REF:
            one = shallow(one.args[0])
        if one.kind == ty.ADT and one.data.is_enum:
            name = pattern.name
            if any(variant.name == name and variant.shape == "unit" for variant in one.data.variants):
                kind = self.show(one)
                message = f"pattern binding `{name}` is named the same as one of the variants of the type `{kind}`"
                error = self.error("E0170", message, pattern.span)
                error.suggestion = (pattern.span, f"{one.data.name}::{name}", "qualify the path to match the variant")

    def bind_pattern(self, pattern: Any, expected: Ty) -> None:
        """Check a whole pattern: names may occur once (in each alternative the same ones)."""
        self.pattern_names: dict[str, Variable] = {}
        self.first_bound: dict[str, t.BindingPattern] = {}
        self.beside: set[str] = set()
        """Names bound already in what has to match together with what is checked now."""
        self.check_pattern(pattern, expected)
        if self.pattern_names and count_ways(pattern) > MOST_WAYS:
            message = f"a pattern that binds variables in more than {MOST_WAYS} ways is outside the subset"
            self.error(None, message, pattern.span, "write some of its alternatives as arms")

    def bind_parameters(self, patterns: list[Any], types: Sequence[Ty]) -> None:
        """Check the patterns of a parameter list: a name may occur once in all of them."""
        names: set[str] = set()
        for pattern, one in zip(patterns, types, strict=True):
            self.bind_pattern(pattern, one)
            for name in names.intersection(self.pattern_names):
                message = f"identifier `{name}` is bound more than once in this parameter list"
                self.error("E0415", message, self.pattern_names[name].span, "used as parameter more than once")
            names.update(self.pattern_names)

    def check_alternatives(self, pattern: t.OrPattern, expected: Ty, mode: str | None) -> None:
        pattern.ty = expected
        around, names = self.beside, [bound_names(one, self) for one in pattern.alternatives]
        every = set().union(*names)
        for one, bound in zip(pattern.alternatives, names, strict=True):
            self.beside = set(around)
            self.check_pattern(one, expected, mode)
            for name in sorted(every - bound):
                message = f"variable `{name}` is not bound in all patterns"
                self.error("E0408", message, one.span, f"pattern doesn't bind `{name}`")
        self.beside = around | every

    def check_ref(self, pattern: t.RefPattern, expected: Ty) -> None:
        expected = shallow(expected)
        pattern.ty = expected
        if expected.kind == ty.INFER:
            inner = ty.variable()
            self.unify(expected, ty.ref(inner, pattern.mutable))
            expected = shallow(expected)
        if expected.kind != ty.REF or expected.data != pattern.mutable:
            self.mismatch(expected, ty.ref(ty.variable(), pattern.mutable), pattern.span)
            self.check_pattern(pattern.inner, ty.ERROR_TY)
            return
        self.check_pattern(pattern.inner, expected.args[0])

    def check_tuple(self, pattern: t.TuplePattern, expected: Ty, mode: str | None) -> None:
        elements = pattern.elements
        rest = next((i for i, e in enumerate(elements) if isinstance(e, t.RestPattern)), None)
        if expected.kind == ty.INFER and rest is None:
            self.unify(expected, ty.tuple_of(self.fresh_args(len(elements))))
            expected = shallow(expected)
            pattern.ty = expected
        fits = expected.kind == ty.TUPLE and (
            len(elements) == len(expected.args) if rest is None else len(elements) - 1 <= len(expected.args)
        )
        if not fits:
            self.mismatch(expected, ty.tuple_of(self.fresh_args(len(elements))), pattern.span)
            for element in elements:
                self.check_pattern(element, ty.ERROR_TY)
            return
        self.check_positions(elements, list(expected.args), rest, mode)

    def check_positions(self, elements: list[Any], types: list[Ty], rest: int | None, mode: str | None) -> None:
        if rest is None:
            for element, one in zip(elements, types, strict=False):
                self.check_pattern(element, one, mode)
            return
        after = len(elements) - rest - 1
        for element, one in zip(elements[:rest], types, strict=False):
            self.check_pattern(element, one, mode)
        for element, one in zip(elements[rest + 1 :], types[len(types) - after :], strict=False):
            self.check_pattern(element, one, mode)

    def check_slice(self, pattern: t.SlicePattern, expected: Ty, mode: str | None) -> None:
        if expected.kind not in (ty.ARRAY, ty.SLICE):
            if expected.kind != ty.ERROR:
                message = f"expected an array or slice, found `{self.show(expected)}`"
                self.error(
                    "E0529", message, pattern.span, f"pattern cannot match with input type `{self.show(expected)}`"
                )
            element = ty.ERROR_TY
        else:
            element = expected.args[0]
        rest = next((i for i, e in enumerate(pattern.elements) if _is_rest(e)), None)
        if expected.kind == ty.ARRAY and shallow(expected.args[1]).kind == ty.CONST:
            length = shallow(expected.args[1]).data
            given = len(pattern.elements) - (rest is not None)
            if given > length or (rest is None and given != length):
                message = f"pattern requires {given} elements but array has {length}"
                self.error("E0527" if rest is None else "E0528", message, pattern.span, f"expected {length} elements")
        elif expected.kind == ty.ARRAY and shallow(expected.args[1]).kind == ty.PARAM:
            message = "cannot pattern-match on an array without a fixed length"
            self.error("E0730", message, pattern.span, f"the length of `{self.show(expected)}` is not known here")
        for i, one in enumerate(pattern.elements):
            if i == rest:
                if isinstance(one, t.BindingPattern):
                    if expected.kind == ty.ARRAY and shallow(expected.args[1]).kind == ty.CONST:
                        middle = ty.array(element, max(0, shallow(expected.args[1]).data - len(pattern.elements) + 1))
                    else:
                        middle = ty.slice_of(element)
                    sub, one.sub = one.sub, None
                    self.check_binding(one, middle, mode)
                    one.sub = sub
                continue
            self.check_pattern(one, element, mode)

    def check_variant(self, pattern: Any, expected: Ty, mode: str | None, whole: Ty) -> None:
        """Check a pattern that names what it matches; `whole` is what is expected with the references around it, which
        constants leave where they are."""
        if isinstance(pattern, t.StructPattern):
            found = self.resolve_value_quiet(pattern.path)
        else:
            called = isinstance(pattern, t.TupleStructPattern)
            what = "tuple struct or tuple variant" if called else "unit struct, unit variant or constant"
            self.sought = (pattern.path, what, pattern.span)
            found = self.resolve_value(pattern.path)
            self.sought = None
        if found is None:
            self.check_parts_as_errors(pattern)
            return
        kind, definition, args = found
        pattern.target = (kind, definition)
        if kind == "const" and isinstance(pattern, t.PathPattern):
            pattern.target = found
            if self.nodes is not None:
                self.nodes.append(pattern)
            if any(arg.flags & ty.HAS_PARAM for arg in args):
                message = "constant pattern cannot depend on generic parameters"
                self.error("E0158", message, pattern.span, "`const` depends on a generic parameter")
            self.compilation.ensure_const(definition)
            pattern.derefs, pattern.ty = 0, whole
            self.demand(whole, self.normal_subst(ty.erase(definition.ty), args), pattern.span)
            return
        if kind == "fn" and definition.owner is not None:
            called = isinstance(pattern, t.TupleStructPattern)
            wanted = "tuple struct or tuple variant" if called else "unit struct, unit variant or constant"
            shown = self.compilation.diagnostics.sources.snippet(pattern.path.span)
            message = f"expected {wanted}, found associated function `{shown}`"
            self.error("E0164" if called else "E0533", message, pattern.span, f"not a {wanted}")
            self.check_parts_as_errors(pattern)
            return
        if kind != "variant":
            message = f"expected tuple struct or tuple variant, found {kind} `{pattern.path.segments[-1].name}`"
            self.error("E0532", message, pattern.span, "not a tuple struct or tuple variant")
            self.check_parts_as_errors(pattern)
            return
        self.collector.ensure_fields(definition.owner)
        adt = ty.adt(definition.owner, args)
        if not self.demand(expected, adt, pattern.span):
            self.check_parts_as_errors(pattern)
            return
        types = [self.normal_subst(ty.erase(f.ty), args) for f in definition.fields]
        if definition.owner.gc:
            # The fields are not in what the reference leads to but behind the handle there: they are copied out.
            mode = None
        if isinstance(pattern, t.PathPattern):
            if definition.shape != "unit":
                what = "tuple" if definition.shape == "tuple" else "struct"
                message = f"expected unit struct, unit variant or constant, found {what} variant `{definition.name}`"
                self.error("E0532", message, pattern.span, "not a unit struct, unit variant or constant")
        elif isinstance(pattern, t.TupleStructPattern):
            self.check_tuple_struct(pattern, definition, types, mode)
        else:
            self.check_struct(pattern, definition, types, mode)

    def check_tuple_struct(
        self, pattern: t.TupleStructPattern, definition: VariantDef, types: list[Ty], mode: str | None
    ) -> None:
        elements = pattern.elements
        if definition.shape != "tuple":
            named = definition.shape == "named" and definition.owner.is_enum
            shape = "struct" if definition.shape == "named" else definition.shape
            message = f"expected tuple struct or tuple variant, found {shape} variant `{definition.name}`"
            self.error("E0164" if named else "E0532", message, pattern.span, "not a tuple struct or tuple variant")
            self.check_parts_as_errors(pattern)
            return
        rest = next((i for i, e in enumerate(elements) if isinstance(e, t.RestPattern)), None)
        given = len(elements) - (rest is not None)
        if given > len(types) or (rest is None and given != len(types)):
            have = f"this pattern has {given} field{'' if given == 1 else 's'}"
            kind, s = "variant" if definition.owner.is_enum else "struct", "" if len(types) == 1 else "s"
            want = f"the corresponding tuple {kind} has {len(types)} field{s}"
            count = f"{len(types)} field{'' if len(types) == 1 else 's'}"
            self.error("E0023", f"{have}, but {want}", pattern.span, f"expected {count}, found {given}")
            self.check_parts_as_errors(pattern)
            return
        self.check_positions(elements, types, rest, mode)

    def check_struct(self, pattern: t.StructPattern, definition: VariantDef, types: list[Ty], mode: str | None) -> None:
        mentioned = set()
        if definition.shape == "tuple" and not pattern.rest and not (
            pattern.fields and all(name.isdigit() for name, _, _ in pattern.fields)
        ):  # fmt: skip
            shown = self.compilation.diagnostics.sources.snippet(pattern.path.span)
            what = "variant" if definition.owner.is_enum else "struct"
            message = f"tuple {what} `{shown}` written as struct {'variant' if definition.owner.is_enum else 'pattern'}"
            self.error("E0769", message, pattern.span)
            self.check_parts_as_errors(pattern)
            return
        for name, sub, span in pattern.fields:
            index = definition.field_index(name)
            if index < 0:
                what = "variant" if definition.owner.is_enum else "struct"
                message = f"{what} `{definition.name}` does not have a field named `{name}`"
                error = self.error("E0026", message, span, f"{what} `{definition.name}` does not have this field")
                close = nearest(name, [f.name for f in definition.fields])
                if close is not None:
                    error.suggestion = (span, close, "a field with a similar name exists")
                self.check_pattern(sub, ty.ERROR_TY)
                continue
            mentioned.add(name)
            self.check_field_privacy(definition.fields[index], definition, span)
            self.check_pattern(sub, types[index], mode)
        missing = [f.name for f in definition.fields if f.name not in mentioned]
        if missing and not pattern.rest:
            names = ", ".join(f"`{n}`" for n in missing)
            s = "" if len(missing) == 1 else "s"
            self.error("E0027", f"pattern does not mention field{s} {names}", pattern.span, f"missing field{s} {names}")

    def check_field_privacy(self, field: Any, definition: VariantDef, span: t.Span, code: str = "E0451") -> bool:
        if field.public is not None and not self.type_env.module.inside(field.public):
            message = f"field `{field.name}` of struct `{definition.owner.name}` is private"
            self.error(code, message, span, "private field")
            return False
        return True

    def resolve_value_quiet(self, path: t.Path) -> Any:
        """A struct's or variant's path, which lives among types when its fields are named."""
        from engines.rustwasm.resolve.modules import AliasDef
        from engines.rustwasm.typing.definitions import AdtDef

        segments = path.segments
        if path.qualified is None and segments[0].name != "Self" and segments[0].name not in self.type_env.params:
            definition, used = self.compilation.resolver.resolve(path, self.type_env.module, TYPES, report=False)
            if definition is not None and used == len(segments):
                if isinstance(definition, AdtDef) and not definition.is_enum:
                    self.collector.ensure_generics(definition)
                    segment = segments[-1]
                    if segment.args is not None:
                        args, regions = self.collector.adt_args(definition, segment, self.type_env)
                        return ("variant", definition.variants[0], self.say(-1, ty.adt(definition, args, regions)).args)
                    return ("variant", definition.variants[0], self.fresh_args(len(definition.generics.names)))
                if isinstance(definition, AliasDef):
                    base = self.say(-1, self.collector.alias_type(definition, segments[-1], self.type_env))
                    if base.kind == ty.ADT and not base.data.is_enum:
                        return ("variant", base.data.variants[0], base.args)
                    shown = self.show(base)
                    message = f"expected struct, variant or union type, found `{shown}`"
                    self.error("E0071", message, path.span, "not a struct")
                    return None
                if not isinstance(definition, VariantDef):
                    found = type(definition).__name__[:-3].lower()
                    message = f"expected struct, variant or union type, found {found} `{segments[-1].name}`"
                    self.error("E0574", message, path.span, "not a struct, variant or union type")
                    return None
            if definition is None and len(segments) == 1:
                name = segments[0].name
                binding = self.compilation.resolver.find(self.type_env.module, name, VALUES)
                found = kind_of(binding.definition) if binding is not None and binding.definition is not None else ""
                if self.lookup_variable(name) is not None:
                    found = "local variable"
                if found:
                    message = f"expected struct, variant or union type, found {found} `{name}`"
                    self.error("E0574", message, path.span, "not a struct, variant or union type")
                    return None
                message = f"cannot find struct, variant or union type `{name}` in this scope"
                error = self.error("E0422", message, path.span, "not found in this scope")
                suggest(self.compilation.resolver, error, name, self.type_env.module, path.span, TYPES, NAMED_TYPES)
                return None
        if len(segments) == 1 and path.qualified is None:
            base = self.say(-1, self.type_env.self_ty) if self.type_env.self_ty is not None else ty.ERROR_TY
            if base.kind == ty.ADT and not base.data.is_enum:
                return ("variant", base.data.variants[0], base.args)
        return self.resolve_value(path)

    def check_parts_as_errors(self, pattern: Any) -> None:
        for part in getattr(pattern, "elements", ()):
            self.check_pattern(part, ty.ERROR_TY)
        for _, part, _ in getattr(pattern, "fields", ()):
            self.check_pattern(part, ty.ERROR_TY)


def _is_rest(pattern: Any) -> bool:
    return isinstance(pattern, t.RestPattern) or (
        isinstance(pattern, t.BindingPattern) and isinstance(pattern.sub, t.RestPattern)
    )


def bound_names(pattern: Any, checker: PatternChecker) -> set[str]:
    """Names that a pattern binds, in any alternative (not those of constants and unit variants)."""
    names: set[str] = set()
    if isinstance(pattern, t.BindingPattern):
        binding = checker.compilation.resolver.find(checker.type_env.module, pattern.name, VALUES)
        definition = binding.definition if binding is not None else None
        constant = isinstance(definition, ConstDef) or (
            isinstance(definition, VariantDef) and definition.shape == "unit"
        )
        if not constant or pattern.sub is not None:
            names.add(pattern.name)
    for part in (getattr(pattern, "sub", None), getattr(pattern, "inner", None)):
        if part is not None:
            names |= bound_names(part, checker)
    for part in getattr(pattern, "elements", ()):
        names |= bound_names(part, checker)
    for _, part, _ in getattr(pattern, "fields", ()):
        names |= bound_names(part, checker)
    for part in getattr(pattern, "alternatives", ()):
        names |= bound_names(part, checker)
    return names
