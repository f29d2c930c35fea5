"""The clone of a closure: the clones of what it captures by value, and its references (std::clone, "Additional
implementors")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.body import Place
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import ClosureDef, FnDef

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation


def clone_of_closure(compilation: Compilation, closure: ClosureDef) -> FnDef:
    """The function from a reference to a closure to another closure; its parameters are the surrounding function's."""
    if closure.cloner is not None:
        return closure.cloner
    owner, span = closure.body, closure.span
    definition = FnDef("clone", span, owner.module)
    definition.path = f"{owner.path}::clone"
    definition.generics = owner.generics
    definition.lifetimes = owner.lifetimes
    definition.gc = owner.gc
    whole = ty.intern(ty.CLOSURE, closure, tuple([ty.param(i, n) for i, n in enumerate(owner.generics.names)]))
    definition.inputs = (ty.ref(whole),)
    definition.output = whole
    body = m.Body(definition.path, definition, 1, span)
    body.locals = [m.Local(whole, None, True, span), m.Local(ty.ref(whole), None, False, span)]
    clone = compilation.lang("Clone").methods["clone"]
    block = m.Block()
    body.blocks.append(block)
    parts: list[m.Operand] = []
    for i, capture in enumerate(closure.captures):
        one = capture.ty
        if capture.mode != "move":
            parts.append(m.Copy(Place(1, ((m.DEREF,), (m.FIELD, i, ty.ref(one))))))
            continue
        lent, made = Place(len(body.locals)), Place(len(body.locals) + 1)
        body.locals += [m.Local(ty.ref(one), None, False, span), m.Local(one, None, False, span)]
        block.statements.append(m.Assign(lent, m.Ref("shared", Place(1, ((m.DEREF,), (m.FIELD, i, one)))), span))
        block.terminator = m.Call(
            m.Constant(ty.fn_def(clone, (one,))), [m.Copy(lent)], made, len(body.blocks), span
        )  # fmt: skip
        block = m.Block()
        body.blocks.append(block)
        parts.append(m.Move(made))
    block.statements.append(m.Assign(Place(0), m.Aggregate(whole, parts), span))
    block.terminator = m.Return()
    definition.mir = body
    closure.cloner = definition
    return definition
