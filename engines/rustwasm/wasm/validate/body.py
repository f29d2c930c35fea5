"""Validation of instruction sequences.

One pass with an operand stack of types and a stack of control frames; unreachable code has a stack that gives `None`,
the bottom type, for ever. Locals without a default value must be set before they are read, tracked per frame.

Source: WebAssembly 3.0 §3.4 (instructions), §7.3 (the algorithm).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple, TypeAlias

from engines.rustwasm.wasm.module import Expression, Instruction
from engines.rustwasm.wasm.ops import ADDRESS, OPERATIONS
from engines.rustwasm.wasm.types import (
    ANY,
    EMPTY,
    EXNREF,
    EXTERN,
    FUNC,
    I8,
    I16,
    I32,
    I64,
    PACKED_NAMES,
    FieldType,
    FunctionType,
    Ref,
    ValueType,
)
from engines.rustwasm.wasm.validate.context import Context
from engines.rustwasm.wasm.validate.types import InvalidModuleError, defaultable, shown

Types: TypeAlias = Sequence[ValueType]


class Frame(NamedTuple):
    """A control frame: the block's operation, its types, and what stood on the stacks at its start."""

    operation: str
    starts: Types
    ends: Types
    height: int
    initialised: int

    @property
    def label(self) -> Types:
        """What a branch to the frame carries."""
        return self.starts if self.operation == "loop" else self.ends


class BodyValidator:
    """Validates one instruction sequence. `where` names it in messages."""

    def __init__(self, context: Context, locals_: Types, results: Types, where: str, parameters: int = 0) -> None:
        self.context = context
        self.types = context.types
        self.locals = locals_
        self.results = tuple(results)
        self.where = where
        self.position = -1
        self.stack: list[ValueType | None] = []
        self.frames: list[Frame] = []
        self.unreachable: list[bool] = []
        self.set = [index < parameters or defaultable(type_) for index, type_ in enumerate(locals_)]
        self.set_order: list[int] = []
        self.enter("function", (), self.results)

    # -- The two stacks

    def fail(self, problem: str) -> InvalidModuleError:
        return InvalidModuleError(f"{self.here()}: {problem}")

    def here(self) -> str:
        return f"{self.where}, instruction {self.position}"

    def push(self, *types: ValueType | None) -> None:
        self.stack += types

    def pop_any(self) -> ValueType | None:
        if len(self.stack) == self.frames[-1].height:
            if self.unreachable[-1]:
                return None
            raise self.fail("an operand is missing: the block's stack is empty")
        return self.stack.pop()

    def pop(self, wanted: ValueType | None) -> ValueType | None:
        found = self.pop_any()
        if found != wanted and not self.types.matches(found, wanted):
            raise self.fail(f"found {shown(found)} where {shown(wanted)} is needed")
        return found

    def pop_all(self, wanted: Types) -> None:
        for type_ in reversed(wanted):
            self.pop(type_)

    def pop_reference(self) -> Ref | None:
        """A reference of any type; `None` in unreachable code."""
        found = self.pop_any()
        if found is not None and not isinstance(found, Ref):
            raise self.fail(f"found {shown(found)} where a reference is needed")
        return found

    def enter(self, operation: str, starts: Types, ends: Types) -> None:
        self.frames.append(Frame(operation, starts, ends, len(self.stack), len(self.set_order)))
        self.unreachable.append(False)
        self.push(*starts)

    def leave(self) -> Frame:
        frame = self.frames[-1]
        self.pop_all(frame.ends)
        if len(self.stack) != frame.height:
            raise self.fail(
                f"{len(self.stack) - frame.height} values are left over at the end of the {frame.operation}"
            )
        for index in self.set_order[frame.initialised :]:
            self.set[index] = False
        del self.set_order[frame.initialised :]
        self.frames.pop()
        self.unreachable.pop()
        return frame

    def stop(self) -> None:
        """Nothing after this instruction is reached."""
        del self.stack[self.frames[-1].height :]
        self.unreachable[-1] = True

    def label(self, depth: int) -> Types:
        if depth >= len(self.frames):
            raise self.fail(f"label {depth}; {len(self.frames)} blocks are open")
        return self.frames[-1 - depth].label

    def block_type(self, type_: ValueType) -> FunctionType:
        if isinstance(type_, int) and type_ >= 0:
            return self.types.function(type_, self.here())
        if type_ == EMPTY:
            return FunctionType()
        self.types.check(type_, self.here())
        return FunctionType((), (type_,))

    # -- The pass

    def run(self, body: Expression) -> None:
        """Validate `body` and its implied closing `end`.

        Raises:
            InvalidModuleError: it is not valid.
        """
        for self.position, one in enumerate(body):
            rule = _RULES[one[0]]
            if isinstance(rule, tuple):
                self.pop_all(rule[0])
                self.push(*rule[1])
            else:
                rule(self, one)
            if not self.frames:
                raise self.fail("end closes more than was opened")
        self.position = len(body)
        if len(self.frames) > 1:
            raise self.fail(f"{len(self.frames) - 1} blocks are not closed")
        self.leave()

    # -- Helpers of rules

    def address(self, memory: int) -> int:
        return self.context.at(self.context.memories, memory, "memory", self.here()).address

    def field_access(self, field: FieldType, name: str) -> ValueType:
        packed = field.storage in (I8, I16)
        if packed == (name[-2:] not in ("_s", "_u")):
            needs = "needs a signed or unsigned access" if packed else "has no signed or unsigned access"
            stored = PACKED_NAMES[field.storage] if packed and isinstance(field.storage, int) else shown(field.storage)
            raise self.fail(f"{name}: a field of type {stored} {needs}")
        return field.unpacked

    def mutable(self, field: FieldType) -> FieldType:
        if not field.mutable:
            raise self.fail("the field is immutable")
        return field

    def call(self, type_: FunctionType, tail: bool) -> None:
        self.pop_all(type_.parameters)
        if tail:
            if not self.types.all_match(type_.results, self.results):
                raise self.fail("a tail call's results do not match the caller's")
            self.stop()
        else:
            self.push(*type_.results)

    def table_address(self, index: int) -> tuple[Ref, int]:
        table = self.context.at(self.context.tables, index, "table", self.here())
        return table.element, table.limits.address

    def data_element(self, index: int, name: str) -> FieldType:
        """The element of an array that is filled from a data segment: a number or vector."""
        field = self.types.array(index, self.here())
        if isinstance(field.storage, Ref):
            raise self.fail(f"{name}: the array holds references")
        return field

    def segment(self, index: int) -> Ref:
        return self.context.at(self.context.elements, index, "element segment", self.here())


