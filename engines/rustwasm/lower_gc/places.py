"""Places: where a value is, how it is read, written and pointed to.

Reading and writing are trees that may be evaluated once; what a place is made of (objects, indices) is in locals, so a
place may be used often.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engines.rustwasm.lower_gc import nodes as n
from engines.rustwasm.lower_gc.representation import SLICE_ARRAY, SLICE_LENGTH, SLICE_START, Slot
from engines.rustwasm.release.tree import Node
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm import types as w

if TYPE_CHECKING:
    from engines.rustwasm.lower_gc.program import Program


class Place:
    """A place of type `ty`; `variant` is the variant of the enum that is meant."""

    def __init__(self, ty: Ty) -> None:
        self.ty = ty
        self.variant = 0

    def typed(self, ty: Ty, variant: int = 0) -> Place:
        """The same place as one of another type with the same representation."""
        made = self.of_type(ty)
        made.variant = variant
        return made

    def of_type(self, ty: Ty) -> Place:
        """The same place, of another type."""
        raise NotImplementedError

    def read(self, program: Program) -> Node:
        raise NotImplementedError

    def write(self, program: Program, value: Node) -> list[Node]:
        """Statements that put a value there."""
        raise NotImplementedError

    def cell(self, program: Program) -> Node:
        """A cell for the place of a plain value: what `&mut` is."""
        return program.new_cell(self.read(program))


class Local(Place):
    """A Wasm local."""

    def __init__(self, ty: Ty, local: int, type_: w.ValueType) -> None:
        super().__init__(ty)
        self.local = local
        self.type = type_

    def of_type(self, ty: Ty) -> Place:
        return Local(ty, self.local, self.type)

    def read(self, program: Program) -> Node:
        return n.get(self.local, self.type)

    def write(self, program: Program, value: Node) -> list[Node]:
        return [n.set_(self.local, value)]


class Nothing(Place):
    """A place of a type without information."""

    def of_type(self, ty: Ty) -> Place:
        return Nothing(ty)

    def read(self, program: Program) -> Node:
        return n.i32(0)

    def write(self, program: Program, value: Node) -> list[Node]:
        return [] if value.op == "i32.const" else [Node("drop", (), (value,))]


class Cell(Place):
    """What a cell holds. `own`: it is a local's cell, so its value is in itself."""

    def __init__(self, ty: Ty, pointer: Node, own: bool = False) -> None:
        super().__init__(ty)
        self.pointer = pointer
        self.own = own

    def of_type(self, ty: Ty) -> Place:
        return Cell(ty, self.pointer, self.own)

    def read(self, program: Program) -> Node:
        return program.cell_get(n.copied(self.pointer), program.types.of(self.ty).wasm, self.own)

    def write(self, program: Program, value: Node) -> list[Node]:
        return [program.cell_set(n.copied(self.pointer), value, program.types.of(self.ty).wasm, self.own)]

    def cell(self, program: Program) -> Node:
        return n.copied(self.pointer)


class Field(Place):
    """A field of a struct or variant."""

    def __init__(self, ty: Ty, holder: Node, index: int, slot: Slot) -> None:
        super().__init__(ty)
        self.holder = holder
        self.index = index
        self.slot = slot

    def of_type(self, ty: Ty) -> Place:
        return Field(ty, self.holder, self.index, self.slot)

    def read(self, program: Program) -> Node:
        value = n.struct_get(self.index, self.slot.number, n.copied(self.holder), self.slot.type)
        return program.narrowed(value, self.slot.value)

    def write(self, program: Program, value: Node) -> list[Node]:
        return [n.struct_set(self.index, self.slot.number, n.copied(self.holder), value)]

    def cell(self, program: Program) -> Node:
        access = program.accessor(("field", self.index, self.slot))
        return program.cell_into(n.copied(self.holder), n.i32(0), access, self.slot.value)


