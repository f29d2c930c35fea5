"""Drops: what of a place still holds a value, field by field; drop glue for whole values.

Glue for a type is a function that takes the address of a value (and the length or vtable of an unsized one) and drops
all of it. It is built as MIR: a call of `Drop::drop`, then a drop of every field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engines.rustwasm.lower_linear import nodes as n
from engines.rustwasm.lower_linear.layout import POINTER, pointee_is_fat
from engines.rustwasm.lower_linear.made_bodies import drop_fields
from engines.rustwasm.lower_linear.places import FrameBuilder, InLocals, InMemory, Where
from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.place_type import place_type
from engines.rustwasm.release.tree import Block, If, Node
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm import types as w

if TYPE_CHECKING:
    from engines.rustwasm.lower_linear.moves import Moves


class DropLowering(FrameBuilder):
    """Emits drops."""

    moves: Moves

    def variant_of(self, where: Where) -> Node:
        raise NotImplementedError

    def drop(self, number: int, terminator: m.Drop) -> None:
        """Drop what the terminator's place holds."""
        place = terminator.place
        if not self.program.needs_drop(place_type(self.body, place)):
            return
        path = self.moves.path(place)
        if path is not None and not self.holds_any(number, path):
            return
        where = self.place(place, terminator.span)
        if path is None:
            self.drop_whole(where)
        else:
            self._open(number, where, path)

    def holds_any(self, number: int, path: int) -> bool:
        return self.moves.holds(number, path)[0] or any(
            self.holds_any(number, child) for child in self.moves.children[path].values()
        )

    def _surely(self, number: int, path: int) -> bool:
        maybe, missing = self.moves.holds(number, path)
        return maybe and not missing and all(self._surely(number, c) for c in self.moves.children[path].values())

    def _guarded(self, number: int, path: int, inner: list[Node]) -> None:
        """Run the statements if the path holds a value."""
        maybe, missing = self.moves.holds(number, path)
        if not maybe or not inner:
            return
        if missing:
            self.out.append(If(n.get(self.flags[path], w.I32), inner, [], None))
        else:
            self.out += inner

    def _inside(self, where: Where, action: str) -> list[Node]:
        """The statements of dropping a whole value, or of freeing a box."""
        saved, self.out = self.out, []
        if action == "free":
            self.free(self.parts(where)[0])
        else:
            self.drop_whole(where)
        inner, self.out = self.out, saved
        return inner

    def _open(self, number: int, where: Where, path: int) -> None:
        children = self.moves.children[path]
        if not children or self._surely(number, path):
            self._guarded(number, path, self._inside(where, "drop"))
            return
        if not self.holds_any(number, path):
            return
        ty = where.ty
        if ty.kind == t.ADT and ty.data.lang == "Box":
            for child in children.values():
                self._open(number, self.target(where), child)
            self._guarded(number, path, self._inside(where, "free"))
        elif ty.kind == t.ARRAY:
            assert isinstance(where, InMemory)
            size = self.layouts.of(ty.args[0]).bytes
            for i in range(ty.args[1].data):
                part = InMemory(ty.args[0], where.address, where.offset + i * size, through=where.through)
                self._part(number, part, path, children.get((m.CONSTANT_INDEX, i)))
        elif ty.kind == t.ADT and ty.data.is_enum:
            self._open_enum(number, where, path)
        else:
            for i, field in enumerate(self.layouts.fields(ty, where.variant)):
                self._part(number, self.field(where, i, field), path, children.get((m.FIELD, i)))

    def _part(self, number: int, where: Where, path: int, child: int | None) -> None:
        if child is not None:
            self._open(number, where, child)
        elif self.program.needs_drop(where.ty):
            self._guarded(number, path, self._inside(where, "drop"))

    def _open_enum(self, number: int, where: Where, path: int) -> None:
        """Each variant on its own; what is below a variant's path is its fields."""
        children = self.moves.children[path]
        held = self.stash(self.variant_of(where))
        both: list[list[Node]] = []
        for variant in range(len(where.ty.data.variants)):
            child = children.get((m.DOWNCAST, variant))
            saved, self.out = self.out, []
            for i, ty in enumerate(self.layouts.fields(where.ty, variant)):
                part = self.field(self._step(where, (m.DOWNCAST, variant), (0, 0)), i, ty)
                below = None if child is None else self.moves.children[child].get((m.FIELD, i))
                self._part(number, part, path if child is None else child, below)
            inner, self.out = self.out, saved
            both.append(inner)
        if len(both) == 2 and all(both):
            self.out.append(If(n.copied(held), both[1], both[0], None))
            return
        for variant, inner in enumerate(both):
            if inner:
                self.out.append(If(n.op("i32.eq", n.copied(held), n.i32(variant)), inner, [], None))

    # Whole values

    def drop_whole(self, where: Where) -> None:
        """Drop a value that is there."""
        ty = where.ty
        if not self.program.needs_drop(ty):
            return
        if ty.kind == t.ADT and ty.data.lang == "Box":
            parts = self.settled(self.parts(where))
            self.drop_pointee(ty.args[0], parts)
            self.free(n.copied(parts[0]))
            return
        if isinstance(where, InLocals):
            memory = self.temporary(ty)
            self.write_parts(memory, self.parts(where))
            where = memory
        arguments = [where.pointer()]
        if where.meta is not None:
            arguments.append(n.copied(where.meta))
        self.drop_pointee(ty, arguments)

    def drop_pointee(self, ty: Ty, arguments: list[Node]) -> None:
        """Drop the value of this type that a pointer of these parts points to."""
        if not self.program.needs_drop(ty):
            return
        if ty.kind == t.DYN:
            glue = self.stash(n.load(POINTER, n.copied(arguments[1]), 0))
            call = self.program.call_indirect(n.copied(glue), [n.copied(arguments[0])], (w.I32,), ())
            self.out.append(If(n.copied(glue), [call], [], None))
            return
        self.out.append(self.program.call(("glue", ty), [n.copied(one) for one in arguments], None))

    def free(self, pointer: Node) -> None:
        self.out.append(self.program.call(("runtime", "free"), [pointer], None))

    def loop(self, at: int, step: int, end: Node, body: list[Node]) -> None:
        """Run `body` for `at`, `at + step`, ... below `end`, at least once."""
        label = self.program.fresh_label()
        again = n.op(
            "i32.lt_u", Node("local.tee", (at,), (n.op("i32.add", n.get(at, w.I32), n.i32(step)),), w.I32), end
        )
        self.out.append(Block("loop", label, [*body, Node("br_if", (label,), (again,))], None))