Rule: TypeAlias = Callable[[BodyValidator, Instruction], None]
_RULES: Final[dict[str, Rule | tuple[Types, Types]]] = {
    name: (operation.signature.operands, operation.signature.results)
    for name, operation in OPERATIONS.items()
    if operation.signature is not None
    and not any(one.kind in ("memory", "lane", "lanes16", "data", "element") for one in operation.immediates)
}


def _rule(*names: str) -> Callable[[Rule], Rule]:
    def register(rule: Rule) -> Rule:
        for name in names:
            _RULES[name] = rule
        return rule

    return register


# -- Control (§3.4.2)


@_rule("unreachable")
def _unreachable(v: BodyValidator, one: Instruction) -> None:
    v.stop()


@_rule("block", "loop", "if")
def _block(v: BodyValidator, one: Instruction) -> None:
    type_ = v.block_type(one[1])
    if one[0] == "if":
        v.pop(I32)
    v.pop_all(type_.parameters)
    v.enter(one[0], type_.parameters, type_.results)


@_rule("try_table")
def _try_table(v: BodyValidator, one: Instruction) -> None:
    type_ = v.block_type(one[1])
    v.pop_all(type_.parameters)
    for kind, tag, label in one[2]:
        carried: tuple[ValueType, ...] = () if tag is None else v.context.tag_type(tag, v.here()).parameters
        if kind.endswith("_ref"):
            carried += (Ref(False, EXNREF.heap),)
        if not v.types.all_match(carried, tuple(v.label(label))):
            raise v.fail(f"{kind}: label {label} does not take what is caught")
    v.enter("try_table", type_.parameters, type_.results)


@_rule("else")
def _else(v: BodyValidator, one: Instruction) -> None:
    if v.frames[-1].operation != "if":
        raise v.fail("else without an if")
    frame = v.leave()
    v.enter("else", frame.starts, frame.ends)


