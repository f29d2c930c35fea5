"""Instances of a generic function that are the same code: `Vec<Token>::push` and `Vec<Rule>::push`, where a `Token` and
a `Rule` are laid out alike.

A generic function cannot look into what its parameters stand for: it copies, moves and drops their values and calls
their traits' methods. So the code of an instance is decided by the *classes* of the types that its body mentions
(layout, what dropping does; of types that the body itself takes apart, their fields too) and of what its calls reach.
The first instance with these classes is lowered; the next get its code. What differs is whom they call and which types'
glue they ask for, that is, some of its events (see `development`): each of those is *explained*, as the function that a
certain call of the body reaches or as the glue of a certain type, and the explanation gives the event of the next
instance. Where an event has several explanations, and they do not agree for the next instance, or where one has none
(vtables, function pointers), the instance is lowered by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from engines.rustwasm.lower_linear import intrinsics
from engines.rustwasm.mir import body as m
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from engines.rustwasm.lower_linear.program import Program
    from engines.rustwasm.mir.instances import Callee

_OPEN: Final = t.HAS_PARAM | t.HAS_PROJECTION | t.HAS_OPAQUE
"""A type without these flags is the same in each instance."""
_INSIDE: Final = -1
"""The step from a box or array to what is in it; any other step is to a field, (variant << _VARIANT) + index."""
_VARIANT: Final = 16
_STRUCTURED: Final = (t.ADT, t.TUPLE, t.CLOSURE, t.ARRAY, t.SLICE)
_BY_NOTHING: Final = frozenset(
    ("slice_len", "str_len", "raw_array_free", "raw_free", "raw_equal", "raw_ref", "raw_mut", "rc_counts", "rc_free")
)
"""Intrinsics whose code is the same whatever type they are given."""
_BY_SIZE: Final = frozenset(f"raw_array_{name}" for name in ("new", "ref", "mut", "slice", "slice_mut", "copy")) | {
    "slice_part",
    "slice_part_mut",
    "rc_empty",
    "rc_of_slots",
}
"""Intrinsics whose code depends on the size of their type."""
_BY_LAYOUT: Final = frozenset(
    ("raw_read", "raw_write", "raw_array_read", "raw_array_write", "box_new", "box_into_raw", "box_from_raw", "copy")
) | {"mem_swap", "mem_replace", "mem_forget", "needs_drop", "drop_in_place", "unsafe_mut", "array_into_raw"}
"""Intrinsics whose code depends on the classes of their types."""

Explanation: TypeAlias = tuple[bool, int, tuple[int, ...]]
"""(the key of this call?, number of the call or type, steps from the type to the one whose glue it is)."""
_SAME: Final[Explanation] = (False, -1, ())
"""It is the same in each instance."""


class _Plan:
    """What the code of a generic body's instances may depend on.

    Attributes:
        values: types whose values the body handles, and that may differ between instances; `open` those of them, and
            those behind pointers, that it takes apart; `sizes` those that it only steps over.
        constants: types that stand for numbers.
        calls: function items that it calls, as types; `fixed` those that are the same in each instance.
        same: types that are the same in each.
        hidden: a place leads through a type that the body does not spell, so that nothing of this is complete.
        known: the first instance of these classes.
    """

    def __init__(self, body: m.Body) -> None:
        self.body = body
        self.values: dict[Ty, None] = {}
        self.open: dict[Ty, None] = {}
        self.sizes: dict[Ty, None] = {}
        self.constants: dict[Ty, None] = {}
        self.calls: dict[Ty, None] = {}
        self.fixed: dict[Ty, None] = {}
        self.same: dict[Ty, None] = {}
        self.hidden = False
        self.known: dict[tuple[Any, ...], _First] = {}
        for local in body.locals:
            self._value(local.ty)
        for block in body.blocks:
            for statement in block.statements:
                if isinstance(statement, m.Assign):
                    self._value(self._place(statement.place))
                    self._rvalue(statement.rvalue)
            self._terminator(block.terminator)

    def _value(self, one: Ty) -> None:
        (self.values if one.flags & _OPEN else self.same)[one] = None
        if one.kind == t.TUPLE:
            self._open(one)

    def _open(self, one: Ty) -> None:
        if one.flags & _OPEN:
            self.open[one] = None
            self.hidden |= one.kind not in _STRUCTURED

    def _place(self, place: m.Place) -> Ty:
        """The type of a place, after what the way to it depends on."""
        one = self.body.locals[place.local].ty
        for step in place.projection:
            kind = step[0]
            if kind == m.FIELD:
                self._open(one)
                one = step[2]
            elif kind == m.DEREF:
                self._value(one)
                if one.kind not in (t.REF, t.RAW) and not _is_box(one):
                    self.hidden = True
                    return one
                one = one.args[0]
            elif kind == m.DOWNCAST:
                self._open(one)
            elif one.kind in (t.ARRAY, t.SLICE):
                self._open(one)
                if kind != m.SUBSLICE:
                    one = one.args[0]
                    if one.flags & _OPEN:
                        self.sizes[one] = None
                elif one.kind == t.ARRAY:
                    self.hidden |= bool(one.flags & _OPEN)
            elif one.kind == t.STR:
                one = t.U8
            else:
                self.hidden = True
                return one
        return one

    def _operand(self, operand: m.Operand) -> Ty:
        if not isinstance(operand, m.Constant):
            one = self._place(operand.place)
        else:
            one = operand.ty
            if isinstance(operand.value, Ty):
                self.constants[operand.value] = None
        self._value(one)
        return one

    def _rvalue(self, rvalue: m.Rvalue) -> None:
        if isinstance(rvalue, m.Ref):
            self._place(rvalue.place)
        elif isinstance(rvalue, (m.Discriminant, m.Len)):
            one = self._place(rvalue.place)
            self._value(one)
            self._open(one)
        elif isinstance(rvalue, m.BinaryOp):
            self._operand(rvalue.left)
            self._operand(rvalue.right)
        elif isinstance(rvalue, m.Aggregate):
            self._value(rvalue.ty)
            self._open(rvalue.ty)
            for operand in rvalue.operands:
                self._operand(operand)
        elif isinstance(rvalue, m.Cast):
            for one in (self._operand(rvalue.operand), rvalue.ty):
                self._value(one)
                for inner in one.args:
                    self._open(inner)
        else:
            self._operand(rvalue.operand)
            if isinstance(rvalue, m.Repeat):
                self.constants[rvalue.count] = None

    def _terminator(self, terminator: m.Terminator) -> None:
        if isinstance(terminator, m.Switch):
            self._operand(terminator.operand)
        elif isinstance(terminator, m.Drop):
            self._value(self._place(terminator.place))
        elif isinstance(terminator, m.Call):
            self._value(self._place(terminator.destination))
            for operand in terminator.arguments:
                self._operand(operand)
            function = terminator.function
            if not isinstance(function, m.Constant):
                self._operand(function)
            elif hasattr(function.ty.data, "fields"):
                self._open(self._place(terminator.destination))
            else:
                (self.calls if function.ty.flags & _OPEN else self.fixed)[function.ty] = None


class Instance:
    """One instance: whose code it can have, and what it calls.

    Attributes:
        like: the first instance of the same classes; None if it is the first, or cannot be shared.
        usable: whether it can be shared, as far as is known.
        events: the events of `like` as this instance asks them.
    """

    __slots__ = ("args", "classes", "events", "keys", "like", "plan", "roots", "usable")

    def __init__(self, plan: _Plan, args: tuple[Ty, ...]) -> None:
        self.plan = plan
        self.args = args
        self.like: Any = None
        self.usable = True
        self.events: list[tuple[Any, ...]] = []
        self.classes: tuple[Any, ...] = ()
        self.roots: list[Ty] = []
        """Its types, and after them those that its intrinsics are given."""
        self.keys: list[Any] = []
        """The key of the function that each call reaches; None where that is none of its own."""


class _First:
    """The first instance of its classes, which was lowered: its events, and what explains them as soon as the second
    asks (`asked`; None where something does not)."""

    __slots__ = ("asked", "events", "explained", "instance", "lowered")

    def __init__(self, instance: Instance, lowered: Any, events: list[tuple[Any, ...]]) -> None:
        self.instance = instance
        self.lowered = lowered
        self.events = events
        self.explained = False
        self.asked: list[tuple[tuple[Any, ...], list[Explanation]]] | None = None


class Alike:
    """Instances of one program's generic functions by their classes. `lowered` of an instance is what `keep` was given
    for the first one."""

    def __init__(self) -> None:
        self._plans: dict[Any, _Plan] = {}
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._structures: dict[Ty, int] = {}
        self._values: dict[Ty, int] = {}
        self._callees: dict[Callee, tuple[int, Any, tuple[Ty, ...]]] = {}

    def find(self, program: Program, key: Any, generic: m.Body | None) -> Instance | None:
        """What is known of the instance with this key; None where none is looked for."""
        if key[0] != "fn" or not key[2] or generic is None or key[1].lang == "vec_from_elem":
            return None  # (the library's `vec_from_elem` is not always made of its body)
        plan = self._plans.get(key[1])
        if plan is None or plan.body is not generic:
            plan = self._plans[key[1]] = _Plan(generic)
        if plan.hidden:
            return None
        found = Instance(plan, key[2])
        self._classify(program, found)
        if found.classes in plan.known:
            first = plan.known[found.classes]
            if not first.explained:
                first.explained = True
                first.asked = self._explained(program, first.instance, first.events)
            found.usable = first.asked is not None and self._ask(program, found, first.asked)
            if found.usable:
                found.like = first.lowered
        return found

    def keep(self, program: Program, found: Instance, lowered: Any, events: list[tuple[Any, ...]]) -> None:
        """An instance was lowered, and asked these events."""
        known = found.plan.known
        if found.classes not in known:
            known[found.classes] = _First(found, lowered, events)

    # Classes

    def _number(self, what: tuple[Any, ...]) -> int:
        return self._numbers.setdefault(what, len(self._numbers))

    def _classify(self, program: Program, found: Instance) -> None:
        instances, plan, args, roots = program.instances, found.plan, found.args, found.roots
        classes: list[Any] = []
        for one in plan.values:
            concrete = instances.concrete(one, args)
            roots.append(concrete)
            classes.append(self._value(program, concrete))
        for one in plan.open:
            concrete = instances.concrete(one, args)
            number = self._structures.get(concrete)
            if number is None:
                number = self._structures[concrete] = self._number(self._structure(program, concrete))
            classes.append(number)
        classes += [program.layouts.of(instances.concrete(one, args)).bytes for one in plan.sizes]
        classes += [instances.concrete(one, args) for one in plan.constants]
        for one in plan.calls:
            concrete = instances.concrete(one, args)
            callee = instances.resolve(concrete.data, concrete.args)
            known = self._callees.get(callee)
            if known is None:
                known = self._callees[callee] = self._callee(program, callee)
            classes.append(known[0])
            found.keys.append(known[1])
            roots += known[2]
        found.classes = tuple(classes)

    def _structure(self, program: Program, concrete: Ty) -> tuple[Any, ...]:
        """What the code may know of a type that it takes apart."""
        kind = concrete.kind
        if kind in (t.ARRAY, t.SLICE):
            return (kind, program.layouts.of(concrete.args[0]).bytes, *concrete.args[1:])
        if kind not in (t.ADT, t.TUPLE, t.CLOSURE):
            return (concrete,)
        value, one = self._value(program, concrete), program.layouts.of(concrete)
        fields = [
            tuple([self._value(program, field) for field in program.layouts.fields(concrete, variant)])
            for variant in range(_variants(concrete))
        ]
        variants = tuple([(variant.offsets, variant.parts) for variant in one.variants])
        return (kind, concrete.data, value, tuple(fields), variants, one.tag, one.niche, one.null_variant)

    def _value(self, program: Program, concrete: Ty) -> int:
        """The class of what code may do with values of a type that it knows nothing of."""
        found = self._values.get(concrete)
        if found is None:
            found = self._values[concrete] = self._number(self._opaque(program, concrete))
        return found

    def _opaque(self, program: Program, concrete: Ty) -> tuple[Any, ...]:
        kind = concrete.kind
        if kind == t.CONST:
            return (concrete,)
        drops = program.needs_drop(concrete)
        if kind in (t.SLICE, t.STR, t.DYN, t.NEVER):
            return (kind, drops)
        behind: tuple[Any, ...] = ()
        if kind in (t.REF, t.RAW) or _is_box(concrete):
            inner = concrete.args[0]
            behind = (inner.kind if t.is_unsized(inner) else 0, _is_box(concrete) and program.needs_drop(inner))
        one = program.layouts.of(concrete)
        return (drops, behind, one.bytes, one.alignment, one.parts)

    def _callee(self, program: Program, callee: Callee) -> tuple[int, Any, tuple[Ty, ...]]:
        """The class of what a call reaches, the key of the function if it is one, and the types that an intrinsic is
        given."""
        definition, kind = callee.definition, callee.kind
        if kind == "closure":
            of_body = self._function(program, definition.body, callee.args)
            return self._number((kind, callee.by, definition.trait_kind, of_body[0])), of_body[1], ()
        if kind == "function":
            return self._function(program, definition, callee.args)
        if kind == "copy":
            return self._number((kind,)), None, ()
        return self._number((kind, definition, callee.args, callee.by)), None, ()

    def _function(self, program: Program, definition: Any, args: tuple[Ty, ...]) -> tuple[int, Any, tuple[Ty, ...]]:
        name = definition.intrinsic
        if name is not None and (name in intrinsics.TABLE or not definition.has_body):
            if name in _BY_NOTHING:
                return self._number((name,)), None, ()
            if name in _BY_SIZE:
                return self._number((name, program.layouts.of(args[0]).bytes)), None, ()
            if name not in _BY_LAYOUT:
                return self._number((name, args)), None, ()
            return self._number((name, *[self._value(program, one) for one in args])), None, args
        return self._number(("function", "track_caller" in definition.attributes)), ("fn", definition, args), ()

    # Events

    def _explained(
        self, program: Program, found: Instance, events: list[tuple[Any, ...]]
    ) -> list[tuple[tuple[Any, ...], list[Explanation]]] | None:
        """The events, each with the explanations of what it is about; none for one that is the same in each instance.
        None if there is one that has to have one."""
        plan, instances = found.plan, program.instances
        by_key: dict[Any, list[Explanation]] = {}
        for number, key in enumerate(found.keys):
            if key is not None:
                by_key.setdefault(key, []).append((True, number, ()))
        for number, root in enumerate(found.roots):
            for one, steps in self._glued(program, root):
                by_key.setdefault(("glue", one), []).append((False, number, steps))
        same: set[Any] = set()
        for item in plan.fixed:
            concrete = instances.concrete(item, ())
            same.add(self._callee(program, instances.resolve(concrete.data, concrete.args))[1])
        for item in plan.same:
            same.update([("glue", one) for one, _ in self._glued(program, instances.concrete(item, ()))])
        out: list[tuple[tuple[Any, ...], list[Explanation]]] = []
        for event in events:
            kind, about = event[0], event[1]
            if kind != "request":
                if kind in ("table", "vtable", "slot"):
                    return None
                out.append((event, []))
            elif about[0] in ("runtime", "import"):
                out.append((event, []))
            else:
                reasons = by_key.get(about, [])
                if about in same:
                    reasons = [*reasons, _SAME]
                if not reasons:
                    return None
                out.append((event, reasons))
        return out

    def _glued(self, program: Program, one: Ty) -> list[tuple[Ty, tuple[int, ...]]]:
        """Types whose glue dropping a value of this type may ask for, whole or in parts, and the way to each."""
        steps: tuple[int, ...] = ()
        out = [(one, steps)]
        while True:
            if one.kind in (t.ADT, t.TUPLE, t.CLOSURE) and not _is_box(one):
                for variant in range(_variants(one)):
                    for index, field in enumerate(program.layouts.fields(one, variant)):
                        way = (*steps, (variant << _VARIANT) + index)
                        out.append((field, way))
                        if _is_box(field):
                            out.append((field.args[0], (*way, _INSIDE)))
            if one.kind != t.ARRAY and not _is_box(one):
                return out
            one, steps = one.args[0], (*steps, _INSIDE)
            out.append((one, steps))

    def _ask(self, program: Program, found: Instance, asked: list[tuple[tuple[Any, ...], list[Explanation]]]) -> bool:
        """Find the events that the instance asks; whether that can be."""
        events = found.events
        for event, reasons in asked:
            if reasons:
                key = None
                for of_call, number, steps in reasons:
                    if number < 0:
                        other = event[1]
                    elif of_call:
                        other = found.keys[number]
                    else:
                        glued = self._step(program, found.roots[number], steps)
                        other = None if glued is None else ("glue", glued)
                    if other is None or (key is not None and other != key):
                        return False
                    key = other
                event = ("request", key)
            events.append(event)
        return len(set(events)) == len(events)

    def _step(self, program: Program, one: Ty, steps: tuple[int, ...]) -> Ty | None:
        for step in steps:
            if step == _INSIDE:
                if one.kind != t.ARRAY and not _is_box(one):
                    return None
                one = one.args[0]
            else:
                one = program.layouts.fields(one, step >> _VARIANT)[step & ((1 << _VARIANT) - 1)]
        return one


def _is_box(one: Ty) -> bool:
    return one.kind == t.ADT and one.data.lang == "Box"


def _variants(one: Ty) -> int:
    """How many variants a struct, enum, tuple or closure has."""
    return len(one.data.variants) if one.kind == t.ADT else 1


__all__ = ["Alike", "Instance"]