def glue_body(ty: Ty, fields: dict[int, list[tuple[int, Ty]]], drop: m.Operand | None) -> m.Body:
    """The MIR of drop glue for a struct, enum, tuple or closure: its parameter is a raw pointer to the value. `fields`
    are per variant those that may need a drop."""
    body = m.Body(f"drop {t.show(ty)}", None, 1, (0, 0))
    pointer = t.ref(ty, True) if drop is not None else t.raw(ty, True)
    body.locals = [m.Local(t.UNIT, None, False, (0, 0)), m.Local(pointer, None, False, (0, 0))]
    body.blocks = [m.Block()]
    if drop is not None:
        body.blocks[0].terminator = m.Call(drop, [m.Copy(m.Place(1))], m.Place(0), 1, (0, 0))
        body.blocks.append(m.Block())
    if ty.kind == t.ADT and ty.data.is_enum:
        body.locals.append(m.Local(t.I32, None, False, (0, 0)))
    drop_fields(body, ty, m.Place(1).deref(), fields, 2)
    return body


def element_glue(fn: DropLowering, ty: Ty) -> None:
    """Glue of an array or slice: parameters 0 (and 1) are its pointer (and length)."""
    element = ty.args[0]
    size = fn.layouts.of(element).bytes
    count = n.get(1, w.I32) if pointee_is_fat(ty) else n.i32(ty.args[1].data)
    if size == 0:
        left = fn.fresh(w.I32)
        fn.out.append(n.set_(left, n.i32(0)))
        saved, fn.out = fn.out, []
        fn.drop_whole(InMemory(element, n.i32(8), 0))
        inner, fn.out = fn.out, saved
        saved, fn.out = fn.out, []
        fn.loop(left, 1, n.copied(count), inner)
    else:
        at = fn.fresh(w.I32)
        fn.out.append(n.set_(at, n.get(0, w.I32)))
        end = fn.stash(n.op("i32.add", n.get(0, w.I32), fn.scaled(n.copied(count), size)))
        saved, fn.out = fn.out, []
        fn.drop_whole(InMemory(element, n.get(at, w.I32), 0))
        inner, fn.out = fn.out, saved
        saved, fn.out = fn.out, []
        fn.loop(at, size, end, inner)
    loop, fn.out = fn.out, saved
    fn.out.append(If(n.copied(count), loop, [], None))