@_rule("end")
def _end(v: BodyValidator, one: Instruction) -> None:
    frame = v.leave()
    if frame.operation == "if" and not v.types.all_match(tuple(frame.starts), tuple(frame.ends)):
        raise v.fail("an if without else gives other types than it takes")
    v.push(*frame.ends)


@_rule("throw")
def _throw(v: BodyValidator, one: Instruction) -> None:
    v.pop_all(v.context.tag_type(one[1], v.here()).parameters)
    v.stop()


@_rule("throw_ref")
def _throw_ref(v: BodyValidator, one: Instruction) -> None:
    v.pop(EXNREF)
    v.stop()


@_rule("br")
def _br(v: BodyValidator, one: Instruction) -> None:
    v.pop_all(v.label(one[1]))
    v.stop()


@_rule("br_if")
def _br_if(v: BodyValidator, one: Instruction) -> None:
    v.pop(I32)
    types = v.label(one[1])
    v.pop_all(types)
    v.push(*types)


@_rule("br_table")
def _br_table(v: BodyValidator, one: Instruction) -> None:
    v.pop(I32)
    default = v.label(one[2])
    for depth in one[1]:
        types = v.label(depth)
        if len(types) != len(default):
            raise v.fail(f"label {depth} takes {len(types)} values, the default label {len(default)}")
        popped: list[ValueType | None] = [v.pop(type_) for type_ in reversed(types)]
        v.push(*reversed(popped))
    v.pop_all(default)
    v.stop()


@_rule("return")
def _return(v: BodyValidator, one: Instruction) -> None:
    v.pop_all(v.results)
    v.stop()


@_rule("call", "return_call")
def _call(v: BodyValidator, one: Instruction) -> None:
    index = v.context.at(v.context.functions, one[1], "function", v.here())
    v.call(v.types.function(index, v.here()), one[0] == "return_call")


@_rule("call_indirect", "return_call_indirect")
def _call_indirect(v: BodyValidator, one: Instruction) -> None:
    element, address = v.table_address(one[2])
    if not v.types.heap_matches(element.heap, FUNC):
        raise v.fail(f"table {one[2]} holds {shown(element)}, not functions")
    type_ = v.types.function(one[1], v.here())
    v.pop(address)
    v.call(type_, one[0] == "return_call_indirect")


@_rule("call_ref", "return_call_ref")
def _call_ref(v: BodyValidator, one: Instruction) -> None:
    type_ = v.types.function(one[1], v.here())
    v.pop(Ref(True, one[1]))
    v.call(type_, one[0] == "return_call_ref")


@_rule("br_on_null")
def _br_on_null(v: BodyValidator, one: Instruction) -> None:
    reference = v.pop_reference()
    types = v.label(one[1])
    v.pop_all(types)
    v.push(*types, None if reference is None else Ref(False, reference.heap))


@_rule("br_on_non_null")
def _br_on_non_null(v: BodyValidator, one: Instruction) -> None:
    types = v.label(one[1])
    if not types or not isinstance(types[-1], Ref):
        raise v.fail(f"label {one[1]} does not take a reference last")
    v.pop(Ref(True, types[-1].heap))
    v.pop_all(types[:-1])
    v.push(*types[:-1])


@_rule("br_on_cast", "br_on_cast_fail")
def _br_on_cast(v: BodyValidator, one: Instruction) -> None:
    name, depth, source, target = one
    v.types.check(source, v.here())
    v.types.check(target, v.here())
    if not v.types.matches(target, source):
        raise v.fail(f"{shown(target)} is no subtype of {shown(source)}")
    difference = Ref(source.nullable and not target.nullable, source.heap)
    taken, left = (target, difference) if name == "br_on_cast" else (difference, target)
    types = v.label(depth)
    if not types or not v.types.matches(taken, types[-1]):
        raise v.fail(f"label {depth} does not take {shown(taken)} last")
    v.pop(source)
    v.pop_all(types[:-1])
    v.push(*types[:-1], left)


# -- Parametric and variables (§3.4.1, §3.4.4)


@_rule("drop")
def _drop(v: BodyValidator, one: Instruction) -> None:
    v.pop_any()


