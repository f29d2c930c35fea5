"""One concrete MIR body to one Wasm function.

Calling convention: a value with parts is passed as its parts, any other as the address of a place that the callee may
change. A result with parts is returned as so many Wasm results; any other is written where the first parameter
points. A function with `#[track_caller]` takes the address of its caller's location last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engines.rustwasm.lower_linear import arithmetic, calls
from engines.rustwasm.lower_linear import nodes as n
from engines.rustwasm.lower_linear.drops import DropLowering
from engines.rustwasm.lower_linear.layout import LENGTH, pointee_is_fat
from engines.rustwasm.lower_linear.moves import Moves, gives_back, handed_on, operands_of
from engines.rustwasm.lower_linear.places import InLocals, InMemory, Where
from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.place_type import place_type
from engines.rustwasm.release.never_zero import never_zero
from engines.rustwasm.release.tree import If, Node, Tree
from engines.rustwasm.structure.relooper import BasicBlock, Branch, Exit, Jump, Leave, Table, numbered, structure
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm import types as w

if TYPE_CHECKING:
    from engines.rustwasm.lower_linear.program import Program


class FunctionLowering(DropLowering):
    """Lowers one body; `tree` is the result."""

    def __init__(self, program: Program, body: m.Body, tracked: bool) -> None:
        super().__init__(program, body.name)
        self.body = body
        self.tracked = tracked
        self.checks = program.profile.checks
        self.moves = Moves(body, program.needs_drop)
        self.location: int | None = None
        self.origin = program.origin_of(body)
        self.result = self.layouts.of(body.locals[0].ty)
        self.single: dict[int, bool] = {}
        """Locals that something is assigned to as a whole or in part: only once?"""
        self.entered = [0] * len(body.blocks)
        """From how many places control comes to each block."""
        self.handed: set[int] = set()
        """Blocks whose call gives a value back that is where it should be already."""

    # The whole function

    def tree(self) -> Tree:
        """The function's tree."""
        self._parameters()
        body = self.body
        blocks: dict[int, BasicBlock] = {}
        work, seen = [0], {0}
        prologue, self.out = self.out, []
        for path in sorted(self.moves.flagged):
            self.flags[path] = self.fresh(w.I32)
        for local in range(1, body.arg_count + 1):
            self.set_flags(self.moves.mask(m.Place(local)), 1)
        prologue += self.out
        while work:
            number = work.pop()
            made_block = blocks[number] = self._block(number, seen)
            for target in made_block.successors():
                if target not in seen:
                    seen.add(target)
                    work.append(target)
        made = numbered(blocks)
        if self.frame_local is not None and self.frame_bytes:
            size = -(-self.frame_bytes // 8) * 8
            pointer = n.op("i32.sub", self.program.global_get("stack"), n.i32(size))
            prologue[:0] = [
                n.set_(self.frame_local, pointer),
                self.program.global_set("stack", n.get(self.frame_local, w.I32)),
                *self.addresses(),
            ]
            self._restore(made, size)
        elif self.frame_local is not None:
            prologue[:0] = [n.set_(self.frame_local, self.program.global_get("stack"))]
        statements = structure(made)
        results = self.result.wasm if self.result.parts else ()
        if results and (not statements or statements[-1].op not in ("return", "unreachable")):
            statements.append(Node("unreachable"))
        growing = self.program.profile.name != "dev"
        tree = Tree(self.parameter_count, list(self.types), [*prologue, *statements], results, growing)
        if self.origin is not None:
            self.origin.whole(prologue, tree)
        return tree

    def _restore(self, blocks: list[BasicBlock], size: int) -> None:
        assert self.frame_local is not None
        for block in blocks:
            if isinstance(block.exit, Leave) and block.exit.statements[-1].op == "return":
                back = n.op("i32.add", n.get(self.frame_local, w.I32), n.i32(size))
                last = block.exit.statements[-1]
                for index, value in enumerate(last.args):
                    if not n.pure(value):
                        kept = self.fresh(value.type)  # type: ignore[arg-type]
                        block.exit.statements.insert(-1, n.set_(kept, value))
                        last.args[index] = n.get(kept, self.types[kept])
                block.exit.statements.insert(-1, self.program.global_set("stack", back))

    def _parameters(self) -> None:
        """Parameters, and homes for all locals."""
        body = self.body
        memory = self._survey()
        incoming: list[tuple[int, Where]] = []
        if self.result.parts is None:
            self.homes[0] = InMemory(body.locals[0].ty, n.get(self.fresh(w.I32), w.I32), 0)
        for local in range(1, body.arg_count + 1):
            layout = self.layouts.of(body.locals[local].ty)
            if layout.parts is None:
                incoming.append((local, InMemory(body.locals[local].ty, n.get(self.fresh(w.I32), w.I32), 0)))
            else:
                incoming.append((local, InLocals(body.locals[local].ty, self.fresh_all(layout.wasm))))
        if self.tracked:
            self.location = self.fresh(w.I32)
        self.parameter_count = len(self.types)
        for local, where in incoming:
            if isinstance(where, InLocals) and local in memory:
                self.homes[local] = self.temporary(where.ty)
                self.write_parts(self.homes[local], self.parts(where))
            else:
                self.homes[local] = where
        homes, layout_of, known = self.homes, self.layouts.of, self.layouts.known
        for local, declaration in enumerate(body.locals):
            if local in homes:
                continue
            ty = declaration.ty
            layout = known.get(ty) or layout_of(ty)
            if layout.parts is None or (local in memory and layout.bytes):
                homes[local] = self.temporary(ty)
            elif local in memory:
                homes[local] = InMemory(ty, n.i32(8), 0)
            else:
                homes[local] = InLocals(ty, self.fresh_all(layout.wasm))
        if self.program.profile.name != "dev":
            self._hand_on(memory)

    def _hand_on(self, kept: set[int]) -> None:
        """Let temporaries in memory that are only handed on have the place of what they are handed."""
        handed = handed_on(self.body, self._gives_back, kept)
        for number, source in handed.items():
            target = self.body.blocks[number].terminator.destination.local
            if isinstance(self.homes[source], InMemory) and isinstance(self.homes[target], InMemory):
                self.homes[target] = self.homes[source]
                self.handed.add(number)

    def _gives_back(self, function: m.Operand) -> bool:
        if not isinstance(function, m.Constant) or function.ty.kind != t.FNDEF or hasattr(function.ty.data, "fields"):
            return False
        callee = self.program.instances.resolve(function.ty.data, function.ty.args)
        if callee.kind != "function" or callee.definition.intrinsic is not None:
            return False
        return gives_back(self.program.instances.body(callee.definition, callee.args))

    def _survey(self) -> set[int]:
        """Count definitions of locals and entries of blocks; locals whose address somebody takes, or of which only a
        part that is found at run time is meant."""
        single, entered = self.single, self.entered
        found = set()
        entered[0] = 1
        for block in self.body.blocks:
            for statement in block.statements:
                if isinstance(statement, m.Assign):
                    local = statement.place.local
                    single[local] = local not in single
                    rvalue = statement.rvalue
                    if isinstance(rvalue, m.Ref):
                        place = rvalue.place
                        for step in place.projection:
                            if step[0] == m.DEREF:
                                break
                        else:
                            found.add(place.local)
            terminator: m.Terminator = block.terminator
            if isinstance(terminator, m.Call):
                local = terminator.destination.local
                single[local] = local not in single
                if terminator.target is not None:
                    entered[terminator.target] += 1
            elif isinstance(terminator, (m.Goto, m.Drop)):
                entered[terminator.target] += 1
            elif isinstance(terminator, m.Switch):
                for target in m.successors(terminator):
                    entered[target] += 1
        return found

    def _block(self, number: int, seen: set[int]) -> BasicBlock:
        """A block and, after it, those that only it leads to, one after the other."""
        self.out = []
        origin, flags = self.origin, self.flags
        while True:
            block = self.body.blocks[number]
            for statement in block.statements:
                if isinstance(statement, m.Assign):
                    self.assign(statement.place, statement.rvalue, statement.span)
                if flags:
                    cleared, filled = self.moves.effects(statement)
                    self.set_flags(cleared & ~filled, 0)
                    self.set_flags(filled, 1)
                if origin is not None:
                    origin.statement(statement, self.out)
            leave = self._terminator(number, block.terminator)
            if origin is not None:
                origin.terminator(block.terminator, self.out, leave)
            elif isinstance(leave, Jump) and self.entered[leave.target] == 1:
                number = leave.target
                seen.add(number)
                continue
            return BasicBlock(leave, self.out)

    def _terminator(self, number: int, terminator: m.Terminator) -> Exit:
        if isinstance(terminator, m.Goto):
            return Jump(terminator.target)
        if isinstance(terminator, m.Switch):
            return self._switch(terminator)
        if isinstance(terminator, m.Return):
            return Leave(self._return())
        if isinstance(terminator, m.Drop):
            self.drop(number, terminator)
            if self.flags:
                self.set_flags(self.moves.mask(terminator.place), 0)
            return Jump(terminator.target)
        if isinstance(terminator, m.Call):
            if number not in self.handed:
                calls.call(self, terminator)
            if terminator.target is None:
                return Leave([Node("unreachable")])
            if self.flags:
                cleared, filled = self.moves.leaving(terminator)
                self.set_flags(cleared & ~filled, 0)
                self.set_flags(filled, 1)
            return Jump(terminator.target)
        return Leave([Node("unreachable")])

    def _return(self) -> list[Node]:
        home = self.homes[0]
        if not self.result.parts:
            return [Node("return")]
        return [Node("return", (), self.parts(home))]

    def _switch(self, switch: m.Switch) -> Exit:
        ty = self.operand_type(switch.operand)
        value = self.operand_parts(switch.operand)
        values, targets = list(switch.values), list(switch.targets)
        last = switch.otherwise
        if last is not None and self._never_comes_to(last):
            last = None
        default = targets.pop() if last is None else last
        if last is None:
            values.pop()
        if not targets:
            return Jump(default)
        if len(targets) == 1 and len(value) == 1:
            if values[0] == 0 and value[0].type == w.I32:
                return Branch(value[0], default, targets[0])
            if values[0] == 1 and self._is_one_of_two(switch.operand):
                return Branch(value[0], targets[0], default)
            if ty.kind == t.BOOL:
                return Branch(value[0], targets[0], default)
            name = "i64.eq" if value[0].type == w.I64 else "i32.eq"
            return Branch(n.op(name, value[0], n.integer(value[0].type, values[0])), targets[0], default)  # type: ignore[arg-type]
        low, high = min(values), max(values)
        if len(value) == 1 and value[0].type == w.I32 and high - low < 4 * len(values) + 4:
            selector = value[0] if low == 0 else n.op("i32.sub", value[0], n.i32(low))
            by_value = dict(zip(reversed(values), reversed(targets), strict=True))
            return Table(selector, [by_value.get(one, default) for one in range(low, high + 1)], default)
        return self._chain(value, values, targets, default)

    def _is_one_of_two(self, operand: m.Operand) -> bool:
        """Whether a switch is on which of two variants a place holds, so that it is 0 or 1."""
        if isinstance(operand, m.Constant) or operand.place.projection or not self.single.get(operand.place.local):
            return False
        for block in self.body.blocks:
            for one in block.statements:
                if isinstance(one, m.Assign) and one.place.local == operand.place.local:
                    value = one.rvalue
                    if not isinstance(value, m.Discriminant):
                        return False
                    return len(place_type(self.body, value.place).data.variants) == 2
        return False

    def _never_comes_to(self, number: int) -> bool:
        """Whether a block is where control does not come, so that a release build does not look."""
        block = self.body.blocks[number]
        if self.program.profile.name == "dev" or block.statements:
            return False
        return isinstance(block.terminator, m.Unreachable)

    def _chain(self, value: list[Node], values: list[int], targets: list[int], default: int) -> Exit:
        """Sparse cases: their number in the switch, found by comparison, selects."""
        parts = [self.stash(one) for one in value]
        case = self.fresh(w.I32)
        self.out.append(n.set_(case, n.i32(len(values))))
        for number, one in enumerate(values):
            tests = [
                n.op("i64.eq" if part.type == w.I64 else "i32.eq", n.copied(part), n.integer(part.type, one >> 64 * i))  # type: ignore[arg-type]
                for i, part in enumerate(parts)
            ]
            test = tests[0] if len(tests) == 1 else n.op("i32.and", *tests)
            self.out.append(If(test, [n.set_(case, n.i32(number))], [], None))
        return Table(n.get(case, w.I32), targets, default)

    # Values

    def operand_type(self, operand: m.Operand) -> Ty:
        if isinstance(operand, m.Constant):
            return operand.ty
        return place_type(self.body, operand.place)

    def operand_parts(self, operand: m.Operand, span: m.Span = (0, 0)) -> list[Node]:
        """The scalars of an operand whose type has parts."""
        if isinstance(operand, m.Constant):
            return self.constant(operand)
        return self.parts(self.place(operand.place, operand.span or span))

    def operand_place(self, operand: m.Operand, span: m.Span = (0, 0)) -> Where:
        """Where an operand's value is; a constant's is a fresh place."""
        if not isinstance(operand, m.Constant):
            return self.place(operand.place, operand.span or span)
        made = self.temporary(operand.ty)
        self.write_parts(made, self.constant(operand))
        return made

    def constant(self, constant: m.Constant) -> list[Node]:
        value, ty = constant.value, constant.ty
        if value is None:
            return [n.zero(type_) for type_ in self.layouts.of(ty).wasm]
        if isinstance(value, bytes):
            pointer = self.program.bytes_address(value)
            return [pointer, n.i32(len(value))] if pointee_is_fat(ty.args[0]) else [pointer]
        if isinstance(value, (int, float)):
            return self.number(value, ty)
        return [self.program.static_address(value)]

    def number(self, value: Any, ty: Ty) -> list[Node]:
        if ty.kind == t.FLOAT:
            return [n.f64(value) if ty.data == 64 else n.f32(value)]
        layout = self.layouts.of(ty)
        if len(layout.wasm) == 2:
            return [n.i64(int(value)), n.i64(int(value) >> 64)]
        return [n.integer(layout.wasm[0], int(value))]

    # Assignments

    def assign(self, place: m.Place, rvalue: m.Rvalue, span: m.Span) -> None:
        where = self.place(place, span)
        if isinstance(rvalue, m.Use):
            self._use(where, rvalue.operand, span)
        elif isinstance(rvalue, m.Aggregate):
            self._aggregate(where, rvalue)
        elif isinstance(rvalue, m.Repeat):
            self._repeat(where, rvalue)
        else:
            self.write_parts(where, self.scalar(rvalue, span))

    def _use(self, where: Where, operand: m.Operand, span: m.Span) -> None:
        if isinstance(operand, m.Constant):
            self.write_parts(where, self.constant(operand))
        else:
            self.move(where, self.place(operand.place, operand.span or span))

    def _aggregate(self, where: Where, rvalue: m.Aggregate) -> None:
        layout = self.layouts.of(rvalue.ty)
        if layout.parts is not None:
            self.write_parts(where, self._assembled(rvalue))
            return
        assert isinstance(where, InMemory)
        target = where
        places = [one.place for one in rvalue.operands if not isinstance(one, m.Constant)]
        behind = any(step[0] == m.DEREF for place in places for step in place.projection)
        used = {place.local for place in places}
        led = any(isinstance(home, InMemory) and home.through for home in (self.homes[local] for local in used))
        direct = not places or not (behind or (where.through and led) or self._overlaps(where, used))
        if not direct:
            target = self.temporary(rvalue.ty)
        self.fill(target, rvalue.ty, rvalue.variant, rvalue.operands)
        if target is not where:
            self.copy_memory(where, target, layout.bytes)

    def _overlaps(self, where: InMemory, locals_: set[int]) -> bool:
        """Whether a place may lie in the homes of these locals, or behind them."""
        return any(
            isinstance(home, InMemory)
            and home.address == where.address
            and home.offset < where.offset + self.layouts.of(where.ty).bytes
            and where.offset < home.offset + self.layouts.of(home.ty).bytes
            for home in (self.homes[local] for local in locals_)
        )

    def fill(self, target: InMemory, ty: Ty, variant: int, operands: list[m.Operand]) -> None:
        """Write an aggregate's fields in memory, one after the other."""
        layout = self.layouts.of(ty)
        if ty.kind == t.ARRAY:
            size = self.layouts.of(ty.args[0]).bytes
            for i, operand in enumerate(operands):
                self._use(InMemory(ty.args[0], target.address, target.offset + i * size), operand, (0, 0))
            return
        fields = self.layouts.fields(ty, variant)
        inside = InMemory(ty, target.address, target.offset, None, variant)
        for i, operand in enumerate(operands):
            self._use(self.field(inside, i, fields[i]), operand, (0, 0))
        self._write_tag(target, layout, variant)

    def _write_tag(self, target: InMemory, layout: Any, variant: int) -> None:
        if layout.tag is not None:
            self.out.append(
                n.store(layout.tag.storage, n.copied(target.address), target.offset + layout.tag.offset, n.i32(variant))
            )
        elif layout.niche is not None and variant == layout.null_variant:
            offset = target.offset + layout.niche.offset
            self.out.append(n.store(layout.niche.storage, n.copied(target.address), offset, n.i32(0)))

    def _assembled(self, rvalue: m.Aggregate) -> list[Node]:
        """The parts of an aggregate that has parts."""
        layout = self.layouts.of(rvalue.ty)
        assert layout.parts is not None
        values: list[Node | None] = [None] * len(layout.parts)
        if rvalue.ty.kind == t.ARRAY:
            return []
        variant = layout.variants[rvalue.variant]
        for number, operand in enumerate(rvalue.operands):
            indices = variant.parts[number]
            assert indices is not None
            for i, value in enumerate(self.operand_parts(operand)):
                values[indices[i]] = value
        if layout.tag is not None:
            values[0] = n.i32(rvalue.variant)
        wasm = layout.wasm
        made = [n.zero(wasm[i]) if value is None else value for i, value in enumerate(values)]
        optimised = self.program.profile.name != "dev"
        if optimised and layout.niche is not None and rvalue.variant != layout.null_variant:
            at = layout.parts.index(layout.niche)
            made[at] = self.stash(made[at])
            self.out.append(never_zero(n.copied(made[at])))
        return made

    def _repeat(self, where: Where, rvalue: m.Repeat) -> None:
        count = rvalue.count.data
        element = self.operand_type(rvalue.operand)
        layout = self.layouts.of(element)
        if count == 0 or layout.bytes == 0:
            return
        assert isinstance(where, InMemory)
        if layout.parts is not None:
            values = [self.stash(one) for one in self.operand_parts(rvalue.operand)]
            byte = _byte(values, layout.bytes)
            if byte is not None and count * layout.bytes > 8:
                self.out.append(
                    Node("memory.fill", (0,), (where.pointer(), n.copied(byte), n.i32(count * layout.bytes)))
                )
                return
            source = None
        else:
            values, source = [], self.operand_place(rvalue.operand)
        if count <= 4:
            for i in range(count):
                place = InMemory(element, where.address, where.offset + i * layout.bytes)
                self._write_element(place, values, source)
            return
        at = self.fresh(w.I32)
        end = self.stash(n.op("i32.add", where.pointer(), n.i32(count * layout.bytes)))
        self.out.append(n.set_(at, where.pointer()))
        body, self.out = self.out, []
        self._write_element(InMemory(element, n.get(at, w.I32), 0), values, source)
        loop, self.out = self.out, body
        self.loop(at, layout.bytes, end, loop)

    def _write_element(self, place: InMemory, values: list[Node], source: Where | None) -> None:
        if source is None:
            self.write_parts(place, [n.copied(one) for one in values])
        else:
            self.move(place, source)

    # Rvalues with parts

    def scalar(self, rvalue: m.Rvalue, span: m.Span) -> list[Node]:
        if isinstance(rvalue, m.BinaryOp):
            ty = self.operand_type(rvalue.left)
            left, right = self.operand_parts(rvalue.left, span), self.operand_parts(rvalue.right, span)
            return arithmetic.binary(self, rvalue.op, left, right, ty, span)
        if isinstance(rvalue, m.UnaryOp):
            ty = self.operand_type(rvalue.operand)
            return arithmetic.unary(self, rvalue.op, self.operand_parts(rvalue.operand, span), ty, span)
        if isinstance(rvalue, m.Ref):
            return self.reference(self.place(rvalue.place, span))
        if isinstance(rvalue, m.Discriminant):
            return [self.variant_of(self.place(rvalue.place, span))]
        if isinstance(rvalue, m.Len):
            where = self.place(rvalue.place, span)
            if isinstance(where, InMemory) and where.meta is not None:
                return [n.copied(where.meta)]
            return [n.i32(where.ty.args[1].data)]
        assert isinstance(rvalue, m.Cast)
        return calls.cast(self, rvalue, span)

    def reference(self, where: Where) -> list[Node]:
        """A reference to a place."""
        if isinstance(where, InLocals):
            assert not where.locals, f"the address of a value in locals: {t.show(where.ty)}"
            return [n.i32(8)]
        pointer = where.pointer()
        return [pointer] if where.meta is None else [pointer, n.copied(where.meta)]

    def variant_of(self, where: Where) -> Node:
        """The index of the variant that a place holds."""
        layout = self.layouts.of(where.ty)
        part = layout.tag if layout.tag is not None else layout.niche
        if part is None:
            return n.i32(0)
        if isinstance(where, InLocals):
            assert layout.parts is not None
            index = next(i for i, one in enumerate(layout.parts) if one.offset == part.offset)
            value = n.get(where.locals[index], part.storage.type)
        else:
            value = n.load(part.storage, n.copied(where.address), where.offset + part.offset)
        if layout.tag is not None:
            return value
        is_null = n.op("i32.eqz", value)
        return is_null if layout.null_variant == 1 else n.op("i32.eqz", is_null)

    # Panics

    def location_of(self, span: m.Span) -> Node:
        """The address of the location record to blame."""
        if self.location is not None:
            return n.get(self.location, w.I32)
        return self.program.location(span)

    def panic(self, message: str, span: m.Span) -> list[Node]:
        """Statements that end the program."""
        if not self.messages:
            return [Node("unreachable")]
        text = message.encode()
        arguments = [self.location_of(span), self.program.bytes_address(text), n.i32(len(text))]
        return [self.runtime("panic", arguments), Node("unreachable")]

    def runtime(self, name: str, arguments: list[Node]) -> Node:
        return self.program.call(("runtime", name), arguments, None)


def _byte(values: list[Node], size: int) -> Node | None:
    """The byte that fills memory as the value does, if there is one."""
    if size == 1:
        return values[0]
    if all(one.op.endswith(".const") and one.imm[0] == 0 for one in values):
        return n.i32(0)
    return None


__all__ = ["LENGTH", "FunctionLowering", "operands_of"]
