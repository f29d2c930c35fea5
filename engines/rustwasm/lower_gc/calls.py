"""Calls of everything that a call may reach, and casts that need the program around."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engines.rustwasm.lower_gc import intrinsics
from engines.rustwasm.lower_gc import nodes as n
from engines.rustwasm.lower_gc.objects import BUFFER_BYTES
from engines.rustwasm.lower_gc.places import Nothing, Place, Unsized
from engines.rustwasm.lower_gc.representation import (
    DYN_OBJECT,
    DYN_TABLE,
    EMPTY,
    NUMBER,
    RAW_COUNTS,
    SLICE_ARRAY,
    TAG,
)
from engines.rustwasm.lower_gc.views import ViewError, mask, viewed
from engines.rustwasm.lower_linear.arithmetic import numeric_cast
from engines.rustwasm.lower_linear.layout import pointee_is_fat
from engines.rustwasm.mir import body as m
from engines.rustwasm.release.tree import Node
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm import types as w

if TYPE_CHECKING:
    from engines.rustwasm.lower_gc.function import FunctionLowering


class Value:
    """An argument: its type and the tree that gives it."""

    __slots__ = ("node", "ty")

    def __init__(self, ty: Ty, node: Node) -> None:
        self.ty = ty
        self.node = node


def passed(fn: FunctionLowering, values: list[Value]) -> list[Node]:
    """What is passed: types without information are left out."""
    return [one.node for one in values if fn.types.of(one.ty).kind != EMPTY]


def argument(fn: FunctionLowering, operand: m.Operand, span: m.Span) -> Value:
    return Value(fn.operand_type(operand), fn.operand(operand, span))


def spread(fn: FunctionLowering, operand: m.Operand, span: m.Span) -> list[Value]:
    """The elements of a tuple of arguments."""
    ty = fn.operand_type(operand)
    if not ty.args or isinstance(operand, m.Constant):
        return [Value(one, n.i32(0)) for one in ty.args]
    where = fn.place(operand.place, span)
    out = []
    for i, one in enumerate(ty.args):
        value = fn.field(where, i).read(fn.program)
        out.append(Value(one, fn.program.copy(one, value) if isinstance(operand, m.Copy) else value))
    return out


def call(fn: FunctionLowering, call: m.Call) -> None:
    """Lower a call up to the writing of its destination."""
    function, span = call.function, call.location
    where = fn.place(call.destination, span) if call.target is not None else Nothing(t.NEVER_TY)
    if isinstance(function, m.Constant):
        item(fn, function.ty, call.arguments, where, span)
        return
    pointer = fn.stash(fn.operand(function, span))
    by_reference(fn, pointer, [argument(fn, one, span) for one in call.arguments], where)


def item(fn: FunctionLowering, one: Ty, arguments: list[m.Operand], where: Place, span: m.Span) -> None:
    """A call of a function item."""
    if hasattr(one.data, "fields"):
        fields = [fn.operand(a, span) for a in arguments]
        fn.write(where, fn.construct(where.ty, one.data.index, fields))
        return
    callee = fn.program.instances.resolve(one.data, one.args)
    kind = callee.kind
    if kind == "closure":
        _closure(fn, callee, arguments, where, span)
    elif kind == "callable":
        _callable(fn, callee, arguments, where, span)
    elif kind == "virtual":
        _virtual(fn, callee, arguments, where, span)
    elif callee.definition in fn.program.printing and _is_short_text(arguments[0]):
        text = arguments[0].value  # type: ignore[union-attr]
        stream, offset = fn.program.printing[callee.definition], fn.program.bytes_offset(text)
        fn.out.append(fn.program.call(("runtime", "put"), [n.i32(stream), n.i32(offset), n.i32(len(text))], None))
    else:
        values = [argument(fn, a, span) for a in arguments]
        if kind == "copy":
            pointee = values[0].ty.args[0]
            source = fn.behind(pointee, fn.stash(values[0].node), True)
            fn.write(where, fn.program.copy(pointee, source.read(fn.program)))
            return
        function(fn, callee.definition, callee.args, values, where, span)


def _is_short_text(operand: m.Operand) -> bool:
    """Whether it is constant bytes that the buffer has room for, and not none."""
    if not isinstance(operand, m.Constant) or not isinstance(operand.value, bytes):
        return False
    return 0 < len(operand.value) <= BUFFER_BYTES


def function(
    fn: FunctionLowering, definition: Any, args: tuple[Ty, ...], values: list[Value], where: Place, span: m.Span
) -> None:
    """A call of a function with a body, or of an intrinsic."""
    if definition.intrinsic is not None and (definition.intrinsic in intrinsics.TABLE or not definition.has_body):
        intrinsics.lower(fn, definition.intrinsic, args, values, where, span)
        return
    if definition is fn.program.filled and fn.types.of(args[0]).kind == NUMBER:
        fn.write(where, fn.program.array_filled(args[0], values[0].node, values[1].node))
        return
    key: tuple[Any, ...] = ("fn", definition, args)
    if fn.views:
        views = _given_views(fn, fn.program.concrete(definition, args), values)
        key = ("view", definition, args, views) if views else key
    nodes = passed(fn, values)
    if "track_caller" in definition.attributes:
        nodes.append(fn.location_of(span))
    finish(fn, where, fn.program.call(key, nodes, result_type(fn, where)))


def _given_views(fn: FunctionLowering, body: m.Body, values: list[Value]) -> tuple[int, ...]:
    """The parameters that get a slice for a reference to an array; a shared one that cannot be a slice in the callee
    gets a copy of its elements."""
    views = []
    for number in mask(body, [one.ty for one in values]):
        one = body.locals[number].ty
        try:
            viewed(body, (number,), fn.program.compilation.sources.locate)
        except ViewError:
            if not one.data:
                values[number - 1] = Value(one, fn.gathered(values[number - 1].ty.args[0], values[number - 1].node))
                continue
        views.append(number)
    return tuple(views)


def result_type(fn: FunctionLowering, where: Place) -> w.ValueType | None:
    one = fn.types.of(where.ty)
    return None if one.kind == EMPTY else one.wasm


def finish(fn: FunctionLowering, where: Place, made: Node) -> None:
    """Make a call and put its result where it belongs."""
    if made.type is None:
        fn.out.append(made)
    else:
        fn.write(where, made)


def by_reference(fn: FunctionLowering, pointer: Node, values: list[Value], where: Place) -> None:
    """A call of a function pointer."""
    index = fn.types.signature(tuple([one.ty for one in values]), where.ty)
    made = Node("call_ref", (index,), [*passed(fn, values), n.copied(pointer)], result_type(fn, where))
    finish(fn, where, made)


def _virtual(fn: FunctionLowering, callee: Any, arguments: list[m.Operand], where: Place, span: m.Span) -> None:
    ty = fn.operand_type(arguments[0])
    if ty.kind == t.DYN:
        assert not isinstance(arguments[0], m.Constant)
        dyn, pointer = ty, fn.place(arguments[0].place, span).read(fn.program)
    elif ty.kind == t.ADT and ty.data.lang != "Box":
        raise ValueError(
            f"--lowering gc does not know calls of `self: {ty.data.name}<Self>` on a trait object "
            f"(`{callee.definition.path}`); take `&self`, or use --lowering linear"
        )
    else:
        dyn, pointer = t.pointee(ty), fn.operand(arguments[0], span)
    values = [argument(fn, a, span) for a in arguments[1:]]
    index = fn.types.dyn_type(dyn)
    pointer = fn.stash(pointer)
    table = fn.types.table_type(dyn)
    held = n.struct_get(index, DYN_OBJECT, n.copied(pointer), w.EQREF)
    methods = n.struct_get(index, DYN_TABLE, n.copied(pointer), w.Ref(True, table))
    inputs = tuple([fn.types.of(one.ty).wasm for one in values if fn.types.of(one.ty).kind != EMPTY])
    result = result_type(fn, where)
    signature = fn.types.function_type((w.EQREF, *inputs), () if result is None else (result,))
    slot = fn.program.table_slot(dyn, (callee.definition, callee.args[1:]), signature)
    target = n.struct_get(table, slot, methods, w.Ref(True, signature))
    finish(fn, where, Node("call_ref", (signature,), [held, *passed(fn, values), target], result))


def _closure(fn: FunctionLowering, callee: Any, arguments: list[m.Operand], where: Place, span: m.Span) -> None:
    definition = callee.definition
    environment = argument(fn, arguments[0], span)
    owned: Value | None = None
    if callee.by == "FnOnce" and definition.trait_kind != "FnOnce":
        owned = Value(environment.ty, fn.stash(environment.node))
        mutable = definition.trait_kind == "FnMut"
        pointer = n.copied(owned.node)
        if mutable and not fn.types.of(owned.ty).is_object:
            pointer = fn.program.new_cell(pointer)
        environment = Value(t.ref(owned.ty, mutable), pointer)
    elif callee.by == "FnMut" and definition.trait_kind == "Fn":
        inner = t.pointee(environment.ty)
        place = fn.behind(inner, fn.stash(environment.node), not environment.ty.data)
        environment = Value(t.ref(inner), place.read(fn.program))
    values = [environment, *spread(fn, arguments[1], span)]
    function(fn, definition.body, callee.args, values, where, span)
    if owned is not None and fn.program.needs_drop(owned.ty):
        fn.out += fn.program.drop_value(owned.ty, owned.node)


def _callable(fn: FunctionLowering, callee: Any, arguments: list[m.Operand], where: Place, span: m.Span) -> None:
    one = callee.definition
    values = spread(fn, arguments[1], span)
    if one.kind == t.FNPTR:
        # `&fn()` is the pointer itself, for it is a plain value; `&mut fn()` is a cell.
        pointer = fn.operand(arguments[0], span)
        holder = fn.operand_type(arguments[0])
        if callee.by != "FnOnce":
            pointer = fn.behind(one, fn.stash(pointer), not holder.data).read(fn.program)
        by_reference(fn, fn.stash(pointer), values, where)
        return
    if hasattr(one.data, "fields"):
        fn.write(where, fn.construct(where.ty, one.data.index, [value.node for value in values]))
        return
    inner = fn.program.instances.resolve(one.data, one.args)
    if inner.kind == "function":
        function(fn, inner.definition, inner.args, values, where, span)
        return
    key = ("pointer", one, (tuple([value.ty for value in values]), where.ty))
    finish(fn, where, fn.program.call(key, passed(fn, values), result_type(fn, where)))


def cast(fn: FunctionLowering, rvalue: m.Cast, span: m.Span) -> Node:
    """A cast value."""
    source, target = fn.operand_type(rvalue.operand), rvalue.ty
    if rvalue.kind == "fn_pointer":
        parameters, result = target.args[:-1], target.args[-1]
        key = ("pointer", source, (parameters, result))
        return fn.program.function_reference(key, fn.types.signature(parameters, result))
    if rvalue.kind == "enum":
        assert not isinstance(rvalue.operand, m.Constant)
        where = fn.place(rvalue.operand.place, span)
        return fn.whole(numeric_cast(fn, [declared(fn, where)], t.I64, target), target)
    value = fn.operand(rvalue.operand, span)
    if rvalue.kind == "numeric":
        return fn.whole(numeric_cast(fn, fn.scalars(value, source), source, target), target)
    if rvalue.kind == "pointer":
        return _pointer_cast(fn, value, source, target)
    return unsized(fn, value, source, target)


def _pointer_cast(fn: FunctionLowering, value: Node, source: Ty, target: Ty) -> Node:
    if source.kind == target.kind == t.REF and source.data and not target.data:
        return fn.behind(source.args[0], fn.stash(value), False).read(fn.program)
    if source.kind != t.REF or target.kind != t.RAW:
        return value
    pointee = source.args[0]
    if not source.data and not pointee_is_fat(pointee) and not fn.types.of(pointee).is_object:
        value = fn.program.new_cell(value)
    return fn.program.raw_new(pointee, value)


def unsized(fn: FunctionLowering, value: Node, source: Ty, target: Ty) -> Node:
    """A pointer to an array as one to a slice, or one to a value as one to a trait object."""
    if source.kind == t.ADT and source.data.lang != "Box":
        have, want = source.args[0], target.args[0]
        if pointee_is_fat(have):
            return value
        old = fn.stash(value)
        box = fn.whole_box(t.raw(have, True), n.copied(old))
        counts = w.Ref(True, fn.types.counts_type())
        kept = n.struct_get(fn.types.raw_of(have), RAW_COUNTS, n.copied(old), counts)
        return n.struct_new(fn.types.raw_of(want), [kept, _fat(fn, box, have, want)])
    have, want = source.args[0], target.args[0]
    if pointee_is_fat(have):
        return value
    if source.kind == t.RAW:
        box = fn.whole_box(source, value)
        return fn.program.raw_new(want, _fat(fn, box, have, want))
    if source.kind == t.REF and not source.data and want.kind == t.DYN and not fn.types.of(have).is_object:
        value = fn.program.new_cell(value)
    return _fat(fn, value, have, want)


def _fat(fn: FunctionLowering, box: Node, have: Ty, want: Ty) -> Node:
    index = fn.types.fat(want).wasm.heap  # type: ignore[union-attr]
    if want.kind == t.SLICE:
        assert SLICE_ARRAY == 0
        return n.struct_new(index, [box, n.i32(0), n.i32(have.args[1].data)])
    return n.struct_new(index, [box, fn.program.table(have, want)])


def declared(fn: FunctionLowering, where: Place) -> Node:
    """The declared discriminant (i64) of the variant that a place holds."""
    index = fn.variant_of(where)
    values = [one.discriminant for one in where.ty.data.variants]
    if all(value == i for i, value in enumerate(values)):
        return n.op("i64.extend_i32_u", index)
    index = fn.stash(index)
    result = n.i64(values[-1])
    for i in reversed(range(len(values) - 1)):
        result = n.select(n.i64(values[i]), result, n.op("i32.eq", n.copied(index), n.i32(i)))
    return result


__all__ = ["TAG", "Unsized", "Value", "call", "cast", "declared"]
