"""MIR as text, in the shape of `rustc --emit mir`; the grammar is in docs/reference/mir.md, `parser` reads it.

With `Names` the text means one body and is read back as it was; without, types are as messages write them.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final

from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.names import Names, UnknownNameError
from engines.rustwasm.typing.types import ADT, Ty, show

_REFERENCES: Final = {"shared": "&", "mut": "&mut ", "two_phase": "&two_phase ", "raw": "&raw "}
_ESCAPES: Final = {0x22: '\\"', 0x5C: "\\\\", 0x0A: "\\n", 0x09: "\\t", 0x0D: "\\r"}
_WORD: Final = re.compile(r"[^\W\d]\w*")


class Printer:
    """Prints parts of one body. `names` give definitions names that can be found again; `scope` are the names of the
    body's type parameters; `spans` says to print positions in the sources too."""

    def __init__(self, names: Names | None = None, scope: tuple[str, ...] = (), spans: bool = False) -> None:
        self.names = names
        self.scope = scope
        self.spans = spans

    def type(self, one: Ty) -> str:
        return show(one) if self.names is None else self.names.type(one, self.scope)

    def span(self, span: m.Span | None, mark: str = "@") -> str:
        return f" {mark}{span[0]}..{span[1]}" if self.spans and span is not None else ""

    def place(self, place: m.Place) -> str:
        text = f"_{place.local}"
        for step in place.projection:
            kind = step[0]
            if kind == m.DEREF:
                text = f"(*{text})"
            elif kind == m.FIELD:
                text = f"({text}.{step[1]}: {self.type(step[2])})"
            elif kind == m.INDEX:
                text = f"{text}[_{step[1]}]"
            elif kind == m.CONSTANT_INDEX:
                text = f"{text}[{'-' if step[2] else ''}{step[1]}]"
            elif kind == m.SUBSLICE:
                text = f"{text}[{step[1]}..-{step[2]}]"
            else:
                text = f"({text} as {step[1]})"
        return text

    def operand(self, operand: m.Operand) -> str:
        if isinstance(operand, m.Constant):
            if operand.value is None:
                return f"const {self.type(operand.ty)}"
            return f"const {self._value(operand.value)}: {self.type(operand.ty)}"
        word = "copy" if isinstance(operand, m.Copy) else "move"
        return f"{word}{self.span(operand.span).strip()} {self.place(operand.place)}"

    def _value(self, value: Any) -> str:
        if isinstance(value, bytes):
            return bytes_text(value)
        if isinstance(value, float):
            return float_text(value)
        if isinstance(value, int):
            return str(int(value))
        if isinstance(value, Ty):
            return self.type(value)
        return f"static {value.path if self.names is None else self.names.text(value)}"

    def _operands(self, operands: list[m.Operand]) -> str:
        return ", ".join(map(self.operand, operands))

    def rvalue(self, rvalue: m.Rvalue) -> str:
        match rvalue:
            case m.Use():
                return self.operand(rvalue.operand)
            case m.Ref():
                return _REFERENCES[rvalue.kind] + self.place(rvalue.place)
            case m.BinaryOp():
                return f"{rvalue.op}({self.operand(rvalue.left)}, {self.operand(rvalue.right)})"
            case m.UnaryOp():
                return f"{rvalue.op}({self.operand(rvalue.operand)})"
            case m.Cast():
                return f"{self.operand(rvalue.operand)} as {self.type(rvalue.ty)} ({rvalue.kind})"
            case m.Aggregate():
                ty = rvalue.ty
                variant = f"::{ty.data.variants[rvalue.variant].name}" if ty.kind == ADT and ty.data.is_enum else ""
                return f"{self.type(ty)}{variant} {{{self._operands(rvalue.operands)}}}"
            case m.Repeat():
                return f"[{self.operand(rvalue.operand)}; {self.type(rvalue.count)}]"
            case m.Discriminant():
                return f"discriminant({self.place(rvalue.place)})"
            case m.Len():
                return f"len({self.place(rvalue.place)})"

    def statement(self, statement: m.Statement) -> str:
        match statement:
            case m.Assign():
                return f"{self.place(statement.place)} = {self.rvalue(statement.rvalue)}{self.span(statement.span)}"
            case m.StorageLive():
                return f"live _{statement.local}"
            case m.StorageDead():
                return f"dead _{statement.local}{self.span(statement.span)}"
            case m.FakeRead():
                return f"read {self.place(statement.place)}{self.span(statement.span)}"

    def terminator(self, terminator: m.Terminator) -> str:
        match terminator:
            case m.Goto():
                return f"goto bb{terminator.target}"
            case m.Switch():
                arms = [f"{v}: bb{t}" for v, t in zip(terminator.values, terminator.targets, strict=True)]
                if terminator.otherwise is not None:
                    arms.append(f"otherwise: bb{terminator.otherwise}")
                return f"switch {self.operand(terminator.operand)} -> [{', '.join(arms)}]"
            case m.Drop():
                return f"drop {self.place(terminator.place)} -> bb{terminator.target}{self.span(terminator.span)}"
            case m.Call():
                target = f"bb{terminator.target}" if terminator.target is not None else "never"
                span = self.span(terminator.span)
                if terminator.location != terminator.span:
                    span += self.span(terminator.location, "blames @")
                called = f"{self.operand(terminator.function)}({self._operands(terminator.arguments)})"
                return f"{self.place(terminator.destination)} = {called} -> {target}{span}"
            case m.Return():
                return "return"
            case m.Unreachable():
                return "unreachable"
        raise ValueError(f"no terminator: {terminator!r}")

    def _local(self, number: int, local: m.Local) -> str:
        return f"{'mut ' if local.mutable else ''}_{number}: {self.type(local.ty)}{self.span(local.span)}"

    def _header(self, body: m.Body) -> str:
        parameters = ", ".join(self._local(i, body.locals[i]) for i in range(1, body.arg_count + 1))
        result = self.type(body.locals[0].ty) + (" deferred" if body.deferred else "")
        return f"fn {self._name(body)}({parameters}) -> {result}{self.span(body.span)} {{"

    def _name(self, body: m.Body) -> str:
        if self.names is None:
            return body.name
        try:
            return self.names.text(body.definition)
        except UnknownNameError:
            return json.dumps(body.name)

    def body(self, body: m.Body) -> str:
        lines = [self._header(body)]
        lines += [
            f"    let {self._local(i, local)};" for i, local in enumerate(body.locals) if i == 0 or i > body.arg_count
        ]
        for i, local in enumerate(body.locals):
            if local.name is not None:
                name = local.name if _WORD.fullmatch(local.name) else json.dumps(local.name)
                lines.append(f"    debug {name} => _{i};")
        for i, block in enumerate(body.blocks):
            lines.append(f"  bb{i}:")
            lines += [f"    {self.statement(s)};" for s in block.statements]
            lines.append(f"    {self.terminator(block.terminator)};")
        return "\n".join([*lines, "}", ""])


def bytes_text(value: bytes) -> str:
    """A byte string literal."""
    shown = "".join(_ESCAPES.get(b, chr(b) if 0x20 <= b < 0x7F else f"\\x{b:02x}") for b in value)
    return f'b"{shown}"'


def float_text(value: float) -> str:
    """A float that is read back as it was."""
    if math.isnan(value):
        return "-nan" if math.copysign(1.0, value) < 0 else "nan"
    return repr(value)


def print_statement(statement: m.Statement) -> str:
    """For messages."""
    return Printer().statement(statement)


def print_terminator(terminator: m.Terminator) -> str:
    """For messages."""
    return Printer().terminator(terminator)


def print_body(body: m.Body, names: Names | None = None, spans: bool = False) -> str:
    """The whole body; the same body gives the same text.

    Raises:
        UnknownNameError: with names, where a type is none of the program's.
    """
    scope = tuple(body.definition.generics.names) if body.definition is not None else ()
    return Printer(names, scope, spans).body(body)
