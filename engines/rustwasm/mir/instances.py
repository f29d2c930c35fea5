"""Generic bodies to concrete ones: substitution, and which function a call reaches.

`Instances.body(definition, args)` is a body in which every type is concrete. `Instances.resolve(definition, args)` says
what a callee is, as a `Callee`:

| kind | meaning |
|---|---|
| function | `definition` with `args`: has a body, or is an intrinsic |
| virtual | method `definition` of the trait object that the first argument points to |
| closure | body of closure `definition`; arguments are (closure, tuple), `by` says how the closure is passed |
| callable | call the first argument, a function item or pointer, with the tuple of the second |
| copy | the clone of a value that is Copy |

The clone of a closure that is not is a function (`build_clone`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.build_clone import clone_of_closure
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import ConstDef, FnDef, TraitDef
from engines.rustwasm.typing.projection import Inference
from engines.rustwasm.typing.traits import AMBIGUOUS
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation

Method: TypeAlias = tuple[FnDef, tuple[Ty, ...]]
"""A method of a trait object, and the arguments of its trait without Self."""


class Callee:
    """What a call reaches (see the table above)."""

    __slots__ = ("args", "by", "definition", "kind")

    def __init__(self, kind: str, definition: Any, args: tuple[Ty, ...], by: str = "") -> None:
        self.kind = kind
        self.definition = definition
        self.args = args
        self.by = by


class Instances:
    """Concrete bodies of one program, made on demand and kept."""

    def __init__(self, compilation: Compilation) -> None:
        self.compilation = compilation
        self.inference = Inference(compilation, [])
        self.inference.reveal = True
        self._bodies: dict[tuple[Any, tuple[Ty, ...]], tuple[m.Body, m.Body]] = {}
        """The generic body and what it becomes."""
        self._changing: dict[FnDef, _Changing] = {}
        self._types: dict[tuple[Ty, tuple[Ty, ...]], Ty] = {}
        self._callees: dict[tuple[Any, tuple[Ty, ...]], Callee] = {}

    def concrete(self, one: Ty, args: tuple[Ty, ...]) -> Ty:
        """The type with parameters replaced, projections and opaque types revealed, lifetimes erased."""
        if not one.flags:
            return one
        key = (one, args)
        found = self._types.get(key)
        if found is None:
            found = ty.deep(self.inference.normalize(ty.subst(ty.erase(one), args)))
            for _ in range(8):
                if not found.flags & (ty.HAS_PROJECTION | ty.HAS_OPAQUE):
                    break
                found = ty.deep(self.inference.normalize(found))
            self._types[key] = found
        return found

    def field_type(self, one: Ty, variant: int, index: int) -> Ty:
        """The concrete type of a field of a concrete struct, enum variant, tuple or closure."""
        if one.kind == ty.TUPLE:
            return one.args[index]
        if one.kind == ty.CLOSURE:
            capture = one.data.captures[index]
            inner = self.concrete(capture.ty, one.args)
            return inner if capture.mode == "move" else ty.ref(inner, capture.mode == "mut")
        self.compilation.collector.ensure_fields(one.data)
        return self.concrete(one.data.variants[variant].fields[index].ty, one.args)

    def resolve(self, definition: Any, args: tuple[Ty, ...]) -> Callee:
        """What a call of `definition` with concrete `args` reaches."""
        key = (definition, args)
        found = self._callees.get(key)
        if found is None:
            found = self._callees[key] = self._resolve(definition, args)
        return found

    def _resolve(self, definition: Any, args: tuple[Ty, ...]) -> Callee:
        trait = definition.owner
        if isinstance(definition, ConstDef) and not isinstance(trait, TraitDef):
            return Callee("function", definition.body, args)
        if not isinstance(trait, TraitDef):
            return Callee("function", definition, args)
        count = len(trait.generics.names)
        self_ty = args[0]
        inference = self.inference
        selected = inference.select(trait, args[:count])
        if selected is None or selected is AMBIGUOUS:
            shown = ", ".join(ty.show(a) for a in args[:count])
            raise ValueError(f"no impl of {trait.name} for {shown} (calling {definition.name}): {selected}")
        if selected.kind == "impl":
            impl = selected.impl
            for p in self.compilation.collector.impl_bounds(impl):
                if p.trait is not None:
                    full = (inference.normal_subst(p.subject, selected.args), *[
                        inference.normal_subst(a, selected.args) for a in p.args
                    ])  # fmt: skip
                    inference.select(p.trait, full)
                    for name, value in p.bindings:
                        owner = self.compilation.collector.find_assoc(p.trait, name)
                        assert owner is not None
                        projected = inference.project(owner, name, full[: len(owner.generics.names)])
                        if projected is not None:
                            inference.unify(projected, inference.normal_subst(value, selected.args))
            parents = tuple([self.concrete(ty.deep(a), ()) for a in selected.args])
            if isinstance(definition, ConstDef):
                own = impl.assoc_consts.get(definition.name)
                if own is not None:
                    self.compilation.ensure_const(own)
                    return Callee("function", own.body, parents)
                return Callee("function", definition.body, args)
            method = impl.methods.get(definition.name)
            if method is None:
                return Callee("function", definition, args)
            return Callee("function", method, (*parents, *args[count:]))
        if self_ty.kind == ty.DYN and isinstance(definition, FnDef):
            if definition.has_body and not any(trait is one for one, _ in self.supertraits(self_ty)):
                return Callee("function", definition, args)
            return Callee("virtual", definition, args)
        if trait.lang in ("Fn", "FnMut", "FnOnce"):
            if self_ty.kind == ty.CLOSURE:
                return Callee("closure", self_ty.data, self_ty.args, trait.lang)
            return Callee("callable", self_ty, args, trait.lang)
        if trait.lang == "Clone":
            if self_ty.kind == ty.CLOSURE and not inference.closure_is_copy(self_ty):
                return Callee("function", clone_of_closure(self.compilation, self_ty.data), self_ty.args)
            return Callee("copy", None, args)
        if definition.has_body:
            return Callee("function", definition, args)
        raise ValueError(f"{trait.name}::{definition.name} of {ty.show(self_ty)} has no body")

    def supertraits(self, dyn: Ty) -> list[tuple[TraitDef, tuple[Ty, ...]]]:
        """A trait object's trait and those above it, each with the arguments that it has there, without Self."""
        own = len(dyn.args) - len(dyn.data[1])
        found = [(dyn.data[0], dyn.args[:own])]
        for trait, args in found:
            self.compilation.collector.ensure_generics(trait)
            for one in trait.supertraits:
                if one.trait is not None:
                    above = (one.trait, tuple([self.concrete(arg, (dyn, *args)) for arg in one.args]))
                    if above not in found:
                        found.append(above)
        return found

    def body(self, definition: FnDef, args: tuple[Ty, ...]) -> m.Body | None:
        """The concrete body; None for an intrinsic."""
        key = (definition, args)
        found = self._bodies.get(key)
        generic = definition.mir
        if found is None or found[0] is not generic:
            generic = self.compilation.body_of(definition)
            if generic is None:
                return None
            substitution = _Substitution(self, args)
            changing = self._changing.get(definition)
            if changing is not None and changing.body is generic:
                found = self._bodies[key] = (generic, substitution.again(changing))
            else:
                changing = self._changing[definition] = _Changing(generic)
                found = self._bodies[key] = (generic, substitution.body(changing))
        return found[1]