@_rule("select")
def _select(v: BodyValidator, one: Instruction) -> None:
    v.pop(I32)
    second, first = v.pop_any(), v.pop_any()
    if isinstance(first, Ref) or isinstance(second, Ref):
        raise v.fail("select without a type takes numbers and vectors, not references")
    if first != second and first is not None and second is not None:
        raise v.fail(f"select of {shown(first)} and {shown(second)}")
    v.push(second if first is None else first)


@_rule("select_typed")
def _select_typed(v: BodyValidator, one: Instruction) -> None:
    if len(one[1]) != 1:
        raise v.fail(f"select names {len(one[1])} types; it takes one")
    type_ = one[1][0]
    v.types.check(type_, v.here())
    v.pop(I32)
    v.pop(type_)
    v.pop(type_)
    v.push(type_)


@_rule("local.get", "local.set", "local.tee")
def _local(v: BodyValidator, one: Instruction) -> None:
    name, index = one
    if index >= len(v.locals):
        raise v.fail(f"local {index}; the function has {len(v.locals)}")
    if name == "local.get":
        if not v.set[index]:
            raise v.fail(f"local {index} of type {shown(v.locals[index])} is read before it is set")
        v.push(v.locals[index])
        return
    v.pop(v.locals[index])
    if not v.set[index]:
        v.set[index] = True
        v.set_order.append(index)
    if name == "local.tee":
        v.push(v.locals[index])


@_rule("global.get")
def _global_get(v: BodyValidator, one: Instruction) -> None:
    v.push(v.context.at(v.context.globals, one[1], "global", v.here()).value)


@_rule("global.set")
def _global_set(v: BodyValidator, one: Instruction) -> None:
    type_ = v.context.at(v.context.globals, one[1], "global", v.here())
    if not type_.mutable:
        raise v.fail(f"global {one[1]} is immutable")
    v.pop(type_.value)


# -- Tables (§3.4.5)


@_rule("table.get", "table.set", "table.size", "table.grow", "table.fill")
def _table(v: BodyValidator, one: Instruction) -> None:
    element, address = v.table_address(one[1])
    shapes: dict[str, tuple[Types, Types]] = {
        "table.get": ((address,), (element,)),
        "table.set": ((address, element), ()),
        "table.size": ((), (address,)),
        "table.grow": ((element, address), (address,)),
        "table.fill": ((address, element, address), ()),
    }
    operands, results = shapes[one[0]]
    v.pop_all(operands)
    v.push(*results)


def _smaller(first: int, second: int) -> int:
    return I64 if first == second == I64 else I32


@_rule("table.copy")
def _table_copy(v: BodyValidator, one: Instruction) -> None:
    (target, to), (source, start) = v.table_address(one[1]), v.table_address(one[2])
    if not v.types.matches(source, target):
        raise v.fail(f"a table of {shown(source)} cannot be copied into one of {shown(target)}")
    v.pop_all((to, start, _smaller(to, start)))


@_rule("table.init")
def _table_init(v: BodyValidator, one: Instruction) -> None:
    element, address = v.table_address(one[2])
    if not v.types.matches(v.segment(one[1]), element):
        raise v.fail(f"element segment {one[1]} does not match table {one[2]}")
    v.pop_all((address, I32, I32))


@_rule("elem.drop")
def _elem_drop(v: BodyValidator, one: Instruction) -> None:
    v.segment(one[1])


# -- Memory (§3.4.6)


def _access(v: BodyValidator, one: Instruction) -> None:
    operation = OPERATIONS[one[0]]
    alignment, offset, memory = one[1:4]
    address = v.address(memory)
    if alignment > operation.immediates[0].parameter:
        raise v.fail(f"alignment 2^{alignment}; {one[0]} allows at most 2^{operation.immediates[0].parameter}")
    if offset >> 32 and address == I32:
        raise v.fail(f"offset {offset:#x} is beyond a memory with 32-bit addresses")
    if len(operation.immediates) > 1 and one[4] >= operation.immediates[1].parameter:
        raise v.fail(f"lane {one[4]}; {one[0]} has {operation.immediates[1].parameter}")
    assert operation.signature is not None
    v.pop_all([address if type_ == ADDRESS else type_ for type_ in operation.signature.operands])
    v.push(*operation.signature.results)


