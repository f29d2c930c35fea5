"""Places: names, fields, indices, dereferences, adjustments, captured variables; binding patterns to them."""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.body import Place
from engines.rustwasm.mir.promotion import is_constant
from engines.rustwasm.mir.scopes import Scope, ScopeBuilder
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.captures import _Uses, leads_on
from engines.rustwasm.typing.paths import Variable
from engines.rustwasm.typing.pattern_ways import Way
from engines.rustwasm.typing.types import Ty

_OPEN: Final = ty.HAS_INFER | ty.HAS_PROJECTION
_MADE: Final = frozenset(
    (t.Call, t.MethodCall, t.Binary, t.Unary, t.Cast, t.Tuple, t.Array, t.Repeat, t.StructLiteral, t.If, t.Match,
     t.Literal, t.PathExpr)
)  # fmt: skip
"""Expressions whose values are made where they stand, if they are no places."""


def _is_nothing(node: Any) -> bool:
    """An empty array: it may be borrowed for ever to be changed, too."""
    return isinstance(node, t.Array) and not node.elements


class PlaceBuilder(ScopeBuilder):
    """Evaluates place expressions. `closure` is the closure whose body is built, or None; `scrutinee` is where the
    value is written that the next pattern tests, which is said to be read. `element` says that the next place is one
    of which an element is read, `changed` that it is one that is borrowed to be changed; `tables` are the statics of
    named constants, so far."""

    def __init__(self, checker: Any, body: m.Body, closure: Any) -> None:
        super().__init__(checker, body)
        self.closure = closure
        self.places: dict[Variable, Place] = {}
        self.absent: dict[int, Variable] = {}
        """Locals that stand for variables of which a closure captures parts at most."""
        self.scrutinee: m.Span = (0, 0)
        self.tests: list[Place] = []
        self.chosen: Way = {}
        """Which alternatives of the pattern are meant that is tested."""
        self.kept: dict[Any, Scope] = {}
        """Expressions whose values `let` statements keep."""
        self.uses = _Uses(checker, closure) if closure is not None else None
        self.element = False
        self.changed = False
        self.tables: dict[Any, Any] = {}

    def into(self, place: Place, node: Any) -> None:
        raise NotImplementedError

    def operand(self, node: Any) -> m.Operand:
        raise NotImplementedError

    def type_of(self, node: Any) -> Ty:
        """The type of an expression before its adjustments; the node has it from then on."""
        found: Ty = node.ty
        if found.flags & _OPEN:
            found = node.ty = self.checker.final(found)
        return found

    def adjusted_type(self, node: Any) -> Ty:
        return self.checker.final(node.adjust[-1][1]) if node.adjust else self.type_of(node)

    # Captures

    def captured(self, found: Any) -> Place | None:
        """Where the closure holds the place (variable, path) of the surrounding function."""
        if found is None:
            return None
        variable, path, _ = found
        for i, capture in enumerate(self.closure.captures):
            if capture.variable is variable and capture.fields == path:
                place = Place(1)
                if self.closure.trait_kind != "FnOnce":
                    place = place.deref()
                if capture.mode == "move":
                    return place.field(i, capture.ty)
                return place.field(i, ty.ref(capture.ty, capture.mode == "mut")).deref()
        return None

    def variable_place(self, variable: Variable) -> Place:
        found = self.places.get(variable)
        if found is None:
            # Named but not captured as a whole (`let _ = name`): a place without value will do.
            found = Place(self.local(self.checker.final(variable.ty), variable.name, False, variable.span))
            self.places[variable] = found
            self.absent[found.local] = variable
        return found

    def held_part(self, place: Place) -> Place:
        """Where the closure holds a place that begins at a variable which it does not capture as a whole."""
        variable = self.absent.get(place.local)
        if variable is None:
            return place
        path = tuple(["*" if step[0] == m.DEREF else step[1] for step in place.projection])
        return self.captured((variable, path, None)) or place

    def look_at(self, place: Place, span: m.Span) -> None:
        """A place is looked at as a whole; one that a closure holds parts of at most was where the closure is made."""
        if place.local not in self.absent:
            self.emit(m.FakeRead(place, span))

    def behind(self, place: Place, derefs: int) -> Place:
        """What so many references lead to, one after the other, from a place that a pattern is for."""
        place = self.held_part(place)
        for _ in range(derefs):
            place = self.held_part(place.deref())
        return place

    # Places

    def place(self, node: Any) -> Place:
        """The place of an expression before its adjustments; a value goes to a temporary."""
        element, self.element = self.element, False
        changed, self.changed = self.changed, False
        if self.uses is not None and isinstance(node, (t.PathExpr, t.Field, t.Unary)):
            held = self.captured(self.uses.place(node))
            if held is not None:
                return held
        kind = type(node)
        if kind is t.PathExpr:
            target = node.target
            if isinstance(target, Variable):
                return self.variable_place(target)
            if target is not None and target[0] == "const" and target[1].is_static:
                return self.static(target[1], node).deref()
            constant = self.lasting(node) if element and self.type_of(node).kind == ty.ARRAY else None
            if constant is not None:
                return constant
        elif kind is t.Field:
            self.element = element and not node.base.adjust
            self.changed = changed and not node.base.adjust
            base = self.inside(self.adjusted_place(node.base), self.adjusted_type(node.base))
            return base.field(node.target, self.type_of(node))
        elif kind is t.Index:
            self.changed = changed and node.target is None and not node.base.adjust
            return self.index(node, element)
        elif kind is t.Unary and node.op == "*":
            if node.target is None:
                return self.adjusted_place(node.operand).deref()
            base = self.adjusted_place(node.operand)
            return self.overloaded(
                base, self.adjusted_type(node.operand), self.type_of(node), node.target[1], node.span
            )
        keeper = self.kept.get(node)
        made_here = kind in _MADE and not self.checker.is_library
        if made_here and (not changed or _is_nothing(node)) and is_constant(self, node, False):
            # It may be lent for ever: it ends with the frame, and there is nothing in it to drop (The Rust Reference,
            # "Constant promotion").
            place = Place(self.local(self.type_of(node), None, False, node.span))
            self.emit(m.StorageLive(place.local))
            self.body.lasting.append(place.local)
            self.raw_into(place, node)
            return place
        if keeper is not None:
            self.temporaries.append(keeper)
        place = self.temp(self.type_of(node), node.span)
        if keeper is not None:
            self.temporaries.pop()
        elif made_here and self.ends(self.body.locals[place.local].ty):
            self.temporaries[-1].locals.append((place.local, False))
        self.raw_into(place, node)
        self.end_first(place, keeper or self.temporaries[-1])
        return place

    def ends(self, one: Ty) -> bool:
        """Whether a value that is made where it stands, has no destructor, and is neither a constant nor what a `let`
        borrows may not be lent beyond its statement (The Rust Reference, "Temporary lifetime extension")."""
        return not self.needs_drop(one)

    def raw_into(self, place: Place, node: Any) -> None:
        raise NotImplementedError

    def lasting(self, node: Any) -> Place | None:
        """The place of a constant that is lent for longer than the function runs; None for what is in the frame."""
        raise NotImplementedError

    def static(self, const: Any, node: Any) -> Place:
        one = self.checker.final(ty.erase(const.ty))
        address = ty.raw(one, True) if const.mutable else ty.ref(one)
        place = Place(self.local(address, None, False, node.span))
        self.assign(place, m.Use(m.Constant(address, const)), node.span)
        return place

    def overloaded(self, base: Place, base_ty: Ty, target: Ty, mutable: bool, span: Any) -> Place:
        """The place behind `*base` of a type that implements Deref."""
        target = self.checker.final(target)
        borrowed = Place(self.local(ty.ref(base_ty, mutable), None, False, span))
        self.assign(borrowed, m.Ref("two_phase" if mutable else "shared", base), span)
        trait = self.compilation.lang("DerefMut" if mutable else "Deref")
        result = Place(self.local(ty.ref(target, mutable), None, False, span))
        method = trait.methods["deref_mut" if mutable else "deref"]
        self.call(self.function(method, (base_ty,)), [m.Move(borrowed) if mutable else m.Copy(borrowed)], result, span)
        return result.deref()

    def read_place(self, node: Any) -> Place:
        """The place of an expression that is read only: an element of a constant is one where the constant lies."""
        self.element = type(node) is t.Index or type(node) is t.Field
        return self.place(node)

    def index(self, node: t.Index, read: bool) -> Place:
        if node.target is None:
            # The element that a literal names is as well one of the parts of a value.
            self.element = read and not node.base.adjust and type(node.index) is not t.Literal
            base = self.adjusted_place(node.base)
            index = self.operand(node.index)
            if (
                isinstance(index, m.Copy)
                and not index.place.projection
                and not self.body.locals[index.place.local].mutable
            ):
                local = index.place.local
            else:
                local = self.local(ty.USIZE, None, False, node.index.span)
                self.assign(Place(local), m.Use(index), node.index.span)
            return Place(base.local, (*base.projection, (m.INDEX, local)))
        mutable = node.target[1]
        source, rvalue, one = self.adjusted(node.base)
        if rvalue is None:
            assert source is not None
            rvalue = m.Use(self.read(source, one))
        elif isinstance(rvalue, m.Ref) and rvalue.kind == "mut" and ty.is_handle(one.args[0]):
            rvalue.kind = "two_phase"  # an object is shared: its elements may be read, and changed, meanwhile
        held = Place(self.local(one, None, False, node.base.span))
        self.assign(held, rvalue, node.base.span)
        base_operand = m.Move(held) if mutable else m.Copy(held)
        index = self.operand(node.index)
        base_ty = self.adjusted_type(node.base)
        container = base_ty.args[0]
        trait = self.compilation.lang("IndexMut" if mutable else "Index")
        result = Place(self.local(ty.ref(self.type_of(node), mutable), None, False, node.span))
        method = trait.methods["index_mut" if mutable else "index"]
        args = (container, self.adjusted_type(node.index))
        location = (node.base.span[1], node.span[1])
        self.call(self.function(method, args), [base_operand, index], result, node.span, location)
        return result.deref()

    def adjusted_place(self, node: Any) -> Place:
        """The place of an expression after its adjustments."""
        if not node.adjust:
            return self.place(node)
        place, rvalue, one = self.adjusted(node)
        if place is not None:
            return place
        assert rvalue is not None
        made = self.temp(one, node.span)
        self.assign(made, rvalue, node.span)
        return made

    def adjusted(self, node: Any) -> tuple[Place | None, m.Rvalue | None, Ty]:
        """Apply the adjustments of an expression: a place, or an rvalue; and its type."""
        one = self.type_of(node)
        first = node.adjust[0]
        place: Place | None = self.lasting(node) if first[0] == "borrow" and not first[2] else None
        if place is None:
            self.changed = first[0] == "borrow" and bool(first[2])
            place = self.place(node)
        rvalue: m.Rvalue | None = None
        found = self.uses.place(node) if self.uses is not None else None
        span = node.span
        for adjustment in node.adjust:
            kind = adjustment[0]
            if kind == "joined":
                apart = self.temp(one, span)
                if rvalue is None and place is not None:
                    rvalue = m.Use(self.read(place, one))
                assert rvalue is not None
                self.assign(apart, rvalue, span)
                self.body.joined.append(apart.local)
                found, rvalue, place = None, None, apart
                continue
            if rvalue is not None:
                place = self.temp(one, span)
                self.assign(place, rvalue, span)
                rvalue = None
            assert place is not None
            if kind == "deref":
                if found is not None and leads_on(found[2]):
                    found = (found[0], (*found[1], "*"), found[2].args[0])
                    held = self.captured(found)
                    place = held if held is not None else place.deref()
                else:
                    found = None
                    place = place.deref()
            elif kind == "overloaded":
                found = None
                place = self.overloaded(place, one, adjustment[1], adjustment[2], span)
            elif kind == "borrow":
                found = None
                mutable = adjustment[2]
                rvalue = m.Ref("mut" if mutable else "shared", place)
                one = ty.ref(one, mutable)
                place = None
                continue
            else:
                target = self.checker.final(adjustment[1])
                operand = self.read(place, one)
                rvalue = m.Cast(
                    {"unsize": "unsize", "fn_pointer": "fn_pointer", "pointer": "pointer"}[kind], operand, target
                )
                one = target
                place = None
                continue
            one = self.checker.final(adjustment[1])
        return place, rvalue, one