class Held(Place):
    """What a variant of a MIXED enum holds, which is in the place `whole`."""

    def __init__(self, ty: Ty, whole: Place, variant: int) -> None:
        super().__init__(ty)
        self.whole = whole
        self.held = variant

    def of_type(self, ty: Ty) -> Place:
        return Held(ty, self.whole, self.held)

    def read(self, program: Program) -> Node:
        return program.held(self.whole.ty, self.held, self.whole.read(program))

    def write(self, program: Program, value: Node) -> list[Node]:
        return self.whole.write(program, program.mixed(self.whole.ty, self.held, value))

    def cell(self, program: Program) -> Node:
        access = program.accessor(("held", self.whole.ty, self.held))
        value = program.types.value_of_mixed(self.whole.ty, self.held)
        return program.cell_into(self.whole.cell(program), n.i32(0), access, value)


class Element(Place):
    """An element of an array."""

    def __init__(self, ty: Ty, array: Node, index: Node) -> None:
        super().__init__(ty)
        self.array = array
        self.index = index

    def of_type(self, ty: Ty) -> Place:
        return Element(ty, self.array, self.index)

    def read(self, program: Program) -> Node:
        return program.array_get(self.ty, n.copied(self.array), n.copied(self.index))

    def write(self, program: Program, value: Node) -> list[Node]:
        return [program.array_set(self.ty, n.copied(self.array), n.copied(self.index), value)]

    def cell(self, program: Program) -> Node:
        access = program.accessor(("element", program.types.peel(self.ty)))
        return program.cell_into(n.copied(self.array), n.copied(self.index), access, program.types.of(self.ty).wasm)


class Behind(Place):
    """An object that something points to: writing overwrites what is in it."""

    def __init__(self, ty: Ty, pointer: Node) -> None:
        super().__init__(ty)
        self.pointer = pointer

    def of_type(self, ty: Ty) -> Place:
        return Behind(ty, self.pointer)

    def read(self, program: Program) -> Node:
        return n.copied(self.pointer)

    def write(self, program: Program, value: Node) -> list[Node]:
        return [program.overwrite(self.ty, n.copied(self.pointer), value)]


class Shared(Place):
    """A plain value behind a shared reference, which is the value."""

    def __init__(self, ty: Ty, value: Node) -> None:
        super().__init__(ty)
        self.value = value

    def of_type(self, ty: Ty) -> Place:
        return Shared(ty, self.value)

    def read(self, program: Program) -> Node:
        return n.copied(self.value)

    def write(self, program: Program, value: Node) -> list[Node]:
        raise AssertionError("a write through a shared reference")


class Unsized(Place):
    """A slice, str or trait object behind a pointer."""

    def __init__(self, ty: Ty, pointer: Node) -> None:
        super().__init__(ty)
        self.pointer = pointer

    def of_type(self, ty: Ty) -> Place:
        return Unsized(ty, self.pointer)

    def read(self, program: Program) -> Node:
        return n.copied(self.pointer)

    def write(self, program: Program, value: Node) -> list[Node]:
        raise AssertionError("a write of an unsized value")


class Static(Place):
    """A static's global."""

    def __init__(self, ty: Ty, name: object, type_: w.ValueType) -> None:
        super().__init__(ty)
        self.name = name
        self.type = type_

    def of_type(self, ty: Ty) -> Place:
        return Static(ty, self.name, self.type)

    def read(self, program: Program) -> Node:
        return program.global_get(self.name, self.type)

    def write(self, program: Program, value: Node) -> list[Node]:
        return [program.global_set(self.name, value)]


def slice_parts(program: Program, index: int, pointer: Node) -> tuple[Node, Node, Node]:
    """Array, start and length of a pointer to a slice."""
    array = program.types.composite(index).fields[SLICE_ARRAY].storage
    return (
        n.struct_get(index, SLICE_ARRAY, n.copied(pointer), array),
        n.struct_get(index, SLICE_START, n.copied(pointer), w.I32),
        n.struct_get(index, SLICE_LENGTH, n.copied(pointer), w.I32),
    )