class _Changing:
    """What of a generic body is another in each of its instances: numbers of locals and, per block, of statements, and
    of blocks whose terminators are."""

    __slots__ = ("blocks", "body", "locals", "terminators")

    def __init__(self, body: m.Body) -> None:
        self.body = body
        self.locals = [i for i, one in enumerate(body.locals) if one.ty.flags]
        self.blocks: list[list[int]] = []
        self.terminators: list[bool] = []


class _Substitution:
    """Makes a body concrete. What has no parameters in it is shared with the generic body."""

    def __init__(self, instances: Instances, args: tuple[Ty, ...]) -> None:
        self.instances = instances
        self.args = args
        self.types: dict[Ty, Ty] = {}

    def type(self, one: Ty) -> Ty:
        if not one.flags:
            return one
        found = self.types.get(one)
        if found is None:
            found = self.types[one] = self.instances.concrete(one, self.args)
        return found

    def body(self, changing: _Changing) -> m.Body:
        """The first instance of a body, which tells what changes."""
        result = self._begun(changing)
        for block in changing.body.blocks:
            made = m.Block()
            made.statements = [self.statement(one) for one in block.statements]
            made.terminator = self.terminator(block.terminator)
            result.blocks.append(made)
            changing.blocks.append([i for i, one in enumerate(made.statements) if one is not block.statements[i]])
            changing.terminators.append(made.terminator is not block.terminator)
        return result

    def again(self, changing: _Changing) -> m.Body:
        """Another instance."""
        result = self._begun(changing)
        blocks = result.blocks
        for number, block in enumerate(changing.body.blocks):
            made = m.Block()
            statements = made.statements = [*block.statements]
            for i in changing.blocks[number]:
                statements[i] = self.statement(statements[i])
            terminator = block.terminator
            made.terminator = self.terminator(terminator) if changing.terminators[number] else terminator
            blocks.append(made)
        return result

    def _begun(self, changing: _Changing) -> m.Body:
        generic = changing.body
        result = m.Body(generic.name, generic.definition, generic.arg_count, generic.span)
        result.closures = generic.closures
        locals_ = result.locals = [*generic.locals]
        for i in changing.locals:
            one = locals_[i]
            locals_[i] = m.Local(self.type(one.ty), one.name, one.mutable, one.span)
        return result

    def terminator(self, terminator: m.Terminator) -> m.Terminator:
        if isinstance(terminator, m.Call):
            return self.call(terminator)
        if isinstance(terminator, m.Switch):
            return self.switch(terminator)
        if isinstance(terminator, m.Drop):
            return self.drop(terminator)
        return terminator

    def place(self, place: m.Place) -> m.Place:
        for step in place.projection:
            if step[0] == m.FIELD and step[2].flags:
                break
        else:
            return place
        return m.Place(
            place.local, tuple([(m.FIELD, p[1], self.type(p[2])) if p[0] == m.FIELD else p for p in place.projection])
        )

    def operand(self, operand: m.Operand) -> m.Operand:
        if isinstance(operand, m.Constant):
            value = operand.value
            if not operand.ty.flags and not isinstance(value, Ty):
                return operand
            if isinstance(value, Ty):
                value = self.type(value).data
            return m.Constant(self.type(operand.ty), value)
        if not operand.place.projection:
            return operand
        place = self.place(operand.place)
        if place is operand.place:
            return operand
        return m.Move(place, operand.span) if isinstance(operand, m.Move) else m.Copy(place, operand.span)

    def statement(self, statement: m.Statement) -> m.Statement:
        if isinstance(statement, m.Assign):
            return self.assign(statement)
        if isinstance(statement, m.FakeRead):
            place = self.place(statement.place)
            return statement if place is statement.place else m.FakeRead(place, statement.span)
        return statement

    def assign(self, statement: m.Assign) -> m.Assign:
        place = self.place(statement.place) if statement.place.projection else statement.place
        old = statement.rvalue
        rvalue = self.rvalue(old)
        if rvalue is old and place is statement.place:
            return statement
        return m.Assign(place, rvalue, statement.span)

    def rvalue(self, rvalue: m.Rvalue) -> m.Rvalue:
        if isinstance(rvalue, m.Use):
            return self.use(rvalue)
        if isinstance(rvalue, m.Ref):
            return self.ref(rvalue)
        if isinstance(rvalue, m.Aggregate):
            return self.aggregate(rvalue)
        if isinstance(rvalue, m.BinaryOp):
            return self.binary(rvalue)
        if isinstance(rvalue, m.Discriminant):
            return self.discriminant(rvalue)
        if isinstance(rvalue, m.Cast):
            return self.cast(rvalue)
        if isinstance(rvalue, m.UnaryOp):
            return self.unary(rvalue)
        if isinstance(rvalue, m.Len):
            return self.length(rvalue)
        return self.repeat(rvalue)

    def use(self, rvalue: m.Use) -> m.Use:
        operand = self.operand(rvalue.operand)
        return rvalue if operand is rvalue.operand else m.Use(operand)

    def ref(self, rvalue: m.Ref) -> m.Ref:
        place = self.place(rvalue.place)
        return rvalue if place is rvalue.place else m.Ref(rvalue.kind, place)

    def binary(self, rvalue: m.BinaryOp) -> m.BinaryOp:
        left, right = self.operand(rvalue.left), self.operand(rvalue.right)
        if left is rvalue.left and right is rvalue.right:
            return rvalue
        return m.BinaryOp(rvalue.op, left, right)

    def unary(self, rvalue: m.UnaryOp) -> m.UnaryOp:
        operand = self.operand(rvalue.operand)
        return rvalue if operand is rvalue.operand else m.UnaryOp(rvalue.op, operand)

    def cast(self, rvalue: m.Cast) -> m.Cast:
        operand, one = self.operand(rvalue.operand), self.type(rvalue.ty)
        return rvalue if operand is rvalue.operand and one is rvalue.ty else m.Cast(rvalue.kind, operand, one)

    def aggregate(self, rvalue: m.Aggregate) -> m.Aggregate:
        return m.Aggregate(self.type(rvalue.ty), [self.operand(o) for o in rvalue.operands], rvalue.variant)

    def repeat(self, rvalue: m.Repeat) -> m.Repeat:
        return m.Repeat(self.operand(rvalue.operand), self.type(rvalue.count))

    def discriminant(self, rvalue: m.Discriminant) -> m.Discriminant:
        place = self.place(rvalue.place)
        return rvalue if place is rvalue.place else m.Discriminant(place)

    def length(self, rvalue: m.Len) -> m.Len:
        place = self.place(rvalue.place)
        return rvalue if place is rvalue.place else m.Len(place)

    def switch(self, terminator: m.Switch) -> m.Switch:
        operand = self.operand(terminator.operand)
        if operand is terminator.operand:
            return terminator
        return m.Switch(operand, terminator.values, terminator.targets, terminator.otherwise)

    def drop(self, terminator: m.Drop) -> m.Drop:
        place = self.place(terminator.place)
        return terminator if place is terminator.place else m.Drop(place, terminator.target, terminator.span)

    def call(self, terminator: m.Call) -> m.Call:
        return m.Call(
            self.operand(terminator.function),
            [self.operand(a) for a in terminator.arguments],
            self.place(terminator.destination),
            terminator.target,
            terminator.span,
            terminator.location,
        )