def _lanes(v: BodyValidator, one: Instruction) -> None:
    operation = OPERATIONS[one[0]]
    limit = operation.immediates[0].parameter
    for lane in one[1] if isinstance(one[1], bytes) else (one[1],):
        if lane >= limit:
            raise v.fail(f"lane {lane}; {one[0]} has {limit}")
    assert operation.signature is not None
    v.pop_all(operation.signature.operands)
    v.push(*operation.signature.results)


for _operation in OPERATIONS.values():
    if _operation.immediates and _operation.signature is not None:
        if _operation.immediates[0].kind == "memory":
            _RULES[_operation.name] = _access
        elif _operation.immediates[0].kind in ("lane", "lanes16"):
            _RULES[_operation.name] = _lanes


@_rule("memory.size", "memory.grow", "memory.fill")
def _memory(v: BodyValidator, one: Instruction) -> None:
    address = v.address(one[1])
    if one[0] == "memory.fill":
        v.pop_all((address, I32, address))
    else:
        v.pop_all((address,) if one[0] == "memory.grow" else ())
        v.push(address)


@_rule("memory.copy")
def _memory_copy(v: BodyValidator, one: Instruction) -> None:
    to, start = v.address(one[1]), v.address(one[2])
    v.pop_all((to, start, _smaller(to, start)))


@_rule("memory.init")
def _memory_init(v: BodyValidator, one: Instruction) -> None:
    v.context.check_data(one[1], v.here())
    v.pop_all((v.address(one[2]), I32, I32))


@_rule("data.drop")
def _data_drop(v: BodyValidator, one: Instruction) -> None:
    v.context.check_data(one[1], v.here())


# -- References (§3.4.7)


@_rule("ref.null")
def _ref_null(v: BodyValidator, one: Instruction) -> None:
    v.types.check(Ref(True, one[1]), v.here())
    v.push(Ref(True, one[1]))


@_rule("ref.is_null")
def _ref_is_null(v: BodyValidator, one: Instruction) -> None:
    v.pop_reference()
    v.push(I32)


@_rule("ref.as_non_null")
def _ref_as_non_null(v: BodyValidator, one: Instruction) -> None:
    reference = v.pop_reference()
    v.push(None if reference is None else Ref(False, reference.heap))


@_rule("ref.func")
def _ref_func(v: BodyValidator, one: Instruction) -> None:
    type_ = v.context.at(v.context.functions, one[1], "function", v.here())
    if one[1] not in v.context.declared:
        raise v.fail(f"function {one[1]} is not declared: no export, global or element segment names it")
    v.push(Ref(False, type_))


@_rule("ref.test", "ref.cast")
def _ref_test(v: BodyValidator, one: Instruction) -> None:
    v.types.check(one[1], v.here())
    v.pop(Ref(True, v.types.top(one[1].heap)))
    v.push(I32 if one[0] == "ref.test" else one[1])


@_rule("any.convert_extern", "extern.convert_any")
def _convert(v: BodyValidator, one: Instruction) -> None:
    source, target = (EXTERN, ANY) if one[0] == "any.convert_extern" else (ANY, EXTERN)
    found = v.pop(Ref(True, source))
    v.push(Ref(not isinstance(found, Ref) or found.nullable, target) if found is not None else Ref(False, target))


# -- Structs and arrays (§3.4.8)


@_rule("struct.new", "struct.new_default")
def _struct_new(v: BodyValidator, one: Instruction) -> None:
    fields = [field.unpacked for field in v.types.struct(one[1], v.here()).fields]
    if one[0] == "struct.new":
        v.pop_all(fields)
    elif not all(map(defaultable, fields)):
        raise v.fail(f"type {one[1]} has a field without a default value")
    v.push(Ref(False, one[1]))


def _struct_field(v: BodyValidator, one: Instruction) -> FieldType:
    fields = v.types.struct(one[1], v.here()).fields
    if one[2] >= len(fields):
        raise v.fail(f"field {one[2]}; type {one[1]} has {len(fields)}")
    return fields[one[2]]


@_rule("struct.get", "struct.get_s", "struct.get_u")
def _struct_get(v: BodyValidator, one: Instruction) -> None:
    type_ = v.field_access(_struct_field(v, one), one[0])
    v.pop(Ref(True, one[1]))
    v.push(type_)


@_rule("struct.set")
def _struct_set(v: BodyValidator, one: Instruction) -> None:
    field = v.mutable(_struct_field(v, one))
    v.pop_all((Ref(True, one[1]), field.unpacked))


