"""One concrete MIR body to one Wasm function.

Calling convention: every argument is one Wasm value, arguments without information are left out; an object is the
callee's from then on. A function with `#[track_caller]` takes its caller's location last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engines.rustwasm.lower_gc import calls
from engines.rustwasm.lower_gc import nodes as n
from engines.rustwasm.lower_gc.drops import DropLowering
from engines.rustwasm.lower_gc.objects import BUFFER_BYTES
from engines.rustwasm.lower_gc.places import Cell, Local, Nothing, Place, Static, Unsized, slice_parts
from engines.rustwasm.lower_gc.prepare import prepare
from engines.rustwasm.lower_gc.representation import EMPTY, ENUM, MIXED, OPTION, RAW, TAG, WIDE
from engines.rustwasm.lower_gc.views import viewed
from engines.rustwasm.lower_linear import arithmetic
from engines.rustwasm.lower_linear.moves import Moves
from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.place_type import place_type
from engines.rustwasm.release.tree import Block, If, Node, Tree
from engines.rustwasm.structure.relooper import BasicBlock, Branch, Exit, Jump, Leave, Table, numbered, structure
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm import types as w

if TYPE_CHECKING:
    from engines.rustwasm.lower_gc.program import Program


def borrowed(body: m.Body) -> set[int]:
    """Locals of which a part that no pointer leads to is borrowed mutably."""
    found = set()
    for block in body.blocks:
        for statement in block.statements:
            if isinstance(statement, m.Assign) and isinstance(statement.rvalue, m.Ref):
                place = statement.rvalue.place
                if statement.rvalue.kind != "shared" and not any(step[0] == m.DEREF for step in place.projection):
                    found.add(place.local)
    return found


class FunctionLowering(DropLowering):
    """Lowers one body; `tree` is the result."""

    def __init__(self, program: Program, body: m.Body, tracked: bool, views: tuple[int, ...] = ()) -> None:
        super().__init__(program, body.name)
        whole, body = body, viewed(body, views, program.compilation.sources.locate)
        self.views = body is not whole
        prepare(body, self._is_plain)
        self.body = body
        self.tracked = tracked
        self.checks = program.profile.checks
        self.moves = Moves(body, program.needs_drop)
        self.location: int | None = None
        self.origin = program.origin_of(body)
        self.refilled = {
            place.local for place in _written(body) if place.projection and place.projection[-1][0] == m.DEREF
        }

    def _is_plain(self, ty: Ty) -> bool:
        """Whether values of the type are no objects, are not copied part by part and not dropped."""
        one = self.types.of(ty)
        plain = one.kind != EMPTY and not one.is_object and not self.types.needs_copy(ty)
        return plain and not self.program.needs_drop(ty)

    # The whole function

    def tree(self) -> Tree:
        """The function's tree."""
        parameters = self._parameters()
        prologue, self.out = self.out, []
        for path in sorted(self.moves.flagged):
            self.flags[path] = self.fresh(w.I32)
        for local in range(1, self.body.arg_count + 1):
            self.set_flags(self.moves.mask(m.Place(local)), 1)
        prologue += self.out
        blocks: dict[int, BasicBlock] = {}
        work, seen = [0], {0}
        while work:
            number = work.pop()
            blocks[number] = self._block(number, self.body.blocks[number])
            for target in blocks[number].successors():
                if target not in seen:
                    seen.add(target)
                    work.append(target)
        statements = structure(numbered(blocks))
        result = self.types.of(self.body.locals[0].ty)
        results = () if result.kind == EMPTY else (result.wasm,)
        if results and (not statements or statements[-1].op not in ("return", "unreachable")):
            statements.append(Node("unreachable"))
        tree = Tree(parameters, list(self.locals), [*prologue, *statements], results)
        if self.origin is not None:
            self.origin.whole(prologue, tree)
        return tree

    def _parameters(self) -> int:
        """Homes for all locals; how many Wasm parameters there are."""
        body = self.body
        cells = borrowed(body)
        in_cell = {local for local in cells if not self.types.of(body.locals[local].ty).is_object}
        alive = {s.local for block in body.blocks for s in block.statements if isinstance(s, m.StorageLive)}
        incoming = [(local, self.home(body.locals[local].ty, False)) for local in range(1, body.arg_count + 1)]
        if self.tracked:
            self.location = self.fresh(w.I32)
        parameters = len(self.locals)
        for local, where in incoming:
            self.homes[local] = where
            if local in in_cell and not isinstance(where, Nothing):
                home = self.home(where.ty, True)
                assert isinstance(home, Cell)
                self.out.append(n.set_(home.pointer.imm[0], self.program.new_cell(where.read(self.program))))
                self.homes[local] = home
        for local, declaration in enumerate(body.locals):
            if local in self.homes:
                continue
            self.homes[local] = home = self.home(declaration.ty, local in in_cell)
            if isinstance(home, Cell) and local not in alive:
                self._renew(local)
        self.renewed = {local for local in in_cell if isinstance(self.homes[local], Cell)}
        return parameters

    def _block(self, number: int, block: m.Block) -> BasicBlock:
        self.out = []
        for statement in block.statements:
            if isinstance(statement, m.Assign):
                self.assign(statement.place, statement.rvalue, statement.span)
            elif isinstance(statement, m.StorageLive) and statement.local in self.renewed:
                self._renew(statement.local)
            if self.flags:
                cleared, filled = self.moves.effects(statement)
                self.set_flags(cleared & ~filled, 0)
                self.set_flags(filled, 1)
            if self.origin is not None:
                self.origin.statement(statement, self.out)
        leave = self._terminator(number, block.terminator)
        if self.origin is not None:
            self.origin.terminator(block.terminator, self.out, leave)
        return BasicBlock(leave, self.out)

    def _renew(self, local: int) -> None:
        """A fresh cell for a local whose scope starts again."""
        home = self.homes[local]
        assert isinstance(home, Cell)
        empty = n.default(self.types.of(home.ty).wasm)
        self.out.append(n.set_(home.pointer.imm[0], self.program.new_cell(empty)))

    def _terminator(self, number: int, terminator: m.Terminator) -> Exit:
        if isinstance(terminator, m.Goto):
            return Jump(terminator.target)
        if isinstance(terminator, m.Switch):
            return self._switch(terminator)
        if isinstance(terminator, m.Return):
            home = self.homes[0]
            return Leave([Node("return", (), [] if isinstance(home, Nothing) else [home.read(self.program)])])
        if isinstance(terminator, m.Drop):
            self.drop(number, terminator)
            if self.flags:
                self.set_flags(self.moves.mask(terminator.place), 0)
            return Jump(terminator.target)
        if isinstance(terminator, m.Call):
            calls.call(self, terminator)
            if terminator.target is None:
                return Leave([Node("unreachable")])
            if self.flags:
                cleared, filled = self.moves.leaving(terminator)
                self.set_flags(cleared & ~filled, 0)
                self.set_flags(filled, 1)
            return Jump(terminator.target)
        return Leave([Node("unreachable")])

    def _switch(self, switch: m.Switch) -> Exit:
        values, targets = list(switch.values), list(switch.targets)
        default = switch.otherwise if switch.otherwise is not None else targets.pop()
        if switch.otherwise is None:
            values.pop()
        if not targets:
            return Jump(default)
        value = self.scalars(self.operand(switch.operand, (0, 0)), self.operand_type(switch.operand))
        if len(value) == 1 and len(targets) == 1:
            if values[0] == 0 and value[0].type == w.I32:
                return Branch(value[0], default, targets[0])
            return Branch(_equal(value[0], values[0]), targets[0], default)
        low, high = min(values), max(values)
        if len(value) == 1 and value[0].type == w.I32 and high - low < 4 * len(values) + 4:
            selector = value[0] if low == 0 else n.op("i32.sub", value[0], n.i32(low))
            by_value = dict(zip(reversed(values), reversed(targets), strict=True))
            return Table(selector, [by_value.get(one, default) for one in range(low, high + 1)], default)
        parts = [self.stash(one) for one in value]
        case = self.fresh(w.I32)
        self.out.append(n.set_(case, n.i32(len(values))))
        for number, one in enumerate(values):
            tests = [_equal(n.copied(part), one >> 64 * i) for i, part in enumerate(parts)]
            test = tests[0] if len(tests) == 1 else n.op("i32.and", *tests)
            self.out.append(If(test, [n.set_(case, n.i32(number))], [], None))
        return Table(n.get(case, w.I32), targets, default)

    # Values

    def operand_type(self, operand: m.Operand) -> Ty:
        return operand.ty if isinstance(operand, m.Constant) else place_type(self.body, operand.place)

    def operand(self, operand: m.Operand, span: m.Span) -> Node:
        """The value of an operand: a copy of an object is another object."""
        if isinstance(operand, m.Constant):
            return self.constant(operand)
        where = self.place(operand.place, operand.span or span)
        value = where.read(self.program)
        if isinstance(operand, m.Copy):
            return self.program.copy(where.ty, value)
        projection = operand.place.projection
        if projection and projection[-1][0] == m.DEREF and operand.place.local in self.refilled:
            return self.program.shallow(where.ty, value)
        return value

    def scalars(self, value: Node, ty: Ty) -> list[Node]:
        """A number as arithmetic wants it: two halves of 128 bits."""
        if self.types.of(ty).kind != WIDE:
            return [value]
        index = self.types.wide_type()
        whole = self.stash(value)
        return [n.struct_get(index, half, n.copied(whole), w.I64) for half in range(2)]

    def whole(self, parts: list[Node], ty: Ty) -> Node:
        """The value of a number's parts."""
        if self.types.of(ty).kind != WIDE:
            return parts[0]
        return n.struct_new(self.types.wide_type(), parts)

    def results(self, call: Node, types: tuple[int, ...]) -> list[Node]:
        """The halves that a function of the library gives (`Program.halves`)."""
        low = self.stash(call)
        return [low, *[self.stash(self.program.extra_result(one, i)) for i, one in enumerate(types[1:])]]

    def constant(self, constant: m.Constant) -> Node:
        value, ty = constant.value, constant.ty
        if value is None:
            return n.i32(0)
        if isinstance(value, bytes):
            if self.types.of(ty).kind == EMPTY:
                return n.i32(0)
            return self.program.bytes_value(value, ty)
        if isinstance(value, (int, float)):
            if ty.kind == t.FLOAT:
                return n.f64(value) if ty.data == 64 else n.f32(value)
            one = self.types.of(ty)
            if one.kind == WIDE:
                return n.struct_new(self.types.wide_type(), [n.i64(int(value)), n.i64(int(value) >> 64)])
            assert isinstance(one.wasm, int)
            return n.integer(one.wasm, int(value))
        return self.static(value).read(self.program)

    def static(self, static: Any) -> Place:
        ty = t.erase(static.ty)
        wasm = self.types.of(ty).wasm
        self.program.need_static(static)
        return Static(ty, ("static", static), wasm)

    # Assignments

    def assign(self, place: m.Place, rvalue: m.Rvalue, span: m.Span) -> None:
        where = self.place(place, span)
        if where.ty.kind == t.NEVER:
            self.out.append(Node("unreachable"))
            return
        self.write(where, self.rvalue(rvalue, where.ty, span))

    def rvalue(self, rvalue: m.Rvalue, ty: Ty, span: m.Span) -> Node:
        if isinstance(rvalue, m.Use):
            return self.operand(rvalue.operand, span)
        if isinstance(rvalue, m.Aggregate):
            return self.construct(rvalue.ty, rvalue.variant, [self.operand(one, span) for one in rvalue.operands])
        if isinstance(rvalue, m.Repeat):
            return self._repeat(rvalue, span)
        if isinstance(rvalue, m.Ref):
            where = self.place(rvalue.place, span)
            value = self.reference(where, rvalue.kind != "shared")
            if ty.kind == t.RAW:
                return self.program.raw_new(where.ty, value)
            return value
        if isinstance(rvalue, m.Discriminant):
            return self.variant_of(self.place(rvalue.place, span))
        if isinstance(rvalue, m.Len):
            where = self.place(rvalue.place, span)
            if isinstance(where, Unsized):
                index = self.types.fat(where.ty).wasm.heap  # type: ignore[union-attr]
                return slice_parts(self.program, index, where.pointer)[2]
            return n.i32(where.ty.args[1].data)
        if isinstance(rvalue, m.Cast):
            return calls.cast(self, rvalue, span)
        left = rvalue.left if isinstance(rvalue, m.BinaryOp) else rvalue.operand
        one = self.operand_type(left)
        parts = self.scalars(self.operand(left, span), one)
        if isinstance(rvalue, m.UnaryOp):
            return self.whole(arithmetic.unary(self, rvalue.op, parts, one, span), ty)
        if self.types.of(one).kind == RAW:
            same = self.program.raw_equal(one.args[0], parts[0], self.operand(rvalue.right, span))
            return same if rvalue.op == "eq" else n.op("i32.eqz", same)
        if self.types.of(one).kind not in (EMPTY, WIDE) and isinstance(parts[0].type, w.Ref):
            same = Node("ref.eq", (), (parts[0], self.operand(rvalue.right, span)), w.I32)
            return same if rvalue.op == "eq" else n.op("i32.eqz", same)
        right = self.scalars(self.operand(rvalue.right, span), self.operand_type(rvalue.right))
        return self.whole(arithmetic.binary(self, rvalue.op, parts, right, one, span), ty)

    def construct(self, ty: Ty, variant: int, values: list[Node]) -> Node:
        """A struct, tuple, closure, array or variant of these fields."""
        if t.is_handle(ty):
            return self.program.box_new(t.pointee(ty), self.construct(t.pointee(ty), variant, values))
        one = self.types.of(ty)
        if ty.kind == t.ARRAY:
            return self.program.array_fixed(ty.args[0], values)
        if one.kind == EMPTY:
            return n.i32(0)
        sole = self.types.sole_field(ty)
        if sole is not None:
            return values[sole]
        if one.kind == TAG:
            return n.i32(variant)
        if one.kind == OPTION:
            held = self.types.fields(ty, variant)
            full = [value for value, field in zip(values, held, strict=True) if not self.types.is_empty(field)]
            return full[0] if full else n.null(one.wasm)
        if one.kind == MIXED:
            held = self.types.fields(ty, variant)
            full = [value for value, field in zip(values, held, strict=True) if not self.types.is_empty(field)]
            return self.program.mixed(ty, variant, full[0] if full else n.i32(variant))
        rows, types = self.types.slots(ty)
        slots: list[Node | None] = [None] * len(types)
        if one.kind == ENUM:
            slots[0] = n.i32(variant)
        for value, slot in zip(values, rows[variant if one.kind == ENUM else 0], strict=True):
            if slot is not None:
                slots[slot.number] = value
        # In order of evaluation the operands come as they are; reading them has no effect.
        filled = [n.default(type_) if slot is None else slot for slot, type_ in zip(slots, types, strict=True)]
        return n.struct_new(one.index, filled)

    def _repeat(self, rvalue: m.Repeat, span: m.Span) -> Node:
        count = rvalue.count.data
        element = self.operand_type(rvalue.operand)
        value = self.operand(rvalue.operand, span)
        if not self.types.needs_copy(element) or count < 2:
            return self.program.array_filled(element, value, n.i32(count))
        first = self.stash(value)
        array = self.stash(self.program.array_filled(element, first, n.i32(count)))
        at = self.stash(n.op("i32.add", n.i32(0), n.i32(1)))
        label = self.program.fresh_label()
        step = Node("local.tee", at.imm, (n.op("i32.add", n.copied(at), n.i32(1)),), w.I32)
        body = [
            self.program.array_set(element, n.copied(array), n.copied(at), self.program.copy(element, n.copied(first))),
            Node("br_if", (label,), (n.op("i32.lt_u", step, n.i32(count)),)),
        ]
        self.out.append(Block("loop", label, body, None))
        return n.copied(array)

    def variant_of(self, where: Place) -> Node:
        """The index of the variant that a place holds."""
        one = self.types.of(where.ty)
        value = where.read(self.program)
        if one.kind == TAG:
            return value
        if one.kind == OPTION:
            null = n.is_null(value)
            return null if self.types.full_variant(where.ty) == 0 else n.op("i32.eqz", null)
        if one.kind == MIXED:
            return self.program.variant_of_mixed(where.ty, self.stash(value))
        if one.kind == ENUM and where.ty.kind == t.ADT and where.ty.data.is_enum:
            self.types.slots(where.ty)
            return n.struct_get(one.index, 0, value, w.I32)
        return n.i32(0)

    # Panics

    def location_of(self, span: m.Span) -> Node:
        if self.location is not None:
            return n.get(self.location, w.I32)
        return self.program.location(span)

    def panic(self, message: str, span: m.Span) -> list[Node]:
        """Statements that end the program."""
        if not self.messages:
            return [Node("unreachable")]
        text = message.encode()
        assert len(text) <= BUFFER_BYTES, "what the compiler says is short"
        arguments = [self.location_of(span), n.i32(self.program.bytes_offset(text)), n.i32(len(text))]
        return [self.runtime("panic_constant", arguments), Node("unreachable")]

    def runtime(self, name: str, arguments: list[Node]) -> Node:
        return self.program.call(("runtime", name), arguments, None)


def _written(body: m.Body) -> list[m.Place]:
    found = [s.place for block in body.blocks for s in block.statements if isinstance(s, m.Assign)]
    return found + [b.terminator.destination for b in body.blocks if isinstance(b.terminator, m.Call)]


def _equal(value: Node, number: int) -> Node:
    assert isinstance(value.type, int)
    return n.op("i64.eq" if value.type == w.I64 else "i32.eq", value, n.integer(value.type, number))


__all__ = ["FunctionLowering", "Local", "borrowed"]
