"""MIR as text, in the shape of `rustc --emit mir`."""

from __future__ import annotations

from engines.rustwasm.mir import body as m
from engines.rustwasm.typing.types import ADT, show


def print_place(place: m.Place) -> str:
    text = f"_{place.local}"
    for elem in place.projection:
        kind = elem[0]
        if kind == m.DEREF:
            text = f"(*{text})"
        elif kind == m.FIELD:
            text = f"{text}.{elem[1]}"
        elif kind == m.INDEX:
            text = f"{text}[_{elem[1]}]"
        elif kind == m.CONSTANT_INDEX:
            text = f"{text}[{'-' if elem[2] else ''}{elem[1]}]"
        elif kind == m.SUBSLICE:
            text = f"{text}[{elem[1]}..-{elem[2]}]"
        else:
            text = f"({text} as {elem[1]})"
    return text


def print_operand(operand: m.Operand) -> str:
    if type(operand) is m.Copy:
        return f"copy {print_place(operand.place)}"
    if type(operand) is m.Move:
        return f"move {print_place(operand.place)}"
    assert type(operand) is m.Constant
    if operand.value is None:
        generic = ", ".join(show(a) for a in operand.ty.args)
        name = getattr(operand.ty.data, "path", None)
        return f"const {name}" + (f"::<{generic}>" if generic else "") if name else f"const {show(operand.ty)}"
    value = operand.value if isinstance(operand.value, (int, float, bytes)) else f"static {operand.value.path}"
    return f"const {value!r}: {show(operand.ty)}" if isinstance(value, bytes) else f"const {value}: {show(operand.ty)}"


def print_rvalue(rvalue: m.Rvalue) -> str:
    kind = type(rvalue)
    if kind is m.Use:
        return print_operand(rvalue.operand)  # type: ignore[union-attr]
    if isinstance(rvalue, m.Ref):
        prefix = {"shared": "&", "mut": "&mut ", "two_phase": "&two_phase mut ", "raw": "&raw mut "}[rvalue.kind]
        return prefix + print_place(rvalue.place)
    if isinstance(rvalue, m.BinaryOp):
        return f"{rvalue.op}({print_operand(rvalue.left)}, {print_operand(rvalue.right)})"
    if isinstance(rvalue, m.UnaryOp):
        return f"{rvalue.op}({print_operand(rvalue.operand)})"
    if isinstance(rvalue, m.Cast):
        return f"{print_operand(rvalue.operand)} as {show(rvalue.ty)} ({rvalue.kind})"
    if isinstance(rvalue, m.Aggregate):
        ty = rvalue.ty
        name = (
            f"{show(ty)}::{ty.data.variants[rvalue.variant].name}" if ty.kind == ADT and ty.data.is_enum else show(ty)
        )
        return f"{name} {{{', '.join(map(print_operand, rvalue.operands))}}}"
    if isinstance(rvalue, m.Repeat):
        return f"[{print_operand(rvalue.operand)}; {show(rvalue.count)}]"
    if isinstance(rvalue, m.Discriminant):
        return f"discriminant({print_place(rvalue.place)})"
    assert isinstance(rvalue, m.Len)
    return f"len({print_place(rvalue.place)})"


def print_statement(statement: m.Statement) -> str:
    if isinstance(statement, m.Assign):
        return f"{print_place(statement.place)} = {print_rvalue(statement.rvalue)}"
    if isinstance(statement, m.StorageLive):
        return f"live _{statement.local}"
    if isinstance(statement, m.StorageDead):
        return f"dead _{statement.local}"
    return f"read {print_place(statement.place)}"


def print_terminator(terminator: m.Terminator) -> str:
    if isinstance(terminator, m.Goto):
        return f"goto bb{terminator.target}"
    if isinstance(terminator, m.Switch):
        arms = [f"{v}: bb{t}" for v, t in zip(terminator.values, terminator.targets, strict=True)]
        if terminator.otherwise is not None:
            arms.append(f"otherwise: bb{terminator.otherwise}")
        return f"switch {print_operand(terminator.operand)} [{', '.join(arms)}]"
    if isinstance(terminator, m.Drop):
        return f"drop {print_place(terminator.place)} -> bb{terminator.target}"
    if isinstance(terminator, m.Call):
        target = f"bb{terminator.target}" if terminator.target is not None else "never"
        arguments = ", ".join(map(print_operand, terminator.arguments))
        return f"{print_place(terminator.destination)} = {print_operand(terminator.function)}({arguments}) -> {target}"
    return "return" if isinstance(terminator, m.Return) else "unreachable"


def print_body(body: m.Body) -> str:
    """The whole body; the same body gives the same text."""
    parameters = ", ".join(f"_{i}: {show(body.locals[i].ty)}" for i in range(1, body.arg_count + 1))
    lines = [f"fn {body.name}({parameters}) -> {show(body.locals[0].ty)} {{"]
    for i, local in enumerate(body.locals):
        if i == 0 or i > body.arg_count or local.name:
            mutable = "mut " if local.mutable else ""
            lines.append(f"    let {mutable}_{i}: {show(local.ty)};" + (f" // {local.name}" if local.name else ""))
    for i, block in enumerate(body.blocks):
        lines.append(f"  bb{i}:")
        lines += [f"    {print_statement(s)};" for s in block.statements]
        lines.append(f"    {print_terminator(block.terminator)};")
    return "\n".join([*lines, "}", ""])
