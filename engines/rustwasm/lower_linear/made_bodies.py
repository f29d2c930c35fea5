"""MIR bodies that no source has, as both lowerings need them: function items as pointers, drop glue."""

from __future__ import annotations

from typing import Any

from engines.rustwasm.mir import body as m
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.types import Ty


class Untracked:
    """Stands for the definition of a body that no source has."""

    attributes: tuple[str, ...] = ()


def pass_on(body: m.Body, function: m.Operand, operands: list[m.Operand]) -> m.Body:
    """The body calls a function and returns its result."""
    start, end = m.Block(), m.Block()
    start.terminator = m.Call(function, operands, m.Place(0), 1, body.span)
    end.terminator = m.Return()
    body.blocks = [start, end]
    return body


def pointer_body(compilation: Any, one: Ty, parameters: tuple[Ty, ...], result: Ty) -> m.Body:
    """A function item, or a closure without captures, with just its arguments."""
    body = m.Body(f"pointer to {getattr(one.data, 'name', '')}", None, len(parameters), (0, 0))
    body.definition = Untracked()
    body.locals = [m.Local(ty, None, False, (0, 0)) for ty in (result, *parameters)]
    operands: list[m.Operand] = [m.Move(m.Place(i)) for i in range(1, len(parameters) + 1)]
    if one.kind != t.CLOSURE:
        return pass_on(body, m.Constant(one), operands)
    count = len(body.locals)
    arguments = t.tuple_of(tuple(parameters))
    body.locals += [m.Local(ty, None, False, (0, 0)) for ty in (one, t.ref(one), arguments)]
    call = compilation.lang("Fn").methods["call"]
    passed: list[m.Operand] = [m.Move(m.Place(count + 1)), m.Move(m.Place(count + 2))]
    pass_on(body, m.Constant(t.fn_def(call, (one, arguments))), passed)
    body.blocks[0].statements = [
        m.Assign(m.Place(count), m.Aggregate(one, []), (0, 0)),
        m.Assign(m.Place(count + 1), m.Ref("shared", m.Place(count)), (0, 0)),
        m.Assign(m.Place(count + 2), m.Aggregate(arguments, operands), (0, 0)),
    ]
    return body


def drop_fields(body: m.Body, ty: Ty, whole: m.Place, fields: dict[int, list[tuple[int, Ty]]], tag: int) -> None:
    """Go on in the last block: drop the fields of the value at `whole`, a struct, enum, tuple or closure, and return.
    `fields` are per variant those that may need a drop; local `tag` takes the variant of an enum."""

    def block() -> int:
        body.blocks.append(m.Block())
        return len(body.blocks) - 1

    current = len(body.blocks) - 1
    is_enum = ty.kind == t.ADT and ty.data.is_enum
    wanted = [variant for variant in fields if fields[variant]]
    end = block()
    body.blocks[end].terminator = m.Return()
    if is_enum:
        body.blocks[current].statements.append(m.Assign(m.Place(tag), m.Discriminant(whole), (0, 0)))
        starts = [block() for _ in wanted]
        body.blocks[current].terminator = m.Switch(m.Copy(m.Place(tag)), list(wanted), list(starts), end)
    else:
        starts = [current] if wanted else []
        if not wanted:
            body.blocks[current].terminator = m.Goto(end)
    for variant, start in zip(wanted, starts, strict=True):
        holder = whole.downcast(variant) if is_enum else whole
        current = start
        for index, one in fields[variant]:
            following = block()
            body.blocks[current].terminator = m.Drop(holder.field(index, one), following, (0, 0))
            current = following
        body.blocks[current].terminator = m.Goto(end)
