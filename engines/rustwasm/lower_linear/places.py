"""Places: Wasm locals, or addresses in memory.

A MIR local whose value has parts and whose address nobody takes lives in Wasm locals; any other has a slot in the
function's frame on the shadow stack, whose pointer is a Wasm local.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from engines.rustwasm.lower_linear import nodes as n
from engines.rustwasm.lower_linear.emitter import Emitter
from engines.rustwasm.lower_linear.layout import POINTER, Layout, Storage, pointee_is_fat
from engines.rustwasm.mir import body as m
from engines.rustwasm.release.tree import Node
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm import types as w

if TYPE_CHECKING:
    from engines.rustwasm.lower_linear.program import Program


class InLocals:
    """A place in Wasm locals: one for each part of its type."""

    __slots__ = ("locals", "ty", "variant")

    def __init__(self, ty: Ty, locals_: tuple[int, ...], variant: int = 0) -> None:
        self.ty = ty
        self.locals = locals_
        self.variant = variant


class InMemory:
    """A place at `address` (a tree that may be evaluated often) plus `offset`. `meta` is the length or vtable of an
    unsized one; `through` says that a pointer led here."""

    __slots__ = ("address", "meta", "offset", "through", "ty", "variant")

    def __init__(
        self, ty: Ty, address: Node, offset: int, meta: Node | None = None, variant: int = 0, through: bool = True
    ) -> None:
        self.ty = ty
        self.address = address
        self.offset = offset
        self.meta = meta
        self.variant = variant
        self.through = through

    def pointer(self) -> Node:
        """The address as a value."""
        return n.add_offset(n.copied(self.address), self.offset)


Where: TypeAlias = InLocals | InMemory


class FrameBuilder(Emitter):
    """What a function under construction consists of, and how places are found in it."""

    def __init__(self, program: Program, name: str) -> None:
        super().__init__(program.profile.messages)
        self.program = program
        self.layouts = program.layouts
        self.name = name
        self.types: list[int] = []
        self.frame_bytes = 0
        self.frame_local: int | None = None
        self.objects: list[tuple[int, int]] = []
        """Locals that hold the address of one object in the frame each, and its offset; none in profile dev."""
        self.homes: dict[int, Where] = {}
        self.body: m.Body = None  # type: ignore[assignment]  # set before places are used
        self.sharing = program.profile.name == "dev" and program.origins is None
        """Whether a node may stand in several places: in a tree that is written and never changed."""

    def fresh(self, type_: int) -> int:
        self.types.append(type_)
        return len(self.types) - 1

    def fresh_all(self, types: Sequence[int]) -> tuple[int, ...]:
        """A fresh local for each."""
        first = len(self.types)
        self.types += types
        return (first,) if len(types) == 1 else tuple(range(first, first + len(types)))

    def stash(self, value: Node) -> Node:
        """A tree for the value that may be evaluated often."""
        if value.op in _CONSTANTS:
            return value
        type_ = value.type
        assert isinstance(type_, int)
        types = self.types
        local = len(types)
        types.append(type_)
        self.out.append(Node(_SET, (local,), (value,)))
        return n.shared_get(local, type_) if self.sharing else n.get(local, type_)

    def results(self, call: Node, types: Sequence[int]) -> list[Node]:
        """The values that a call gives, which happens now if there are several."""
        if len(types) == 1:
            return [call]
        extra = tuple([self.fresh(type_) for type_ in types[1:]])
        call.imm = (*call.imm, extra)
        return [self.stash(call), *[n.get(local, self.types[local]) for local in extra]]

    def stashed_address(self, value: Node) -> Node:
        return value if value.op == "local.get" else self.stash(value)

    def frame(self) -> Node:
        if self.frame_local is None:
            self.frame_local = self.fresh(w.I32)
        return n.get(self.frame_local, w.I32)

    def slot(self, layout: Layout) -> int:
        """Room in the frame: its offset."""
        alignment = max(layout.alignment, 1)
        self.frame_bytes = -(-self.frame_bytes // alignment) * alignment
        offset = self.frame_bytes
        self.frame_bytes += layout.bytes
        return offset

    def temporary(self, ty: Ty) -> InMemory:
        """A fresh place in the frame."""
        if self.program.profile.name == "dev":
            return InMemory(ty, self.frame(), self.slot(self.layouts.of(ty)), through=False)
        # Each object has an address of its own, from which the release passes see who else may reach it. None is at
        # the frame's own address.
        self.frame()
        self.frame_bytes = max(self.frame_bytes, 8)
        offset = self.slot(self.layouts.of(ty))
        local = self.fresh(w.I32)
        self.objects.append((local, offset))
        return InMemory(ty, n.get(local, w.I32), 0, through=False)

    def addresses(self) -> list[Node]:
        """Statements that give the objects' addresses to their locals."""
        frame = self.frame()
        return [n.set_(local, n.add_offset(n.copied(frame), offset)) for local, offset in self.objects]

    # Places

    def place(self, place: m.Place, span: m.Span) -> Where:
        where = self.homes[place.local]
        if place.projection:
            for step in place.projection:
                where = self._step(where, step, span)
        return where

    def _step(self, where: Where, step: m.Projection, span: m.Span) -> Where:
        kind = step[0]
        if kind == m.FIELD:
            return self.field(where, step[1], step[2])
        if kind == m.DEREF:
            return self.target(where)
        if kind == m.DOWNCAST:
            if isinstance(where, InLocals):
                return InLocals(where.ty, where.locals, step[1])
            return InMemory(where.ty, where.address, where.offset, where.meta, step[1], where.through)
        return self._element(where, step, span)

    def field(self, where: Where, index: int, ty: Ty) -> Where:
        variant = self.layouts.of(where.ty).variants[where.variant]
        if isinstance(where, InLocals):
            parts = variant.parts[index]
            assert parts is not None
            return InLocals(ty, tuple([where.locals[i] for i in parts]))
        return InMemory(ty, where.address, where.offset + variant.offsets[index], through=where.through)

    def target(self, where: Where) -> InMemory:
        """What the pointer in a place points to."""
        pointee = t.pointee(where.ty)
        parts = self.parts(where)
        meta = self.stash(parts[1]) if pointee_is_fat(pointee) else None
        address = parts[0]
        return InMemory(pointee, address if address.op == _GET else self.stash(address), 0, meta)

    def _element(self, where: Where, step: m.Projection, span: m.Span) -> Where:
        assert isinstance(where, InMemory)
        element = where.ty.args[0] if where.ty.kind != t.STR else t.U8
        size = self.layouts.of(element).bytes
        length = where.meta if where.meta is not None else n.i32(where.ty.args[1].data)
        kind = step[0]
        if kind == m.INDEX:
            index = self.parts(self.homes[step[1]])[0]
            self.check_index(index, length, span)
            if index.op == "i32.const":
                return InMemory(element, where.address, where.offset + index.imm[0] * size)
            address = n.op("i32.add", where.pointer(), self.scaled(n.copied(index), size))
            return InMemory(element, self.stash(address), 0)
        if kind == m.CONSTANT_INDEX:
            if not step[2]:
                if where.meta is not None:
                    self.check_index(n.i32(step[1]), length, span)
                return InMemory(element, where.address, where.offset + step[1] * size, through=where.through)
            if where.meta is None:
                at = where.ty.args[1].data - step[1]
                return InMemory(element, where.address, where.offset + at * size, through=where.through)
            index = n.op("i32.sub", n.copied(length), n.i32(step[1]))
            return InMemory(element, self.stash(n.op("i32.add", where.pointer(), self.scaled(index, size))), 0)
        if where.meta is None:
            count = where.ty.args[1].data - step[1] - step[2]
            ty = t.array(element, count)
            return InMemory(ty, where.address, where.offset + step[1] * size, through=where.through)
        rest = self.stash(n.op("i32.sub", n.copied(length), n.i32(step[1] + step[2])))
        return InMemory(where.ty, where.address, where.offset + step[1] * size, rest)

    def scaled(self, index: Node, size: int) -> Node:
        if size == 1:
            return index
        if size & (size - 1) == 0 and size:
            return n.op("i32.shl", index, n.i32(size.bit_length() - 1))
        return n.op("i32.mul", index, n.i32(size))

    # Values

    def parts(self, where: Where) -> list[Node]:
        """The scalars of the value in a place, not evaluated yet."""
        if isinstance(where, InLocals):
            types, locals_ = self.types, where.locals
            if self.sharing:
                if len(locals_) == 1:
                    return [n.shared_get(locals_[0], types[locals_[0]])]
                return [n.shared_get(local, types[local]) for local in locals_]
            return [Node(_GET, (local,), (), types[local]) for local in locals_]
        layout = self.layouts.of(where.ty)
        assert layout.parts is not None, f"{t.show(where.ty)} has no parts"
        address, start = where.address, where.offset
        if self.sharing:
            return [
                Node(load, (exponent, start + offset, 0), (address,), type_)
                for offset, load, _, exponent, type_ in layout.accesses
            ]
        return [
            Node(load, (exponent, start + offset, 0), (n.copied(address),), type_)
            for offset, load, _, exponent, type_ in layout.accesses
        ]

    def write_parts(self, where: Where, values: list[Node]) -> None:
        """Store scalars in a place; they may read the place."""
        if isinstance(where, InLocals):
            if len(values) == 1:
                self.out.append(Node(_SET, (where.locals[0],), values))
                return
            out, locals_ = self.out, where.locals
            assert len(values) == len(locals_)
            for i, value in enumerate(self.settled(values)):
                out.append(Node(_SET, (locals_[i],), (value,)))
            return
        layout = self.layouts.of(where.ty)
        assert layout.parts is not None
        if len(values) > 1:
            values = self.settled(values)
        out, accesses, address, start = self.out, layout.accesses, where.address, where.offset
        assert len(values) == len(accesses)
        for i, value in enumerate(values):
            offset, _, store, exponent, _ = accesses[i]
            place = address if self.sharing else n.copied(address)
            out.append(Node(store, (exponent, start + offset, 0), (place, value)))

    def settled(self, values: list[Node]) -> list[Node]:
        """The values, evaluated now if writing the first could change the others."""
        return [value if value.op in _CONSTANTS else self.stash(value) for value in values]

    def copy_memory(self, to: InMemory, source: InMemory, count: int) -> None:
        """Copy bytes between places that are apart or the same, or overlap with the target first."""
        if count > 32:
            self.out.append(Node("memory.copy", (0, 0), (to.pointer(), source.pointer(), n.i32(count))))
            return
        done = 0
        for storage in (_EIGHT, POINTER, _TWO, _ONE):
            while count - done >= storage.bytes:
                value = n.load(storage, n.copied(source.address), source.offset + done)
                self.out.append(n.store(storage, n.copied(to.address), to.offset + done, value))
                done += storage.bytes

    def move(self, to: Where, source: Where) -> None:
        """Copy a value from one place to another."""
        layout = self.layouts.of(to.ty)
        if where_never(source):
            self.out.append(Node("unreachable"))
            return
        if layout.parts is not None:
            self.write_parts(to, self.parts(source))
            return
        assert isinstance(to, InMemory)
        assert isinstance(source, InMemory)
        self.copy_memory(to, source, layout.bytes)


def where_never(where: Where) -> bool:
    """Whether no value can be there: control does not come this far."""
    return where.ty.kind == t.NEVER


_GET: Final = "local.get"
_SET: Final = "local.set"
_CONSTANTS: Final = frozenset(("i32.const", "i64.const", "f32.const", "f64.const"))
_EIGHT: Final = Storage(w.I64, 8)
_TWO: Final = Storage(w.I32, 2)
_ONE: Final = Storage(w.I32, 1)
