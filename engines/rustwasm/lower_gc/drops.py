"""Drops: nothing is freed here, so only what a program can see happens: `Drop::drop`, and counts of `Rc` and `RefCell`.

Glue for a type is a function that takes a value and drops all of it; it is built as MIR.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engines.rustwasm.lower_gc import nodes as n
from engines.rustwasm.lower_gc.frame import Frame
from engines.rustwasm.lower_gc.places import Element, Place
from engines.rustwasm.lower_linear.made_bodies import drop_fields
from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.place_type import place_type
from engines.rustwasm.release.tree import If, Node
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm import types as w

if TYPE_CHECKING:
    from engines.rustwasm.lower_linear.moves import Moves


class DropLowering(Frame):
    """Emits drops."""

    moves: Moves

    def drop(self, number: int, terminator: m.Drop) -> None:
        """Drop what the terminator's place holds before the terminator of this block."""
        place = terminator.place
        if not self.program.needs_drop(place_type(self.body, place)):
            return
        path = self.moves.path(place)
        if path is not None and not self._any(number, path):
            return
        where = self.place(place, terminator.span)
        if path is None:
            self.drop_whole(where)
        else:
            self._open(number, where, path)

    def _any(self, number: int, path: int) -> bool:
        children = self.moves.children[path].values()
        return self.moves.holds(number, path)[0] or any(self._any(number, child) for child in children)

    def _surely(self, number: int, path: int) -> bool:
        maybe, missing = self.moves.holds(number, path)
        children = self.moves.children[path].values()
        return maybe and not missing and all(self._surely(number, child) for child in children)

    def _whole_if(self, number: int, where: Place, path: int) -> None:
        """Drop a value if the path holds one."""
        maybe, missing = self.moves.holds(number, path)
        if not maybe:
            return
        saved, self.out = self.out, []
        self.drop_whole(where)
        inner, self.out = self.out, saved
        if missing and inner:
            self.out.append(If(n.get(self.flags[path], w.I32), inner, [], None))
        else:
            self.out += inner

    def _open(self, number: int, where: Place, path: int) -> None:
        children = self.moves.children[path]
        ty = where.ty
        if not self.program.needs_drop(ty):
            return
        if not children or self._surely(number, path):
            self._whole_if(number, where, path)
            return
        if not self._any(number, path):
            return
        if ty.kind == t.ADT and ty.data.lang == "Box":
            for child in children.values():
                self._open(number, self.target(where), child)
        elif ty.kind == t.ARRAY:
            array = self.stash(where.read(self.program))
            for i in range(ty.args[1].data):
                element = Element(ty.args[0], array, n.i32(i))
                self._drop_part(number, element, path, children.get((m.CONSTANT_INDEX, i)))
        elif ty.kind == t.ADT and ty.data.is_enum:
            self._open_enum(number, where, path)
        else:
            for i in range(len(self.types.fields(ty, where.variant))):
                part = self.field(where, i)
                self._drop_part(number, part, path, children.get((m.FIELD, i)))

    def _drop_part(self, number: int, where: Place, path: int, child: int | None) -> None:
        if child is not None:
            self._open(number, where, child)
        elif self.program.needs_drop(where.ty):
            self._whole_if(number, where, path)

    def _open_enum(self, number: int, where: Place, path: int) -> None:
        children = self.moves.children[path]
        held = self.stash(self.variant_of(where))
        for variant in range(len(where.ty.data.variants)):
            child = children.get((m.DOWNCAST, variant))
            saved, self.out = self.out, []
            for i in range(len(self.types.fields(where.ty, variant))):
                part = self.field(where.typed(where.ty, variant), i)
                below = None if child is None else self.moves.children[child].get((m.FIELD, i))
                self._drop_part(number, part, path if child is None else child, below)
            inner, self.out = self.out, saved
            if inner:
                self.out.append(If(n.op("i32.eq", n.copied(held), n.i32(variant)), inner, [], None))

    def variant_of(self, where: Place) -> Node:
        raise NotImplementedError

    def drop_whole(self, where: Place) -> None:
        """Drop a value that is there."""
        if self.program.needs_drop(where.ty):
            self.out += self.program.drop_value(where.ty, where.read(self.program))


def glue_body(ty: Ty, fields: dict[int, list[tuple[int, Ty]]], drop: m.Operand | None) -> m.Body:
    """The MIR of drop glue for a struct, enum, tuple or closure: its parameter is the value. `fields` are per variant
    the fields that need a drop."""
    body = m.Body(f"drop {t.show(ty)}", None, 1, (0, 0))
    body.locals = [m.Local(one, None, False, (0, 0)) for one in (t.UNIT, ty, t.ref(ty, True), t.I32)]
    body.blocks = [m.Block()]
    if drop is not None:
        body.blocks[0].statements.append(m.Assign(m.Place(2), m.Ref("mut", m.Place(1)), (0, 0)))
        body.blocks[0].terminator = m.Call(drop, [m.Copy(m.Place(2))], m.Place(0), 1, (0, 0))
        body.blocks.append(m.Block())
    drop_fields(body, ty, m.Place(1), fields, 3)
    return body