@_rule("array.new", "array.new_default", "array.new_fixed")
def _array_new(v: BodyValidator, one: Instruction) -> None:
    element = v.types.array(one[1], v.here()).unpacked
    match one[0]:
        case "array.new":
            v.pop_all((element, I32))
        case "array.new_fixed":
            if one[2] > MAX_FIXED:
                raise v.fail(f"array.new_fixed of {one[2]} elements; engines allow {MAX_FIXED}")
            for _ in range(one[2]):
                v.pop(element)
        case _:
            if not defaultable(element):
                raise v.fail(f"type {one[1]}: {shown(element)} has no default value")
            v.pop(I32)
    v.push(Ref(False, one[1]))


MAX_FIXED: Final = 10_000
"""Operands of `array.new_fixed` that engines accept (JavaScript API §limits)."""


@_rule("array.new_data", "array.new_elem")
def _array_from_segment(v: BodyValidator, one: Instruction) -> None:
    _check_segment(v, one)
    v.pop_all((I32, I32))
    v.push(Ref(False, one[1]))


def _check_segment(v: BodyValidator, one: Instruction) -> FieldType:
    if one[0].endswith("_data"):
        field = v.data_element(one[1], one[0])
        v.context.check_data(one[2], v.here())
        return field
    field = v.types.array(one[1], v.here())
    if not v.types.matches(v.segment(one[2]), field.storage):
        raise v.fail(f"element segment {one[2]} does not match the elements of type {one[1]}")
    return field


@_rule("array.init_data", "array.init_elem")
def _array_init(v: BodyValidator, one: Instruction) -> None:
    v.mutable(v.types.array(one[1], v.here()))
    _check_segment(v, one)
    v.pop_all((Ref(True, one[1]), I32, I32, I32))


@_rule("array.get", "array.get_s", "array.get_u")
def _array_get(v: BodyValidator, one: Instruction) -> None:
    type_ = v.field_access(v.types.array(one[1], v.here()), one[0])
    v.pop_all((Ref(True, one[1]), I32))
    v.push(type_)


@_rule("array.set", "array.fill")
def _array_set(v: BodyValidator, one: Instruction) -> None:
    field = v.mutable(v.types.array(one[1], v.here()))
    v.pop_all((Ref(True, one[1]), I32, field.unpacked) + ((I32,) if one[0] == "array.fill" else ()))


@_rule("array.copy")
def _array_copy(v: BodyValidator, one: Instruction) -> None:
    target = v.mutable(v.types.array(one[1], v.here()))
    source = v.types.array(one[2], v.here())
    packed = (I8, I16)
    same = target.storage == source.storage
    if not (
        same
        if target.storage in packed or source.storage in packed
        else v.types.matches(source.storage, target.storage)
    ):
        raise v.fail(f"elements of type {one[2]} do not match those of type {one[1]}")
    v.pop_all((Ref(True, one[1]), I32, Ref(True, one[2]), I32, I32))


# -- Constant expressions (§3.4.13)

_CONSTANT: Final = frozenset(
    {
        "i32.const", "i64.const", "f32.const", "f64.const", "v128.const",
        "i32.add", "i32.sub", "i32.mul", "i64.add", "i64.sub", "i64.mul",
        "ref.null", "ref.func", "ref.i31", "global.get",
        "struct.new", "struct.new_default", "array.new", "array.new_default", "array.new_fixed",
        "any.convert_extern", "extern.convert_any",
    }
)  # fmt: skip


def validate_constant(context: Context, body: Expression, result: ValueType, where: str) -> None:
    """A constant expression gives one `result`.

    Raises:
        InvalidModuleError: it does not, or it has an instruction that is not constant.
    """
    for position, one in enumerate(body):
        if one[0] not in _CONSTANT:
            raise InvalidModuleError(f"{where}, instruction {position}: {one[0]} is not constant")
        if one[0] == "global.get" and one[1] < len(context.globals) and context.globals[one[1]].mutable:
            raise InvalidModuleError(f"{where}, instruction {position}: global {one[1]} is mutable")
    BodyValidator(context, (), (result,), where).run(body)


def _unruled() -> Iterable[str]:
    return (name for name in OPERATIONS if name not in _RULES)


assert not list(_unruled()), f"operations without a rule: {list(_unruled())}"
