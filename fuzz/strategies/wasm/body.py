"""Draw the body of a function: statements, and expressions of a wanted type.

An expression leaves exactly one value of its type. `self.out` collects instructions in order, so operands are drawn
before the operation that takes them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from engines.rustwasm.wasm.module import Expression
from engines.rustwasm.wasm.ops import OPERATIONS
from engines.rustwasm.wasm.types import (
    EMPTY,
    EQREF,
    F32,
    F64,
    I8,
    I16,
    I31REF,
    I32,
    I64,
    V128,
    ArrayType,
    FieldType,
    FunctionType,
    Ref,
    StructType,
    ValueType,
)
from fuzz.strategies.wasm.choices import ChoiceSequence
from fuzz.strategies.wasm.constants import constant
from fuzz.strategies.wasm.operations import CALCULATIONS, MAKES_NAN, canonical_nan
from fuzz.strategies.wasm.scene import Scene

MAX_DEPTH: Final = 4
MAX_LOOP_DEPTH: Final = 2
MAX_TRIPS: Final = 5
MAX_STATEMENTS: Final = 6

Draw = Callable[["BodyDrawer", int], None]


class BodyDrawer:
    """Draws one function's body; `extra_locals` are the locals beyond its parameters."""

    def __init__(
        self,
        choices: ChoiceSequence,
        scene: Scene,
        index: int,
        signature: FunctionType,
        locals_: list[ValueType],
    ) -> None:
        self.choices = choices
        self.scene = scene
        self.index = index
        self.signature = signature
        self.parameters = len(signature.parameters)
        self.locals: list[ValueType] = [*signature.parameters, *locals_]
        self.assignable = len(self.locals)
        """Locals from here on count loops or hold a value for a moment, and are not drawn."""
        self.out: Expression = []
        self.labels: list[ValueType] = []
        """Types that the open blocks' labels take; `EMPTY` for none."""
        self.loops = 0

    @property
    def extra_locals(self) -> list[ValueType]:
        return self.locals[self.parameters :]

    def emit(self, *instruction: object) -> None:
        self.out.append(instruction)

    def fresh(self, type_: ValueType) -> int:
        self.locals.append(type_)
        return len(self.locals) - 1

    # -- The whole

    def function_body(self) -> Expression:
        for _ in range(self.choices.below(MAX_STATEMENTS)):
            self.statement(0)
        for type_ in self.signature.results:
            self.value(type_, 0)
        return self.out

    # -- Statements

    def statement(self, depth: int) -> None:
        draws: list[tuple[int, Draw]] = [
            (4, BodyDrawer.set_local),
            (3, BodyDrawer.set_global),
            (3, BodyDrawer.store),
        ]
        if depth < MAX_DEPTH:
            draws += [
                (2, BodyDrawer.conditional),
                (2, BodyDrawer.block),
                (1, BodyDrawer.table_of_branches),
                (1, BodyDrawer.bulk_memory),
                (1, BodyDrawer.dropped),
            ]
            if self.loops < MAX_LOOP_DEPTH:
                draws.append((2, BodyDrawer.loop))
            if self.scene.structs():
                draws.append((2, BodyDrawer.set_field))
            if self.scene.arrays():
                draws.append((2, BodyDrawer.set_element))
            if self.scene.tags:
                draws.append((2, BodyDrawer.catching))
        self.choices.weighted(draws)(self, depth + 1)

    def statements(self, depth: int) -> None:
        for _ in range(1 + self.choices.below(3)):
            self.statement(depth)

    def set_local(self, depth: int) -> None:
        if not self.assignable:
            self.set_global(depth)
            return
        index = self.choices.below(self.assignable)
        self.value(self.locals[index], depth)
        self.emit("local.set", index)

    def set_global(self, depth: int) -> None:
        index = self.choices.below(len(self.scene.module.globals))
        self.value(self.scene.module.globals[index].type.value, depth)
        self.emit("global.set", index)

    def address(self, depth: int) -> None:
        """An address that is in bounds, except once in a while."""
        self.value(I32, depth + 1)
        if not self.choices.chance(12):
            self.emit("i32.const", 0x0FFF)
            self.emit("i32.and")

    def store(self, depth: int) -> None:
        name, type_ = self.choices.pick(_STORES)
        self.address(depth)
        self.value(type_, depth)
        self.emit(name, self.choices.below(2) and OPERATIONS[name].immediates[0].parameter, self.choices.below(64), 0)

    def conditional(self, depth: int) -> None:
        self.value(I32, depth)
        self.open("if", EMPTY)
        self.statements(depth)
        if self.choices.chance(2):
            self.emit("else")
            self.statements(depth)
        self.close()

    def block(self, depth: int) -> None:
        self.open("block", EMPTY)
        self.statements(depth)
        self.value(I32, depth)
        self.emit("br_if", 0)
        self.statements(depth)
        self.close()

    def table_of_branches(self, depth: int) -> None:
        count = 1 + self.choices.below(3)
        for _ in range(count):
            self.open("block", EMPTY)
        self.value(I32, depth)
        self.emit("br_table", tuple(range(count)), count - 1)
        for _ in range(count):
            self.close()
            self.statement(depth)

    def loop(self, depth: int) -> None:
        counter = self.fresh(I32)
        self.emit("i32.const", 1 + self.choices.below(MAX_TRIPS))
        self.emit("local.set", counter)
        self.loops += 1
        self.open("loop", EMPTY)
        self.statements(depth)
        self.emit("local.get", counter)
        self.emit("i32.const", 1)
        self.emit("i32.sub")
        self.emit("local.tee", counter)
        self.emit("br_if", 0)
        self.close()
        self.loops -= 1

    def dropped(self, depth: int) -> None:
        self.value(self.choices.pick((V128, I32, I64, F32, F64, V128)), depth)
        self.emit("drop")

    def bulk_memory(self, depth: int) -> None:
        self.address(depth)
        match self.choices.below(3):
            case 0:
                self.value(I32, depth)
                self.small(depth)
                self.emit("memory.fill", 0)
            case 1:
                self.address(depth)
                self.small(depth)
                self.emit("memory.copy", 0, 0)
            case _:
                self.emit("i32.const", self.choices.below(16))
                self.emit("i32.const", self.choices.below(12))
                self.emit("memory.init", 1, 0)

    def small(self, depth: int) -> None:
        """A length below 32."""
        self.value(I32, depth + 1)
        self.emit("i32.const", 31)
        self.emit("i32.and")

    def set_field(self, depth: int) -> None:
        index = self.choices.pick(self.scene.structs())
        fields = self._struct(index).fields
        mutable = [number for number, one in enumerate(fields) if one.mutable]
        if not mutable:
            self.dropped(depth)
            return
        number = self.choices.pick(mutable)
        self.reference(index, depth)
        self.value(fields[number].unpacked, depth)
        self.emit("struct.set", index, number)

    def set_element(self, depth: int) -> None:
        index = self.choices.pick(self.scene.arrays())
        element = self._element(index)
        match self.choices.below(3):
            case 0:
                self.reference(index, depth)
                self.element_index(depth)
                self.value(element.unpacked, depth)
                self.emit("array.set", index)
            case 1:
                self.reference(index, depth)
                self.element_index(depth)
                self.value(element.unpacked, depth)
                self.element_index(depth)
                self.emit("array.fill", index)
            case _:
                self.reference(index, depth)
                self.element_index(depth)
                self.reference(index, depth)
                self.element_index(depth)
                self.element_index(depth)
                self.emit("array.copy", index, index)

    def catching(self, depth: int) -> None:
        """`try_table` around statements that may throw; what is caught goes to a global's sink."""
        tag = self.choices.below(len(self.scene.tags))
        payload = self._signature_of(self.scene.tags[tag]).parameters[0]
        self.open("block", payload)
        # try_table is one more block, so its clause's label 0 is the block around it.
        self.out.append(("try_table", EMPTY, (("catch", tag, 0),)))
        self.labels.append(EMPTY)
        self.statements(depth)
        self.value(I32, depth)
        self.open("if", EMPTY)
        self.value(payload, depth)
        self.emit("throw", tag)
        self.close()
        self.close()
        self.value(payload, depth)
        self.close()
        self.emit("drop")

    # -- Blocks

    def open(self, operation: str, type_: ValueType) -> None:
        self.emit(operation, type_)
        self.labels.append(EMPTY if operation == "loop" else type_)

    def close(self) -> None:
        self.emit("end")
        self.labels.pop()

    # -- Values

    def value(self, type_: ValueType, depth: int) -> None:
        """An expression of a type."""
        if isinstance(type_, Ref):
            self.any_reference(type_, depth)
            return
        if type_ == EMPTY:
            return
        draws: list[tuple[int, Callable[[int, int], None]]] = [(3, self.leaf)]
        if depth < MAX_DEPTH:
            draws += [
                (8, self.calculated),
                (2, self.loaded),
                (1, self.selected),
                (1, self.chosen),
                (1, self.broken_out),
            ]
            if self.index:
                draws += [(2, self.called), (1, self.called_indirectly), (1, self.called_by_reference)]
            if self.scene.structs():
                draws.append((2, self.read_field))
            if self.scene.arrays():
                draws.append((2, self.read_element))
            if type_ == I32:
                draws += [(1, self.tested), (1, self.small_integer), (6, self.lane)]
        self.choices.weighted(draws)(type_, depth + 1)

    def leaf(self, type_: int, depth: int) -> None:
        known = [index for index in range(self.assignable) if self.locals[index] == type_]
        sinks = [i for i, one in enumerate(self.scene.module.globals) if one.type.value == type_]
        kind = self.choices.below(3)
        if kind == 1 and known:
            self.emit("local.get", self.choices.pick(known))
        elif kind == 2 and sinks:
            self.emit("global.get", self.choices.pick(sinks))
        else:
            self.out.append(constant(self.choices, type_))

    def calculated(self, type_: int, depth: int) -> None:
        operation = self.choices.pick(CALCULATIONS[type_])
        assert operation.signature is not None
        for operand in operation.signature.operands:
            self.value(operand, depth)
        if operation.immediates:
            lanes = operation.immediates[0]
            wide = lanes.kind == "lanes16"
            picked = bytes(self.choices.below(32) for _ in range(16)) if wide else self.choices.below(lanes.parameter)
            self.emit(operation.name, picked)
        else:
            self.emit(operation.name)
        if operation.name in MAKES_NAN:
            self.out += canonical_nan(MAKES_NAN[operation.name], self.fresh(type_))

    def loaded(self, type_: int, depth: int) -> None:
        self.address(depth)
        name = self.choices.pick(_LOADS[type_])
        natural = OPERATIONS[name].immediates[0].parameter
        self.emit(name, self.choices.below(2) and natural, self.choices.below(64), 0)

    def selected(self, type_: int, depth: int) -> None:
        self.value(type_, depth)
        self.value(type_, depth)
        self.value(I32, depth)
        self.emit("select")

    def chosen(self, type_: int, depth: int) -> None:
        self.value(I32, depth)
        self.open("if", type_)
        self.value(type_, depth)
        self.emit("else")
        self.value(type_, depth)
        self.close()

    def broken_out(self, type_: int, depth: int) -> None:
        """A block that is left early with one value or at its end with another."""
        self.open("block", type_)
        self.value(type_, depth)
        self.value(I32, depth)
        self.emit("br_if", 0)
        self.emit("drop")
        self.value(type_, depth)
        self.close()

    def _callee(self, type_: int) -> int | None:
        callable_ = [i for i in range(self.index) if type_ in self.scene.signatures[i].results]
        # Calls inside loops multiply: only the nearest loop may call, so that every call ends soon.
        return self.choices.pick(callable_) if callable_ and self.loops < MAX_LOOP_DEPTH else None

    def _arguments(self, callee: int, depth: int) -> FunctionType:
        signature = self.scene.signatures[callee]
        for parameter in signature.parameters:
            self.value(parameter, depth)
        return signature

    def _keep(self, signature: FunctionType, type_: int) -> None:
        """Of the results on the stack keep one of `type_`."""
        results = list(signature.results)
        if len(results) == 1:
            return
        if results[-1] != type_:
            self.emit("drop")
            return
        kept = self.fresh(type_)
        self.emit("local.set", kept)
        self.emit("drop")
        self.emit("local.get", kept)

    def called(self, type_: int, depth: int) -> None:
        callee = self._callee(type_)
        if callee is None:
            self.leaf(type_, depth)
            return
        signature = self._arguments(callee, depth)
        self.emit("call", callee)
        self._keep(signature, type_)

    def called_indirectly(self, type_: int, depth: int) -> None:
        callee = self._callee(type_)
        if callee is None:
            self.leaf(type_, depth)
            return
        signature = self._arguments(callee, depth)
        # The table holds function i at i + 1. Sometimes the entry is another one: null, out of bounds, or of a type of
        # its own; never one that may call back, since all of this type below the caller end.
        wrong = self.choices.below(16)
        self.emit("i32.const", callee + 1 if wrong < 13 else (0, 7, 8)[wrong - 13])
        self.emit("call_indirect", self.scene.function_types[callee], 0)
        self._keep(signature, type_)

    def called_by_reference(self, type_: int, depth: int) -> None:
        callee = self._callee(type_)
        if callee is None:
            self.leaf(type_, depth)
            return
        signature = self._arguments(callee, depth)
        self.emit("ref.func", callee)
        self.emit("call_ref", self.scene.function_types[callee])
        self._keep(signature, type_)

    def lane(self, type_: int, depth: int) -> None:
        self.value(V128, depth)
        self.emit("i32x4.extract_lane", self.choices.below(4))

    # -- References

    def _struct(self, index: int) -> StructType:
        composite = self.scene.types[index].composite
        assert isinstance(composite, StructType)
        return composite

    def _element(self, index: int) -> FieldType:
        composite = self.scene.types[index].composite
        assert isinstance(composite, ArrayType)
        return composite.element

    def _signature_of(self, index: int) -> FunctionType:
        composite = self.scene.types[index].composite
        assert isinstance(composite, FunctionType)
        return composite

    def any_reference(self, type_: Ref, depth: int) -> None:
        """A reference that `type_` (nullable) takes."""
        if type_ == EQREF:
            kind = self.choices.below(4)
            if kind == 0 or depth >= MAX_DEPTH:
                self.value(I32, depth + 1)
                self.emit("ref.i31")
            elif kind == 1 and self.scene.structs():
                self.reference(self.choices.pick(self.scene.structs()), depth + 1)
            elif kind == 2 and self.scene.arrays():
                self.reference(self.choices.pick(self.scene.arrays()), depth + 1)
            else:
                self.emit("ref.null", EQREF.heap)
        elif depth >= MAX_DEPTH or self.choices.chance(6):
            self.emit("ref.null", type_.heap)
        else:
            self.reference(type_.heap, depth)

    def reference(self, index: int, depth: int) -> None:
        """A reference to a struct or array of type `index`; rarely null."""
        if self.choices.chance(16):
            self.emit("ref.null", index)
        elif isinstance(self.scene.types[index].composite, ArrayType):
            self.new_array(index, depth)
        else:
            self.new_struct(index, depth)

    def new_struct(self, index: int, depth: int) -> None:
        below = [other for other in self.scene.structs() if self.scene.is_subtype(other, index)]
        made = self.choices.pick(below)
        if depth >= MAX_DEPTH or self.choices.chance(4):
            self.emit("struct.new_default", made)
        else:
            for one in self._struct(made).fields:
                self.value(one.unpacked, depth + 1)
            self.emit("struct.new", made)
        if made != index and self.choices.chance(2):
            # Down and up again: the static type becomes `index`, the dynamic one stays.
            self.emit("ref.cast", Ref(False, index))

    def new_array(self, index: int, depth: int) -> None:
        element = self._element(index)
        kind = self.choices.below(4)
        if kind == 0 or depth >= MAX_DEPTH:
            self.emit("i32.const", self.choices.below(9))
            self.emit("array.new_default", index)
        elif kind == 1:
            count = self.choices.below(4)
            for _ in range(count):
                self.value(element.unpacked, depth + 1)
            self.emit("array.new_fixed", index, count)
        elif kind == 2 and not isinstance(element.storage, Ref):
            self.emit("i32.const", self.choices.below(12))
            self.emit("i32.const", self.choices.below(3))
            self.emit("array.new_data", index, 1)
        else:
            self.value(element.unpacked, depth + 1)
            self.emit("i32.const", self.choices.below(9))
            self.emit("array.new", index)

    def element_index(self, depth: int) -> None:
        """Mostly below four, so that it is often inside."""
        self.value(I32, depth + 1)
        self.emit("i32.const", 3 if not self.choices.chance(8) else 15)
        self.emit("i32.and")

    def read_field(self, type_: int, depth: int) -> None:
        found = [
            (index, number)
            for index in self.scene.structs()
            for number, one in enumerate(self._struct(index).fields)
            if one.unpacked == type_
        ]
        if not found:
            self.leaf(type_, depth)
            return
        index, number = self.choices.pick(found)
        self.reference(index, depth)
        packed = self._struct(index).fields[number].storage in (I8, I16)
        self.emit(self.choices.pick(("struct.get_u", "struct.get_s")) if packed else "struct.get", index, number)

    def read_element(self, type_: int, depth: int) -> None:
        found = [index for index in self.scene.arrays() if self._element(index).unpacked == type_]
        if not found:
            if type_ == I32:
                self.reference(self.choices.pick(self.scene.arrays()), depth)
                self.emit("array.len")
            else:
                self.leaf(type_, depth)
            return
        index = self.choices.pick(found)
        self.reference(index, depth)
        self.element_index(depth)
        packed = self._element(index).storage in (I8, I16)
        self.emit(self.choices.pick(("array.get_u", "array.get_s")) if packed else "array.get", index)

    def tested(self, type_: int, depth: int) -> None:
        """What a reference is: null, an i31, of a struct type, the same as another."""
        kind = self.choices.below(3)
        self.any_reference(EQREF, depth)
        if kind == 0:
            self.emit("ref.is_null")
        elif kind == 1:
            self.any_reference(EQREF, depth)
            self.emit("ref.eq")
        else:
            structs = self.scene.structs()
            target = Ref(self.choices.chance(2), self.choices.pick(structs)) if structs else I31REF
            self.emit("ref.test", target)

    def small_integer(self, type_: int, depth: int) -> None:
        """An i31 on a round trip, sometimes through a cast that fails."""
        self.value(I32, depth)
        self.emit("ref.i31")
        self.emit(self.choices.pick(("i31.get_s", "i31.get_u")))


def _by_result(names: list[str]) -> dict[int, tuple[str, ...]]:
    out: dict[int, list[str]] = {}
    for name in names:
        signature = OPERATIONS[name].signature
        assert signature is not None
        result = signature.results[0]
        assert isinstance(result, int)
        out.setdefault(result, []).append(name)
    return {type_: tuple(found) for type_, found in out.items()}


_ACCESSES: Final = [
    name
    for name, operation in OPERATIONS.items()
    if len(operation.immediates) == 1 and operation.immediates[0].kind == "memory"
]
_LOADS: Final = _by_result([name for name in _ACCESSES if "load" in name])
_STORES: Final[tuple[tuple[str, ValueType], ...]] = tuple(
    (name, signature.operands[1])
    for name in _ACCESSES
    if "store" in name and (signature := OPERATIONS[name].signature) is not None
)
