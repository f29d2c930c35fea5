"""Calls of everything that a call may reach, and casts that need the program around."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engines.rustwasm.lower_linear import intrinsics
from engines.rustwasm.lower_linear import nodes as n
from engines.rustwasm.lower_linear.arithmetic import numeric_cast
from engines.rustwasm.lower_linear.layout import POINTER, pointee_is_fat
from engines.rustwasm.lower_linear.places import InLocals, InMemory, Where
from engines.rustwasm.mir import body as m
from engines.rustwasm.release.tree import Node
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm import types as w

if TYPE_CHECKING:
    from engines.rustwasm.lower_linear.function import FunctionLowering


class Value:
    """An argument: its parts, or the place that the callee may have."""

    __slots__ = ("parts", "place", "ty")

    def __init__(self, ty: Ty, parts: list[Node] | None, place: InMemory | None = None) -> None:
        self.ty = ty
        self.parts = parts
        self.place = place

    def nodes(self) -> list[Node]:
        """What is passed."""
        if self.parts is not None:
            return self.parts
        assert self.place is not None
        return [self.place.pointer()]


def value_of(fn: FunctionLowering, where: Where, moved: bool) -> Value:
    """The value in a place, as an argument."""
    layout = fn.layouts.of(where.ty)
    if layout.parts is not None:
        return Value(where.ty, fn.parts(where))
    assert isinstance(where, InMemory)
    if not moved:
        copy = fn.temporary(where.ty)
        fn.copy_memory(copy, where, layout.bytes)
        where = copy
    return Value(where.ty, None, where)


def argument(fn: FunctionLowering, operand: m.Operand, span: m.Span) -> Value:
    if isinstance(operand, m.Constant):
        return Value(operand.ty, fn.constant(operand))
    return value_of(fn, fn.place(operand.place, operand.span or span), isinstance(operand, m.Move))


def spread(fn: FunctionLowering, operand: m.Operand, span: m.Span) -> list[Value]:
    """The elements of a tuple of arguments."""
    ty = fn.operand_type(operand)
    if not ty.args:
        return []
    where = fn.operand_place(operand, span)
    return [value_of(fn, fn.field(where, i, one), isinstance(operand, m.Move)) for i, one in enumerate(ty.args)]


def call(fn: FunctionLowering, call: m.Call) -> None:
    """Lower a call up to the writing of its destination."""
    function, span = call.function, call.location
    where = fn.place(call.destination, span) if call.target is not None else InLocals(t.NEVER_TY, ())
    direct = not call.destination.projection and fn.single.get(call.destination.local) is True
    if not isinstance(function, m.Constant):
        index = fn.stash(fn.operand_parts(function)[0])
        values = [argument(fn, one, span) for one in call.arguments]
        indirect(fn, index, values, where, direct)
        return
    item(fn, function.ty, call.arguments, where, direct, span)


def item(fn: FunctionLowering, one: Ty, arguments: list[m.Operand], where: Where, direct: bool, span: m.Span) -> None:
    """A call of a function item."""
    if hasattr(one.data, "fields"):
        construct(fn, one, [argument(fn, a, span) for a in arguments], where)
        return
    callee = fn.program.instances.resolve(one.data, one.args)
    kind = callee.kind
    if kind == "closure":
        _closure(fn, callee, arguments, where, direct, span)
        return
    if kind == "callable":
        _callable(fn, callee, arguments, where, direct, span)
        return
    if kind == "virtual" and fn.operand_type(arguments[0]).kind == t.DYN:
        whole = fn.operand_place(arguments[0], span)
        receiver = Value(t.raw(whole.ty, True), fn.reference(whole))
        values = [receiver, *[argument(fn, a, span) for a in arguments[1:]]]
    else:
        values = [argument(fn, a, span) for a in arguments]
    if kind == "copy":
        pointee = values[0].ty.args[0]
        fn.move(where, InMemory(pointee, fn.stash(values[0].nodes()[0]), 0))
        return
    if kind == "virtual":
        pointer = [fn.stash(one) for one in values[0].nodes()]
        offset = fn.program.vtable_slot(values[0].ty.args[0], callee.definition, callee.args[1:])
        index = n.load(POINTER, n.copied(pointer[1]), offset)
        first = Value(t.raw(t.UNIT, True), [n.copied(pointer[0])])
        made = indirect(fn, fn.stash(index), [first, *values[1:]], where, direct)
        fn.program.virtual_calls.called(values[0].ty.args[0], offset, index, made)
        return
    function(fn, callee.definition, callee.args, values, where, direct, span)


def function(
    fn: FunctionLowering, definition: Any, args: tuple[Ty, ...], values: list[Value], where: Where, direct: bool,
    span: m.Span,
) -> None:  # fmt: skip
    """A call of a function with a body, or of an intrinsic."""
    if definition.intrinsic is not None and (definition.intrinsic in intrinsics.TABLE or not definition.has_body):
        intrinsics.lower(fn, definition.intrinsic, args, values, where, direct, span)
        return
    if _only_panics(fn, definition):
        fn.out.append(Node("unreachable"))
        return
    nodes = [node for value in values for node in value.nodes()]
    if "track_caller" in definition.attributes:
        nodes.append(fn.location_of(span))
    finish(fn, where, direct, lambda extra, type_: fn.program.call(("fn", definition, args), [*extra, *nodes], type_))


def _only_panics(fn: FunctionLowering, definition: Any) -> bool:
    """Whether all that a function of the library does is to put a message together that nobody will see."""
    if fn.program.profile.messages or "track_caller" not in definition.attributes:
        return False
    library = fn.program.compilation.lang("Drop").module.root
    return definition.module.root is library and bool(t.erase(definition.output).kind == t.NEVER)


def indirect(fn: FunctionLowering, index: Node, values: list[Value], where: Where, direct: bool) -> Node:
    """A call through the function table: the operation that does it."""
    nodes = [node for value in values for node in value.nodes()]
    types = [one for value in values for one in (fn.layouts.of(value.ty).wasm if value.parts is not None else (w.I32,))]

    results = fn.layouts.of(where.ty).wasm if fn.layouts.of(where.ty).parts else ()
    made: list[Node] = []

    def make(extra: list[Node], _: int | None) -> Node:
        made.append(fn.program.call_indirect(index, [*extra, *nodes], (*[w.I32] * len(extra), *types), results))
        return made[0]

    finish(fn, where, direct, make)
    return made[0]


def finish(fn: FunctionLowering, where: Where, direct: bool, make: Any) -> None:
    """Make the call (`make(leading arguments, result type)`) and put its result where it belongs."""
    layout = fn.layouts.of(where.ty)
    if layout.parts is None:
        assert isinstance(where, InMemory)
        target = where if direct else fn.temporary(where.ty)
        fn.out.append(make([target.pointer()], None))
        if target is not where:
            fn.copy_memory(where, target, layout.bytes)
    elif not layout.parts:
        fn.out.append(make([], None))
    else:
        fn.write_parts(where, fn.results(make([], layout.wasm[0]), layout.wasm))


def construct(fn: FunctionLowering, one: Ty, values: list[Value], where: Where) -> None:
    """A call of a tuple struct or variant."""
    ty = where.ty
    if t.is_handle(ty):
        block = intrinsics.allocated(fn, n.i32(fn.layouts.of(t.pointee(ty)).bytes))
        construct(fn, one, values, InMemory(t.pointee(ty), block, 0))
        fn.write_parts(where, [n.copied(block)])
        return
    variant = one.data.index
    place: Where = InMemory(ty, n.i32(0), 0) if isinstance(where, InMemory) else where
    if fn.layouts.of(ty).parts is not None:
        layout = fn.layouts.of(ty)
        parts: list[Node | None] = [None] * len(layout.wasm)
        for value, indices in zip(values, layout.variants[variant].parts, strict=True):
            assert value.parts is not None
            assert indices is not None
            for index, node in zip(indices, value.parts, strict=True):
                parts[index] = node
        if layout.tag is not None:
            parts[0] = n.i32(variant)
        fn.write_parts(where, [n.zero(t_) if v is None else v for v, t_ in zip(parts, layout.wasm, strict=True)])
        return
    assert isinstance(where, InMemory)
    place = fn.temporary(ty)
    inside = InMemory(ty, place.address, place.offset, None, variant)
    for i, value in enumerate(values):
        put(fn, fn.field(inside, i, value.ty), value)
    fn._write_tag(place, fn.layouts.of(ty), variant)
    fn.copy_memory(where, place, fn.layouts.of(ty).bytes)


def put(fn: FunctionLowering, where: Where, value: Value) -> None:
    """Store an argument in a place."""
    if value.parts is not None:
        fn.write_parts(where, value.parts)
    else:
        assert value.place is not None
        fn.move(where, value.place)


def _closure(
    fn: FunctionLowering, callee: Any, arguments: list[m.Operand], where: Where, direct: bool, span: m.Span
) -> None:
    definition = callee.definition
    environment = argument(fn, arguments[0], span)
    owned: InMemory | None = None
    if callee.by == "FnOnce" and definition.trait_kind != "FnOnce":
        owned = environment.place if environment.place is not None else fn.temporary(environment.ty)
        if environment.parts is not None:
            fn.write_parts(owned, environment.parts)
        environment = Value(t.ref(environment.ty, True), [owned.pointer()])
    values = [environment, *spread(fn, arguments[1], span)]
    function(fn, definition.body, callee.args, values, where, direct, span)
    if owned is not None:
        fn.drop_whole(owned)


def _callable(
    fn: FunctionLowering, callee: Any, arguments: list[m.Operand], where: Where, direct: bool, span: m.Span
) -> None:
    one = callee.definition
    values = spread(fn, arguments[1], span)
    if one.kind == t.FNPTR:
        holder = fn.operand_place(arguments[0], span)
        if callee.by != "FnOnce":
            holder = fn.target(holder)
        indirect(fn, fn.stash(fn.parts(holder)[0]), values, where, direct)
        return
    if hasattr(one.data, "fields"):
        construct(fn, one, values, where)
        return
    inner = fn.program.instances.resolve(one.data, one.args)
    if inner.kind == "function":
        function(fn, inner.definition, inner.args, values, where, direct, span)
        return
    # Anything else takes operands: the arguments go through places of their own.
    key = ("pointer", one, (tuple(value.ty for value in values), where.ty))
    nodes = [node for value in values for node in value.nodes()]
    finish(fn, where, direct, lambda extra, type_: fn.program.call(key, [*extra, *nodes], type_))


def cast(fn: FunctionLowering, rvalue: m.Cast, span: m.Span) -> list[Node]:
    """The parts of a cast value."""
    source = fn.operand_type(rvalue.operand)
    if rvalue.kind == "fn_pointer":
        parameters, result = rvalue.ty.args[:-1], rvalue.ty.args[-1]
        return [n.i32(fn.program.table_index(("pointer", source, (parameters, result))))]
    if rvalue.kind == "enum":
        where = fn.operand_place(rvalue.operand, span)
        return numeric_cast(fn, [declared(fn, where)], t.I64, rvalue.ty)
    parts = fn.operand_parts(rvalue.operand, span)
    if rvalue.kind == "numeric":
        return numeric_cast(fn, parts, source, rvalue.ty)
    if rvalue.kind == "pointer":
        wanted = fn.layouts.of(rvalue.ty).wasm
        return parts[: len(wanted)]
    have, want = source.args[0], rvalue.ty.args[0]
    if pointee_is_fat(have):
        fn.program.virtual_calls.was_cast(have, want)
        return parts
    meta = n.i32(have.args[1].data) if want.kind == t.SLICE else n.i32(fn.program.vtable(have, want))
    return [parts[0], meta, *parts[1:]]


def declared(fn: FunctionLowering, where: Where) -> Node:
    """The declared discriminant (i64) of the variant that a place holds."""
    index = fn.variant_of(where)
    values = [one.discriminant for one in where.ty.data.variants]
    if all(value == values[0] + i and abs(value) < 1 << 31 for i, value in enumerate(values)):
        return n.op("i64.extend_i32_s", n.op("i32.add", index, n.i32(values[0])) if values[0] else index)
    index = fn.stash(index)
    result = n.i64(values[-1])
    for i in reversed(range(len(values) - 1)):
        result = n.select(n.i64(values[i]), result, n.op("i32.eq", n.copied(index), n.i32(i)))
    return result


__all__ = ["InLocals", "Value", "argument", "call", "cast", "declared", "put"]
