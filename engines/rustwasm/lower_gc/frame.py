"""A function under construction: its Wasm locals, its statements so far, and how MIR places are found in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engines.rustwasm.lower_gc import nodes as n
from engines.rustwasm.lower_gc.places import (
    Behind,
    Cell,
    Element,
    Field,
    Held,
    Local,
    Nothing,
    Place,
    Shared,
    Unsized,
    slice_parts,
)
from engines.rustwasm.lower_gc.representation import EMPTY, ENUM, MIXED, OPTION, RAW_VALUE, TAG
from engines.rustwasm.lower_linear.emitter import Emitter
from engines.rustwasm.lower_linear.layout import pointee_is_fat
from engines.rustwasm.mir import body as m
from engines.rustwasm.release.tree import Node
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm import types as w

if TYPE_CHECKING:
    from engines.rustwasm.lower_gc.program import Program


class Frame(Emitter):
    """What a function under construction consists of."""

    def __init__(self, program: Program, name: str) -> None:
        super().__init__(program.profile.messages)
        self.program = program
        self.types = program.types
        self.name = name
        self.locals: list[w.ValueType] = []
        self.homes: dict[int, Place] = {}
        self.body: m.Body = m.Body(name, None, 0, (0, 0))

    def fresh(self, type_: w.ValueType) -> int:
        self.locals.append(type_)
        return len(self.locals) - 1

    def stash(self, value: Node) -> Node:
        """A tree for the value that may be evaluated often."""
        if value.op.endswith(".const"):
            return value
        assert value.type is not None
        local = self.fresh(value.type)
        self.out.append(n.set_(local, value))
        return n.get(local, value.type)

    def home(self, ty: Ty, in_cell: bool) -> Place:
        """A place for a local of this type."""
        one = self.types.of(ty)
        if one.kind == EMPTY:
            return Nothing(ty)
        if not in_cell:
            return Local(ty, self.fresh(one.wasm), one.wasm)
        index = self.types.cell_type(one.wasm)
        local = self.fresh(w.Ref(True, index))
        return Cell(ty, n.get(local, w.Ref(True, index)), True)

    # Places

    def place(self, place: m.Place, span: m.Span) -> Place:
        where = self.homes[place.local]
        for step in place.projection:
            kind = step[0]
            if kind == m.FIELD:
                where = self.field(where, step[1])
            elif kind == m.DEREF:
                where = self.target(where)
            elif kind == m.DOWNCAST:
                where = where.typed(where.ty, step[1])
            else:
                where = self.element(where, step, span)
        return where

    def field(self, where: Place, index: int) -> Place:
        """A field of a struct, tuple or closure, or of the variant that `where` means."""
        ty = where.ty
        one = self.types.fields(ty, where.variant)[index]
        if self.types.is_empty(one):
            return Nothing(one)
        found = self.types.of(ty)
        if self.types.sole_field(ty) is not None or found.kind == OPTION:
            return where.typed(one)
        if found.kind == MIXED:
            return Held(one, where, where.variant)
        assert found.kind != TAG
        slot = self.types.slots(ty)[0][where.variant if found.kind == ENUM else 0][index]
        assert slot is not None
        holder = self.stash(where.read(self.program))
        return Field(one, holder, found.index, slot)

    def target(self, where: Place) -> Place:
        """What the pointer in a place points to."""
        pointee = t.pointee(where.ty)
        value = self.stash(where.read(self.program))
        if where.ty.kind == t.RAW:
            value = self.stash(self.whole_box(where.ty, value))
        return self.behind(pointee, value, where.ty.kind == t.REF and not where.ty.data)

    def whole_box(self, ty: Ty, pointer: Node) -> Node:
        """The box to which a raw pointer leads."""
        box = self.types.box(ty.args[0]).wasm
        return n.struct_get(self.types.raw_of(ty.args[0]), RAW_VALUE, pointer, box)

    def behind(self, pointee: Ty, value: Node, shared: bool) -> Place:
        """The place behind the value of a reference or box."""
        if pointee_is_fat(pointee):
            return Unsized(pointee, value)
        if self.types.of(pointee).is_object:
            return Behind(pointee, value)
        return Shared(pointee, value) if shared else Cell(pointee, value)

    def element(self, where: Place, step: m.Projection, span: m.Span) -> Place:
        if isinstance(where, Unsized):
            index = self.types.fat(where.ty).wasm.heap  # type: ignore[union-attr]
            array, start, length = slice_parts(self.program, index, where.pointer)
            array, length = self.stash(array), self.stash(length)
            start = self.stash(start)
        else:
            index = -1
            array = self.stash(where.read(self.program))
            start, length = n.i32(0), n.i32(where.ty.args[1].data)
        one = where.ty.args[0] if where.ty.kind != t.STR else t.U8
        kind = step[0]
        if kind == m.SUBSLICE:
            return self._part(where, index, array, start, length, step)
        if kind == m.INDEX:
            at = self.stash(self.homes[step[1]].read(self.program))
            self.check_index(at, length, span)
        elif step[2]:
            at = n.op("i32.sub", length, n.i32(step[1])) if index >= 0 else n.i32(length.imm[0] - step[1])
        else:
            at = n.i32(step[1])
            if index >= 0:
                self.check_index(at, length, span)
        return Element(one, array, self.sum(start, at))

    def sum(self, left: Node, right: Node) -> Node:
        if left.op == right.op == "i32.const":
            return n.i32(left.imm[0] + right.imm[0])
        if left.op == "i32.const" and left.imm[0] == 0:
            return right if n.simple(right) else self.stash(right)
        if right.op == "i32.const" and right.imm[0] == 0:
            return left
        return self.stash(n.op("i32.add", n.copied(left), n.copied(right)))

    def _part(self, where: Place, index: int, array: Node, start: Node, length: Node, step: m.Projection) -> Place:
        """All but the first and last elements of a slice; of an array: a copy of them."""
        if index >= 0:
            rest = n.op("i32.sub", length, n.i32(step[1] + step[2]))
            pointer = n.struct_new(index, [array, n.op("i32.add", start, n.i32(step[1])), rest])
            return Unsized(where.ty, self.stash(pointer))
        count = length.imm[0] - step[1] - step[2]
        ty = t.array(where.ty.args[0], count)
        part = self.stash(self.program.array_new(ty.args[0], n.i32(count)))
        self.out.append(self.program.array_copy(ty.args[0], part, n.i32(0), array, n.i32(step[1]), n.i32(count)))
        return Behind(ty, part)

    def gathered(self, ty: Ty, pointer: Node) -> Node:
        """An array of its own with the elements of a slice."""
        index = self.types.fat(ty).wasm.heap  # type: ignore[union-attr]
        array, start, length = slice_parts(self.program, index, self.stash(pointer))
        array, start, length = self.stash(array), self.stash(start), self.stash(length)
        part = self.stash(self.program.array_new(ty.args[0], length))
        self.out.append(self.program.array_copy(ty.args[0], part, n.i32(0), array, start, n.copied(length)))
        return n.copied(part)

    def write(self, where: Place, value: Node) -> None:
        self.out += where.write(self.program, value)

    def reference(self, where: Place, mutable: bool) -> Node:
        """A reference to a place."""
        if isinstance(where, Unsized) or self.types.of(where.ty).is_object or not mutable:
            return where.read(self.program)
        return where.cell(self.program)
