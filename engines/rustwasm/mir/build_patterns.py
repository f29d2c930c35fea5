"""Patterns as tests and bindings: each test that fails leads to the block of the next arm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.body import Place
from engines.rustwasm.mir.build_places import PlaceBuilder
from engines.rustwasm.mir.place_type import place_type
from engines.rustwasm.mir.scopes import Scope
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.captures import positions
from engines.rustwasm.typing.paths import Variable
from engines.rustwasm.typing.pattern_ways import ways_of
from engines.rustwasm.typing.types import Ty

Bindings = list[tuple[t.BindingPattern, Place]]
"""The names of a pattern, and where what they bind is."""


class PatternBuilder(PlaceBuilder):
    """Tests patterns, and binds their names."""

    def bind_irrefutable(self, pattern: Any, place: Place, scope: Scope) -> None:
        """Bind the names of a pattern that always matches."""
        fail = self.block()
        self.match_pattern(pattern, place, fail, scope)
        self.body.blocks[fail].terminator = m.Unreachable()

    def match_pattern(
        self, pattern: Any, source: Place, fail: int, scope: Scope, guard: Callable[[Bindings, int], None] | None = None
    ) -> None:
        """Go on with the names of a pattern bound if it matches and its guard holds, which is asked for each way in
        which it does (The Rust Reference, "Match guards"); else to `fail`."""
        ways = ways_of(pattern)
        reached = self.block() if len(ways) > 1 else -1
        bound: dict[Variable, Place] = {}
        for i, way in enumerate(ways):
            other = fail if i == len(ways) - 1 else self.block()
            for variable in bound:
                del self.places[variable]
            self.chosen = way
            bindings = self.test_pattern(pattern, source, other, scope)
            self.chosen = {}
            if guard is not None:
                guard(bindings, other)
            for one, place in bindings:
                if i == 0:
                    bound[one.target] = self.declare_variable(one.target, scope)
                else:
                    self.places[one.target] = bound[one.target]
                    self.emit(m.StorageLive(bound[one.target].local))
                self.assign_binding(one, bound[one.target], place)
            if reached >= 0:
                self.goto(reached, other)
        if reached >= 0:
            self.current = reached

    def declare_variable(self, variable: Variable, scope: Scope) -> Place:
        local = self.local(self.checker.final(variable.ty), variable.name, variable.mutable, variable.span)
        self.declare(scope, local)
        self.places[variable] = Place(local)
        return Place(local)

    def assign_binding(self, pattern: t.BindingPattern, target: Place, place: Place) -> None:
        one = self.checker.final(pattern.ty)
        if pattern.mode is None:
            value = self.read(place, one)
            self.assign(target, self.elements(value, one) or m.Use(value), pattern.span)
        else:
            self.assign(target, m.Ref("mut" if pattern.mode == "mut" else "shared", place), pattern.span)

    def elements(self, value: m.Operand, one: Ty) -> m.Aggregate | None:
        """The middle of an array that is moved out of it, element by element: so it is known which ones are gone."""
        if not isinstance(value, m.Move) or not value.place.projection or value.place.projection[-1][0] != m.SUBSLICE:
            return None
        whole = Place(value.place.local, value.place.projection[:-1])
        if one.kind != ty.ARRAY or place_type(self.body, whole).kind != ty.ARRAY:
            return None
        first = value.place.projection[-1][1]
        steps = [(m.CONSTANT_INDEX, first + i, False) for i in range(one.args[1].data)]
        moves: list[m.Operand] = [m.Move(Place(whole.local, (*whole.projection, step))) for step in steps]
        return m.Aggregate(one, moves)

    def test_pattern(self, pattern: Any, place: Place, fail: int, scope: Scope) -> Bindings:
        """Go on if the place matches, else to `fail`; what is to be bound to which place."""
        kind = type(pattern)
        if kind is t.WildPattern or kind is t.RestPattern:
            return []
        place = self.held_part(place)
        if kind is t.BindingPattern and isinstance(pattern.target, Variable):
            inner = self.test_pattern(pattern.sub, place, fail, scope) if pattern.sub is not None else []
            return [(pattern, place), *inner]
        place = self.behind(place, pattern.derefs)
        one = self.checker.final(pattern.ty)
        if kind is t.RefPattern:
            return self.test_pattern(pattern.inner, place.deref(), fail, scope)
        if kind is t.TuplePattern:
            return self.positions(pattern.elements, place, list(one.args), fail, scope)
        if kind is t.OrPattern:
            if pattern in self.chosen:
                return self.test_pattern(self.chosen[pattern], place, fail, scope)
            self.alternatives(pattern, place, fail, scope)
            return []
        if kind is t.LiteralPattern:
            self.tests.append(place)
            self.test_value(pattern.value, place, one, fail)
            return []
        if kind is t.RangePattern:
            self.tests.append(place)
            for end, op in ((pattern.low, "ge"), (pattern.high, "le" if pattern.inclusive else "lt")):
                if end is not None:
                    self.test(m.BinaryOp(op, m.Copy(place), self.operand(end)), pattern.span, fail)
            return []
        if kind is t.SlicePattern:
            return self.slice_pattern(pattern, place, one, fail, scope)
        what, definition = pattern.target[0], pattern.target[1]
        if what == "const":
            self.tests.append(place)
            value = self.compilation.const_scalar(definition, pattern.target[2])
            if isinstance(value, int):
                following = self.block()
                self.end(m.Switch(m.Copy(place), [value], [following], fail), following)
            else:
                self.test_equal_const(pattern, place, one, fail)
            return []
        place = self.inside(place, one)
        if definition.owner.is_enum and len(definition.owner.variants) > 1:
            self.tests.append(place)
            tag = Place(self.local(ty.I32, None, False, pattern.span))
            self.assign(tag, m.Discriminant(place), self.scrutinee)
            following = self.block()
            self.end(m.Switch(m.Copy(tag), [definition.index], [following], fail), following)
        inside = place.downcast(definition.index) if definition.owner.is_enum else place
        types = [self.checker.final(self.checker.normal_subst(ty.erase(f.ty), one.args)) for f in definition.fields]
        if kind is t.TupleStructPattern:
            return self.positions(pattern.elements, inside, types, fail, scope)
        out: Bindings = []
        if kind is t.StructPattern:
            for name, sub, _ in pattern.fields:
                index = definition.field_index(name)
                out += self.test_pattern(sub, inside.field(index, types[index]), fail, scope)
        return out

    def positions(self, elements: list[Any], place: Place, types: list[Ty], fail: int, scope: Scope) -> Bindings:
        out: Bindings = []
        for index, element in positions(elements, len(types)):
            out += self.test_pattern(element, place.field(index, types[index]), fail, scope)
        return out

    def alternatives(self, pattern: t.OrPattern, place: Place, fail: int, scope: Scope) -> None:
        """Go on where one of them matches; they bind nothing."""
        done = self.block()
        for one in pattern.alternatives[:-1]:
            following = self.block()
            self.test_pattern(one, place, following, scope)
            self.goto(done, following)
        self.test_pattern(pattern.alternatives[-1], place, fail, scope)
        self.goto(done, done)

    def test_value(self, node: Any, place: Place, one: Ty, fail: int) -> None:
        literal = node.operand if isinstance(node, t.Unary) else node
        if literal.kind in ("int", "char", "bool", "byte") and one.kind != ty.FLOAT:
            value = -literal.value if isinstance(node, t.Unary) else literal.value
            following = self.block()
            self.end(m.Switch(m.Copy(place), [value], [following], fail), following)
            return
        if literal.kind == "float":
            self.test(m.BinaryOp("eq", m.Copy(place), self.operand(node)), node.span, fail)
            return
        flag = Place(self.local(ty.BOOL_TY, None, False, node.span))
        if literal.kind == "str":
            function = self.function(self.compilation.lang("str_eq"), ())
            text = m.Constant(ty.ref(ty.STR_TY), literal.value)
        else:
            function = self.function(self.compilation.lang("bytes_eq"), ())
            array = ty.ref(ty.array(ty.U8, len(literal.value)))
            text = self.as_bytes(m.Constant(array, literal.value), node)  # type: ignore[assignment]
            if one.args[0].kind == ty.ARRAY:
                place = self.as_bytes(m.Copy(place), node).place
        self.call(function, [m.Copy(place), text], flag, node.span)
        following = self.block()
        self.end(m.Switch(m.Copy(flag), [0], [fail], following), following)

    def as_bytes(self, array: m.Operand, node: Any) -> m.Copy:
        """A reference to an array of bytes, as one to a slice."""
        whole = Place(self.local(ty.ref(ty.slice_of(ty.U8)), None, False, node.span))
        self.assign(whole, m.Cast("unsize", array, ty.ref(ty.slice_of(ty.U8))), node.span)
        return m.Copy(whole)

    def call_const(self, target: tuple[str, Any, tuple[Ty, ...]], into: Place, span: Any) -> None:
        """Evaluate a constant that is not known as a number: one of a trait is that of the impl for its arguments."""
        const = target[1]
        of_trait = const.owner is not None and not hasattr(const.owner, "self_ty")
        self.call(self.function(const if of_trait else const.body, target[2]), [], into, span)

    def test_equal_const(self, pattern: Any, place: Place, one: Ty, fail: int) -> None:
        span = pattern.span
        value = self.temp(one, span)
        self.call_const(pattern.target, value, span)
        if one.kind == ty.FLOAT:
            self.test(m.BinaryOp("eq", m.Copy(place), m.Copy(value)), span, fail)
            return
        flag = Place(self.local(ty.BOOL_TY, None, False, span))
        trait = self.compilation.lang("PartialEq")
        left = Place(self.local(ty.ref(one), None, False, span))
        right = Place(self.local(ty.ref(one), None, False, span))
        self.assign(left, m.Ref("shared", place), span)
        self.assign(right, m.Ref("shared", value), span)
        self.call(self.function(trait.methods["eq"], (one, one)), [m.Copy(left), m.Copy(right)], flag, span)
        following = self.block()
        self.end(m.Switch(m.Copy(flag), [0], [fail], following), following)

    def slice_pattern(self, pattern: t.SlicePattern, place: Place, one: Ty, fail: int, scope: Scope) -> Bindings:
        elements = pattern.elements
        rest = next(
            (i for i, e in enumerate(elements)
             if isinstance(e, t.RestPattern) or (isinstance(e, t.BindingPattern) and isinstance(e.sub, t.RestPattern))),
            None,
        )  # fmt: skip
        if one.kind == ty.SLICE:
            self.tests.append(place)
            length = Place(self.local(ty.USIZE, None, False, pattern.span))
            self.assign(length, m.Len(place), pattern.span)
            wanted = m.Constant(ty.USIZE, len(elements) - (rest is not None))
            self.test(m.BinaryOp("eq" if rest is None else "ge", m.Copy(length), wanted), pattern.span, fail)
        out: Bindings = []
        for i, element in enumerate(elements):
            if i == rest:
                if isinstance(element, t.BindingPattern):
                    part = (m.SUBSLICE, i, len(elements) - i - 1)
                    out.append((element, Place(place.local, (*place.projection, part))))
                continue
            after = rest is not None and i > rest
            step = (m.CONSTANT_INDEX, len(elements) - i if after else i, after)
            if after and one.kind == ty.ARRAY:
                step = (m.CONSTANT_INDEX, one.args[1].data - len(elements) + i, False)  # one name for each element
            out += self.test_pattern(element, Place(place.local, (*place.projection, step)), fail, scope)
        return out
